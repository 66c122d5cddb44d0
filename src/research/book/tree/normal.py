"""One chapter's tree brought to the few shapes that the writers know (see the package's docstring)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from research.book.source import images
from research.book.source.carried import NOT_CARRIED
from research.book.tree import ast
from research.book.tree.ast import div, node_attr, para
from research.book.tree.floats import Floats, columns, single_images
from research.book.tree.model import THEOREMS, UNNUMBERED
from research.book.tree.sanitise import SCHEMES
from research.errors import Fault, say

CALLOUTS = ("note", "tip", "warning", "important", "caution")
CONDITIONS = ("when-format", "unless-format", "when-profile", "unless-profile", "when-meta", "unless-meta")
FORMATS = {
    "html": {"html", "html5", "html:js"},
    "pdf": {"pdf", "latex", "typst"},
    "docx": {"docx", "openxml"},
    "epub": {"epub", "html"},
}
FLOATS_NOT_CARRIED = re.compile(r"^(vid|dia|suppfig)-")
INTERNAL = {"bb-cell", "bb-cell-fig", "bb-cell-tbl", "bb-caption", "bb-html", "bb-code", "bb-image"}


def seen_by(to: str, named: set[str]) -> frozenset[str]:
    """Which of the named formats a condition takes `to` for: two formats of one answer share a book.

    Examples
    --------
    >>> seen_by("docx", {"html"}) == seen_by("pdf", {"html"}), sorted(seen_by("pdf", {"html", "typst"}))
    (True, ['typst'])
    """
    return frozenset(n for n in named if n in FORMATS.get(to, {to}))


class Normaliser(Floats):
    """Rewrites the tree of one chapter.

    Parameters
    ----------
    source : research.book.source.source.Source
        The chapter, to find lines for messages.
    ctx : research.book.source.source.Context
        Takes the faults; holds the HTML tables of cells.
    to : str
        The format that conditional content is decided for.
    profiles : list of str
        Profiles that are on.
    tables : dict
        Parsed HTML tables by key.
    words : dict
        The language's words.
    """

    def __init__(self, source: Any, ctx: Any, to: Any, profiles: Any, tables: Any, words: Any) -> None:
        self.source, self.ctx, self.to, self.profiles = source, ctx, to, profiles
        self.tables, self.words = tables, words
        self.by_format: set[str] = set()

    def blocks(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The rewritten blocks."""
        self.strays(blocks)
        return ast.transform(ast.transform(blocks, self.condition), self.change)

    def fault(self, pattern: str, expected: str, found: str, way_out: str = "", kind: str = "unsupported") -> None:
        self.ctx.faults.append(Fault(self.source.find(pattern), expected, found, way_out, kind=kind))

    def strays(self, node: Any) -> None:
        """Markup that pandoc read as plain text; what stands inside a citation is that citation's source."""
        if isinstance(node, list):
            for item in node:
                self.strays(item)
        elif isinstance(node, dict) and node.get("t") == "Str":
            self.stray(node["c"])
        elif isinstance(node, dict) and node.get("t") != "Cite":
            for value in node.values() if "t" not in node else [node.get("c")]:
                self.strays(value)

    def stray(self, text: str) -> None:
        """What was escaped, by an author or because it came as text out of data, is text and no slip."""
        found = re.search(r"@(fig|tbl|sec|eq)-[\w-]+", text)
        if found and self.written(r"(?<!\\)" + re.escape(found[0])):
            self.fault(
                re.escape(text[:40]),
                say("a space before @, or [@...]", "@ 前有空格，或写 [@...]"),
                text[:60],
                say(
                    f"write [{found[0]}]: right after a letter or a Chinese character @ is plain text",
                    f"请写 [{found[0]}]：紧跟在字后面的 @ 只是普通文字",
                ),
                "reference",
            )
        elif (found := re.search(r"\\[A-Za-z]{2,}\{", text)) and self.written(r"(?<!\\)" + re.escape(found[0])):
            self.fault(
                re.escape(text[:30]),
                say("markdown", "Markdown"),
                text[:60],
                say(
                    "raw LaTeX is not carried: write *slanted*, **strong**, [@key], $formula$",
                    "不支持原始 LaTeX：请写 *斜体*、**粗体**、[@文献]、$公式$",
                ),
            )
        elif re.fullmatch(r":{3,}", text) and self.loose_fence():
            self.fault(
                r"^[\s>]*:{3}",
                say("::: on lines of their own, with empty lines around", "::: 单独成行，前后有空行"),
                say("::: inside a paragraph", "段落里的 :::"),
                kind="div",
            )

    def written(self, pattern: str) -> bool:
        return any(re.search(pattern, line) for line in self.source.lines)

    def loose_fence(self) -> bool:
        """Whether a ::: is written in the middle of a line, or opens right after a line of text."""
        lines = self.source.lines
        after = any(
            re.match(r"[\s>]*:{3,}\s*\S", line) and re.search(r"[^\s>:]", former) and ":::" not in former
            for former, line in zip(lines, lines[1:], strict=False)
        )
        return after or self.written(r"[^\s>:].*\s:{3,}(\s|$)|^[\s>]*:{3,}\s+\S.*[^}]\s+:{3,}$")

    # conditional content

    def condition(self, node: dict[str, Any]) -> Any:
        if node["t"] not in ("Div", "Span"):
            return None
        (identifier, classes, pairs), children = node["c"]
        shown = next((c for c in classes if c in ("content-visible", "content-hidden")), None)
        if shown is None:
            return None
        self.by_format |= {v for k, v in pairs if k in ("when-format", "unless-format")}
        holds = all(self.holds(k, v) for k, v in pairs if k in CONDITIONS)
        if holds != (shown == "content-visible"):
            return []
        rest = [c for c in classes if c != shown]
        pairs = [p for p in pairs if p[0] not in CONDITIONS]
        if identifier or rest or pairs:
            return {"t": node["t"], "c": [[identifier, rest, pairs], children]}
        return children

    def holds(self, key: str, value: str) -> bool:
        way, what = key.split("-")
        if what == "format":
            found = bool(seen_by(self.to, {value}))
        elif what == "profile":
            found = value in self.profiles
        else:
            tree = self.source.meta
            for name in value.split("."):
                tree = tree.get(name) if isinstance(tree, dict) else None
            found = bool(tree)
        return found == (way == "when")

    # everything else, leaves first

    def change(self, node: dict[str, Any]) -> dict[str, Any] | list[dict[str, Any]]:
        handler = getattr(self, "on_" + node["t"].lower(), None)
        place = ast.BLOCK_WITH_ATTR.get(node["t"])
        if place is not None:
            triple = node["c"][place]
            clean = [p for p in triple[2] if not re.match(r"(?i)on|srcdoc$|formaction$", p[0])]
            if len(clean) != len(triple[2]):
                content = list(node["c"])
                content[place] = [triple[0], triple[1], clean]
                node = {"t": node["t"], "c": content}
        result = handler(node) if handler else None
        return node if result is None else result

    def on_span(self, node: dict[str, Any]) -> Any:
        if "bb-break" in node_attr(node)[1]:
            return [{"t": "LineBreak"}]
        for name in node_attr(node)[1]:
            if NOT_CARRIED.match(name):
                self.fault(
                    rf"\.{name}\b", say("a span the engine carries", "排版引擎支持的行内块"), f"[...]{{.{name}}}"
                )

    def on_rawinline(self, node: dict[str, Any]) -> list[Any]:
        return [{"t": "Code", "c": [["", [], []], node["c"][1]]}]

    on_rawblock = on_rawinline

    def on_link(self, node: dict[str, Any]) -> dict[str, Any] | list[dict[str, str]] | None:
        triple, inlines, (target, title) = node["c"]
        if target.startswith(("#", *SCHEMES)):
            return None
        if re.match(r"[A-Za-z][\w+.-]*:", target):
            self.fault(
                re.escape(target[:30]),
                say("a link to the web, a chapter or a file", "指向网址、章节或文件的链接"),
                target,
                kind="link",
            )
            return inlines
        name, _, fragment = unquote(target).partition("#")
        base = self.ctx.root if name.startswith("/") else self.source.path.parent
        path = (base / name.lstrip("/")).resolve()
        if not path.exists() or not path.is_relative_to(self.ctx.root):
            self.fault(
                re.escape(target),
                say("a chapter or a file of the project", "项目中的章节或文件"),
                say(f"no {name}", f"没有 {name}"),
                kind="link",
            )
            return inlines
        self.ctx.inputs.add(path)
        shown = path.relative_to(self.ctx.root).as_posix() + (f"#{fragment}" if fragment else "")
        return {"t": "Link", "c": [triple, inlines, ["/" + shown, title]]}

    def on_image(self, node: dict[str, Any]) -> dict[str, Any] | list[dict[str, str]]:
        triple, inlines, (target, title) = node["c"]
        path, problem = images.locate(target, self.source.path.parent, self.ctx)
        if problem:
            expected, found, way_out = problem
            outside = "://" in target or target.startswith("data:")
            self.fault(re.escape(target), expected, found, way_out, kind="image-outside" if outside else "image")
            return inlines
        pairs = []
        for key, value in triple[2]:
            if key == "png":
                value, _ = images.locate(value, self.source.path.parent, self.ctx)
            pairs.append(["alt" if key == "fig-alt" else key, str(value)])
        if not (inlines or title or dict(pairs).get("alt")):
            pairs.append(["alt", ""])  # decoration: nothing is read out
        return {"t": "Image", "c": [[triple[0], triple[1], pairs], inlines, [str(path), title]]}

    # divs

    def on_div(self, node: dict[str, Any]) -> list[dict[str, Any]] | dict[str, Any] | None:
        (identifier, classes, pairs), children = node["c"]
        if FLOATS_NOT_CARRIED.match(identifier):
            self.fault(
                re.escape("#" + identifier),
                say("fig-, tbl-, eq- or sec- labels", "以 fig-、tbl-、eq-、sec- 开头的标签"),
                f"#{identifier}",
            )
        kinds = [c.removeprefix("callout-") for c in classes if c.startswith("callout-")]
        values = dict(pairs)
        if "bb-html" in classes:
            shown = self.tables.get(values["key"], [])
            for table in shown:
                self.endless(table)
            return shown
        if kinds and kinds[0] in CALLOUTS:
            return self.callout(identifier, kinds[0], values, children)
        kind = identifier.partition("-")[0] if "-" in identifier else ""
        like = next((UNNUMBERED[c] for c in classes if c in UNNUMBERED), None)
        if kind in THEOREMS or like:
            return theorem(identifier, kind if kind in THEOREMS else str(like), values, children, self.words)
        if "panel-tabset" in classes:
            return self.tabset(identifier, values, children)
        if identifier.startswith("fig-") or "bb-cell-fig" in classes:
            return self.figure_div(identifier, pairs, children)
        if identifier.startswith("tbl-") or "bb-cell-tbl" in classes:
            return self.table_div(identifier, values, children)
        if "layout-ncol" in values or "layout-nrow" in values:
            cells = single_images(children)
            return div(cells, identifier, ["bb-layout", *classes], ncol=columns(values, len(cells)))
        return None

    def callout(
        self, identifier: str, kind: str, values: dict[str, str], children: list[dict[str, Any]]
    ) -> dict[str, Any]:
        title = self.source_inlines(values["title"]) if "title" in values else None
        if title is None and children and children[0]["t"] == "Header":
            title, children = children[0]["c"][2], children[1:]
        title = title or ast.string(self.words[kind])
        collapse = values.get("collapse")
        parts = [div([para(title, "Plain")], classes=["bb-callout-title"]), div(children, classes=["bb-callout-body"])]
        return div(
            parts, identifier, ["bb-callout", f"callout-{kind}"], collapse=collapse, appearance=values.get("appearance")
        )

    def source_inlines(self, text: str) -> list[dict[str, str]]:
        """Inlines of a one-line text in an attribute (taken as plain text)."""
        return ast.string(text)

    def tabset(self, identifier: str, values: dict[Any, Any], children: list[dict[str, Any]]) -> Any:
        levels = [b["c"][0] for b in children if b["t"] == "Header"]
        if not levels or children[0]["t"] != "Header":
            self.fault(
                r"panel-tabset",
                say("a heading for each tab", "每个选项卡有一个标题"),
                say("text before the first heading", "第一个标题之前的文字"),
                kind="tabset",
            )
            return children
        tabs: list[tuple[str, list[Any]]] = []
        level = levels[0]
        for block in children:
            if block["t"] == "Header" and block["c"][0] == level:
                tabs.append((ast.text(block["c"][2]), []))
            else:
                tabs[-1][1].append(block)
        shown = [div(body, classes=["bb-tab"], title=title) for title, body in tabs]
        return div(shown, identifier, ["bb-tabset"], group=values.get("group"))


def theorem(
    identifier: str, kind: str, values: dict[Any, Any], children: list[dict[str, Any]], words: dict[str, str]
) -> dict[str, Any]:
    """A theorem or what is like it: its name in a caption, which gets the number, then its text."""
    title = ast.string(values["name"]) if "name" in values else []
    if not title and children and children[0]["t"] == "Header":
        title, children = children[0]["c"][2], children[1:]
    numbered = identifier.startswith(f"{kind}-")
    children = [div([para(title, "Plain")], classes=["bb-caption"]), *children]
    made = div(children, identifier, ["bb-theorem"], kind=kind)
    return made if numbered else lead(made, words[kind].replace("{}", "").strip(), words)


def lead(node: dict[str, Any], label: str, words: dict[str, str]) -> dict[str, Any]:
    """A theorem whose first paragraph begins with what it is, and its name."""
    caption, *rest = node["c"][1]
    name = caption["c"][1][0]["c"]
    before, _, after = words["titled"].partition("{}")[2].partition("{}")
    shown = ast.string(label) + ([{"t": "Str", "c": before}, *name, {"t": "Str", "c": after}] if name else [])
    head: list[Any] = [{"t": "Strong", "c": shown}, {"t": "Str", "c": "\u3000"}]
    if rest and rest[0]["t"] in ("Para", "Plain"):
        rest[0] = para([*head, *rest[0]["c"]])
    else:
        rest.insert(0, para(head[:1]))
    return {"t": "Div", "c": [node_attr(node), rest]}
