"""One chapter's tree brought to the few shapes that the writers know (see the package's docstring)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

from research.book import ast, images
from research.book.ast import div, get, node_attr, para
from research.book.source import NOT_CARRIED
from research.errors import Fault

CALLOUTS = ("note", "tip", "warning", "important", "caution")
CONDITIONS = ("when-format", "unless-format", "when-profile", "unless-profile", "when-meta", "unless-meta")
FORMATS = {"html": {"html", "html5", "html:js"}, "pdf": {"pdf", "latex", "typst"},
           "docx": {"docx", "openxml"}, "epub": {"epub", "html"}}
FLOATS_NOT_CARRIED = re.compile(
    r"^(lst|thm|lem|cor|prp|cnj|def|exm|exr|alg|nte|tip|wrn|imp|cau|rem|sol|vid|dia|suppfig)-")
SCHEMES = ("http://", "https://", "mailto:", "tel:")
INTERNAL = {"bb-cell", "bb-cell-fig", "bb-cell-tbl", "bb-caption", "bb-html", "bb-code", "bb-image"}


class Normaliser:
    """Rewrites the tree of one chapter.

    Parameters
    ----------
    source : research.book.source.Source
        The chapter, to find lines for messages.
    ctx : research.book.source.Context
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

    def __init__(self, source, ctx, to, profiles, tables, words):
        self.source, self.ctx, self.to, self.profiles = source, ctx, to, profiles
        self.tables, self.words = tables, words
        self.by_format = False

    def blocks(self, blocks):
        """The rewritten blocks."""
        self.strays(blocks)
        return ast.transform(ast.transform(blocks, self.condition), self.change)

    def fault(self, pattern, expected, found, way_out="", kind="unsupported"):
        self.ctx.faults.append(Fault(self.source.find(pattern), expected, found, way_out, kind=kind))

    def strays(self, node):
        """Markup that pandoc read as plain text; what stands inside a citation is that citation's source."""
        if isinstance(node, list):
            for item in node:
                self.strays(item)
        elif isinstance(node, dict) and node.get("t") == "Str":
            self.stray(node["c"])
        elif isinstance(node, dict) and node.get("t") != "Cite":
            for value in node.values() if "t" not in node else [node.get("c")]:
                self.strays(value)

    def stray(self, text):
        found = re.search(r"@(fig|tbl|sec|eq)-[\w-]+", text)
        if found:
            self.fault(re.escape(text[:40]), "a space before @, or [@...]", text[:60],
                       f"write [{found[0]}]: right after a letter or a Chinese character @ is plain text",
                       "reference")
        elif re.fullmatch(r":{3,}", text):
            self.fault(r"^[\s>]*:{3}", "::: on lines of their own, with empty lines around",
                       "::: inside a paragraph", kind="div")

    # conditional content

    def condition(self, node):
        if node["t"] not in ("Div", "Span"):
            return None
        (identifier, classes, pairs), children = node["c"]
        shown = next((c for c in classes if c in ("content-visible", "content-hidden")), None)
        if shown is None:
            return None
        if any(k in ("when-format", "unless-format") for k, _ in pairs):
            self.by_format = True
        holds = all(self.holds(k, v) for k, v in pairs if k in CONDITIONS)
        if holds != (shown == "content-visible"):
            return []
        rest = [c for c in classes if c != shown]
        pairs = [p for p in pairs if p[0] not in CONDITIONS]
        if identifier or rest or pairs:
            return {"t": node["t"], "c": [[identifier, rest, pairs], children]}
        return children

    def holds(self, key, value):
        way, what = key.split("-")
        if what == "format":
            found = value in FORMATS.get(self.to, {self.to})
        elif what == "profile":
            found = value in self.profiles
        else:
            tree = self.source.meta
            for name in value.split("."):
                tree = tree.get(name) if isinstance(tree, dict) else None
            found = bool(tree)
        return found == (way == "when")

    # everything else, leaves first

    def change(self, node):
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

    def on_span(self, node):
        for name in node_attr(node)[1]:
            if NOT_CARRIED.match(name):
                self.fault(rf"\.{name}\b", "a span the engine carries", f"[...]{{.{name}}}")

    def on_rawinline(self, node):
        return [{"t": "Code", "c": [["", [], []], node["c"][1]]}]

    on_rawblock = on_rawinline

    def on_link(self, node):
        triple, inlines, (target, title) = node["c"]
        if target.startswith(("#", *SCHEMES)):
            return None
        if re.match(r"[A-Za-z][\w+.-]*:", target):
            self.fault(re.escape(target[:30]), "a link to the web, a chapter or a file", target, kind="link")
            return inlines
        name, _, fragment = unquote(target).partition("#")
        base = self.ctx.root if name.startswith("/") else self.source.path.parent
        path = (base / name.lstrip("/")).resolve()
        if not path.exists() or not path.is_relative_to(self.ctx.root):
            self.fault(re.escape(target), "a chapter or a file of the project", f"no {name}", kind="link")
            return inlines
        self.ctx.inputs.add(path)
        shown = path.relative_to(self.ctx.root).as_posix() + (f"#{fragment}" if fragment else "")
        return {"t": "Link", "c": [triple, inlines, ["/" + shown, title]]}

    def on_image(self, node):
        triple, inlines, (target, title) = node["c"]
        path, problem = images.locate(target, self.source.path.parent, self.ctx)
        if problem:
            self.fault(re.escape(target), *problem, kind="image")
            return inlines
        pairs = []
        for key, value in triple[2]:
            if key == "png":
                value, _ = images.locate(value, self.source.path.parent, self.ctx)
            pairs.append([key, str(value)])
        return {"t": "Image", "c": [[triple[0], triple[1], pairs], inlines, [str(path), title]]}

    # figures

    def on_figure(self, node):
        triple, caption, children = node["c"]
        inner = ast.find(children, "Image")
        pairs = [*triple[2], *(node_attr(inner[0])[2] if inner else [])]
        identifier = triple[0] or (node_attr(inner[0])[0] if inner else "")
        return self.figure(identifier, pairs, children, _caption_inlines(caption))

    def on_para(self, node):
        content = node["c"]
        shown = [i for i in content if i["t"] not in ("Space", "SoftBreak", "LineBreak")]
        if shown and all(i["t"] == "Image" for i in shown) and any(node_attr(i)[0] for i in shown):
            return [self.figure(node_attr(i)[0], node_attr(i)[2], [para([i])], i["c"][1]) for i in shown]
        return {"t": "Para", "c": _equations(content)} if any(i["t"] == "Math" for i in content) else None

    def figure(self, identifier, pairs, children, caption, **extra):
        """A bb-figure; ids without `fig-` stay as anchors of an unnumbered figure."""
        values = dict(pairs)
        alt = values.get("alt") or values.get("fig-alt") or ast.text(caption)
        keep = {k: values[k] for k in ("status", "cell", "layout-ncol", "layout-nrow", "fig-align") if k in values}
        children = [c if ast.has_class(c, "bb-subfigure") else ast.transform(
            c, lambda n: _with_alt(n, alt) if n["t"] == "Image" else None) for c in children]
        body = [*children, div([para(caption, "Plain")], classes=["bb-caption"])]
        return div(body, identifier, ["bb-figure"], alt=alt, **keep, **extra)

    # tables

    def on_table(self, node):
        triple, caption, *rest = node["c"]
        rest[0] = _widths(rest[0], dict(triple[2]).get("tbl-colwidths"))
        bare = {"t": "Table", "c": [["", triple[1], []], [None, []], *rest]}
        inlines = _caption_inlines(caption)
        if not inlines and not triple[0]:
            return bare
        return self.table(triple[0], [bare], inlines)

    def table(self, identifier, children, caption, **values):
        return div([div([para(caption, "Plain")], classes=["bb-caption"]), *children], identifier, ["bb-table"],
                   **values)

    # divs

    def on_div(self, node):
        (identifier, classes, pairs), children = node["c"]
        if FLOATS_NOT_CARRIED.match(identifier):
            self.fault(re.escape("#" + identifier), "fig-, tbl-, eq- or sec- labels", f"#{identifier}")
        kinds = [c.removeprefix("callout-") for c in classes if c.startswith("callout-")]
        values = dict(pairs)
        if "bb-html" in classes:
            return self.tables.get(values["key"], [])
        if kinds and kinds[0] in CALLOUTS:
            return self.callout(identifier, kinds[0], values, children)
        if "panel-tabset" in classes:
            return self.tabset(identifier, values, children)
        if identifier.startswith("fig-") or "bb-cell-fig" in classes:
            return self.figure_div(identifier, pairs, children)
        if identifier.startswith("tbl-") or "bb-cell-tbl" in classes:
            return self.table_div(identifier, values, children)
        if "layout-ncol" in values or "layout-nrow" in values:
            cells = _single_images(children)
            return div(cells, identifier, ["bb-layout", *classes], ncol=_columns(values, len(cells)))
        return None

    def callout(self, identifier, kind, values, children):
        title = self.source_inlines(values["title"]) if "title" in values else None
        if title is None and children and children[0]["t"] == "Header":
            title, children = children[0]["c"][2], children[1:]
        title = title or ast.string(self.words[kind])
        collapse = values.get("collapse")
        parts = [div([para(title, "Plain")], classes=["bb-callout-title"]),
                 div(children, classes=["bb-callout-body"])]
        return div(parts, identifier, ["bb-callout", f"callout-{kind}"], collapse=collapse,
                   appearance=values.get("appearance"))

    def source_inlines(self, text):
        """Inlines of a one-line text in an attribute (taken as plain text)."""
        return ast.string(text)

    def tabset(self, identifier, values, children):
        levels = [b["c"][0] for b in children if b["t"] == "Header"]
        if not levels or children[0]["t"] != "Header":
            self.fault(r"panel-tabset", "a heading for each tab", "text before the first heading", kind="tabset")
            return children
        tabs, level = [], levels[0]
        for block in children:
            if block["t"] == "Header" and block["c"][0] == level:
                tabs.append((ast.text(block["c"][2]), []))
            else:
                tabs[-1][1].append(block)
        shown = [div(body, classes=["bb-tab"], title=title) for title, body in tabs]
        return div(shown, identifier, ["bb-tabset"], group=values.get("group"))

    def figure_div(self, identifier, pairs, children):
        children, caption = _split_caption(children)
        subs = [c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-figure")]
        if len(subs) == 1 and not node_attr(subs[0])[0] and len(children) == 1:
            inner = subs[0]["c"][1]
            caption = caption or inner[-1]["c"][1][0]["c"]
            pairs = [*pairs, *([["alt", get(subs[0], "alt")]] if not dict(pairs).get("alt") else [])]
            return self.figure(identifier, [p for p in pairs if p[1] is not None], inner[:-1], caption)
        if not ast.find(children, "Image") and not ast.find(children, "Table") and not ast.find(children, "CodeBlock"):
            self.fault(re.escape(identifier), "an image in the figure", "none", kind="figure")
        marked = [_as_sub(c) if c in subs else c for c in children]
        values = dict(pairs)
        ncol = _columns(values, max(len(subs), len(children))) if subs or "layout-ncol" in values else None
        figure = self.figure(identifier, pairs, marked if subs else _single_images(marked), caption)
        if ncol:
            figure["c"][0][2] = [p for p in figure["c"][0][2] if not p[0].startswith("layout-")] + [["ncol", ncol]]
        return figure

    def table_div(self, identifier, values, children):
        inner = [c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-table")]
        named = [c for c in inner if node_attr(c)[0]]
        keep = {k: values[k] for k in ("status", "cell") if k in values}
        if named:
            children, caption = _split_caption(children)
            subs = [_as_sub(c, "bb-subtable") if c in named else c for c in children]
            return self.table(identifier, subs, caption, ncol=_columns(values, len(named)), **keep)
        has_own = next((c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-caption")), None)
        if inner and not has_own:
            caption = inner[0]["c"][1][0]["c"][1][0]["c"]
            children = [b for c in children for b in (c["c"][1][1:] if c is inner[0] else [c])]
        else:
            children, caption = _split_caption(children)
        if not ast.find(children, "Table") and not ast.find(children, "Image"):
            self.fault(re.escape(identifier), "a table in the div", "none", kind="table")
        if "tbl-colwidths" in values:
            children = [_set_widths(c, values["tbl-colwidths"]) for c in children]
        return self.table(identifier, children, caption, **keep)


def _caption_inlines(caption):
    blocks = caption[1] if isinstance(caption, list) else caption["c"][1]
    return [i for b in blocks for i in b["c"]] if blocks else []


def _split_caption(children):
    """The children without their caption, and its inlines: a bb-caption, else the last paragraph."""
    own = next((c for c in children if c["t"] == "Div" and ast.has_class(c, "bb-caption")), None)
    if own is not None:
        blocks = own["c"][1]
        return [c for c in children if c is not own], [i for b in blocks if b["t"] in ("Para", "Plain") for i in b["c"]]
    if len(children) > 1 and children[-1]["t"] == "Para" and not ast.find(children[-1], "Image"):
        return children[:-1], children[-1]["c"]
    return children, []


def _as_sub(node, name="bb-subfigure"):
    (identifier, classes, pairs), children = node["c"]
    rest = [c for c in classes if c not in ("bb-figure", "bb-table")]
    return {"t": "Div", "c": [[identifier, [name, *rest], pairs], children]}


def _with_alt(image, alt):
    (identifier, classes, pairs), _, target = image["c"]
    pairs = [p for p in pairs if p[0] not in ("fig-alt", "alt", "fig-align")]
    return {"t": "Image", "c": [["", classes, pairs], ast.string(alt), target]}


def _single_images(children):
    """Paragraphs of several images as one paragraph an image, so that a layout can place them."""
    cells = []
    for child in children:
        inlines = child["c"] if child["t"] == "Para" else []
        shown = [i for i in inlines if i["t"] not in ("Space", "SoftBreak", "LineBreak")]
        if len(shown) > 1 and all(i["t"] == "Image" for i in shown):
            cells += [para([i]) for i in shown]
        else:
            cells.append(child)
    return cells


def _columns(values, count):
    if "layout-nrow" in values:
        return str(-(-count // max(1, int(values["layout-nrow"]))))
    return str(values.get("layout-ncol") or 1)


def _equations(inlines):
    """`$$...$$ {#eq-x}` as a Span that carries the id."""
    done = []
    for item in inlines:
        found = re.fullmatch(r"\{#(eq-[^\s}]+)\}(.*)", item["c"]) if item["t"] == "Str" else None
        back = 2 if done and done[-1]["t"] in ("Space", "SoftBreak") else 1
        if found and len(done) >= back and done[-back]["t"] == "Math":
            math = done[-back]
            del done[-back:]
            done.append(ast.span([math], found[1], ["bb-equation"]))
            if found[2]:
                done.append({"t": "Str", "c": found[2]})
        else:
            done.append(item)
    return done


def _widths(columns, wanted=None):
    """Column widths: as asked, else pandoc's where the author's dashes tell columns apart."""
    if wanted:
        try:
            numbers = [float(n) for n in json.loads(wanted)]
        except (ValueError, TypeError):
            numbers = []
        if len(numbers) == len(columns) and sum(numbers):
            return [[c[0], {"t": "ColWidth", "c": n / sum(numbers)}]
                    for c, n in zip(columns, numbers, strict=True)]
    given = [c[1].get("c") for c in columns]
    if all(given) and max(given) / min(given) > 1.34:
        return columns
    return [[c[0], {"t": "ColWidthDefault"}] for c in columns]


def _set_widths(block, wanted):
    if block["t"] != "Table":
        return block
    content = list(block["c"])
    content[2] = _widths(content[2], wanted)
    return {"t": "Table", "c": content}


def sanitised_tables(blocks):
    """The tables of an HTML output and nothing else: no raw code, ids, styles, scripts or images."""
    return [ast.transform(t, _harmless) for t in ast.find(blocks, "Table")]


def _harmless(node):
    kind = node["t"]
    if kind in ("RawInline", "RawBlock"):
        return []
    if kind == "Image":
        return node["c"][1]
    if kind == "Link":
        target = node["c"][2][0]
        return ast.link(node["c"][1], target) if target.startswith(SCHEMES) else node["c"][1]
    if kind in ("Span", "Div"):
        return node["c"][1]
    if kind == "Table":
        _, caption, columns, head, bodies, foot = node["c"]
        rows = [_bare_rows(part) for part in (head, *bodies, foot)]
        return {"t": "Table", "c": [["", [], []], caption, _widths(columns), rows[0], rows[1:-1], rows[-1]]}
    if kind in ast.BLOCK_WITH_ATTR and kind != "Figure":
        content = list(node["c"])
        content[ast.BLOCK_WITH_ATTR[kind]] = ["", [], []]
        return {"t": kind, "c": content}
    return None


def _bare_rows(part):
    """A table part with every attribute emptied."""
    def bare(value):
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], list):
            return ["", [], []]
        return [bare(v) for v in value] if isinstance(value, list) else value

    return bare(part)


def local_path(text):
    """A path as written in a link, percent signs undone."""
    return Path(unquote(text))
