"""References and links of a chapter, led to what they name anywhere in the book."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from research.book.tree import ast
from research.book.tree.model import NAMED
from research.book.tree.sanitise import SCHEMES
from research.errors import Fault, nearest, say

if TYPE_CHECKING:
    from research.book.tree.resolve import Draft
    from research.core.faults import Words

CROSSREF = re.compile(rf"^({'|'.join(NAMED)})-", re.I)


class Linker:
    """Turns references into links, and checks links, in one chapter."""

    def __init__(self, draft: Any, book: Any, ctx: Any, anchors: Any, paths: Any) -> None:
        self.draft, self.book, self.ctx, self.anchors, self.paths = draft, book, ctx, anchors, paths

    def fault(self, pattern: str, expected: Words, found: str | Words, way_out: str | Words, kind: str) -> None:
        self.ctx.faults.append(Fault(self.draft.source.find(pattern), expected, found, way_out, kind=kind))

    def change(self, node: dict[str, Any]) -> list[dict[str, Any]] | dict[str, Any] | None:
        if node["t"] in ("Para", "Plain") and self.book.lang.startswith("zh"):
            return {"t": node["t"], "c": close_up(node["c"])}
        if node["t"] == "Cite":
            return self.cite(node)
        return self.link(node) if node["t"] == "Link" else None

    def cite(self, node: dict[str, Any]) -> list[dict[str, Any]] | None:
        cited = node["c"][0]
        found = [bool(CROSSREF.match(c["citationId"])) for c in cited]
        if not any(found):
            return None
        if not all(found):
            keys = ", ".join("@" + c["citationId"] for c in cited)
            together = ".*".join(re.escape("@" + c["citationId"]) for c in cited)
            self.fault(
                together,
                say("references and citations in brackets of their own", "交叉引用与文献引用各用各的方括号"),
                keys,
                say("write them apart", "请分开写"),
                "reference",
            )
            return node["c"][1]
        done = []
        for i, one in enumerate(cited):
            done += [{"t": "Str", "c": "、" if self.book.words["author-sep"] == "、" else ","}] if i else []
            done += self.reference(one)
        return done

    def reference(self, one: dict[str, Any]) -> list[dict[str, Any]]:
        written = one["citationId"]
        name = written[0].lower() + written[1:]
        target = self.book.targets.get(name)
        if target is None:
            way: str = nearest(name, [t for t in self.book.targets if CROSSREF.match(t)] or ["(no labels in the book)"])
            if re.search(r"[\u3000-\u9fff\uff00-\uffef]", name):
                way = "put a space after it, or write [@...]: Chinese characters count as part of the name"
            self.fault(
                rf"@\{{?{re.escape(written)}",
                say("a label in the book", "书中有的标签"),
                f"@{written}",
                way,
                "reference",
            )
            return [{"t": "Str", "c": f"@{written}"}]
        if name.startswith("sec-") and not target.number:
            self.fault(
                rf"@\{{?{re.escape(written)}",
                say("a heading with a number", "有编号的标题"),
                f"@{written}",
                say(
                    f"write [{target.label}](#{name}): Quarto prints ?@{written}",
                    f"请写成 [{target.label}](#{name})；Quarto 会印出 ?@{written}",
                ),
                "reference",
            )
        prefix, suffix = one["citationPrefix"], one["citationSuffix"]
        bare = one["citationMode"]["t"] == "SuppressAuthor" or prefix
        label = target.number if bare and target.number else target.label
        shown = ast.link(ast.string(label), f"#{name}", ["bb-ref"])
        return [*prefix, *([{"t": "Space"}] if prefix else []), shown, *suffix]

    def link(self, node: dict[str, Any]) -> dict[str, Any] | None:
        triple, inlines, (target, title) = node["c"]
        if target.startswith(SCHEMES) or "bb-ref" in triple[1]:
            return None
        if target.startswith("#"):
            name = unquote(target[1:])
            return self.anchor(node, self.draft, name, target)
        name, _, fragment = target[1:].partition("#")
        other = self.paths.get((self.book.root / name).resolve())
        if other is None:
            return None
        if not fragment:
            return {"t": "Link", "c": [triple, inlines, ["#" + ast.node_attr(other.heading)[0], title]]}
        return self.anchor(node, other, fragment, target)

    def anchor(self, node: dict[str, Any], draft: Draft, name: str, written: str) -> dict[str, Any] | None:
        found = draft.auto.get(name) or (name if name in self.anchors else None)
        if found is None:
            self.fault(
                re.escape(unquote(written).rpartition("#")[2]),
                say("a heading or label in the book", "书中有的标题或标签"),
                say(f"link to #{name}", f"指向 #{name} 的链接"),
                nearest(name, [*draft.auto, *self.anchors]),
                "link",
            )
            return None
        triple, inlines, (_, title) = node["c"]
        return {"t": "Link", "c": [triple, inlines, ["#" + found, title]]}


def close_up(inlines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop the space that a source needs after a reference (`@fig-a 。`) where a Chinese mark follows.

    Examples
    --------
    >>> shown = [ast.link(ast.string("图 1"), "#fig-a", ["bb-ref"]), *ast.string(" 。")]
    >>> [n["t"] for n in close_up(shown)]
    ['Link', 'Str']
    """
    done: list[dict[str, Any]] = []
    for item in inlines:
        after_space = len(done) > 1 and done[-1]["t"] in ("Space", "SoftBreak")
        if after_space and item["t"] == "Str" and item["c"][0] in "，。、；：！？）》”’」』】":
            before = done[-2]
            if before["t"] == "Link" and ast.has_class(before, "bb-ref"):
                done.pop()
        done.append(item)
    return done
