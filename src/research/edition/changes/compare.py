"""The inputs of two builds side by side: everything that differs, and of what kind it is."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from research.edition.changes.change import Change, number, width_of
from research.edition.changes.copied import copied

__all__ = ["input_changes"]

SIDES = {">": 1, ">=": 1, "≥": 1, "<": -1, "<=": -1, "≤": -1}
LOST = 0.1
"""A table that loses this share of its rows (or of one year's) is looked at."""
MOST_LOST = 0.5
"""So is a place or an indicator that loses this share of its rows of a year."""
ENOUGH = 8
"""Parts of fewer rows than these are told row by row."""
WEIGHT_JUMP, VALUE_JUMP = 2.0, 1.5
"""Factors beyond which a weight and any other number are looked at, even where they are no power of ten."""


def input_changes(before: dict, now: dict) -> list[Change]:
    """Every input that differs, those that must be looked at first, then the largest.

    Parameters
    ----------
    before, now : dict
        `inputs_of` two builds.

    Returns
    -------
    list of Change

    Examples
    --------
    >>> def of(value): return {"reference/a.csv": {"columns": ["id", "direction"], "rows": [["A", value]]}}
    >>> [(c.kind, c.key) for c in input_changes(of("1"), of("-1"))]
    [('方向反转', ('A',))]
    """
    found = []
    for file in sorted(set(before) | set(now)):
        old, new = before.get(file), now.get(file)
        if old == new:
            continue
        if old is None or new is None:
            found.append(
                Change(
                    file,
                    (),
                    "",
                    "无" if old is None else "有",
                    "有" if old is None else "无",
                    "新增文件" if old is None else "文件没有了",
                    9,
                    new is None,
                )
            )
        elif "rows" in old and "rows" in new:
            found += _rows(file, old, new)
        elif "values" in old and "values" in new:
            found += _values(file, old["values"], new["values"])
        else:
            found.append(Change(file, (), "", "", "", "内容改动", 1))
    found += [c for c in copied(now) if c not in copied(before)]
    return sorted(found, key=lambda c: (not c.look, -c.size, c.file, c.key, c.what))


def _rows(file, old, new):
    width = max(width_of(old), width_of(new))
    one, two = (_keyed(t, width) for t in (old, new))
    for name in sorted(set(old["columns"]) ^ set(new["columns"])):
        gone = name in old["columns"]
        yield Change(
            file, (), name, "有" if gone else "无", "无" if gone else "有", "少了一列" if gone else "多了一列", 5, gone
        )
    shared = [c for c in new["columns"] if c in old["columns"]]
    for key in (k for k in two if k in one and one[k] != two[k]):
        for name in shared:
            if one[key].get(name) != two[key].get(name):
                yield _cell(file, key, name, one[key].get(name, ""), two[key].get(name, ""))
    yield from _counts(file, new["columns"], one, two)


def _keyed(table, width):
    seen: Counter[Any] = Counter()
    found = {}
    for row in table["rows"]:
        key = tuple(row[:width])
        seen[key] += 1
        found[(*key, f"第{seen[key]}行") if seen[key] > 1 else key] = dict(zip(table["columns"], row, strict=False))
    return found


def _counts(file, columns, one, two):
    """Rows that came and went: one by one where they are few, else counted, by year where the table has years."""
    gone, come = [k for k in one if k not in two], [k for k in two if k not in one]
    share = len(gone) / max(1, len(one))
    if gone:
        yield Change(
            file,
            (),
            "",
            f"{len(one)}行",
            f"{len(two)}行",
            f"少了{len(gone)}行（{share:.0%}）",
            10 * share + 1,
            share >= LOST,
        )
    if come:
        yield Change(file, (), "", f"{len(one)}行", f"{len(two)}行", f"多了{len(come)}行", len(come) / max(1, len(one)))
    if "year" in columns and share < LOST:
        yield from _lost_parts(file, columns.index("year"), one, two)
    few = [*((k, "删去一行") for k in gone), *((k, "新增一行") for k in come)]
    if len(few) <= 20:
        yield from (
            Change(file, key, "", *(("有", "无") if kind == "删去一行" else ("无", "有")), kind, 0.5)
            for key, kind in few
        )


def _lost_parts(file, at, one, two):
    """Years that lost many of their rows, and places or indicators that lost most of theirs in a year."""
    held: Counter[Any] = Counter()
    left: Counter[Any] = Counter()
    for counts, keys in ((held, one), (left, two)):
        for key in (k for k in keys if len(k) > at):
            counts.update([(key[at],), *((key[at], part) for i, part in enumerate(key) if i != at)])
    for part in sorted(held):
        lost = 1 - left[part] / held[part]
        if lost >= (LOST if len(part) == 1 else MOST_LOST) and held[part] >= ENOUGH:
            yield Change(file, part, "", f"{held[part]}行", f"{left[part]}行", f"该年少了{lost:.0%}的行", 5, True)


def _values(file, old, new):
    for path in sorted(set(old) | set(new)):
        one, two = old.get(path), new.get(path)
        if one == two:
            continue
        *above, last = path.split("/")
        if one is None or two is None:
            yield Change(
                file,
                tuple(above),
                last,
                "无" if one is None else one,
                "无" if two is None else two,
                "新增设定" if one is None else "删去设定",
                1,
                one is not None and not last.isdigit(),
            )
        else:
            yield _cell(file, tuple(above), last, one, two)


def _cell(file, key, name, before, now):
    kind, size, look = _kind(name, key, before, now)
    return Change(file, key, name, before, now, kind, size, look)


def _kind(name, key, before, now):
    """What sort of difference it is: its words, its size, and whether it must be looked at."""
    if name in ("comparator", "operator"):
        sides = SIDES.get(before), SIDES.get(now)
        turned = None not in sides and sides[0] != sides[1]
        return ("比较方式反转" if turned else "比较方式改变"), 20 if turned else 5, True
    one, two = number(before), number(now)
    if name == "direction":
        return ("方向反转" if one and two and one * two < 0 else "方向改变"), 20, True
    if one is None or two is None:
        left_out = bool(before) and not now
        return ("内容没有了" if left_out else "填入内容" if not before else "文字改变"), 1, left_out or name == "unit"
    return _numbers(name, key, one, two)


def _numbers(name, key, one, two):
    if one == 0 or two == 0:
        return ("由零变为非零" if one == 0 else "变为零"), 3, True
    if one * two < 0:
        return "正负号反转", 15, True
    factor = two / one
    power = round(math.log10(factor))
    if power and abs(factor / 10**power - 1) < 0.02:
        return (f"放大到{10**power}倍" if power > 0 else f"缩小到1/{10**-power}"), 10 + abs(power), True
    limit = WEIGHT_JUMP if "weight" in "/".join((*key, name)) else VALUE_JUMP
    year = name in ("year", "from", "start", "end", "base")
    words = f"{one:.10g}改为{two:.10g}" if year else f"变动{factor - 1:+.1%}"
    return words, abs(math.log(factor)), year or max(factor, 1 / factor) >= limit
