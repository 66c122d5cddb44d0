"""Code in a chapter: blocks with a label, a caption or a file's name, annotations, files taken in; never run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from research.book.source.listing import annotated, code_lines, heading
from research.book.source.notebook import split_options
from research.book.source.reader import Reader
from research.book.source.shortcodes import SHORTCODE
from research.core.faults import say

if TYPE_CHECKING:
    from research.core.faults import Place

LABELLED = re.compile(r"#lst-|\b(lst-cap|filename)\s*=")
PAIR = re.compile(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s}]+))")


class Code(Reader):
    """The part of an expander that sees to code (see `research.book.source.expand`)."""

    fence: str | None
    cell: tuple | None
    after: list[str]
    """Lines that follow the block we are in."""

    def open_code(self, line: str, opened: re.Match[str], place: Place) -> None:
        """The line that opens a block."""
        info = opened[2]
        raw = re.match(r"\{=(\w+)\}", info)
        run = re.match(r"\{([A-Za-z][\w-]*)[^}]*\}?", info)
        self.fence, self.after = opened[1], []
        if raw:
            self.fault(
                place,
                say("markdown", "Markdown"),
                say(f"a raw block {{={raw[1]}}}", f"原始代码块 {{={raw[1]}}}"),
                say("raw code for one format is not carried", "不支持只给一种格式的原始代码"),
            )
        if run:
            self.cell = (run[1], place, [])
        elif LABELLED.search(info):
            line, before = self.labelled(line, info)
            for made in before:
                self.emit(made, place)
            self.emit(line, place)
        else:
            self.emit(self.inline(line, place), place)
        self.blank = False

    def labelled(self, line: str, info: str) -> tuple[str, list[str]]:
        """The opening line without what stands above the block, and the lines that stand there."""
        values = {k: next(filter(None, rest), "") for k, *rest in PAIR.findall(info)}
        name = re.search(r"#(lst-[\w-]+)", info)
        before, self.after = heading(name[1] if name else "", values.get("lst-cap", ""), values.get("filename", ""))
        bare = PAIR.sub(lambda m: "" if m[1] in ("lst-cap", "filename") else m[0], re.sub(r"#lst-[\w-]+", "", line))
        return re.sub(r"\{\s*\}", "", bare), before

    def in_code(self, line: str, place: Place) -> None:
        """A line inside a block."""
        closing = re.match(r"^[\s>]*(`{3,}|~{3,})\s*$", line)
        fence = self.fence or ""
        closes = closing and closing[1][0] == fence[:1] and len(closing[1]) >= len(fence)
        shortcode = SHORTCODE.fullmatch(line.strip())
        if shortcode and shortcode[1].split(" ")[0] == "include" and not line.strip().startswith("{{{<"):
            lines = self.taken_in(shortcode[1].split()[1:], place)
        else:
            lines = [line] if closes else [annotated(line, self.source.meta.get("code-annotations", "below"))]
        if self.cell and not closes:
            self.cell[2].extend(lines)
        elif self.cell:
            self.run_cell(*self.cell)
        else:
            for one in lines:
                self.emit(one if closes or shortcode else self.inline(one, place), place)
        if closes:
            for one in self.after:
                self.emit(one, place)
            self.fence, self.cell, self.after, self.blank = None, None, [], True

    def taken_in(self, words: list[str], place: Place) -> list[str]:
        """The lines of a file that a block of code includes."""
        name = words[0].strip("\"'") if words else ""
        base = self.ctx.root if name.startswith("/") else self.files[-1].parent
        path = (base / name.lstrip("/")).resolve()
        if not name or not path.is_file() or not path.is_relative_to(self.ctx.root):
            self.fault(
                place,
                say("a file of the project to include", "要引入的项目文件"),
                say(f"no {name}", f"没有 {name}"),
                kind="include",
            )
            return []
        self.ctx.inputs.add(Path(path))
        try:
            return path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            self.fault(place, say("a file of text in UTF-8", "UTF-8 编码的文本文件"), name, kind="include")
            return []

    def run_cell(self, language: str, place: Place, lines: list[str]) -> None:
        """A cell that is shown and not run."""
        options, code = split_options("\n".join(lines), place, self.ctx.faults)
        if {**self.defaults(), **options}.get("eval", True) is not False:
            self.fault(
                place,
                say("text, or a cell with #| eval: false", "正文，或带 #| eval: false 的单元格"),
                say(f"a {{{language}}} cell to run", f"要运行的 {{{language}}} 单元格"),
                say("run it in a notebook and embed its output", "请在笔记本中运行，再嵌入结果"),
            )
        elif options.get("include") is not False and options.get("echo", True) is not False:
            self.raw(code_lines(code, {**self.defaults(), **options}, language), place)
