"""What an intruder tries on each table, sentence and drawing; every attack counts what it looked at and what it found.

Known besides what is published: everybody's own income. That makes each attack stronger than any intruder's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.indicators.aggregates import roles
from research.indicators.privacy import curves, withholding
from research.indicators.privacy.quantiles import TAILS, spreads
from research.indicators.survey_tables import UNITS
from research.measures import gini, hoover, theil

if TYPE_CHECKING:
    from research.indicators.edition import Edition

KEY = ["place", "year", "residence"]
ATTACKS = {
    "curves": "由曲线顶点还原逐户收入",
    "points": "由散点坐标还原逐户收入",
    "quantiles": "分位数与区间端点等于某户收入",
    "numerators": "分子或分母户数过少",
    "counts": "未取整的户数",
    "values": "表格中成列的逐户数值",
    "models": "由权重与模型值反解隐去的格",
    "words": "正文中的逐户收入",
    "sums": "由合计、差额与其余各格推出隐去的格",
    "years": "由两年之差推出变动的几户",
    "hidden": "隐去的格的数值原样出现",
}
"""Attack -> what it is called in the book."""
_PATH = re.compile(r'<path[^>]*?\bd="([^"]+)"')
_POINT = re.compile(r"[ML]\s*(-?[\d.]+)[ ,]+(-?[\d.]+)")
_MARK = re.compile(r'<use xlink:href="#([\w-]+)" x="(-?[\d.]+)" y="(-?[\d.]+)"')
_MEDIAN = re.compile(r"(?:中位数|百分位数|分位数|最高一户|最低一户)[^\d。；，\n]{0,12}(\d[\d,]*(?:\.\d+)?)\s*(万?)元?")
TEXTS, NUMBERS = ["place", "residence", "measure", "adopted"], ["year", "value", "lower", "upper", "n"]
AGAINST = {"against_place": "place", "against_year": "year", "against_residence": "residence", "reference": "value"}
OF_OTHER_AMOUNTS = ("mean_consumption",)
"""Measures that do not stand on incomes."""
READ = [*TEXTS, *NUMBERS, "value_year", "indicator", "chosen", *AGAINST]
"""Columns that say something of a cell."""
FEW, MOST, CHANCE = 5, 0.8, 0.1
"""Rows, and share of them, that make a column of single households."""


class Intruder:
    """Who tries, and what is known: everybody's income.

    Parameters
    ----------
    edition : Edition
        Whose households are at stake.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition, self.least = edition, edition.settings["min_households"]
        self.cells = spreads(edition)
        incomes = [
            c.x for (place, _, residence), c in self.cells.items() if place == edition.district and residence == "all"
        ]
        homes = edition.households
        whole = [homes["income"].dropna().to_numpy(float)] if len(homes) else []
        self.incomes = np.unique(np.concatenate([*incomes, *whole])) if incomes else np.array([])
        self.medians = {
            round(float(c.x[min(int(np.searchsorted(c.run, 0.5)), len(c.x) - 1)]), 1)
            for c in self.cells.values()
            if len(c.x)
        }
        known = roles(edition.indicators)
        self.indicators = known.set_index("id")[["measure", "residence", "factor"]]
        self._counted: dict[Any, Any] = {}
        self._few: dict[Any, Any] = {}
        self._last: tuple[Any, list[Any]] = (None, [])

    # --- drawings ----------------------------------------------------------------------------------------------

    def curves(self, text: str) -> Iterator[str]:
        """A rising convex line is a Lorenz curve: is it that of a cell, in steps of fewer than the least count?"""
        for d in _PATH.findall(text):
            if "C" in d or "Q" in d or "z" in d:  # letters and closed shapes
                continue
            points = np.array(_POINT.findall(d), float)
            if len(points) < 4:
                continue
            step = np.diff(points, axis=0) * [1, -1]
            if (step[:, 0] > 0).all() and (step[:, 1] >= 0).all():
                slope = step[:, 1] / step[:, 0]
                many = len(step) > curves.GROUPS and (np.diff(slope) >= -0.02 * slope.max()).all()
                few = many and self._households_of(points) < self.least * len(step)
                yield f"{len(points)} vertices" if few else ""

    def _households_of(self, points):
        """Households of the cell whose Lorenz curve this is, weighted or not; more than any where it is none's."""
        p, share = _unit(points[:, 0]), _unit(-points[:, 1])
        best = (0.003, np.inf)
        for cell in self.cells.values():
            for weight in (cell.w, np.ones(len(cell.w))):
                run, held = (np.append(0.0, np.cumsum(part)) for part in (weight, cell.x * weight))
                if len(run) > 1 and held[-1] > 0:
                    apart = np.abs(np.interp(p, run / run[-1], held / held[-1]) - share).max()
                    best = min(best, (float(apart), len(cell.x)))
        return best[1]

    def points(self, text: str) -> Iterator[str]:
        """Marks whose places on an axis are the incomes of a cell, moved and stretched: dots, steps, strips."""
        groups = defaultdict(list)
        for kind, x, y in _MARK.findall(text):
            groups[kind].append((float(x), -float(y)))
        for marks in (np.array(g) for g in groups.values() if len(g) >= self.least):
            same = [_unit(c.x) for c in self.cells.values() if len(c.x) == len(marks)]
            axes = [_unit(np.sort(axis)) for axis in marks.T]
            hit = any(a is not None and c is not None and np.abs(a - c).max() < 0.002 for a in axes for c in same)
            yield f"{len(marks)} marks" if hit else ""

    # --- tables --------------------------------------------------------------------------------------------------

    def values(self, frame: pd.DataFrame) -> Iterator[str]:
        """Columns of numbers most of which are the incomes of households, to the yuan."""
        for column, numbers in self._columns(frame) if len(self.incomes) else ():
            found = numbers[(numbers > 1000) & (numbers % 100 != 0)]
            if len(found) >= FEW:
                yield f"column {column}" if self._listed(found) else ""

    def _listed(self, found):
        """Whether most of the numbers are incomes, and numbers a little beside them are mostly not."""
        reach = np.where(found % 1, 0.01, 0.5)
        if (_apart(self.incomes, found) <= reach).mean() <= MOST:
            return False
        beside = [(_apart(self.incomes, found + off) <= reach).mean() for off in (-7, -3, 3, 7)]
        return np.mean(beside) < MOST / 2

    @cached_property
    def _hidden(self):
        """What withheld cells would say: means, measures of inequality and shares, those with digits of their own."""
        found, gone = [], self.edition.withheld
        for key in gone[KEY].itertuples(index=False, name=None):
            if (cell := self.cells.get(key)) is not None and len(cell.x):
                x = np.maximum(cell.x, 0.0)
                found += [np.average(cell.x, weights=cell.w), *(f(x, cell.w) for f in (gini, theil, hoover))]
        for row in self.edition.withheld_shares.to_dict("records"):
            counted = self._homes(row)
            weight = counted[next(w for m, w in withholding.RATES.items() if withholding.SHARES[m] == row["share"])]
            found.append(weight[counted[row["share"]]].sum() / weight.sum() if len(weight) else 0.0)
        return np.unique([v for v in found if v > 0 and abs(round(v, 4) - v) > 1e-9])

    def hidden(self, frame: pd.DataFrame) -> Iterator[str]:
        """A number of a withheld cell as it is, or in per cent, wherever it stands and whatever it is called."""
        either = np.concatenate([self._hidden, 100 * self._hidden])
        for column, numbers in self._columns(frame) if len(either) else ():
            if len(numbers):
                hit = int((_apart(numbers, either) <= 5e-10 * either).sum())
                yield f"column {column}: {hit}" if hit else ""

    def _columns(self, frame):
        """Each column's name and its numbers, each once and in order; of the frame that was asked for last, kept."""
        if self._last[0] is not frame:
            of = [(name, _numbers(column)) for name, column in frame.items()]  # headings of pages stand twice
            self._last = frame, [(name, np.unique(found[np.isfinite(found)])) for name, found in of]
        return self._last[1]

    def about_cells(self, frame: pd.DataFrame) -> pd.DataFrame | None:
        """What of a table is about cells of the survey, as it stands there; None without any."""
        if not {"place", "year", "value"} <= set(frame.columns) or not {"measure", "indicator"} & set(frame.columns):
            return None
        frame = frame.loc[:, ~frame.columns.duplicated()]
        return frame[[c for c in READ if c in frame]]

    def rows(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows of cells: place, year, residence, measure and what is said of it, each once, with where it stood.

        Indicators that are measures are rows of the measure, and what a comparison is held against is a row as well.

        Parameters
        ----------
        frame : DataFrame
            All that `about_cells` took, with a column `where`.
        """
        frame = frame.reindex(columns=[*READ, "where"])
        of = pd.to_numeric(frame["value_year"], errors="coerce")  # a target's row may show the value of another year
        frame = frame.assign(year=of.where(of.notna(), frame["year"]))
        rows = pd.concat([self._of_indicators(frame), frame, _against(frame)], ignore_index=True)
        there = rows[["place", "year", "measure"]].notna().all(axis=1)
        there &= rows["measure"].isin(UNITS)
        rows = rows[there]
        rows = rows.assign(
            residence=rows["residence"].fillna("all"),
            year=rows["year"].astype(float),
            adopted=rows["adopted"].astype(object).fillna(rows["chosen"]),
        )
        rows = rows[rows["residence"].isin(["all", "urban", "rural"])]
        for column in NUMBERS:
            rows[column] = pd.to_numeric(rows[column], errors="coerce")
        # Ends that do not lie around the value are those of a difference.
        own = rows["lower"].le(rows["value"]) & rows["value"].le(rows["upper"])
        rows[["lower", "upper"]] = rows[["lower", "upper"]].where(own)
        rows = rows.dropna(subset=["value", "year"]).astype({c: str for c in TEXTS})
        return rows.drop_duplicates([*TEXTS, *NUMBERS])[[*TEXTS, *NUMBERS, "where"]]

    def _of_indicators(self, frame):
        """Observations of indicators that are measures of the survey, as rows about the measure."""
        frame = frame[frame["measure"].isna() & frame["indicator"].isin(self.indicators.index)]
        about = self.indicators.reindex(frame["indicator"])
        return frame.assign(
            measure=about["measure"].to_numpy(),
            residence=about["residence"].to_numpy(),
            value=pd.to_numeric(frame["value"], errors="coerce") / about["factor"].to_numpy(),
        )

    def quantiles(self, row: dict[str, Any]) -> Iterator[str]:
        """A median, or an end of its interval, that is somebody's income."""
        cell = self.cells.get(_cell(row))
        if cell is None or row["measure"] != "median_income":
            return
        for column in ("value", "lower", "upper"):
            value = row[column]
            if np.isfinite(value):
                yield f"{_name(row)}, {column}" if tells_of(value, cell.x, self.least) else ""

    def counts(self, row: dict[str, Any]) -> Iterator[str]:
        """A number of households that was not rounded."""
        n = row["n"]
        if np.isfinite(n) and self.cells.get(_cell(row)) is not None:
            yield f"{_name(row)}: {n:g}" if n % self.edition.settings["round_base"] else ""

    def numerators(self, row: dict[str, Any]) -> Iterator[str]:
        """A number that stands on too few households: all of them, those it counts or not, or a tail."""
        cell = self.cells.get(_cell(row))
        if cell is None or row["adopted"] == "model":
            return
        key = (*_cell(row), row["measure"])
        if key not in self._few:
            self._few[key] = self._stands_on_few(row, cell)
        yield _name(row) if self._few[key] else ""

    def _stands_on_few(self, row, cell):
        if row["measure"] in withholding.SHARES:
            counted, total = self._count(row)
            return min(counted, total - counted) < self.least
        sides = TAILS.get(row["measure"], ())
        return len(cell.x) < self.least or any(len(cell.tail(*side)) < self.least for side in sides)

    def models(self, frame: pd.DataFrame) -> Iterator[str]:
        """Direct estimate = (model's less the rest) / weight: solvable where a withheld cell shows the weight."""
        if not {"place", "year", "measure", "gamma", "withheld"} <= set(frame):
            return
        gone = frame["withheld"].astype(str).isin(["True", "true", "1", "1.0"])
        for row in frame[gone].to_dict("records"):
            told = [c for c in ("direct", "se_direct", "gamma") if c in row and pd.notna(row[c])]
            yield f"{_name(row | {'residence': 'all'})}: {', '.join(told)}" if told else ""

    def years(self, rows: pd.DataFrame) -> Iterator[str]:
        """Two years of one cell that differ in fewer households than the least count: their difference is these few.

        Everybody else's rows cancel, whatever they are, where they are the same in both years.
        """
        for (place, residence), part in rows.groupby(["place", "residence"]):
            of = {
                y: self.cells[place, y, residence]
                for y in sorted(part["year"].astype(int).unique())
                if (place, y, residence) in self.cells
            }
            for one, other in combinations(of, 2):
                first, second = (Counter(zip(of[y].x, of[y].w, strict=True)) for y in (one, other))
                apart = max((first - second).total(), (second - first).total())
                yield f"{place}, {residence}, {one}, {other}: {apart}" if 0 < apart < self.least else ""

    def _count(self, row):
        """Households that a share counts in its cell, and all of the cell: counted out anew."""
        homes = self._homes(row)
        return int(homes[withholding.SHARES[row["measure"]]].sum()), len(homes)

    def _homes(self, row):
        """Households of a cell, with what shares count."""
        year = int(row["year"])
        if year not in self._counted:
            self._counted[year] = pd.DataFrame(withholding.homes(self.edition, year))
        homes = self._counted[year]
        here = homes["residence"].eq(row["residence"]) | (row["residence"] == "all")
        if str(row["place"]) != self.edition.district:
            here &= homes["place"].eq(str(row["place"]))
        return homes[here]

    # --- words ---------------------------------------------------------------------------------------------------

    def words(self, text: str) -> Iterator[str]:
        """Sentences that tell a median or percentile which is one household's income."""
        for number, ten_thousand in _MEDIAN.findall(text):
            value = float(number.replace(",", ""))
            if value > 1000 and not ten_thousand:
                yield number if round(value, 1) in self.medians and value % 100 else ""


def tells_of(value: float, incomes: np.ndarray, least: int) -> bool:
    """Whether a number is the income of few households, where its neighbours as round as it are mostly nobody's.

    Where incomes lie close, or are told in round figures, any number is somebody's and says nothing of them.

    Parameters
    ----------
    value : float
    incomes : ndarray of shape (n,)
        In order.
    least : int
        So many households of one income are nobody in particular.

    Examples
    --------
    >>> few, many = np.arange(20007, 90000, 353.0), np.arange(20007, 90000, 0.7)
    >>> tells_of(few[97], few, 10), tells_of(54300, many, 10)
    (True, False)
    """
    if not len(incomes) or not 0 < (np.abs(incomes - value) < 0.5).sum() < least:
        return False
    step = next((s for s in (1000.0, 100.0, 10.0) if value % s == 0), 1.0)
    beside = value + step * np.concatenate([np.arange(-10, 0), np.arange(1, 11)])
    return bool((_apart(incomes, beside) < 0.5).mean() < CHANCE)


def _apart(known, values):
    """How far each value lies from the nearest of some known numbers in order."""
    at = np.searchsorted(known, values)
    left, right = np.clip(at - 1, 0, len(known) - 1), np.clip(at, 0, len(known) - 1)
    return np.minimum(np.abs(known[left] - values), np.abs(known[right] - values))


def _numbers(column):
    """The numbers of a column; none of one that holds texts."""
    if column.dtype.kind in "fi":
        return column.to_numpy(float)
    if column.dtype.kind == "O":
        values = column.to_numpy(object)  # there are tens of thousands of columns: plain Python is faster here
        first = next((v for v in values if not (v is None or v is pd.NA or (isinstance(v, float) and v != v))), None)
        if first is not None and re.fullmatch(r"\s*-?[\d,.]+\s*", str(first)):
            return pd.to_numeric(column.astype(str).str.replace(",", ""), errors="coerce").to_numpy(float)
    return np.array([])


def _unit(values):
    span = values[-1] - values[0]
    return (values - values[0]) / span if span > 0 else None


def _cell(row):
    return str(row["place"]), int(row["year"]), row["residence"]


def _name(row):
    return f"{row['measure']}, {row['place']}, {row['year']}, {row['residence']}"


def _against(frame):
    """What a comparison is held against is shown as well: another place, year or residence."""
    return frame.loc[frame["reference"].notna(), [*AGAINST, "measure", "where"]].rename(columns=AGAINST)
