"""Faults that show in one line of a source: raw HTML and LaTeX, divs that are not carried, lost footnotes."""

from __future__ import annotations

import re

from research.book.source.carried import KNOWN_DIVS, NOT_CARRIED
from research.errors import nearest

DIV = re.compile(r"^[\s>]*(:{3,})\s*(.*?)\s*$")
HTML_BLOCK = re.compile(r"^\s{0,3}</?(address|article|aside|button|canvas|center|details|div|dl|embed|fieldset|figure"
                        r"|form|h[1-6]|header|hr|iframe|img|input|link|main|nav|object|ol|p|pre|script|section"
                        r"|style|summary|svg|table|ul|video)\b", re.I)
TEX_BLOCK = re.compile(r"^\s{0,3}\\(begin\{|end\{|(newpage|clearpage|pagebreak|[vh]space|vfill|input|include|usepackage"
                       r"|newcommand|renewcommand|def|label|caption|centering|noindent|appendix)\b)")
NOTE = re.compile(r"\[\^([^\]\s]+)\]")


class LineChecks:
    """The part of an expander that looks at single lines (see `research.book.source.expand`)."""

    def checks(self, line, place):
        """Faults that show in one line."""
        if HTML_BLOCK.match(line):
            self.fault(place, "markdown", line.strip()[:60], "raw HTML reaches no Word or PDF; use markdown or :::")
        if re.search(r"`\{=\w+\}", line):
            self.fault(place, "markdown", line.strip()[:60], "raw code for one format is not carried")
        if TEX_BLOCK.match(line) and not self.math:
            self.fault(place, "markdown", line.strip()[:60], "raw LaTeX is not carried; formulas stand in $ or $$")
        if re.match(r"#{1,6}\s+\S", line) and not self.blank:
            self.fault(place, "an empty line before a heading", line.strip()[:60], "put an empty line between",
                       "heading")
        plain = re.sub(r"(`+).*?\1", "", line)
        if len(re.findall(r"(?<!\\)\$\$", plain)) % 2:
            self.math = None if self.math else place
        self.note(plain, place)
        div = DIV.match(line)
        if div:
            self.div(div[2].rstrip(": "), place)

    def note(self, line, place):
        """Remember footnotes, defined and called."""
        defined, called = self.notes
        head = re.match(r"\s{0,3}\[\^([^\]\s]+)\]:", line)
        if head and head[1] in defined:
            self.fault(place, "each footnote once in a chapter", f"[^{head[1]}] again (first: {defined[head[1]]})",
                       "give it a name of its own", "footnote")
        if head:
            defined.setdefault(head[1], place)
        for name in NOTE.findall(line[head.end():] if head else line):
            called.setdefault(name, place)

    def lost_notes(self):
        """Footnotes that are called and not defined, or defined and never called."""
        defined, called = self.notes
        for name in called.keys() - defined.keys():
            self.fault(called[name], f"a line [^{name}]: with the footnote's text", "none",
                       nearest(name, list(defined)) if defined else "write it below the paragraph", "footnote")
        for name in defined.keys() - called.keys():
            self.fault(defined[name], f"[^{name}] somewhere in the chapter", "a footnote that nothing calls",
                       "call it, or take it out: it would not be printed", "footnote")

    def div(self, head, place):
        """A line of colons: opens a div, or closes one."""
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
