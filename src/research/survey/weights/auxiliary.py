"""What is known of the whole population, as it stands in the sample: levels as integers, numbers as they are.

Nothing of the size rows times margins is made: sums over levels are counts, so that a million rows cost little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints

Name: TypeAlias = "str | tuple[str, ...]"
Totals: TypeAlias = "Mapping[Name, float | Mapping[Any, float]]"

AGREE = 1e-6
"""Share by which the sums of two margins may differ."""


@dataclass(frozen=True)
class Auxiliary:
    """Margins in the sample.

    Parameters
    ----------
    codes : list of ndarray of shape (rows,)
        Level of each row, a margin each, counted over all margins.
    numeric : ndarray of shape (rows, numbers)
        Columns whose sums are known.
    labels : list of (str, str)
        Margin and level of each total; margins of levels first.
    totals : ndarray of shape (totals,)
    starts : list of int
        First total of each margin of levels, and the end of the last.
    """

    codes: list[Ints]
    numeric: Floats
    labels: list[tuple[str, str]]
    totals: Floats
    starts: list[int]

    @property
    def levels(self) -> int:
        """Totals of levels; the others are of numbers."""
        return self.starts[-1]

    @property
    def rows(self) -> int:
        """Rows of the sample."""
        return len(self.numeric)

    def dot(self, price: Floats) -> Floats:
        """Each row's auxiliaries times a price for each total."""
        out = np.zeros(self.rows)
        for code in self.codes:
            out += price.take(code)
        if self.numeric.shape[1]:
            out += self.numeric @ price[self.levels :]
        return out

    def sums(self, w: Floats) -> Floats:
        """Weighted sums: what the sample says of each total."""
        parts = [
            np.bincount(code - start, weights=w, minlength=stop - start)
            for code, start, stop in zip(self.codes, self.starts[:-1], self.starts[1:], strict=True)
        ]
        return np.concatenate([*parts, self.numeric.T @ w])

    def gram(self, w: Floats) -> Floats:
        """Weighted sums of squares and products of all auxiliaries."""
        out = np.zeros((len(self.totals), len(self.totals)))
        for k, code in enumerate(self.codes):
            at = slice(self.starts[k], self.starts[k + 1])
            out[at, at] = np.diag(np.bincount(code - at.start, weights=w, minlength=at.stop - at.start))
            for j in range(k):
                to = slice(self.starts[j], self.starts[j + 1])
                width = to.stop - to.start
                pair = (code - at.start) * width + (self.codes[j] - to.start)
                cells = np.bincount(pair, weights=w, minlength=(at.stop - at.start) * width)
                out[at, to] = cells.reshape(-1, width)
                out[to, at] = out[at, to].T
            for p in range(self.numeric.shape[1]):
                cells = np.bincount(code - at.start, weights=w * self.numeric[:, p], minlength=at.stop - at.start)
                out[at, self.levels + p] = out[self.levels + p, at] = cells
        out[self.levels :, self.levels :] = self.numeric.T @ (self.numeric * w[:, None])
        return out

    def cells(self) -> tuple[Auxiliary, Ints] | None:
        """The same, a row for each combination of levels that occurs, and which one each row has; None if no gain."""
        sizes = np.diff(self.starts)
        if self.numeric.shape[1] or not len(sizes) or float(np.prod(sizes.astype(float))) > self.rows:
            return None
        whole = np.zeros(self.rows, dtype=np.int64)
        for code, start, size in zip(self.codes, self.starts[:-1], sizes, strict=True):
            whole = whole * size + (code - start)
        here = np.flatnonzero(np.bincount(whole, minlength=int(np.prod(sizes))))
        place = np.zeros(int(np.prod(sizes)), dtype=np.int64)
        place[here] = np.arange(len(here))
        codes, rest = [], here
        for start, size in zip(self.starts[-2::-1], sizes[::-1], strict=True):
            codes.append(rest % size + start)
            rest = rest // size
        small = Auxiliary(codes[::-1], np.zeros((len(here), 0)), self.labels, self.totals, self.starts)
        return small, place[whole]


def margins_of(frame: pd.DataFrame, totals: Totals) -> Auxiliary:
    """The sample's auxiliaries for known totals, checked.

    Parameters
    ----------
    frame : DataFrame
    totals : mapping
        Column to the total of each of its levels; a tuple of columns to the total of each combination (keys are
        tuples); a column of numbers to its sum.

    Returns
    -------
    Auxiliary

    Raises
    ------
    DataError
        With all faults: unknown columns, gaps, levels of the sample without a total, totals of levels that the sample
        lacks, totals below 0, margins whose sums contradict each other.

    Examples
    --------
    >>> rows = pd.DataFrame({"sex": list("ffm"), "age": [30.0, 50, 40]})
    >>> margins_of(rows, {"sex": {"f": 5, "m": 4}, "age": 380.0}).sums(np.ones(3)).tolist()
    [2.0, 1.0, 120.0]
    """
    faults: list[Fault | str] = []
    codes, numeric, labels, known, starts = [], [], [], [], [0]
    sums: dict[str, float] = {}
    columns = {name: [name] if isinstance(name, str) else list(name) for name in totals}
    for c in dict.fromkeys(c for names in columns.values() for c in names):
        if c not in frame:
            text = say("a column of the sample", "样本表中的一列")
            faults.append(Fault(spot("totals", item=c), text, repr(c), nearest(c, frame.columns), kind="column"))
        elif frame[c].isna().any():
            row = frame.index[int(np.flatnonzero(frame[c].isna())[0])]
            text, found = say("a value in each row", "每行都有值"), say("gaps", "有空缺")
            faults.append(Fault(spot("sample", row=row, column=c), text, found, kind="missing"))
    if faults:
        raise DataError(faults)
    for name, given in sorted(totals.items(), key=lambda item: not isinstance(item[1], Mapping)):
        title = "×".join(columns[name])
        if not isinstance(given, Mapping):
            numeric.append(_number(frame, title, given, faults))
            labels.append((title, ""))
            known.append(float(given))
            continue
        levels = {_key(k): float(v) for k, v in given.items()}
        codes.append(_coded(frame, columns[name], title, levels, faults) + starts[-1])
        starts.append(starts[-1] + len(levels))
        labels += [(title, "×".join(k)) for k in levels]
        known += list(levels.values())
        sums[title] = sum(levels.values())
    faults += _totals(labels, known, starts[-1]) + _contradictions(sums)
    if faults:
        raise DataError(faults)
    matrix = np.column_stack(numeric) if numeric else np.zeros((len(frame), 0))
    return Auxiliary(codes, matrix, labels, np.array(known), starts)


def _key(level: object) -> tuple[str, ...]:
    return tuple(map(str, level)) if isinstance(level, tuple) else (str(level),)


def _number(frame: pd.DataFrame, name: str, total: float, faults: list[Fault | str]) -> Floats:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
    for r in np.flatnonzero(~np.isfinite(values))[:20]:
        place = spot("sample", row=frame.index[r], column=name)
        faults.append(Fault(place, say("a number", "数值"), repr(frame[name].iloc[r]), kind="value"))
    return np.asarray(values, float)


def _coded(
    frame: pd.DataFrame, columns: list[str], title: str, levels: dict[tuple[str, ...], float], faults: list[Fault | str]
) -> Ints:
    """Position of each row's level among the totals."""
    number, found = pd.factorize(frame[columns[0]]) if len(columns) == 1 else _crossed(frame, columns)
    keys = [_key(level) for level in found]
    place = {k: i for i, k in enumerate(levels)}
    for key in keys:
        if key not in place:
            text = say("a total for each level of the sample", "样本中的每一类都有总数")
            shown = "×".join(key)
            found_text = say(f"none for {shown}", f"“{shown}”没有总数")
            faults.append(Fault(spot("totals", item=title), text, found_text, kind="level"))
    for key in place.keys() - set(keys):
        if levels[key] != 0:
            text = say("a level that the sample has", "样本中有的类别")
            found_text = say(f"{'×'.join(key)}, total {levels[key]:g}", f"“{'×'.join(key)}”，总数{levels[key]:g}")
            way = say("join it with a like level", "请与相近的类别合并")
            faults.append(Fault(spot("totals", item=title), text, found_text, way, kind="lacks"))
    return np.array([place.get(k, 0) for k in keys], dtype=np.int64).take(number)


def _crossed(frame: pd.DataFrame, columns: list[str]) -> tuple[Ints, list[tuple[Any, ...]]]:
    groups = frame.groupby(columns, sort=False, observed=True)
    return groups.ngroup().to_numpy(), [tuple(k) for k in groups.size().index]


def _totals(labels: list[tuple[str, str]], known: list[float], levels: int) -> list[Fault | str]:
    text = say("a number of 0 or more", "不小于0的数")
    return [
        Fault(spot("totals", item="：".join(x for x in label if x)), text, str(value), kind="value")
        for i, (label, value) in enumerate(zip(labels, known, strict=True))
        if not np.isfinite(value) or (i < levels and value < 0)
    ]


def _contradictions(sums: dict[str, float]) -> list[Fault | str]:
    """Margins of levels that count the same population in different numbers."""
    names = list(sums)
    return [
        Fault(
            spot("totals", item=name),
            say(
                f"a sum of {sums[names[0]]:.10g}, as {names[0]} has", f"合计{sums[names[0]]:.10g}（与“{names[0]}”一致）"
            ),
            f"{sums[name]:.10g}",
            say("make the margins agree, or use ridge for the weaker one", "请核对两组总数，或对较弱的一组用岭校准"),
            kind="contradict",
        )
        for name in names[1:]
        if abs(sums[name] - sums[names[0]]) > AGREE * abs(sums[names[0]])
    ]
