"""The panel that every design stands on: checked whole, all faults at once, before anything is estimated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, Place, UsageError, nearest, spot

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


__all__ = ["Demeaned", "checked", "nested_loss", "placebo_frame", "single_start", "two_way"]


Placebo: TypeAlias = tuple[str, float, float, bool]
"""A check: its name, the estimate where there should be none, its p-value, whether it passed."""
_ELSEWHERE = "pyfixest estimates it: did2s, lpdid or event_study with a column of starts"


def single_start(start: object, weights: object = None) -> float:
    """The one start of all units; a start of each unit's own, or weights, are another design and refused by name.

    Raises
    ------
    UsageError
        With two-way effects and starts that differ, units that began earlier serve as comparison for later ones, and
        the estimate may have the wrong sign (Goodman-Bacon 2021, Journal of Econometrics 225).

    Examples
    --------
    >>> single_start(2023)
    2023.0
    """
    if weights is not None:
        raise UsageError(f"weights={weights!r}: each unit counts once here; pyfixest's feols takes weights")
    try:
        return float(start)  # type: ignore[arg-type]  # what is no number is refused below
    except (TypeError, ValueError):
        raise UsageError(
            f"start={start!r}: one number, the first period under the measure for all units; staggered "
            f"adoption is another design ({_ELSEWHERE})"
        ) from None


def checked(
    frame: pd.DataFrame,
    *,
    outcome: str,
    time: str,
    start: float,
    unit: str | None = None,
    treated: str | None = None,
    covariates: Sequence[str] = (),
    balanced: bool = False,
) -> pd.DataFrame:
    """The rows needed, in order of unit and time, with columns y, t, post, unit and d (treated).

    Raises
    ------
    DataError
        Columns that are missing or hold text or gaps, a unit twice in a period, a unit that is treated only in
        some of its rows, a panel without both groups, or without periods on both sides of `start`.
    """
    wanted = [c for c in (outcome, time, unit, treated, *covariates) if c is not None]
    faults = [
        _fault("columns", f"a column {c!r}", "none", nearest(c, frame.columns))
        for c in wanted
        if c not in frame.columns
    ]
    if faults:
        raise DataError(faults)
    faults = [f for c in (outcome, time, *covariates) for f in _number_faults(frame, c)]
    if unit is not None:
        faults += [_fault("rows", "a unit in each row", f"none in row {i}") for i in _rows(frame[unit].isna())]
    if faults:
        raise DataError(faults)
    data = pd.DataFrame({"y": frame[outcome].astype(float), "t": frame[time].astype(float)}).reset_index(drop=True)
    data["post"] = (data["t"] >= start).astype(float)
    data["unit"] = frame[unit].to_numpy() if unit is not None else np.arange(len(frame))
    data["d"] = _flags(frame[treated]) if treated is not None else 0.0
    for column in covariates:
        data[f"x_{column}"] = frame[column].to_numpy(float)
    faults = list(_shape_faults(data, start, unit is not None, treated is not None, balanced))
    if faults:
        raise DataError(faults)
    return data.sort_values(["unit", "t"], kind="stable").reset_index(drop=True) if unit is not None else data


def _fault(place: Place | str, expected: str, found: object, way_out: str = "") -> Fault:
    return Fault(place, expected, str(found), way_out, "effect-data")


def _rows(mask: ArrayLike) -> list[int]:
    return [int(i) for i in np.flatnonzero(np.asarray(mask))[:5]]


def _number_faults(frame: pd.DataFrame, column: str) -> Iterator[Fault]:
    values = pd.to_numeric(frame[column], errors="coerce")
    bad = ~np.isfinite(values.to_numpy(float))
    for row in _rows(bad):
        yield _fault(
            spot(column=column, row=row),
            "a finite number",
            repr(frame[column].iloc[row]),
            "leave the row out, or fill the gap and say so",
        )


def _flags(column: pd.Series) -> Floats:
    values: Floats = pd.to_numeric(column, errors="coerce").to_numpy(float)
    wrong = ~np.isin(values, (0.0, 1.0))
    if wrong.any():
        raise DataError(
            [_fault(spot(column=column.name, row=i), "True or False", repr(column.iloc[i])) for i in _rows(wrong)]
        )
    return values


def _shape_faults(
    data: pd.DataFrame, start: float, has_unit: bool, has_treated: bool, balanced: bool
) -> Iterator[Fault]:
    for side, mask in (("before", data["post"] == 0), ("from", data["post"] == 1)):
        if not mask.any():
            yield _fault("periods", f"rows {side} start ({start})", f"{data['t'].min():g} to {data['t'].max():g}")
    if has_treated and data["d"].nunique() < 2:
        yield _fault("units", "units with and without the measure", "only one kind", "an effect needs a comparison")
    if not has_unit:
        return
    twice = data.duplicated(["unit", "t"])
    for row in _rows(twice):
        yield _fault(spot(row=row), "one row a unit and period", f"{data['unit'][row]} twice in {data['t'][row]:g}")
    mixed = data.groupby("unit", sort=True)["d"].nunique()
    for name in mixed.index[mixed > 1][:5]:
        yield _fault(
            f"unit {name}",
            "treated in all its rows or in none",
            "both",
            "`treated` marks the unit; `start` says from when, once for all units; for starts that "
            f"differ {_ELSEWHERE}",
        )
    counts = data.groupby("unit", sort=True)["t"].nunique()
    if balanced and counts.nunique() > 1:
        few = counts.index[counts < counts.max()][:5]
        yield _fault("panel", "every unit in every period", f"{', '.join(map(str, few))} with gaps")


class Demeaned:
    """Unit and period effects of a panel, balanced or not, ready to be taken out of columns.

    Means are taken off within units, and what periods then explain is taken out by a regression on as many columns as
    there are periods less one: no dummy of a unit is ever written out.

    Parameters
    ----------
    data : DataFrame
        With the columns unit and t.
    """

    def __init__(self, data: pd.DataFrame) -> None:
        self.codes, units = pd.factorize(data["unit"])
        self.units = len(units)
        self.size = np.bincount(self.codes, minlength=self.units).astype(float)
        period, periods = pd.factorize(data["t"], sort=True)
        dummies = np.zeros((len(data), len(periods) - 1))
        later = period > 0
        dummies[np.flatnonzero(later), period[later] - 1] = 1.0
        self.periods = self._within(dummies)
        self.inverse = np.linalg.pinv(self.periods.T @ self.periods)

    def sums(self, columns: Floats) -> Floats:
        """Sums of columns by unit."""
        member = scipy.sparse.csr_matrix((np.ones(len(self.codes)), (self.codes, np.arange(len(self.codes)))),
                                   shape=(self.units, len(self.codes)))  # fmt: skip
        return np.asarray(member @ columns)

    def _within(self, columns: Floats) -> Floats:
        found: Floats = columns - (self.sums(columns) / self.size[:, None])[self.codes]
        return found

    def __call__(self, columns: Floats) -> Floats:
        """Columns with both kinds of effects taken out."""
        within = self._within(columns)
        return within - self.periods @ (self.inverse @ (self.periods.T @ within))


def two_way(data: pd.DataFrame, columns: list[str]) -> Floats:
    """Columns with unit and period effects taken out (Frisch, Waugh and Lovell), also in unbalanced panels."""
    return Demeaned(data)(data[columns].to_numpy(float))


def nested_loss(data: pd.DataFrame) -> int:
    """Degrees of freedom that effects cost beside errors clustered by unit, as fixest counts them.

    Unit effects are nested in the clusters and cost none but the constant; each further period costs one.
    """
    return int(data["t"].nunique())


def placebo_frame(rows: Sequence[Placebo]) -> pd.DataFrame:
    """Checks as a frame: check, estimate, p, passed."""
    return pd.DataFrame(rows, columns=["check", "estimate", "p", "passed"]).astype({"passed": bool})
