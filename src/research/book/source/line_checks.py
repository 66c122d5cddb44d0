"""Faults that show in one line of a source: raw HTML and LaTeX, divs that are not carried, lost footnotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from research.book.source.carried import KNOWN_DIVS, NOT_CARRIED
from research.book.source.reader import Reader
from research.core.faults import nearest, say

if TYPE_CHECKING:
    from research.core.faults import Place

DIV = re.compile(r"^[\s>]*(:{3,})\s*(.*?)\s*$")
HTML_BLOCK = re.compile(
    r"^\s{0,3}</?(address|article|aside|button|canvas|center|details|div|dl|embed|fieldset|figure"
    r"|form|h[1-6]|header|hr|iframe|img|input|link|main|nav|object|ol|p|pre|script|section"
    r"|style|summary|svg|table|ul|video)\b",
    re.I,
)
TEX_BLOCK = re.compile(
    r"^\s{0,3}\\(begin\{|end\{|(newpage|clearpage|pagebreak|[vh]space|vfill|input|include|usepackage"
    r"|newcommand|renewcommand|def|label|caption|centering|noindent|appendix)\b)"
)
BARE_HEADING = re.compile(r"(#{2,6}[^\s#{}|!<]|#[\u3400-\u9fff])")
WIDE = (
    ("！[", "![", "an image"),
    ("]（", "](", "a link or an image"),
    ("{{＜", "{{<", "a shortcode"),
    ("＞}}", ">}}", "a shortcode"),
    ("｛｛", "{{", "a shortcode"),
    ("｛#", "{#", "a label"),
    ("：：：", ":::", "a div"),
)
"""Full-width signs that an input method puts where markdown wants its own: they would be printed as letters."""
RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
NOTE = re.compile(r"(?<!\\)\[\^([^\]\s]+)\]")


class LineChecks(Reader):
    """The part of an expander that looks at single lines (see `research.book.source.expand`)."""

    def checks(self, line: str, place: Place) -> None:
        """Faults that show in one line."""
        if HTML_BLOCK.match(line):
            self.fault(
                place,
                say("markdown", "Markdown"),
                line.strip()[:60],
                say(
                    "raw HTML reaches no Word or PDF; use markdown or :::",
                    "原始 HTML 不会出现在 Word 和 PDF 中；请用 Markdown 或 :::",
                ),
            )
        if re.search(r"`\{=\w+\}", line):
            self.fault(
                place,
                say("markdown", "Markdown"),
                line.strip()[:60],
                say("raw code for one format is not carried", "不支持只给一种格式的原始代码"),
            )
        if TEX_BLOCK.match(line) and not self.math:
            self.fault(
                place,
                say("markdown", "Markdown"),
                line.strip()[:60],
                say("raw LaTeX is not carried; formulas stand in $ or $$", "不支持原始 LaTeX；公式写在 $ 或 $$ 之间"),
            )
        if re.match(r"#{1,6}\s+\S", line) and not self.blank:
            self.fault(
                place,
                say("an empty line before a heading", "标题前有一个空行"),
                line.strip()[:60],
                say("put an empty line between", "请在中间加一个空行"),
                "heading",
            )
        plain = re.sub(r"(`+).*?\1", "", line)
        self.signs(plain, place)
        self.cells(line, place)
        if len(re.findall(r"(?<!\\)\$\$", plain)) % 2:
            self.math = None if self.math else place
        self.note(plain, place)
        div = DIV.match(line)
        if div:
            self.div(div[2].rstrip(": "), place)

    def signs(self, line: str, place: Place) -> None:
        """Headings without their space, and full-width signs where markdown wants its own."""
        if BARE_HEADING.match(line) and not self.math:
            self.fault(
                place,
                say("a space after # in a heading", "标题的 # 后面有空格"),
                line.strip()[:60],
                say("put a space between # and the words", "请在 # 和标题之间加一个空格"),
                "heading",
            )
        for wide, narrow, what in WIDE:
            at = line.find(wide)
            if wide == "]（" and at >= 0 and not re.search(r"!\[[^\]]*\]（|\]（[^）]*[./#:][^）]*）", line):
                continue  # 「……」[1]（注）: brackets that only follow each other
            if wide == "：：：" and not line.strip().startswith(wide):
                continue
            if at >= 0:
                self.fault(
                    place,
                    f"{narrow} for {what}",
                    line[at : at + 40],
                    say(f"write {narrow} with half-width signs", f"请用半角写 {narrow}"),
                    "wide",
                )
                return

    def cells(self, line: str, place: Place) -> None:
        """Rows of a table with more cells than its head: pandoc drops them without a word."""
        if not line.strip() or "|" not in line:
            self.columns, self.above = 0, ""
            return
        bare = re.sub(r"(`+).*?\1|\\\||\$[^$]*\$", "x", line.strip())
        if self.columns:  # an empty cell too many is no loss
            bare = re.sub(r"(\|\s*)+$", "|", bare)
        count = bare.removeprefix("|").removesuffix("|").count("|") + 1
        if RULE.match(line) and self.above:
            self.columns = count
        elif self.columns and count > self.columns:
            self.fault(
                place,
                say(f"{self.columns} cells, as the table's head", f"{self.columns} 格，与表头一致"),
                say(f"{count} cells", f"{count} 格"),
                say("write \\| for a stroke inside a cell", "单元格里的竖线请写成 \\|"),
                "table",
            )
        self.above = line

    def note(self, line: str, place: Place) -> None:
        """Remember footnotes, defined and called."""
        defined, called = self.notes
        head = re.match(r"\s{0,3}\[\^([^\]\s]+)\]:", line)
        if head and head[1] in defined:
            self.fault(
                place,
                say("each footnote once in a chapter", "一章里每个脚注只定义一次"),
                say(
                    f"[^{head[1]}] again (first: {defined[head[1]]})",
                    f"[^{head[1]}] 又出现（第一次：{defined[head[1]]}）",
                ),
                say("give it a name of its own", "请另取名称"),
                "footnote",
            )
        if head:
            defined.setdefault(head[1], place)
        for name in NOTE.findall(line[head.end() :] if head else line):
            called.setdefault(name, place)

    def lost_notes(self) -> None:
        """Footnotes that are called and not defined, or defined and never called."""
        defined, called = self.notes
        for name in called.keys() - defined.keys():
            self.fault(
                called[name],
                say(f"a line [^{name}]: with the footnote's text", f"一行 [^{name}]: 写出脚注的文字"),
                say("none", "没有"),
                nearest(name, list(defined)) if defined else "write it below the paragraph",
                "footnote",
            )
        for name in defined.keys() - called.keys():
            self.fault(
                defined[name],
                say(f"[^{name}] somewhere in the chapter", f"章节中某处有 [^{name}]"),
                say("a footnote that nothing calls", "没有引用的脚注"),
                say("call it, or take it out: it would not be printed", "请引用它，或删去：否则不会印出"),
                "footnote",
            )

    def div(self, head: str, place: Place) -> None:
        """A line of colons: opens a div, or closes one."""
        if not head:
            if not self.divs:
                self.fault(
                    place,
                    say("an open div", "已开始的块"),
                    say("::: that closes none", "没有对应开头的 :::"),
                    say("take the line out", "请删去这一行"),
                    "div",
                )
            else:
                self.divs.pop()
            return
        if not self.blank:
            self.fault(
                place,
                say("an empty line before :::", "::: 前有一个空行"),
                say("text right above", "紧接着文字"),
                say("put an empty line between", "请在中间加一个空行"),
                "div",
            )
        self.divs.append(place)
        classes = re.findall(r"\.([\w-]+)", re.sub(r'"[^"]*"', "", head)) if head[0] == "{" else [head.split()[0]]
        for name in classes:
            if NOT_CARRIED.match(name):
                self.fault(
                    place,
                    say("a div that the engine carries", "排版引擎支持的块"),
                    f"::: {name}",
                    nearest(name, KNOWN_DIVS),
                )
        if re.search(r"(?<![\w-])layout\s*=", head):
            self.fault(
                place,
                say("layout-ncol or layout-nrow", "layout-ncol 或 layout-nrow"),
                "layout=",
                say("use layout-ncol", "请用 layout-ncol"),
            )
