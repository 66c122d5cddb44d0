"""The households that rules are tried on: arrays of one year of the survey, made once for all variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say
from research.core.status import weakest
from research.indicators.privacy.microdata import plain
from research.measures.columns import check_columns
from research.measures.survey import Design
from research.measures.survey.units import Units

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats, Ints
    from research.indicators.edition import Edition

NEEDED = ("income", "size", "weight", "place", "residence")


_CHUNK = 1 << 13  # keeps the work in cache


def sums(codes: Ints, values: Floats, count: int, times: Floats | None = None) -> Floats:
    """Sums of values, or of values times others, by code, codes from 0 to `count` less one.

    Examples
    --------
    >>> sums(np.array([0, 2, 2]), np.array([1.0, 2, 3]), 3, np.array([1.0, 10, 10])).tolist()
    [1.0, 0.0, 50.0]
    """
    if times is None:
        return np.asarray(np.bincount(codes, weights=values, minlength=count), float)
    found, step = np.zeros(count), max(_CHUNK, 8 * count)  # with many codes the sums are what costs
    for start in range(0, len(codes), step):
        rows = slice(start, start + step)
        found += np.bincount(codes[rows], weights=values[rows] * times[rows], minlength=count)
    return found


@dataclass(frozen=True)
class Population:
    """Households of one year, with the design by which they were drawn.

    Parameters
    ----------
    frame : DataFrame
        A row a household, by rising income a head: `income` (yuan a year), `size` (persons), `weight` (households it
        stands for), `place`, `residence`, and the columns that rules name.
    units : Units
        Clusters and strata of the rows.
    settings : dict
        `low_income_line`, `middle_band_lower`, `middle_band_upper`, `middle_band_closed`, `negative_incomes`.
    members : dict
        Group to the places in it.
    status : str
        The weakest of the rows'.

    Examples
    --------
    >>> homes = pd.DataFrame({"income": [8e3, 6e4], "size": [1, 2], "weight": 1.0, "place": list("ab"),
    ...                       "residence": "rural"})
    >>> people = of_frame(homes, {"low_income_line": 10_000})
    >>> people.head.tolist(), people.line
    ([8000.0, 30000.0], 10000.0)
    """

    frame: pd.DataFrame
    units: Units
    settings: Mapping[str, Any]
    members: Mapping[str, Sequence[str]]
    status: str

    def column(self, name: str) -> Floats:
        """A column of numbers; what is missing in a source or in consumption counts as nothing."""
        if name not in self._numbers:
            check_columns(self.frame, [name])
            self._numbers[name] = np.nan_to_num(self.frame[name].to_numpy(float))
        return self._numbers[name]

    @cached_property
    def _numbers(self) -> dict[str, Floats]:
        return {}

    def yuan(self, amount: float | str) -> float:
        """An amount, or the setting that it names, in yuan."""
        return float(self.settings[amount]) if isinstance(amount, str) else float(amount)

    @property
    def line(self) -> float:
        """The line below which income a head is low."""
        return self.yuan("low_income_line")

    @cached_property
    def income(self) -> Floats:
        """Of the household, yuan a year."""
        return np.asarray(self.frame["income"], float)

    @cached_property
    def size(self) -> Floats:
        """Persons."""
        return np.asarray(self.frame["size"], float)

    @cached_property
    def weight(self) -> Floats:
        """Households that each stands for."""
        return np.asarray(self.frame["weight"], float)

    @cached_property
    def persons(self) -> Floats:
        """Persons that each household stands for."""
        return self.weight * self.size

    @cached_property
    def running(self) -> Floats:
        """Persons up to each household: no rule changes them, only some the order."""
        return np.cumsum(self.persons)

    @cached_property
    def head(self) -> Floats:
        """Income a head."""
        return self.income / self.size

    def inside(self, income: Floats) -> Bools:
        """Which incomes of households lie in the band of middle incomes."""
        low, high = self.yuan("middle_band_lower"), self.yuan("middle_band_upper")
        closed = self.settings["middle_band_closed"]
        above = income >= low if closed in ("both", "left") else income > low
        return np.asarray(above & (income <= high if closed in ("both", "right") else income < high))

    @cached_property
    def band(self) -> tuple[Bools, Floats]:
        """Which households lie in the band before any rule, and their sums by cluster."""
        now = self.inside(self.income)
        return now, sums(self.psu, self.weight * now, self.clusters)

    @cached_property
    def places(self) -> list[str]:
        """Codes of the places, in order."""
        return [str(p) for p in self._coded["place"][1]]

    @property
    def place(self) -> Ints:
        """Position of each household's place in `places`."""
        return self._coded["place"][0]

    def lives(self, residence: str) -> Bools:
        """Households in town (urban) or in the country (rural)."""
        codes, names = self._coded["residence"]
        return np.array([str(n) == residence for n in names], bool)[codes]

    @cached_property
    def _coded(self) -> dict[str, tuple[Ints, Any]]:
        return {c: pd.factorize(self.frame[c], sort=True) for c in ("place", "residence")}

    @cached_property
    def clusters(self) -> int:
        """Number of clusters."""
        return len(self.units.stratum)

    @cached_property
    def psu(self) -> Ints:
        """Cluster of each household, in the type that counts quickest."""
        return self.units.psu.astype(np.intp)

    @cached_property
    def cell(self) -> Ints:
        """Cluster within place, as one number, for each household: sums of it are sums of both."""
        return self._cells[0]

    @cached_property
    def _cells(self) -> tuple[Ints, Ints, Ints]:
        pair = self.place.astype(np.intp) * self.clusters + self.psu
        known = np.flatnonzero(np.bincount(pair))
        code = np.zeros(int(known[-1]) + 1, np.intp)
        code[known] = np.arange(len(known))
        return code[pair], known // self.clusters, known % self.clusters

    @property
    def cell_place(self) -> Ints:
        """Place of each cell."""
        return self._cells[1]

    @property
    def cell_cluster(self) -> Ints:
        """Cluster of each cell."""
        return self._cells[2]

    @cached_property
    def persons_in_cell(self) -> Floats:
        """Persons by cell: no rule changes them."""
        return sums(self.cell, self.persons, len(self.cell_place))

    @cached_property
    def persons_in_cluster(self) -> Floats:
        """Persons by cluster."""
        return sums(self.psu, self.persons, self.clusters)

    @cached_property
    def homes_in_cluster(self) -> Floats:
        """Households by cluster."""
        return sums(self.psu, self.weight, self.clusters)

    @cached_property
    def fifth(self) -> Ints:
        """Fifth of the households by income a head, from 1: households are ranked, as official fifths are."""
        running = np.cumsum(self.weight)
        return np.asarray(np.minimum((5 * (running - self.weight / 2) / running[-1]).astype(int), 4) + 1)


def of_frame(
    frame: pd.DataFrame,
    settings: Mapping[str, Any],
    members: Mapping[str, Sequence[str]] | None = None,
    *,
    strata: str | None = None,
    psu: str | None = None,
    status: str = "survey",
) -> Population:
    """A population out of any table of households.

    Parameters
    ----------
    frame : DataFrame
        With `NEEDED`; households without an income are left out, the others sorted.
    settings : dict
        At least `low_income_line`; the band is 100,000 to 500,000 yuan with both ends unless it says otherwise.
    members : dict, optional
        Group to the places in it.
    strata, psu : str, optional
        Columns of the design.
    status : str
        Of the rows.

    Returns
    -------
    Population

    Raises
    ------
    DataError
        For columns that are not there, bad weights, gaps in the design.

    Examples
    --------
    >>> homes = pd.DataFrame({"income": [1.0, None], "size": 1, "weight": 1.0, "place": "a", "residence": "rural"})
    >>> len(of_frame(homes, {"low_income_line": 10_000}).frame)
    1
    """
    check_columns(frame, [*NEEDED])
    income, size, weight = (frame[c].to_numpy(float) for c in ("income", "size", "weight"))
    kept = np.flatnonzero(~np.isnan(income) & (weight > 0))
    # names as codes: to take and to group numbers is quicker than to do so with texts
    texts = [c for c in dict.fromkeys(["place", "residence", strata or "place", psu or "place"])
             if c in frame and not pd.api.types.is_numeric_dtype(frame[c])]  # fmt: skip
    names: dict[str, Any] = {c: frame[c].astype("category") for c in texts}
    frame = frame.assign(**names)
    # in order of income, which most rules keep: what follows reads memory from end to end and seldom sorts
    frame = frame.take(kept[np.argsort(income[kept] / size[kept])]).reset_index(drop=True)
    design = Design(frame, weight="weight", strata=strata, psu=psu, single="centered")
    given = {
        "middle_band_lower": 100_000.0,
        "middle_band_upper": 500_000.0,
        "middle_band_closed": "both",
        "negative_incomes": "zero",
        "confidence_level": 0.95,
        "min_households": 10,
        **settings,
    }
    return Population(frame, design.units, given, members or {}, status)


def population(edition: Edition, year: int | None = None) -> Population:
    """The households of one year of an edition's survey.

    Parameters
    ----------
    edition : Edition
    year : int, optional
        Default: the newest year of the survey.

    Returns
    -------
    Population

    Raises
    ------
    DataError
        Where the edition has no household survey of that year.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> population(open_edition("2024")).status
    'sample'
    """
    year = max(edition.survey_years, default=edition.edition) if year is None else year
    if year not in edition.survey_years:
        raise DataError(
            Fault(
                f"{edition.folder.name}/households-{year}.csv",
                say("a household survey", "住户调查数据"),
                say("none", "没有"),
                say("a transfer is tried on households", "转移方案要在住户数据上试算"),
                "transfer",
            )
        )
    homes = edition.households
    homes = plain(homes[homes["year"].eq(year)])
    return of_frame(
        homes,
        edition.settings,
        edition.groups,
        strata="stratum",
        psu="village",
        status=weakest(homes["status"].dropna().unique()),
    )
