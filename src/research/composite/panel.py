"""Observations as a matrix: a row a place and year, a column an indicator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, spot
from research.core.status import STATUSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from research.core.kinds import Bools, Floats, Ints


NONE = -1  # status code of a cell without a value
IMPUTED = STATUSES.index("imputed")


@dataclass(frozen=True)
class Panel:
    """Values of all places and years, sorted by place, then year.

    Parameters
    ----------
    values : ndarray of shape (units, indicators)
        NaN where missing.
    places, years : ndarray of shape (units,)
    indicators : tuple of str
    statuses : ndarray of int8, same shape as values
        Position in `core.status.STATUSES`; -1 where missing.
    errors : ndarray or None
        Standard errors, 0 where none is known.
    """

    values: Floats
    places: NDArray[Any]
    years: Ints
    indicators: tuple[str, ...]
    statuses: NDArray[np.int8]
    errors: Floats | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of units and of indicators."""
        found: tuple[int, ...] = self.values.shape
        return found

    def frame(self, values: NDArray[Any] | None = None) -> pd.DataFrame:
        """A matrix of this panel as a table with index (place, year)."""
        index = pd.MultiIndex.from_arrays([self.places, self.years], names=["place", "year"])
        return pd.DataFrame(self.values if values is None else values, index=index, columns=list(self.indicators))

    def rows(self, keep: Bools | Ints) -> Panel:
        """The panel of some units: a mask or positions."""
        return replace(
            self,
            values=self.values[keep],
            places=self.places[keep],
            years=self.years[keep],
            statuses=self.statuses[keep],
            errors=None if self.errors is None else self.errors[keep],
        )


def from_long(observations: pd.DataFrame, indicators: Sequence[str]) -> Panel:
    """A panel of tidy observations.

    Parameters
    ----------
    observations : DataFrame
        place, year, indicator, value; where present status and se. Rows of other indicators are left out.
    indicators : sequence of str
        Columns of the panel, in this order.

    Returns
    -------
    Panel

    Raises
    ------
    DataError
        Missing columns, a place, year and indicator twice, infinite values, an unknown status, nothing left.

    Examples
    --------
    >>> o = pd.DataFrame({"place": ["a", "a"], "year": [2021, 2022], "indicator": ["x", "x"], "value": [1.0, 2.0]})
    >>> from_long(o, ["x"]).values
    array([[1.],
           [2.]])
    """
    lacking = [c for c in ("place", "year", "indicator", "value") if c not in observations]
    if lacking:
        raise DataError(
            [
                Fault("observations", f"a column '{c}'", "none", nearest(c, observations.columns), "panel")
                for c in lacking
            ]
        )
    column = _positions(observations["indicator"], indicators)
    keep = column >= 0
    if not keep.any():
        raise DataError(Fault("observations", "values of the index's indicators", "none of them", kind="panel"))
    frame, column = (observations, column) if keep.all() else (observations[keep], column[keep])
    place, places = pd.factorize(frame["place"], sort=True)
    year, years = pd.factorize(frame["year"], sort=True)
    unit = place.astype(np.int64) * len(years) + year
    seen = np.bincount(unit, minlength=len(places) * len(years)) > 0
    present, row = np.flatnonzero(seen), (np.cumsum(seen) - 1)[unit]
    _check_cells(frame, row, column, len(indicators))
    shape = (len(present), len(indicators))
    values = np.full(shape, np.nan)
    values[row, column] = frame["value"].to_numpy(float)
    if np.isinf(values).any():
        raise DataError(Fault(spot("observations", column="value"), "finite numbers", "an infinite one", kind="panel"))
    statuses = np.full(shape, NONE, np.int8)
    statuses[row, column] = _codes(frame["status"]) if "status" in frame else STATUSES.index("reported")
    statuses[np.isnan(values)] = NONE
    errors = None
    if "se" in frame and frame["se"].notna().any():
        errors = np.zeros(shape)
        errors[row, column] = frame["se"].fillna(0).to_numpy(float)
    return Panel(
        values,
        np.asarray(places)[present // len(years)],
        np.asarray(years, int)[present % len(years)],
        tuple(indicators),
        statuses,
        errors,
    )


def _check_cells(frame: pd.DataFrame, row: Ints, column: Ints, width: int) -> None:
    cell = row.astype(np.int64) * width + column
    counts = np.bincount(cell)
    if counts.max() < 2:
        return
    twice = np.flatnonzero(np.isin(cell, np.flatnonzero(counts > 1)))
    seen = frame.iloc[twice][["place", "year", "indicator"]].drop_duplicates()
    raise DataError(
        [
            Fault(f"observations, place {p}, year {y}", f"{i} once", "it twice", "keep one row", "duplicate")
            for p, y, i in seen.itertuples(index=False)
        ]
    )


def _positions(column: pd.Series, words: Iterable[str]) -> Ints:
    """Position of each cell in `words`, -1 where it is none of them; each different cell is looked up once."""
    codes, found = pd.factorize(column)
    made: Ints = np.r_[pd.Index(list(words)).get_indexer(found), -1][codes]
    return made


def _codes(statuses: pd.Series) -> Ints:
    codes = _positions(statuses, STATUSES)
    if (codes < 0).any():
        bad = sorted({str(s) for s in statuses[codes < 0]})
        raise DataError(
            [
                Fault(
                    spot("observations", column="status"),
                    "one of " + ", ".join(STATUSES),
                    repr(b),
                    nearest(b, STATUSES),
                    "status",
                )
                for b in bad
            ]
        )
    return codes


def _grade(word: Any) -> Any:
    """A grade as a number where it is one, else as it stands."""
    try:
        return float(word)
    except (TypeError, ValueError):
        return word


def grades_to_values(observations: pd.DataFrame, scales: Mapping[str, Mapping[str, float]]) -> pd.DataFrame:
    """Qualitative grades as numbers by a named scale.

    Parameters
    ----------
    observations : DataFrame
        Tidy; the `value` of a qualitative indicator is a grade such as 优.
    scales : dict
        Indicator -> {grade: number}; a grade may be a word (优) or, where the data holds numbers only, the number
        of the grade (1, 2, ...). Numbers that the scale does not name are an error too when all its grades are
        numbers.

    Returns
    -------
    DataFrame
        With numbers throughout.

    Raises
    ------
    DataError
        Every grade that its scale does not know, with row.

    Examples
    --------
    >>> o = pd.DataFrame({"place": ["a"], "year": [2024], "indicator": ["q"], "value": ["良"]})
    >>> grades_to_values(o, {"q": {"优": 90, "良": 75}})["value"].tolist()
    [75.0]
    """
    value, faults = observations["value"].astype(object).copy(), []
    for name, scale in scales.items():
        rows = observations.index[observations["indicator"] == name]
        scale = {_grade(g): v for g, v in scale.items()}
        numbered = all(isinstance(g, float) for g in scale)
        for i in rows:
            word = _grade(observations.at[i, "value"])
            if word in scale:
                value[i] = scale[word]
            elif word == word and (numbered or not isinstance(word, float)):
                faults.append(
                    Fault(
                        spot("observations", row=i, column=name),
                        "one of " + " ".join(map(str, scale)),
                        repr(word),
                        kind="grade",
                    )
                )
    if faults:
        raise DataError(faults)
    return observations.assign(value=pd.to_numeric(value).astype(float))
