"""A resolved chapter as a tree that pandoc's HTML writer turns into our page."""

from __future__ import annotations

import csv
import io
import re
from html import escape
from typing import Any
from urllib.parse import quote

from research.book.tree import ast
from research.book.tree.ast import get, has_class, node_attr, para
from research.book.web.frame import in_frame
from research.core.status import SAMPLE_MARK, is_sample


def raw(text: str) -> dict[str, Any]:
    """A block of HTML made by us."""
    return {"t": "RawBlock", "c": ["html", text]}


def raw_inline(text: str) -> dict[str, Any]:
    """A piece of HTML made by us, inside a line."""
    return {"t": "RawInline", "c": ["html", text]}


def short_cells(table: dict[str, Any]) -> dict[str, Any]:
    """The table with a mark on cells of up to eight Chinese characters: they stay on one line."""
    triple, caption, columns, head, bodies, foot = table["c"]

    def rows(found, most):
        return [
            [
                attr,
                [
                    [[a[0], [*a[1], "k"], a[2]] if room(blocks) <= most else a, *rest, blocks]
                    for a, *rest, blocks in cells
                ],
            ]
            for attr, cells in found
        ]

    bodies = [[attr, n, rows(top, 12), rows(rest, 16)] for attr, n, top, rest in bodies]
    return {
        "t": "Table",
        "c": [triple, caption, columns, [head[0], rows(head[1], 12)], bodies, [foot[0], rows(foot[1], 16)]],
    }


def room(blocks: list[dict[str, Any]]) -> int:
    """Width of a cell's text in Latin letters; a Chinese character takes two."""
    return sum(1 if c < "\u2e80" else 2 for c in ast.text(blocks))


class Shaper:
    """Turns the shapes of one chapter into HTML's.

    Parameters
    ----------
    book : Book
        The whole book.
    chapter : Chapter
        The chapter.
    pages : dict
        The page (slug) of every id.
    keep : callable
        Takes a path and a stem, copies the file into the site; gives its address and size.
    """

    def __init__(self, book: Any, chapter: Any, pages: Any, keep: Any) -> None:
        self.book, self.chapter, self.pages, self.keep = book, chapter, pages, keep
        self.notes: list[Any] = []
        self.tabsets, self.regions = 0, 0

    def blocks(self) -> list[dict[str, Any]]:
        """The chapter's blocks for the page, notes at the end."""
        shaped = ast.transform(self.chapter.blocks, self.change)
        return shaped + self.endnotes()

    def change(self, node: dict[str, Any]) -> list[dict[str, Any]] | dict[str, Any] | None:
        handler = getattr(self, "on_" + node["t"].lower(), None)
        return handler(node) if handler else None

    def say(self, words: str) -> str:
        """Words of the frame in the book's language."""
        return in_frame(words, self.book.lang)

    # headings and references

    def on_header(self, node: dict[str, Any]) -> dict[str, Any]:
        level, (identifier, classes, pairs), inlines = node["c"]
        number, title = dict(pairs).get("number"), ast.text(inlines)
        if level == 1:
            label = self.chapter.label if self.chapter.number else ""
            mark = [ast.span(ast.string(label), classes=["chapter-label"]), {"t": "Space"}] if label else []
            return {"t": "Header", "c": [1, [identifier, classes, []], [*mark, ast.span(inlines)]]}
        mark = [ast.span(ast.string(number), classes=["num"]), {"t": "Space"}] if number else []
        anchor = raw_inline(
            f'<a class="anchor" href="#{quote(identifier)}" aria-label="{self.say("本节链接：")}{escape(title)}">#</a>'
        )
        return {"t": "Header", "c": [level, [identifier, classes, []], [*mark, *inlines, {"t": "Space"}, anchor]]}

    def on_link(self, node: dict[str, Any]) -> dict[str, Any]:
        triple, inlines, (target, title) = node["c"]
        if target.startswith("#"):
            page = self.pages.get(target[1:], self.chapter.slug)
            if page != self.chapter.slug:
                target = f"{quote(page)}.html{target}"
        elif target.startswith("/"):
            name, _, fragment = target[1:].partition("#")
            path = self.book.root / name
            if not path.is_file():
                return inlines
            target = self.keep(path, path.stem, "files")[0] + (f"#{fragment}" if fragment else "")
        return {"t": "Link", "c": [triple, inlines, [target, title]]}

    # notes

    def on_note(self, node: dict[str, Any]) -> dict[str, Any]:
        self.notes.append(node["c"])
        n, slug = len(self.notes), self.chapter.slug
        return raw_inline(
            f'<sup><a class="footnote-ref" role="doc-noteref" id="fnref-{slug}-{n}" '
            f'href="#fn-{slug}-{n}" aria-label="{self.say("脚注 ")}{n}">{n}</a></sup>'
        )

    def endnotes(self) -> list[dict[str, Any]]:
        if not self.notes:
            return []
        slug = self.chapter.slug
        blocks = [raw(f'<section class="footnotes" role="doc-endnotes" aria-label="{self.book.words["notes"]}"><ol>')]
        for n, note in enumerate(self.notes, 1):
            back = raw_inline(
                f' <a class="footnote-back" role="doc-backlink" href="#fnref-{slug}-{n}" '
                f'aria-label="{self.say(f"回到正文第 {n} 处脚注")}">↩</a>'
            )
            body = list(note)
            if body and body[-1]["t"] in ("Para", "Plain"):
                body[-1] = para([*body[-1]["c"], back])
            else:
                body.append(para([back]))
            blocks += [raw(f'<li id="fn-{slug}-{n}">'), *body, raw("</li>")]
        return [*blocks, raw("</ol></section>")]

    # figures, tables, equations

    def on_image(self, node: dict[str, Any]) -> dict[str, Any]:
        (identifier, classes, pairs), inlines, (target, title) = node["c"]
        stem = "image"
        address, size = self.keep(self.book.root / target, stem, "figures")
        keep = [p for p in pairs if p[0] in ("width", "height") or (p[0] == "alt" and not inlines)]
        keep += [["loading", "lazy"], ["decoding", "async"]]
        if not any(p[0] in ("width", "height") for p in keep) and size:
            grow = 1.25 if str(address).endswith(".svg") and size[0] > 300 else 1  # drawings fill the column
            keep += [["width", str(round(size[0] * grow))], ["height", str(round(size[1] * grow))]]
        return {
            "t": "Image",
            "c": [[identifier, [c for c in classes if c != "bb-image"], keep], inlines, [address, title]],
        }

    def on_div(self, node: dict[str, Any]) -> list[dict[str, Any]] | None:
        classes = node_attr(node)[1]
        for name in ("figure", "subfigure", "table", "subtable", "callout", "tabset", "code", "layout"):
            if f"bb-{name}" in classes:
                return getattr(self, name.replace("sub", ""))(node)
        return None

    def caption(
        self, node: dict[str, Any], tag: str = "figcaption"
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The caption of a float as HTML blocks; and the blocks that are not the caption."""
        found = next((c for c in node["c"][1] if c["t"] == "Div" and has_class(c, "bb-caption")), None)
        rest = [c for c in node["c"][1] if c is not found]
        inlines = found["c"][1][0]["c"] if found and found["c"][1] else []
        label = get(node, "label") or ""
        if node_attr(node)[1][0].startswith("bb-sub"):
            label = f"({get(node, 'number')})"
        mark = [ast.span(ast.string(label), classes=["label"]), {"t": "Str", "c": "\u3000"}] if label else []
        if not mark and not inlines:
            return [], rest
        status = get(node, "status")
        extra = []
        if is_sample(status) and SAMPLE_MARK not in ast.text(inlines):
            extra = [{"t": "Str", "c": f"（{SAMPLE_MARK}）"}]
        return [raw(f"<{tag}>"), para([*mark, *inlines, *extra], "Plain"), raw(f"</{tag}>")], rest

    def figure(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        identifier, classes, _ = node_attr(node)
        caption, rest = self.caption(node)
        rest = [self.zoom(c, node) for c in rest]
        if get(node, "ncol"):
            rest = [raw(f'<div class="grid" style="--n:{int(get(node, "ncol"))}">'), *rest, raw("</div>")]
        return [
            raw(f'<figure{self.ids(node)} class="{classes[0]}"{self.status(node)}>'),
            *rest,
            *caption,
            *self.origin(node),
            raw("</figure>"),
        ]

    def zoom(self, block: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
        """A paragraph that is one image becomes a link to the image, which the page opens large."""
        if block["t"] not in ("Para", "Plain") or [i["t"] for i in block["c"]] != ["Image"]:
            return block
        image = block["c"][0]
        name = f"{self.say('放大：')}{get(node, 'label') or ''} {ast.text(image['c'][1])}".replace("  ", " ").strip()
        return para([ast.link([image], image["c"][2][0], ["zoom"], aria_label=name)], "Plain")

    def origin(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Links from a figure or table to its numbers and to the code that made it."""
        if node_attr(node)[1][0].startswith("bb-sub"):
            return []
        label = get(node, "label") or self.say("本表")
        links = [
            f'<a href="{address}" download aria-label="{escape(self.say(f"{label} 的{words}，CSV 文件"))}">'
            f"{self.say(words)} CSV</a>"
            for address, words in self.keep.data.links(node, self.chapter)
        ]
        cell = get(node, "cell")
        place = self.keep.cell(cell) if cell else None
        if found := self.beside(node):
            links.append(f'<a href="{escape(found[0])}">{escape(found[1])}</a>')
        if place:
            links.append(f'<a href="{place[0]}">{escape(self.say(place[1]))}</a>')
        return [raw(f'<p class="origin">{"".join(links)}</p>')] if links else []

    def beside(self, node: dict[str, Any]) -> tuple[str, str] | None:
        """Address and words of where the figure can be played with, where someone offers that."""
        texts = self.book.data.get(get(node, "frames") or "", [])
        if not (self.book.beside and texts):
            return None
        frames = [list(csv.reader(io.StringIO(text, newline=""))) for text in texts]
        return self.book.beside.picture(node_attr(node)[0] or "", frames)

    def ids(self, node: dict[str, Any]) -> str:
        identifier = node_attr(node)[0]
        return f' id="{escape(identifier)}"' if identifier else ""

    def status(self, node: dict[str, Any]) -> str:
        found = get(node, "status")
        return f' data-status="{escape(found)}"' if found else ""

    def table(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        identifier, classes, _ = node_attr(node)
        caption, rest = self.caption(node)
        if get(node, "ncol"):
            rest = [raw(f'<div class="grid" style="--n:{int(get(node, "ncol"))}">'), *rest, raw("</div>")]
        name, word = escape(f"{get(node, 'label') or ''} {ast.text(caption)}".strip())[:120], self.say("表格")
        rest = [
            raw(b["c"][1].replace(f'aria-label="{word}', f'aria-label="{name} {word}', 1))
            if name and b["t"] == "RawBlock" and b["c"][1].startswith('<div class="scroll"')
            else b
            for b in rest
        ]
        return [
            raw(f'<figure{self.ids(node)} class="{classes[0]}"{self.status(node)}>'),
            *caption,
            *rest,
            *self.origin(node),
            raw("</figure>"),
        ]

    def on_table(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        self.regions += 1
        return [
            raw(f'<div class="scroll" role="region" tabindex="0" aria-label="{self.say("表格")} {self.regions}">'),
            short_cells(node),
            raw("</div>"),
        ]

    def on_span(self, node: dict[str, Any]) -> Any:
        if not has_class(node, "bb-equation"):
            return None
        label = get(node, "label") or ""
        number = re.search(r"[（(].*[)）]", label)
        shown = number[0] if number else f"({get(node, 'number')})"
        identifier = node_attr(node)[0]
        return [
            raw_inline(f'<span class="bb-equation" id="{escape(identifier)}">'),
            *node["c"][1],
            raw_inline(f'<span class="eq-number">{escape(shown)}</span></span>'),
        ]

    # callouts, tabs, code, layout

    def callout(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        kind = next(c for c in node_attr(node)[1] if c.startswith("callout-"))
        title, body = (c["c"][1] for c in node["c"][1])
        collapse, ids = get(node, "collapse"), self.ids(node)
        if collapse in ("true", "false"):
            opened = " open" if collapse == "false" else ""
            return [
                raw(f'<details{ids} class="callout {kind}"{opened}><summary>'),
                *title,
                raw('</summary><div class="callout-body">'),
                *body,
                raw("</div></details>"),
            ]
        return [
            raw(f'<div{ids} class="callout {kind}" role="note"><div class="callout-title">'),
            *title,
            raw('</div><div class="callout-body">'),
            *body,
            raw("</div></div>"),
        ]

    def tabset(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        self.tabsets += 1
        blocks = [raw(f'<div{self.ids(node)} class="tabset">')]
        for n, tab in enumerate(node["c"][1], 1):
            name = f"tab-{self.chapter.slug}-{self.tabsets}-{n}"
            title = escape(get(tab, "title") or "")
            blocks += [
                raw(f'<section class="tab" id="{name}" aria-label="{title}"><p class="tab-title">{title}</p>'),
                *tab["c"][1],
                raw("</section>"),
            ]
        return [*blocks, raw("</div>")]

    def code(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        fold, summary = get(node, "fold"), escape(get(node, "summary") or self.book.words["code"])
        if fold not in ("true", "show"):
            return node["c"][1]
        opened = " open" if fold == "show" else ""
        return [raw(f'<details class="code"{opened}><summary>{summary}</summary>'), *node["c"][1], raw("</details>")]

    def on_codeblock(self, node: dict[str, Any]) -> list[dict[str, Any]] | None:
        if "output" in node_attr(node)[1]:
            return [raw('<div class="output">'), {"t": "CodeBlock", "c": [["", [], []], node["c"][1]]}, raw("</div>")]
        return None

    def layout(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            raw(f'<div{self.ids(node)} class="grid" style="--n:{int(get(node, "ncol") or 1)}">'),
            *node["c"][1],
            raw("</div>"),
        ]
