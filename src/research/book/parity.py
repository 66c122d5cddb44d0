"""What a reader finds in each output of a book, side by side: headings, captions, references, notes.

The same reading is made of every format and of either engine, from the finished files alone::

    python -m research.book.parity reports/output/bluebook            # formats of one folder
    python -m research.book.parity OUR_FOLDER QUARTO_FOLDER           # two engines
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

LABEL = r"(?:图|表|Figure|Table)\s*(?:[A-Z]|\d+)\.\d+"
CAPTION = re.compile(rf"^({LABEL})(?![.\d])\s*[:：—　 ]*\s*(.*)$")
REFERENCE = re.compile(rf"{LABEL}|式\s*[（(](?:[A-Z]|\d+)\.\d+[)）]|第\s*\d+(?:\.\d+)*\s*[章节]|附录\s*[A-Z](?:\.\d+)*")
HEADING = re.compile(r"^((?:[A-Z]|\d+)(?:\.\d+)+)\s+(\S.*)$")
BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "figcaption", "caption", "div", "summary", "dt",
          "dd", "section", "figure", "table", "tr", "pre"}
CAPTION_MARK = "\1"  # before a line that its file calls a caption
SKIPPED = {"script", "style", "nav", "aside", "dialog", "button", "annotation"}


class _Lines(HTMLParser):
    """The lines of a page's main text."""

    def __init__(self):
        super().__init__()
        self.lines, self.current, self.inside, self.skip, self.mark = [], [], 0, [], ""

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "main":
            self.inside += 1
        if self.inside and (tag in SKIPPED or "anchor" in (values.get("class") or "").split()):
            self.skip.append(tag)
        if tag in BLOCKS:
            self.flush()
        if tag in ("figcaption", "caption"):
            self.mark = CAPTION_MARK

    def handle_endtag(self, tag):
        if tag in BLOCKS:
            self.flush()
        if tag in ("figcaption", "caption"):
            self.mark = ""
        if self.skip and self.skip[-1] == tag:
            self.skip.pop()
        if tag == "main":
            self.flush()
            self.inside -= 1

    def handle_data(self, data):
        if self.inside and not self.skip:
            self.current.append(data)

    def flush(self):
        line = " ".join("".join(self.current).split())
        self.current = []
        if line:
            self.lines.append(self.mark + line)


def html_lines(folder):
    """Lines of all pages of a website (pages that show code left out)."""
    lines = []
    for path in sorted(Path(folder).rglob("*.html")):
        if path.parent.name != "code":
            reader = _Lines()
            reader.feed(path.read_text(encoding="utf-8"))
            lines += reader.lines
    return lines


def docx_lines(path):
    """Lines of a Word file: its paragraphs, those in tables and notes included."""
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    lines = []
    with zipfile.ZipFile(path) as file:
        for name in ("word/document.xml", "word/footnotes.xml"):
            if name in file.namelist():
                for paragraph in ElementTree.fromstring(file.read(name)).iter(f"{word}p"):
                    parts = [n.text or "" if n.tag == f"{word}t" else " " for n in paragraph.iter()
                             if n.tag in (f"{word}t", f"{word}tab")]
                    style = paragraph.find(f"{word}pPr/{word}pStyle")
                    name = "" if style is None else style.get(f"{word}val", "")
                    mark = CAPTION_MARK if "caption" in name.lower() else ""
                    lines.append(mark + " ".join("".join(parts).split()))
    return [line for line in lines if line]


def pdf_lines(path):
    """Lines of a PDF, read by pdftotext; None where that program is missing."""
    if shutil.which("pdftotext") is None:
        return None
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    text = "\n".join(" ".join(x.split()) for x in done.stdout.decode(errors="replace").splitlines() if x.strip())
    return re.sub(rf"^({LABEL})\n", r"\1 ", text, flags=re.M).splitlines()  # a label set apart from its caption


def findings(lines):
    """What a reader finds in some lines.

    Returns
    -------
    dict
        `captions` (label to first words), `headings` (number to title), `references` (labels named in the
        text, each once, in order).

    Examples
    --------
    >>> findings(["图 1.1　渔获", "1.1 按月", "见图 1.1和第 2 章。"])["references"]
    ['图1.1', '第2章']
    """
    captions, headings, references = {}, {}, set()
    told = any(line.startswith(CAPTION_MARK) for line in lines)
    for marked in lines:
        line = marked.removeprefix(CAPTION_MARK)
        caption, heading = CAPTION.match(line), HEADING.match(line)
        if caption and caption[2] and (not told or marked != line):
            captions.setdefault(_tight(caption[1]), _tight(caption[2]))
        elif heading and not re.search(r"[^.\s]\s\d+$", line):
            headings.setdefault(heading[1], _tight(heading[2]))
        references |= {_tight(r) for r in REFERENCE.findall(line)}
    return {"captions": captions, "headings": headings, "references": sorted(references)}


def _tight(text):
    text = re.sub(r"(\s?\.){4,}\s*\d*$", "", text)  # dots that lead to a page number
    text = re.sub(r"[\s\u3000\u00a0]", "", text).replace("(", "（").replace(")", "）").replace(",", "，")
    return text.strip("：:—")


def outputs(folder):
    """The findings of each format that stands in a book's folder."""
    folder, found = Path(folder), {}
    if (folder / "index.html").is_file():
        found["html"] = findings(html_lines(folder))
    for name, read in (("docx", docx_lines), ("pdf", pdf_lines)):
        for path in sorted(folder.glob(f"*.{name}"))[:1]:
            lines = read(path)
            if lines is not None:
                found[name] = findings(lines)
    return found


def compare(one, other, names=("one", "other"), prefix=6):
    """Differences between two findings, as lines of text; captions count by their first letters."""
    told = []
    for kind in ("captions", "headings"):
        for key in sorted(one[kind].keys() | other[kind].keys()):
            a, b = one[kind].get(key), other[kind].get(key)
            if kind == "headings" and a is None and names[1].endswith("pdf"):
                continue  # a number on the axis of a drawing is text in a PDF
            if a is None or b is None:
                told.append(f"{kind[:-1]} {key}: only in {names[0] if b is None else names[1]}")
            elif not (a.startswith(b[:prefix]) or b.startswith(a[:prefix])):
                told.append(f"{kind[:-1]} {key}: {a[:30]!r} in {names[0]}, {b[:30]!r} in {names[1]}")
    for label in sorted(set(one["references"]) ^ set(other["references"])):
        told.append(f"reference {label}: only in {names[0] if label in one['references'] else names[1]}")
    return told


def main(folders):
    """Print the differences between the formats of one folder, or between two folders; their number."""
    found = [outputs(f) for f in folders]
    if len(found) == 1:
        names = list(found[0])
        pairs = [(names[0], n, found[0][names[0]], found[0][n]) for n in names[1:]]
    else:
        both = [n for n in found[0] if n in found[1]]
        pairs = [(f"{folders[0]} {n}", f"{folders[1]} {n}", found[0][n], found[1][n]) for n in both]
    told = [line for a, b, x, y in pairs for line in compare(x, y, (a, b))]
    print("\n".join(told) or f"no difference ({', '.join(n for f in found for n in f)})")
    return len(told)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:3]) else 0)
