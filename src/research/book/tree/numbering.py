"""Numbers as publishers of bluebooks want them: reports B.1, levels 一、（一）1.（1）①, 图1 in each report."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from research.book.tree import ast as tree

if TYPE_CHECKING:
    from research.book.tree.model import Chapter

DIGITS = "零一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
KINDS = {"bb-figure": "图", "bb-table": "表", "bb-equation": "式"}


def chinese_number(n: int) -> str:
    """A count from 1 to 99 in Chinese.

    Examples
    --------
    >>> [chinese_number(n) for n in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return head + (DIGITS[ones] if ones or not tens else "")


def heading_label(level: int, n: int) -> str:
    """Label of the n-th heading of a level inside a report (level 2 is the first below the title).

    Examples
    --------
    >>> [heading_label(level, 3) for level in range(2, 7)]
    ['三、', '（三）', '3.', '（3）', '③']
    """
    if level == 2:
        return f"{chinese_number(n)}、"
    if level == 3:
        return f"（{chinese_number(n)}）"
    if level == 4:
        return f"{n}."
    return f"（{n}）" if level == 5 else CIRCLED[(n - 1) % len(CIRCLED)]


def report_numbers(chapters: list[Chapter]) -> list[Chapter]:
    """Renumber resolved chapters as reports, references included.

    Parameters
    ----------
    chapters : list of Chapter
        With numbers and labels as in a book (第 2 章, 图 2.1).

    Returns
    -------
    list of Chapter
        Copies: numbered chapters and appendices become B.1, B.2 ...; headings carry `label`;
        figures, tables and equations count within their report; a reference from another report
        names that report (B.2 图1).
    """
    labels: dict[str, tuple[str, str]] = {}
    renumbered, count = [], 0
    for chapter in chapters:
        report = ""
        if chapter.number and chapter.kind != "part":
            count += 1
            report = f"B.{count}"
        blocks = _Renumber(report, labels).run(chapter.blocks)
        changed = copy(chapter)
        changed.blocks, changed.number = blocks, report
        renumbered.append(changed)
    for chapter in renumbered:
        chapter.blocks = tree.transform(chapter.blocks, _referrer(chapter.number, labels))
    return renumbered


class _Renumber:
    """Counts headings and floats of one report; notes each id's label and report."""

    def __init__(self, report, labels):
        self.report, self.labels = report, labels
        self.floats = {}
        self.last = ""
        self.headings = [0] * 8

    def run(self, blocks):
        # Numbers follow the order of the text, so they are given parents first and set on the rebuild.
        given: dict[str, tuple[str, str]] = {}
        tree.visit(blocks, lambda node: self._count(node, given))
        return tree.transform(blocks, lambda node: _relabel(node, given))

    def _count(self, node, given):
        identifier, classes, _ = tree.node_attr(node)
        if not tree.get(node, "number"):
            return
        if node["t"] == "Header":
            label = self._heading(node["c"][0])
            given[identifier] = (label, label)
            self.labels[identifier] = (self.report, label)
            return
        if "bb-subfigure" in classes or "bb-subtable" in classes:
            self.labels[identifier] = (self.report, f"{self.last}({tree.get(node, 'number')})")
            return
        kind = next((KINDS[c] for c in classes if c in KINDS), None)
        if kind:
            n = self.floats[kind] = self.floats.get(kind, 0) + 1
            label = f"（{n}）" if kind == "式" else f"{kind}{n}"
            given[identifier] = (str(n), label)
            self.last = label
            self.labels[identifier] = (self.report, f"式（{n}）" if kind == "式" else label)

    def _heading(self, level):
        if level == 1:
            return self.report
        self.headings[level] += 1
        self.headings[level + 1 :] = [0] * (7 - level)
        return heading_label(level, self.headings[level])


def _relabel(node, given):
    place = tree.BLOCK_WITH_ATTR.get(node["t"])
    if place is None or not tree.get(node, "number"):
        return None
    identifier, classes, pairs = node["c"][place]
    if identifier not in given:
        return None
    number, label = given[identifier]
    kept = [p for p in pairs if p[0] not in ("number", "label")]
    content = list(node["c"])
    content[place] = [identifier, classes, [*kept, ["number", number], ["label", label]]]
    return {"t": node["t"], "c": content}


def _referrer(report, labels):
    """A change that words references anew, from the view of one report."""

    def change(node):
        if node["t"] != "Link" or not tree.has_class(node, "bb-ref"):
            return None
        attr, inlines, target = node["c"]
        found = labels.get(target[0].partition("#")[2])
        if not found:
            return None
        theirs, label = found
        label = label.rstrip("、.") if label != theirs else label
        wording = label if theirs == report or label == theirs else f"{theirs} {label}"
        return {"t": "Link", "c": [attr, tree.string(wording), target]}

    return change
