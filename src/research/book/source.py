"""A chapter's source as one expanded markdown text that remembers where each line came from.

Shortcodes (include, embed, var, meta) are carried out, comments dropped, and what the engine does not
carry is named by file and line. Code is never run.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from research.book.config import relative
from research.book.notebook import cell_lines, code_lines, read_notebook, split_options
from research.errors import Fault, nearest

SHORTCODE = re.compile(r"\{\{<\s*(.*?)\s*>\}\}")
FENCE = re.compile(r"^[\s>]*(`{3,}|~{3,})\s*(.*?)\s*$")
DIV = re.compile(r"^[\s>]*(:{3,})\s*(.*?)\s*$")
HTML_BLOCK = re.compile(r"^\s{0,3}</?(address|article|aside|button|canvas|center|details|div|dl|embed|fieldset|figure"
                        r"|form|h[1-6]|header|hr|iframe|img|input|link|main|nav|object|ol|p|pre|script|section"
                        r"|style|summary|svg|table|ul|video)\b", re.I)
NOT_CARRIED = re.compile(r"^(panel-(?!tabset$)|column-|callout$|callout-(?!note$|tip$|warning$|important$|caution$)"
                         r"|aside$|grid$|g-col|quarto-|incremental$|nonincremental$|notes$|fragment|theorem$"
                         r"|proof$|remark$|solution$|lightbox|list-table$|landscape$|hidden$|kbd$|marginnote)")


@dataclass
class Context:
    """What reading the chapters of one book shares.

    Parameters
    ----------
    root : Path
        The book's root.
    work : Path
        Folder for images taken out of notebooks.
    variables : dict
        What `_variables.yml` says.
    faults : list of Fault
        Everything found wrong so far.
    """

    root: Path
    work: Path
    variables: dict = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notebooks: dict = field(default_factory=dict)
    html: dict = field(default_factory=dict)
    images: set = field(default_factory=set)
    inputs: set = field(default_factory=set)

    def keep_image(self, content, suffix):
        """Write an image under a name made from its content; its path, relative to the root if inside."""
        path = self.work / "images" / f"{hashlib.sha256(content).hexdigest()[:20]}.{suffix}"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.replace(path)
        self.images.add(path)
        return "/" + path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


@dataclass
class Source:
    """One expanded chapter.

    Parameters
    ----------
    path : Path
        The chapter's file.
    meta : dict
        Its metadata: the project's, its folder's, its own, the last winning.
    own : dict
        Its own front matter.
    lines, places : list of str
        The text, and for each line where it stands ("income.qmd, line 12").
    statuses : set of str
        Statuses of the cells and variables shown in it.
    """

    path: Path
    meta: dict
    own: dict
    lines: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    statuses: set = field(default_factory=set)

    @property
    def text(self):
        """The expanded markdown."""
        return "\n".join(self.lines) + "\n"

    def find(self, pattern, nth=0):
        """Place of the nth line that matches a regular expression, else of the chapter."""
        found = [p for line, p in zip(self.lines, self.places, strict=True) if re.search(pattern, line)]
        return found[min(nth, len(found) - 1)] if found else self.places[0] if self.places else self.path.name


def read_chapter(path, ctx, metadata):
    """Read and expand one chapter.

    Parameters
    ----------
    path : Path
        A .qmd, .md or .ipynb file.
    ctx : Context
        Shared by the book; takes the faults.
    metadata : dict
        Metadata of the project and the chapter's folder.

    Returns
    -------
    Source
    """
    ctx.inputs.add(path)
    expander = _Expander(ctx, path, metadata)
    if path.suffix == ".ipynb":
        expander.notebook(path)
    else:
        expander.file(path, front=True)
    expander.close()
    return expander.source


class _Expander:
    """Feeds lines through; keeps the state that markdown needs (code, comments, open divs)."""

    def __init__(self, ctx, path, metadata):
        self.ctx, self.metadata = ctx, metadata
        self.source = Source(path, metadata, {})
        self.fence = None  # the marker of the code block we are in
        self.cell = None  # lines of an executable cell being read
        self.comment = None  # place where an open <!-- stands
        self.divs = []  # places of open ::: lines
        self.files = []  # chain of included files
        self.blank = True

    def fault(self, place, expected, found, way_out="", kind="unsupported"):
        self.ctx.faults.append(Fault(place, expected, found, way_out, kind=kind))

    def emit(self, line, place):
        self.source.lines.append(line)
        self.source.places.append(place)

    # files and notebooks

    def file(self, path, front=False):
        name = relative(path, self.ctx.root)
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            self.fault(name, "UTF-8 text", "other bytes", "save the file as UTF-8", "encoding")
            return
        start = self.front_matter(lines, name) if front else 0
        self.files.append(path)
        for number, line in enumerate(lines[start:], start + 1):
            self.feed(line, f"{name}, line {number}")
        self.files.pop()

    def front_matter(self, lines, name):
        """Read the YAML head; the number of lines it takes."""
        if not lines or lines[0].rstrip() != "---":
            return 0
        end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
        if end is None:
            self.fault(f"{name}, line 1", "'---' that closes the front matter", "none", kind="yaml")
            return len(lines)
        self.own(lines[1:end], name, 2)
        return end + 1

    def own(self, lines, name, first):
        lines = [self.inline(line, f"{name}, line {n}") for n, line in enumerate(lines, first)]
        try:
            own = yaml.safe_load("\n".join(lines)) or {}
            if not isinstance(own, dict):
                raise yaml.YAMLError("no 'key: value' lines")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"{name}, line {first + (mark.line if mark else 0)}"
            self.fault(where, "front matter as YAML", getattr(error, "problem", None) or str(error),
                       "quote texts that hold ': '", "yaml")
            own = {}
        self.source.own = own
        self.source.meta = {**self.metadata, **own}

    def notebook(self, path):
        book = read_notebook(path, self.ctx)
        if book is None:
            return
        self.files.append(path)
        for cell in book.cells:
            place, lines = f"{book.name}, cell {cell.number}", cell.code.splitlines()
            if cell.kind != "code" and lines and lines[0] == "---" and not self.source.lines:
                end = next((i for i, x in enumerate(lines[1:], 1) if x == "---"), len(lines))
                self.own(lines[1:end], place, 2)
                lines = lines[end + 1:]
            if cell.kind == "markdown":
                for line in [*self.attachments(cell, lines), ""]:
                    self.feed(line, place)
                self.close()
            elif cell.kind == "code":
                self.source.statuses |= cell.statuses
                self.raw(cell_lines(cell, book.name, self.ctx, self.defaults()), place)
        self.files.pop()

    def attachments(self, cell, lines):
        """Markdown lines with `attachment:` images replaced by files."""
        import base64

        for name, data in cell.attachments.items():
            for mime, suffix in (("image/png", "png"), ("image/jpeg", "jpg"), ("image/svg+xml", "svg")):
                if mime in data:
                    kept = self.ctx.keep_image(base64.b64decode(data[mime]), suffix)
                    lines = [line.replace(f"attachment:{name}", kept) for line in lines]
        return lines

    def defaults(self):
        """Cell options that the metadata sets for all cells."""
        meta = self.source.meta
        html = (meta.get("format") or {}).get("html") if isinstance(meta.get("format"), dict) else None
        found = {}
        for layer in (html if isinstance(html, dict) else {}, meta):
            found.update({k: layer[k] for k in ("code-fold", "code-summary", "echo") if k in layer})
            found.update(layer.get("execute") or {} if isinstance(layer.get("execute"), dict) else {})
        return {k: v for k, v in found.items() if k in ("echo", "output", "include", "warning", "error",
                                                        "code-fold", "code-summary")}

    # lines

    def feed(self, line, place):
        if self.fence:
            self.in_code(line, place)
            return
        line = self.uncomment(line, place)
        if line is None:
            return
        opened = FENCE.match(line)
        if opened and not (opened[1][0] == "`" and "`" in opened[2]):
            self.open_code(line, opened, place)
            return
        alone = SHORTCODE.fullmatch(line.strip())
        if alone and alone[1].split(" ")[0] in ("include", "embed"):
            getattr(self, alone[1].split(" ")[0])(alone[1].split()[1:], place)
            return
        self.checks(line, place)
        self.emit(self.inline(line, place), place)
        self.blank = not line.strip() or bool(re.match(r"[\s>]*:{3}|#{1,6}\s", line))

    def raw(self, lines, place):
        """Lines that are taken as they are (outputs of cells)."""
        for line in ["", *lines, ""]:
            self.emit(line, place)
        self.blank = True

    def uncomment(self, line, place):
        """The line without HTML comments; None when nothing but a comment stood there."""
        before = line
        if self.comment:
            if "-->" not in line:
                return None
            line, self.comment = line.split("-->", 1)[1], None
        while "<!--" in (bare := re.sub(r"`[^`]*`", lambda m: "x" * len(m[0]), line)):
            start = bare.index("<!--")
            end = bare.find("-->", start)
            if end < 0:
                self.comment, line = place, line[:start]
                break
            line = line[:start] + line[end + 3:]
        return None if line != before and not line.strip() else line

    def checks(self, line, place):
        """Faults that show in one line: raw HTML, raw blocks, divs."""
        if HTML_BLOCK.match(line):
            self.fault(place, "markdown", line.strip()[:60], "raw HTML reaches no Word or PDF; use markdown or :::")
        if re.search(r"`\{=\w+\}", line):
            self.fault(place, "markdown", line.strip()[:60], "raw code for one format is not carried")
        if re.match(r"#{1,6}\s+\S", line) and not self.blank:
            self.fault(place, "an empty line before a heading", line.strip()[:60], "put an empty line between",
                       "heading")
        div = DIV.match(line)
        if div:
            self.div(div[2].rstrip(": "), place)

    def div(self, head, place):
        if not head:
            if not self.divs:
                self.fault(place, "an open div", "::: that closes none", "take the line out", "div")
            else:
                self.divs.pop()
            return
        if not self.blank:
            self.fault(place, "an empty line before :::", "text right above", "put an empty line between", "div")
        self.divs.append(place)
        classes = re.findall(r"\.([\w-]+)", re.sub(r'"[^"]*"', "", head)) if head[0] == "{" else [head.split()[0]]
        for name in classes:
            if NOT_CARRIED.match(name):
                self.fault(place, "a div that the engine carries", f"::: {name}", nearest(name, KNOWN_DIVS))
        if re.search(r"(?<![\w-])layout\s*=", head):
            self.fault(place, "layout-ncol or layout-nrow", "layout=", "use layout-ncol")

    # code

    def open_code(self, line, opened, place):
        info = opened[2]
        raw = re.match(r"\{=(\w+)\}", info)
        run = re.match(r"\{([A-Za-z][\w-]*)[^}]*\}?", info)
        self.fence = opened[1]
        if raw:
            self.fault(place, "markdown", f"a raw block {{={raw[1]}}}", "raw code for one format is not carried")
        if run:
            self.cell = (run[1], place, [])
        else:
            self.emit(self.inline(line, place), place)
        self.blank = False

    def in_code(self, line, place):
        closing = re.match(r"^[\s>]*(`{3,}|~{3,})\s*$", line)
        closes = closing and closing[1][0] == self.fence[0] and len(closing[1]) >= len(self.fence)
        if self.cell:
            if closes:
                self.run_cell()
            else:
                self.cell[2].append(line)
        else:
            self.emit(line if closes else self.inline(line, place), place)
        if closes:
            self.fence, self.cell, self.blank = None, None, True

    def run_cell(self):
        language, place, lines = self.cell
        options, code = split_options("\n".join(lines), place, self.ctx.faults)
        if {**self.defaults(), **options}.get("eval", True) is not False:
            self.fault(place, "text, or a cell with #| eval: false", f"a {{{language}}} cell to run",
                       "run it in a notebook and embed its output")
        elif options.get("include") is not False and options.get("echo", True) is not False:
            self.raw(code_lines(code, {**self.defaults(), **options}, language), place)

    # shortcodes

    def inline(self, line, place):
        """The line with var and meta replaced; other shortcodes are faults."""
        if "{{<" not in line:
            return line
        kept = []
        line = re.sub(r"\{\{\{<(.*?)>\}\}\}", lambda m: kept.append(m[1]) or f"\0{len(kept) - 1}\0", line)
        line = SHORTCODE.sub(lambda m: self.value(m[1].split(), place), line)
        return re.sub(r"\0(\d+)\0", lambda m: "{{<" + kept[int(m[1])] + ">}}", line)

    def value(self, words, place):
        kind = words[0] if words else ""
        if kind not in ("var", "meta") or len(words) < 2:
            alone = " on a line of its own" if kind in ("include", "embed") else ""
            self.fault(place, "a shortcode the engine carries" + alone, "{{< " + " ".join(words) + " >}}",
                       nearest(kind, ["var", "meta", "include", "embed"]))
            return ""
        found = self.ctx.variables if kind == "var" else self.source.meta
        for key in words[1].split("."):
            if not isinstance(found, dict) or key not in found:
                known = _keys(self.ctx.variables if kind == "var" else self.source.meta)
                where = "_variables.yml" if kind == "var" else "the metadata"
                self.fault(place, f"a name that {where} holds", f"{{{{< {kind} {words[1]} >}}}}",
                           nearest(words[1], known) if known else f"{where} is empty", kind)
                return ""
            found = found[key]
        return str(found)

    def include(self, words, place):
        name = words[0].strip("\"'") if words else ""
        base = self.ctx.root if name.startswith("/") else self.files[-1].parent
        path = (base / name.lstrip("/")).resolve()
        if not name or not path.is_file():
            near = [p.name for p in path.parent.glob("*")] if path.parent.is_dir() else []
            hint = nearest(Path(name).name, near) if near else ""
            self.fault(place, "a file to include", f"no {name}", hint, "include")
        elif path in self.files:
            self.fault(place, "a file that does not include itself", name, kind="include")
        else:
            self.ctx.inputs.add(path)
            self.emit("", place)
            self.blank = True
            self.file(path)
            self.emit("", place)

    def embed(self, words, place):
        target = words[0].strip("\"'") if words else ""
        name, _, cells = target.partition("#")
        echo = any(re.fullmatch(r"echo=[\"']?true[\"']?", w) for w in words[1:])
        base = self.ctx.root if name.startswith("/") else self.source.path.parent
        path = (base / name.lstrip("/")).resolve()
        if path.suffix != ".ipynb" or not path.is_file():
            near = [p.name for p in sorted(path.parent.glob("*.ipynb"))] if path.parent.is_dir() else []
            hint = nearest(path.name, near) if near else "run the notebooks first"
            self.fault(place, "a notebook to embed", f"no {name}", hint, "embed")
            return
        self.ctx.inputs.add(path)
        book = read_notebook(path, self.ctx)
        if book is None:
            return
        wanted = cells.split(",") if cells else [c.options.get("label") or c.identifier for c in book.cells]
        for label in wanted:
            found = [c for c in book.cells if c.called(label)]
            if not found and cells:
                hint = nearest(label, book.names) if book.names else "its cells have no labels"
                self.fault(place, f"a cell of {book.name}", f"#{label}", hint, "embed")
            for cell in found:
                lines = cell_lines(cell, book.name, self.ctx, self.defaults(), echo=echo)
                self.source.statuses |= cell.statuses
                self.raw(lines, f"{book.name}, cell {cell.number}")

    def close(self):
        """Faults for what is still open at the end."""
        for place in self.divs:
            self.fault(place, "::: that closes this div", "end of the file", "add a line with :::", "div")
        if self.fence:
            self.fault(self.source.places[-1] if self.source.places else self.source.path.name,
                       f"{self.fence} that closes the code block", "end of the file", kind="fence")
        if self.comment:
            self.fault(self.comment, "--> that closes the comment", "end of the file", kind="comment")
        self.divs, self.fence, self.cell, self.comment = [], None, None, None


KNOWN_DIVS = ("callout-note", "callout-tip", "callout-warning", "callout-important", "callout-caution",
              "panel-tabset", "content-visible", "content-hidden", "columns", "column")


def _keys(tree, prefix=""):
    keys = []
    for key, value in tree.items():
        keys.append(f"{prefix}{key}")
        if isinstance(value, dict):
            keys += _keys(value, f"{prefix}{key}.")
    return keys
