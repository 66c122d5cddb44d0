"""A chapter's lines, fed through one by one: comments, code, divs and shortcodes seen to.

What the engine does not carry is named by file and line. Code is never run.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from research.book.source import prose
from research.book.source.code import Code
from research.book.source.config import merge
from research.book.source.config_items import relative, unsupported
from research.book.source.line_checks import LineChecks
from research.book.source.notebook import cell_lines, read_notebook
from research.book.source.shortcodes import SHORTCODE, Shortcodes
from research.book.source.source import Source
from research.core.faults import DataError, say, spot
from research.core.texts import read_text

if TYPE_CHECKING:
    from research.book.source.notebook import Cell
    from research.book.source.source import Context
    from research.core.faults import Place

FENCE = re.compile(r"^[\s>]*(`{3,}|~{3,})\s*(.*?)\s*$")


class Expander(Code, LineChecks, Shortcodes):
    """Feeds lines through; keeps the state that markdown needs (code, comments, open divs)."""

    def __init__(self, ctx: Any, path: Any, metadata: Any) -> None:
        self.ctx, self.metadata = ctx, metadata
        self.source = Source(path, metadata, {})
        self.fence = None  # the marker of the code block we are in
        self.cell, self.after = None, []  # lines of an executable cell being read; lines that follow the block
        self.comment: Place | None = None  # place where an open <!-- stands
        self.divs = []  # places of open ::: lines
        self.math = None  # place where an open $$ stands
        self.notes = {}, {}  # footnotes: where they are defined, where they are called
        self.files = []  # chain of included files
        self.blank = True
        self.columns, self.above = 0, ""  # of a table: how many cells its head has; the line before

    # files and notebooks

    def file(self, path: Path, front: bool = False) -> None:
        name = relative(path, self.ctx.root)
        try:
            lines = read_text(path, name).splitlines()
        except DataError as error:
            self.ctx.faults.extend(error.faults)
            return
        start = self.front_matter(lines, name) if front else 0
        self.files.append(path)
        for number, line in enumerate(lines[start:], start + 1):
            self.feed(line, spot(name, line=number))
        self.files.pop()

    def front_matter(self, lines: list[str], name: str) -> int:
        """Read the YAML head; the number of lines it takes."""
        if not lines or lines[0].rstrip() != "---":
            return 0
        end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
        if end is None:
            self.fault(
                spot(name, line=1),
                say("'---' that closes the front matter", "结束文件头的 ---"),
                say("none", "没有"),
                kind="yaml",
            )
            return len(lines)
        self.own(lines[1:end], name, 2)
        return end + 1

    def own(self, lines: list[str], name: Place | str, first: int) -> None:
        lines = [self.inline(line, spot(name, line=n)) for n, line in enumerate(lines, first)]
        try:
            own = yaml.safe_load("\n".join(lines)) or {}
            if not isinstance(own, dict):
                raise yaml.YAMLError("no 'key: value' lines")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = spot(name, line=first + (mark.line if mark else 0))
            self.fault(
                where,
                say("front matter as YAML", "YAML 格式的文件头"),
                getattr(error, "problem", None) or str(error),
                say("quote texts that hold ': '", "含“: ”的文字请加引号"),
                "yaml",
            )
            own = {}
        for key in unsupported(own):
            at = next((n for n, x in enumerate(lines, first) if x.strip().startswith(key.split(".")[-1])), first)
            self.fault(
                spot(name, line=at),
                say("settings the engine carries", "排版引擎支持的设置"),
                key,
                say("leave it out, or render with --engine quarto", "请删去，或用 --engine quarto"),
            )
        self.source.own = own
        self.source.meta = merge(self.metadata, own)

    def notebook(self, path: Path) -> None:
        book = read_notebook(path, self.ctx)
        if book is None:
            return
        self.files.append(path)
        for cell in book.cells:
            place, lines = spot(book.name, item=f"cell {cell.number}"), cell.code.splitlines()
            if cell.kind != "code" and lines and lines[0] == "---" and not self.source.lines:
                end = next((i for i, x in enumerate(lines[1:], 1) if x == "---"), len(lines))
                self.own(lines[1:end], place, 2)
                lines = lines[end + 1 :]
            if cell.kind == "markdown":
                for line in [*self.attachments(cell, lines), ""]:
                    self.feed(line, place)
                self.close()
            elif cell.kind == "code":
                self.source.statuses |= cell.statuses
                self.raw(cell_lines(cell, book.name, self.ctx, self.defaults()), place)
        self.files.pop()

    def attachments(self, cell: Cell, lines: list[str]) -> list[str]:
        """Markdown lines with `attachment:` images replaced by files."""
        for name, data in cell.attachments.items():
            for mime, suffix in (("image/png", "png"), ("image/jpeg", "jpg"), ("image/svg+xml", "svg")):
                if mime in data:
                    kept = self.ctx.keep_image(base64.b64decode(data[mime]), suffix)
                    lines = [line.replace(f"attachment:{name}", kept) for line in lines]
        return lines

    def defaults(self) -> dict[str, bool]:
        """Cell options that the metadata sets for all cells."""
        meta = self.source.meta
        html = (meta.get("format") or {}).get("html") if isinstance(meta.get("format"), dict) else None
        found = {}
        for layer in (html if isinstance(html, dict) else {}, meta):
            found.update({k: layer[k] for k in ("code-fold", "code-summary", "echo", "code-annotations") if k in layer})
            found.update(layer.get("execute") or {} if isinstance(layer.get("execute"), dict) else {})
        return {
            k: v
            for k, v in found.items()
            if k in ("echo", "output", "include", "warning", "error", "code-fold", "code-summary", "code-annotations")
        }

    # lines

    def feed(self, line: str, place: Place) -> None:
        if self.fence:
            self.in_code(line, place)
            return
        bare = self.uncomment(line, place)
        if bare is None:
            return
        line = bare
        opened = FENCE.match(line)
        if opened and not (opened[1][0] == "`" and "`" in opened[2]):
            self.open_code(line, opened, place)
            return
        alone = SHORTCODE.fullmatch(line.strip())
        if alone and alone[1].split(" ")[0] in ("include", "embed"):
            getattr(self, alone[1].split(" ")[0])(alone[1].split()[1:], place)
            return
        self.checks(line, place)
        if not self.math and "$$" not in line:
            line = self.prose(line, place)
        self.emit(self.inline(line, place), place)
        self.blank = not line.strip() or bool(re.match(r"[\s>]*:{3}|#{1,6}\s", line))

    def prose(self, line: str, place: Place) -> str:
        """A line with inline HTML as markdown and, in a Chinese book, with Chinese quotes."""
        line = prose.markdown(line)
        if tag := prose.lost_tag(line):
            self.fault(
                place,
                say("markdown", "markdown 写法"),
                tag,
                say(
                    "raw HTML reaches no Word or PDF; \\< prints the letters",
                    "HTML 标签到不了 Word 和 PDF；只要印出字母时写 \\<",
                ),
            )
        return prose.quotes(line) if str(self.metadata.get("lang", "")).startswith("zh") else line

    def raw(self, lines: Iterable[str], place: Place | str) -> None:
        """Lines that are taken as they are (outputs of cells)."""
        for line in ["", *lines, ""]:
            self.emit(line, place)
        self.blank = True

    def uncomment(self, line: str, place: Place) -> str | None:
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
            line = line[:start] + line[end + 3 :]
        return None if line != before and not line.strip() else line

    def close(self) -> None:
        """Faults for what is still open at the end."""
        for place in self.divs:
            self.fault(
                place,
                say("::: that closes this div", "结束这一块的 :::"),
                say("end of the file", "文件已结束"),
                say("add a line with :::", "请加一行 :::"),
                "div",
            )
        if self.fence:
            self.fault(
                self.source.places[-1] if self.source.places else self.source.path.name,
                say(f"{self.fence} that closes the code block", f"结束代码块的 {self.fence}"),
                say("end of the file", "文件已结束"),
                kind="fence",
            )
        if self.comment:
            self.fault(
                self.comment,
                say("--> that closes the comment", "结束注释的 -->"),
                say("end of the file", "文件已结束"),
                kind="comment",
            )
        if self.math:
            self.fault(
                self.math,
                say("$$ that closes the formula", "结束公式的 $$"),
                say("end of the file", "文件已结束"),
                kind="formula",
            )
        self.divs, self.fence, self.cell, self.comment, self.math, self.after = [], None, None, None, None, []


def read_chapter(path: Path, ctx: Context, metadata: dict[str, Any]) -> Source:
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
    expander = Expander(ctx, path, metadata)
    if path.suffix == ".ipynb":
        expander.notebook(path)
    else:
        expander.file(path, front=True)
    expander.close()
    expander.lost_notes()
    return expander.source
