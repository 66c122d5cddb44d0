"""What the rows of a register must hold to beyond single cells: dates in order, names known, nothing in a circle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.faults import Fault, Words, nearest, say, spot

if TYPE_CHECKING:
    from research.indicators.checks.checks import Known


def parts(cell: object) -> list[str]:
    """The names in a cell, parted by semicolons.

    Examples
    --------
    >>> parts("P1; P2；P3"), parts(float("nan"))
    (['P1', 'P2', 'P3'], [])
    """
    if cell is None or cell != cell:
        return []
    return [p for p in (q.strip() for q in str(cell).replace("；", ";").split(";")) if p]


def in_order(frame: pd.DataFrame, file: str, known: Known | None, year: int) -> Iterator[Fault]:
    """A policy is issued, takes effect, comes up for review and ends in this order; a pair ends after it began."""
    told: set[tuple[int, str]] = set()
    for early, late in (("effective", "ends"), ("issued", "ends"), ("effective", "review"), ("start", "ends")):
        if early not in frame or late not in frame:
            continue
        one, other = (pd.to_datetime(frame[c], errors="coerce") for c in (early, late))
        for row in frame.index[other < one]:
            if (row, late) in told:  # who ends before it takes effect mostly ends before it was issued
                continue
            told.add((row, late))
            yield Fault(
                spot(file, row=row + 2, column=late),
                say(f"a date not before {one[row]:%Y-%m-%d} ({early})", f"不早于{one[row]:%Y-%m-%d}的日期"),
                f"{other[row]:%Y-%m-%d}",
                say("correct one of the two dates", "请改正两个日期之一"),
                "date",
            )


def issued(frame: pd.DataFrame, file: str, known: Known | None, year: int) -> Iterator[Fault]:
    """What is in force was issued: a draft has neither a date of effect nor a number."""
    bare = frame["issued"].isna()
    for column in ("effective", "number"):
        for row in frame.index[bare & frame[column].notna() & frame[column].astype(str).str.strip().ne("")]:
            yield Fault(
                spot(file, row=row + 2, column="issued"),
                say(f"the date of issue of what has a {column}", "已有施行日期或文号的文件的印发日期"),
                say("an empty cell", "空单元格"),
                say("fill it in, or leave both empty for a draft", "请填写；尚在起草的两项都留空"),
                "date",
            )


def replaced(frame: pd.DataFrame, file: str, known: Known | None, year: int) -> Iterator[Fault]:
    """What a policy replaces is another one of the register, and none replaces itself by a detour."""
    ids = [str(i) for i in frame["id"]]
    said = {i: parts(cell) for i, cell in zip(ids, frame["replaces"], strict=True)}
    for row, (own, names) in zip(frame.index, said.items(), strict=False):
        where = spot(file, row=row + 2, column="replaces")
        for name in names:
            if name not in said:
                yield Fault(
                    where, say("an id of this register", "本登记中的编号"), repr(name), nearest(name, ids), "link"
                )
        if trail := _circle(own, said):
            told = " → ".join(trail)
            yield Fault(
                where,
                say("a policy that was there before", "更早的文件"),
                say(f"a circle: {told}", f"互相替代：{told}"),
                say("leave the newest one's entry only", "请只保留最新文件的登记"),
                "circle",
            )


def _circle(own: str, said: dict[str, list[str]]) -> list[str]:
    """The way from a policy back to itself; empty without one."""
    trails = [[own]]
    while trails:
        trail = trails.pop()
        for name in said.get(trail[-1], ()):
            if name == own:
                return [*trail, own]
            if name not in trail:
                trails.append([*trail, name])
    return []


def listed_names(frame: pd.DataFrame, file: str, known: Known, year: int) -> Iterator[Fault]:
    """Targets and indicators that a cell lists are known."""
    words = {"targets": (known.targets.index, say("ids of targets", "目标编号"))}
    words["indicators"] = (known.indicators.index, say("ids of indicators", "指标编号"))
    for column, (names, expected) in words.items():
        if column in frame:
            yield from strange(frame, file, column, names, expected)


def strange(frame: pd.DataFrame, file: str, column: str, names: Any, expected: Words | str) -> Iterator[Fault]:
    """Names in the cells of a column that are not among the known ones."""
    for row, cell in frame[column].items():
        for name in parts(cell):
            if name not in names:
                where = spot(file, row=int(str(row)) + 2, column=column)
                yield Fault(where, expected, repr(name), nearest(name, list(names)), "link")


def notebooks(frame: pd.DataFrame, file: str, known: Known, year: int) -> Iterator[Fault]:
    """A topic names a notebook that is there; a folder of data without any notebooks cannot tell."""
    if not known.notebooks:
        return
    for row, cell in frame["notebook"].items():
        name = "" if cell is None or cell != cell else str(cell).strip()
        if name and name not in known.notebooks:
            yield Fault(
                spot(file, row=row + 2, column="notebook"),
                say("a notebook of this project", "本项目中的笔记本"),
                repr(name),
                nearest(name, known.notebooks),
                "notebook",
            )


def paired(frame: pd.DataFrame, file: str, known: Known, year: int) -> Iterator[Fault]:
    """Both ends of a pair are known."""
    for row, own in frame.iterrows():
        villages = own["kind"] == "强村弱村"
        names = known.villages if villages else known.places
        expected = say("a village of villages.csv", "villages.csv 中的村") if villages else say("a place", "地区代码")
        for column in ("giver", "receiver") if villages else ("receiver",):
            cell = str(own[column])
            if cell not in names:
                yield Fault(
                    spot(file, row=row + 2, column=column),
                    expected, repr(cell), nearest(cell, list(names)), "pair")  # fmt: skip


def apart(frame: pd.DataFrame, file: str, known: Known | None, year: int) -> Iterator[Fault]:
    """None is paired with itself, and a village has one place in its pairs."""
    for row in frame.index[frame["giver"].notna() & (frame["giver"] == frame["receiver"])]:
        yield Fault(
            spot(file, row=row + 2, column="receiver"),
            say("another than the giver", "与帮扶方不同的一方"),
            repr(frame.at[row, "receiver"]),
            say("correct one of the two", "请改正其中一方"),
            "pair",
        )
    yield from _one_to_one(frame[frame["kind"] == "强村弱村"], file)


def _one_to_one(frame: pd.DataFrame, file: str) -> Iterator[Fault]:
    """A village stands once among the pairs of one time: neither twice, nor strong here and weak there."""
    held: dict[str, list[tuple[int, str, pd.Timestamp, pd.Timestamp]]] = {}
    ends = pd.to_datetime(frame["ends"], errors="coerce").fillna(pd.Timestamp("2199-12-31"))
    starts = pd.to_datetime(frame["start"], errors="coerce").fillna(pd.Timestamp("1900-01-01"))
    for row in frame.index:
        for column in ("giver", "receiver"):
            name = str(frame.at[row, column])
            for other, side, start, end in held.get(name, ()):
                if other != row and starts[row] <= end and start <= ends[row]:
                    yield Fault(
                        spot(file, row=row + 2, column=column),
                        say(f"{name} in one pair at a time", f"{name}同一时间只在一个结对中"),
                        say(f"as {side} in row {other + 2} already", f"第{other + 2}行已有"),
                        say("correct the pair, or let the former one end", "请改正，或为前一结对填写终止日期"),
                        "pair",
                    )
            held.setdefault(name, []).append((row, column, starts[row], ends[row]))


def acted(frame: pd.DataFrame, file: str, known: Known, year: int) -> Iterator[Fault]:
    """An action is one that the plan's targets are filed under."""
    listed = "、".join(map(str, known.actions))
    for row, number in frame["action"].items():
        if known.actions and number == number and number is not None and int(float(number)) not in known.actions:
            expected = say(f"an action of the plan: {', '.join(map(str, known.actions))}", f"规划的行动：{listed}")
            yield Fault(spot(file, row=int(str(row)) + 2, column="action"), expected, str(number), kind="link")


def gridded(frame: pd.DataFrame, file: str, known: Known, year: int) -> Iterator[Fault]:
    """Cells of a grid are those that the reference table lists for it."""
    for row, grid, cell in zip(frame.index, frame["grid"], frame["cell"], strict=True):
        if grid not in known.grids:
            names = list(known.grids)
            yield Fault(spot(file, row=row + 2, column="grid"), say("a grid of grids.csv", "grids.csv 中的网格"),
                        repr(grid), nearest(str(grid), names), "grid")  # fmt: skip
        elif cell not in known.grids[grid]:
            yield Fault(spot(file, row=row + 2, column="cell"), say(f"an item of {grid}", f"{grid}中的事项"),
                        repr(cell), nearest(str(cell), known.grids[grid]), "grid")  # fmt: skip


OF_TABLE = {
    "policies": (in_order, issued, replaced, acted, listed_names),
    "pairs": (in_order, apart, paired),
    "grids": (gridded,),
    "topics": (notebooks, listed_names),
    "claims": (listed_names,),
}
"""Rules of each register, in the order in which they are tried."""
ALONE = {"policies": (in_order, issued, replaced), "pairs": (in_order, apart), "topics": ()}
"""Those that ask no reference table: they hold also while one of those is broken."""
