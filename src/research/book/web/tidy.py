"""The rows behind all figures and tables as one tidy long table: one number a row, always the same columns.

A figure's own frame keeps its own columns. Here each of its numbers stands in a row of its own: which figure and which
row of its file, where and when, what was measured, the number with its interval, its unit, status and source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import repeat

COLUMNS = {
    "float": "图表的标签",
    "label": "书中编号",
    "caption": "图表标题",
    "file": "该图表自己的数据文件（窄表）",
    "row": "在窄表中是第几行（不计表头）；窄表同一行的各个数，行号相同",
    "place": "地区代码",
    "name": "名称",
    "year": "年份",
    "residence": "城乡（all 全体，urban 城镇，rural 农村）",
    "indicator": "指标编号",
    "item": "其余用来区分各行的列，写作“列=值”，以分号隔开；含义见数据字典",
    "measure": "测度：这个数是什么，含义见数据字典",
    "value": "数值；空格表示缺失",
    "lower": "区间下限",
    "upper": "区间上限",
    "se": "标准误",
    "n": "样本量",
    "unit": "单位",
    "status": "数据状态",
    "source": "来源",
}
"""The columns of the long table, in their order, and what they mean."""

ALIASES = {
    "place": ("place", "geo_code", "code"),
    "name": ("name", "target_name", "geo"),
    "year": ("year",),
    "residence": ("residence",),
    "indicator": ("indicator",),
    "n": ("n",),
    "status": ("status",),
    "source": ("source",),
}
"""The columns of a frame that say these things, the first that is there."""
CODES = {"place", "code", "geo_code", "id", "target_id", "clause", "parent", "indicator", "version"}
"""Columns whose digits are names, not numbers."""
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
LIMITS = ("lower", "upper", "se")
SAME_UNIT = "="
"""In a dictionary: a measure in the unit that the row states."""


@dataclass
class Shape:
    """What each column of a frame is.

    Parameters
    ----------
    head : sequence of str
        The frame's columns.
    body : sequence of rows
    about : set of str, optional
    """

    head: Sequence[str]
    body: Sequence[Sequence[str]]
    about: Set[str] = frozenset()
    """Columns that describe a row, whatever digits they hold."""
    said: dict[str, int] = field(default_factory=dict)
    """Column of the long table -> position in the frame."""
    measures: dict[str, int] = field(default_factory=dict)
    """Measured columns, and where they stand."""
    limits: dict[str, dict[str, int]] = field(default_factory=dict)
    """Measure -> its limits and error."""
    main: str = ""
    """The measure that the row's unit, limits and error belong to."""
    items: list[int] = field(default_factory=list)
    """Columns without which two rows could not be told apart."""

    def __post_init__(self) -> None:
        spots = {name: n for n, name in reversed(list(enumerate(self.head)))}
        self.said = {
            k: spots[name] for k, names in ALIASES.items() if (name := next((a for a in names if a in spots), ""))
        }
        if "measure" in spots:
            self.said["measure"] = spots["measure"]
        named = {*CODES, *self.about, "unit", "measure"} | {self.head[n] for n in self.said.values()}
        numeric = [n for n, name in enumerate(self.head) if name not in named and self._is_numeric(n)]
        self._share_limits(numeric, spots)
        if "unit" in spots:
            self.said["unit"] = spots["unit"]
        self._find_items()

    def _is_numeric(self, n: int) -> bool:
        cells = [row[n] for row in self.body if row[n] != ""]
        return self.head[n] == "value" or bool(cells) and all(NUMBER.fullmatch(c) for c in cells)

    def _share_limits(self, numeric: list[int], spots: Mapping[str, int]) -> None:
        """Plain lower, upper and se belong to `value`, else to the measure before; x_lower and se_x belong to x."""
        names = [self.head[n] for n in numeric]
        plain = [x for x in names if x in LIMITS]
        with_prefix = {x: (m, k) for x in names for m in names for k in LIMITS if x in (f"{m}_{k}", f"{k}_{m}")}
        self.measures = {x: spots[x] for x in names if x not in plain and x not in with_prefix}
        self.main = "value" if "value" in self.measures else next(iter(self._before(plain)), "")
        if plain and not self.main:
            self.measures, plain = {x: spots[x] for x in names if x not in with_prefix}, []
        self.limits = {m: {} for m in self.measures}
        for x in plain:
            self.limits[self.main][x] = spots[x]
        for x, (m, k) in with_prefix.items():
            if m in self.limits:
                self.limits[m].setdefault(k, spots[x])

    def _before(self, plain: list[str]) -> list[str]:
        """The measure that stands before the limits, else the first."""
        order = list(self.measures)
        first = min((self.head.index(x) for x in plain), default=0)
        return [m for m in reversed(order) if self.measures[m] < first][:1] or order

    def _find_items(self) -> None:
        """Add texts, then whole numbers, from the left, as long as rows are told apart by them."""
        keys = [self.said[k] for k in ("place", "year", "residence", "indicator", "measure", "name") if k in self.said]
        free = [
            n
            for n in range(len(self.head))
            if n not in (*self.said.values(), *self.measures.values())
            and not any(n in spots.values() for spots in self.limits.values())
        ]
        whole = [
            n
            for m, n in self.measures.items()
            if m != self.main and all(re.fullmatch(r"-?\d+", row[n]) for row in self.body if row[n] != "")
        ]
        for n in (*free, *whole):
            have = len({tuple(row[k] for k in keys) for row in self.body})
            if have == len(self.body):
                return
            if len({tuple(row[k] for k in (*keys, n)) for row in self.body}) > have:
                keys.append(n)
                self.items.append(n)
                self.measures.pop(self.head[n], None)


def long_rows(
    frame: Sequence[Sequence[str]], units: Mapping[str, str] | None = None, about: Set[str] = frozenset()
) -> Iterator[dict[str, str]]:
    """One row a number of a frame.

    Parameters
    ----------
    frame : sequence of rows
        The columns' names, then the rows, all as text.
    units : mapping of str to str, optional
        Units of measured columns that state none: measure -> unit, or "=" for the unit that the row states.
    about : set of str, optional
        Columns that describe a row and are no measures, though numbers stand in them (a quarter, a year of reference).

    Yields
    ------
    dict of str to str
        By the names of `COLUMNS`, from `row` on; what a frame does not say is left out.

    Examples
    --------
    >>> frame = [["year", "topic", "value", "lower", "upper", "unit", "share"],
    ...          ["2024", "教育", "12", "10", "14", "件", "0.4"], ["2024", "出行", "18", "15", "21", "件", "0.6"]]
    >>> for r in long_rows(frame):
    ...     print(r["row"], r["item"], r["measure"], r["value"], r.get("lower") or "–", r.get("unit") or "–")
    1 topic=教育 value 12 10 件
    1 topic=教育 share 0.4 – –
    2 topic=出行 value 18 15 件
    2 topic=出行 share 0.6 – –
    """
    head, body = frame[0], [[*row, *[""] * (len(frame[0]) - len(row))] for row in frame[1:]]
    shape, units = Shape(head, body, about), units or {}
    for number, row in enumerate(body, 1):
        stands = {k: row[n] for k, n in shape.said.items() if k not in ("measure", "unit")}
        item = "；".join(f"{head[n]}={row[n]}" for n in shape.items if row[n] != "")
        stated = row[shape.said["unit"]] if "unit" in shape.said else ""
        withheld = bool(shape.main) and row[shape.measures[shape.main]] == ""
        for name, spot in shape.measures.items():
            if row[spot] == "" and name != shape.main:
                continue
            main = name == shape.main
            known = units.get(name, "")
            unit = stated if known == SAME_UNIT or (main and stated) else known
            called = row[shape.said["measure"]] if main and "measure" in shape.said else name
            if withheld and not main:
                stands.pop("n", None)  # the sample's size belongs to the number that is not there
            limits = {k: row[n] for k, n in shape.limits[name].items()}
            yield {
                "row": str(number),
                **stands,
                "item": item,
                "measure": called or name,
                "value": row[spot],
                **limits,
                "unit": unit,
            }


def long_table(
    floats: Iterable[tuple], units: Mapping[str, str] | None = None, about: Set[str] = frozenset()
) -> list[list[str]]:
    """All frames of a book below one another, each as `long_rows`.

    Parameters
    ----------
    floats : iterable of (str, str, str, list of (str, frame))
        Identifier, number and caption of a figure or table, and its files with their frames.
    units, about : optional
        As for `long_rows`.

    Returns
    -------
    list of rows
        `COLUMNS` first.
    """
    table = [list(COLUMNS)]
    own = list(COLUMNS)[4:]  # what the rows say for themselves
    for identifier, label, caption, frames in floats:
        for file, frame in frames:
            for found in long_rows(frame, units, about):
                table.append([identifier, label, caption, file, *map(found.get, own, repeat(""))])
    return table
