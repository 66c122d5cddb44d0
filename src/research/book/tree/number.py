"""Numbers, ids and labels of a book: chapters, sections, figures, tables, equations."""

from __future__ import annotations

import re
from collections.abc import Callable
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

from research.book.tree import ast
from research.book.tree.ast import get, has_class, node_attr
from research.book.tree.model import CALLOUTS, NAMED, THEOREMS, Entry, Target
from research.book.tree.normal import lead
from research.errors import Fault, say

if TYPE_CHECKING:
    from research.book.tree.resolve import Draft

FLOATS = {"bb-figure": "fig", "bb-table": "tbl"}
SUBS = {"bb-subfigure": "subfig", "bb-subtable": "subtbl"}
NESTED = {"bb-callout", "bb-tab"}


def auto_id(text: str) -> str:
    """An id made from a heading as pandoc makes it.

    Examples
    --------
    >>> auto_id("1. 总体 情况（2024）")
    '总体-情况2024'
    """
    kept = re.sub(r"[^\w\s.-]", "", text.lower()).strip()
    kept = re.sub(r"\s+", "-", kept)
    return re.sub(r"^[^a-z\u3400-\u9fff\w]*[\d_.-]*", "", kept) or "section"


def set_attr(node: dict[str, Any], key: str, value: str) -> None:
    """Set one attribute of a node in place."""
    pairs = node_attr(node)[2]
    pairs[:] = [p for p in pairs if p[0] != key] + [[key, str(value)]]


def number_chapters(drafts: list[Draft], words: dict[str, str]) -> None:
    """Give chapters and appendices their numbers and labels."""
    count = {"chapter": 0, "appendix": 0}
    for draft in drafts:
        kind = "appendix" if draft.kind == "appendix" else "chapter"
        if draft.kind == "part" or not draft.numbered:
            draft.number, draft.label = "", ast.text(draft.heading["c"][2])
            continue
        count[kind] += 1
        n = count[kind]
        draft.number = ascii_uppercase[n - 1] if kind == "appendix" else str(n)
        draft.label = words[kind].format(draft.number)


def check_ids(drafts: list[Draft], faults: list[Fault]) -> set[str]:
    """Explicit ids must be unique over the book; the set of them."""
    seen: dict[str, Any] = {}
    for draft in drafts:
        here: dict[str, Any] = {}

        def look(node, draft=draft, here=here):
            identifier = node_attr(node)[0]
            if not identifier:
                return
            nth = here.get(identifier, 0)
            here[identifier] = nth + 1
            if identifier in seen:
                faults.append(
                    Fault(
                        _place(draft, identifier, nth),
                        say("each label once in the book", "每个标签在书中只出现一次"),
                        say(
                            f"#{identifier} again (first: {_place(*seen[identifier])})",
                            f"#{identifier} 重复（首见于 {_place(*seen[identifier])}）",
                        ),
                        say("give it a label of its own", "请另取标签"),
                        kind="label-twice",
                    )
                )
            else:
                seen[identifier] = (draft, identifier, nth)

        ast.visit(draft.blocks, look)
    return set(seen)


def _place(draft, identifier, nth):
    """Where the nth mention of an id stands; looked for only when a message needs it."""
    return draft.source.find(rf"(#|label:\s*['\"]?){re.escape(identifier)}(?![\w-])", nth)


def give_ids(draft: Draft, taken: set[str]) -> None:
    """Ids for headings that have none: pandoc's, with the chapter's name where that is taken."""
    draft.auto = {}
    for node in ast.find(draft.blocks, "Header"):
        triple = node_attr(node)
        plain = auto_id(ast.text(node["c"][2]))
        if not triple[0]:
            name, n = plain, 1
            while name in taken:
                n += 1
                name = f"{plain}-{draft.slug}" if n == 2 else f"{plain}-{draft.slug}-{n - 1}"
            taken.add(name)
            triple[0] = name
        draft.auto.setdefault(plain, triple[0])
        draft.auto.setdefault(triple[0], triple[0])


class Counter:
    """Numbers what stands in one chapter and writes it into the tree."""

    def __init__(self, draft: Any, words: Any, targets: Any) -> None:
        self.draft, self.words, self.targets = draft, words, targets
        self.counts = dict.fromkeys(NAMED, 0)
        self.levels = [0] * 7
        self.toc: list[Any] = []

    def run(self) -> list[Entry]:
        """Number the whole chapter."""
        self.blocks(self.draft.blocks, nested=False)
        return self.toc

    def blocks(self, node: Any, nested: bool) -> None:
        if isinstance(node, list):
            for item in node:
                self.blocks(item, nested)
        elif isinstance(node, dict):
            if "t" not in node:
                for value in node.values():
                    self.blocks(value, nested)
            else:
                self.node(node, nested)

    def node(self, node: dict[str, Any], nested: bool) -> None:
        classes = node_attr(node)[1]
        if node["t"] == "Header":
            self.heading(node, nested)
        elif node["t"] == "Div" and any(c in FLOATS for c in classes):
            self.float(node, next(FLOATS[c] for c in classes if c in FLOATS))
            return
        elif node["t"] == "Div" and any(c in LED for c in classes):
            self.led(node, next(LED[c] for c in classes if c in LED))
        elif node["t"] == "Span" and "bb-equation" in classes:
            self.equation(node)
        nested = nested or bool(NESTED & set(classes))
        if isinstance(node.get("c"), list):
            self.blocks(node["c"], nested)

    def prefixed(self, number: int) -> str:
        return f"{self.draft.number}.{number}" if self.draft.number else str(number)

    def add(self, identifier: str, kind: str, number: str, label: str, title: str = "") -> None:
        if identifier:
            self.targets[identifier] = Target(identifier, kind, number, label, self.draft.slug, title)

    def heading(self, node: dict[str, Any], nested: bool) -> None:
        level, (identifier, classes, _), inlines = node["c"]
        title, number = ast.text(inlines), ""
        if level == 1:
            number, label = self.draft.number, self.draft.label
        else:
            deep = level > int(self.draft.source.meta.get("number-depth") or 6)
            if self.draft.number and not nested and "unnumbered" not in classes and not deep:
                self.levels[level] += 1
                self.levels[level + 1 :] = [0] * (6 - level)
                number = ".".join([self.draft.number, *(str(n) for n in self.levels[2 : level + 1])])
            kind = "appendix" if self.draft.kind == "appendix" else "sec"
            label = self.words[kind].format(number) if number else title
            if not nested and "unlisted" not in classes:
                self.toc.append(Entry(level, identifier, number, title))
        if number:
            set_attr(node, "number", number)
        self.add(identifier, "sec", number, label, title)

    def float(self, node: dict[str, Any], kind: str) -> None:
        identifier = node_attr(node)[0]
        if identifier.startswith(f"{kind}-"):
            self.counts[kind] += 1
            number = self.prefixed(self.counts[kind])
            label = self.words[kind].format(number)
            set_attr(node, "number", number)
            set_attr(node, "label", label)
            self.add(identifier, kind, number, label, caption_text(node))
            self.subs(node, number, label)
        self.blocks(node["c"][1], nested=True)

    def subs(self, node: dict[str, Any], number: str, label: str) -> None:
        letter = 0
        for child in ast.find(node["c"][1], "Div"):
            sub = next((s for s in SUBS if has_class(child, s)), None)
            if sub:
                mark = "abcdefghijklmnopqrstuvwxyz"[letter]
                letter += 1
                full = self.words["subfig"].format(label, mark)
                set_attr(child, "number", mark)
                set_attr(child, "label", full)
                self.add(node_attr(child)[0], SUBS[sub], f"{number} ({mark})", full, caption_text(child))

    def led(self, node: dict[str, Any], how: Callable[..., Any]) -> None:
        """What begins with its own number: a listing, a theorem, a callout that is referred to."""
        identifier = node_attr(node)[0]
        kind = identifier.partition("-")[0]
        if "-" not in identifier or kind not in ("lst", *THEOREMS, *CALLOUTS):
            return
        self.counts[kind] += 1
        number = self.prefixed(self.counts[kind])
        word = self.words[CALLOUTS[kind]] + " {}" if kind in CALLOUTS else self.words[kind]
        title = caption_text(node) if kind not in CALLOUTS else ast.text(node["c"][1][0])
        self.add(identifier, kind, number, word.format(number), title)
        how(node, word.format(number), self.words)

    def equation(self, node: dict[str, Any]) -> None:
        self.counts["eq"] += 1
        number = self.prefixed(self.counts["eq"])
        set_attr(node, "number", number)
        set_attr(node, "label", self.words["eq"].format(number))
        self.add(node_attr(node)[0], "eq", number, self.words["eq"].format(number))


def _theorem(node, label, words):
    node["c"] = lead(node, label, words)["c"]


def _listing(node, label, words):
    """The label, with the caption where there is one, as a paragraph above the code."""
    found = next((c for c in node["c"][1] if c["t"] == "Div" and has_class(c, "bb-caption")), None)
    inlines = found["c"][1][0]["c"] if found and found["c"][1] else []
    shown = [{"t": "Strong", "c": ast.string(label)}, *([{"t": "Str", "c": "\u3000"}, *inlines] if inlines else [])]
    node["c"] = [node_attr(node), [ast.para(shown), *(c for c in node["c"][1] if c is not found)]]


def _callout(node, label, words):
    """The label before the title; a callout that says no more than its kind has the label for a title."""
    title = node["c"][1][0]["c"][1][0]
    plain = ast.text(title["c"]) in {words[k] for k in CALLOUTS.values()}
    title["c"] = ast.string(label) if plain else [*ast.string(label), {"t": "Str", "c": "\u3000"}, *title["c"]]


LED = {"bb-theorem": _theorem, "bb-listing": _listing, "bb-callout": _callout}


def caption_text(node: dict[str, Any]) -> str:
    """The caption of a bb-figure or bb-table as plain text."""
    found = next((c for c in node["c"][1] if c["t"] == "Div" and has_class(c, "bb-caption")), None)
    return ast.text(found) if found else (get(node, "alt") or "")
