"""What a reader finds in each output of a book, side by side: numbers, captions, references, callouts, links, text.

The same reading is made of every format and of either engine, from the finished files alone::

    python -m research.book.parity reports/output/bluebook            # formats of one folder
    python -m research.book.parity --books FOLDER FOLDER ...          # formats of each of several books
    python -m research.book.parity OUR_FOLDER QUARTO_FOLDER           # two engines
    python -m research.book.parity --quarto PROJECT [PROFILE]         # render by both engines, then compare
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.book.parity_read import read_docx, read_html, read_pdf
from research.core.status import SAMPLE_MARK

if TYPE_CHECKING:
    from research.book.parity_read import Reading

KINDS = {
    "图": "图",
    "figure": "图",
    "fig.": "图",
    "表": "表",
    "表格": "表",
    "table": "表",
    "式": "式",
    "公式": "式",
    "方程式": "式",
    "equation": "式",
    "eq.": "式",
    "附录": "附录",
    "appendix": "附录",
}
"""Words of either engine and language, and the one that findings use."""

NUMBER = r"(?:[A-Z]|\d+)(?:\.\d+)+"
LABEL = rf"(?:图|表格|表|Figure|Fig\.|Table)\s*{NUMBER}"
CAPTION = re.compile(rf"^({LABEL})(?![.\d])\s*[:：—　 ]*\s*(.*)$")
REFERENCE = re.compile(
    rf"(图|表格|表|Figure|Fig\.|Table)\s*({NUMBER})|(式|公式|方程式|Equation|Eq\.)\s*[（(]?({NUMBER})[)）]?"
    r"|(附录|Appendix)\s*([A-Z](?:\.\d+)*)(?![a-z])|第\s*(\d+(?:\.\d+)*)\s*[章节]"
    r"|(?:章节|小节|Chapter|Section)\s*(\d+(?:\.\d+)*)"
)
CITED = re.compile(r"\[(\d{1,3}(?:[,，–-]\s?\d{1,3})*)\]")
HEADING = re.compile(rf"^({NUMBER})\s+(\S.*)$")
PAGE = re.compile(r"[^.\s]\s\d+$")  # at the end of a line of contents
SHORT_MARK = "〔示例〕"  # what a list of figures on paper says instead of the whole mark
SENTENCE = 9  # Chinese characters, or more than twice as many letters: what is shorter may be a cell or a label
PDF_LOST = 0.05  # share of sentences that page ends and drawings may cut in a PDF


def findings(reading: Reading) -> dict[str, Any]:
    """What a reader finds in an output.

    Parameters
    ----------
    reading : research.book.parity_read.Reading

    Returns
    -------
    dict
        `captions` (label to words), `headings` (number to title), `references` (labels named in the text, each
        once), `callouts` (titles in order; None where the format does not mark them), `links` (outside
        addresses), `text` (sentences without blanks and marks).

    Examples
    --------
    >>> from research.book.parity_read import Reading
    >>> findings(Reading([("text", "见图 1.1和Chapter 2、方程式 1.1。")]))["references"]
    ['图1.1', '式1.1', '第2章']
    """
    captions: dict[str, str] = {}
    headings: dict[str, str] = {}
    callouts, references, text = [], set(), []
    for kind, line in reading.lines:
        caption, heading = CAPTION.match(line), HEADING.match(line)
        captioned = kind == "caption" or (kind == "text" and "caption" not in reading.told)
        if captioned and caption and caption[2]:
            captions.setdefault(_label(caption[1]), _tight(caption[2].split(SHORT_MARK)[0]))
        elif heading and kind == ("heading" if "heading" in reading.told else "text") and not PAGE.search(line):
            headings.setdefault(heading[1], _tight(heading[2]))
        elif kind == "callout":
            callouts.append(_tight(line))
        elif kind == "text":
            parts = map(_bare, re.split(r"[。！？!?]|\.\d{0,3}\s|https?://\S+", REFERENCE.sub("", line)))
            text += [s for s in parts if len(s) - 0.6 * len(re.findall("[A-Za-z]", s)) >= SENTENCE]
        references |= {_named(m) for m in REFERENCE.finditer(line if kind != "contents" else "")}
    if not reading.told:  # lines of a page break anywhere, inside 第 2 章 too
        whole = re.sub(r"(第\s*[\d.]*)\n|\n(?=[章节])", r"\1 ", "\n".join(line for _, line in reading.lines))
        references |= {_named(m) for m in REFERENCE.finditer(whole) if m[0].startswith("第")}
    return {
        "captions": captions,
        "headings": headings,
        "references": sorted(references),
        "callouts": callouts if "callout" in reading.told else None,
        "links": sorted(reading.links),
        "text": text,
        "marked": any(m in line for _, line in reading.lines for m in (SAMPLE_MARK, SHORT_MARK)),
        "cited": _cited(reading.lines),
        "all": "".join(_bare(line) for _, line in reading.lines),
    }


def _cited(lines):
    """The numbers of citations in the text, [1] or [2,3] or [4–6], ends of ranges; each once."""
    found = {
        int(n)
        for kind, line in lines
        if kind != "contents"
        for group in CITED.findall(line)
        for n in re.findall(r"\d+", group)
    }
    return sorted(found)


def _label(text):
    word, number = re.findall(r"^([^\s\dA-Z]+|[A-Z][a-z]+\.?)\s*(.*)", text)[0]
    return KINDS[word.lower()] + _tight(number)


def _named(match):
    one, two, three, four, five, six, seven, eight = match.groups()
    for word, number in ((one, two), (three, four), (five, six)):
        if word:
            return KINDS[word.lower()] + number
    number = seven or eight
    return f"第{number}节" if "." in number else f"第{number}章"


def _tight(text):
    text = re.sub(r"(\s?\.){4,}\s*\d*$", "", text)  # dots that lead to a page number
    text = re.sub(r"[\s\u3000\u00a0]", "", text).replace("(", "（").replace(")", "）").replace(",", "，")
    return text.strip("：:—")


def _bare(text):
    """Letters, digits and Chinese characters only: engines differ in blanks, quotes and note marks."""
    text = REFERENCE.sub("", re.sub(r"\[[\d,–-]+\]", "", text))
    return re.sub(r"[^A-Za-z\u3400-\u9fff]", "", text)


def outputs(folder: Path) -> dict[str, dict[str, Any]]:
    """The findings of each format that stands in a book's folder."""
    folder, found = Path(folder), {}
    if (folder / "index.html").is_file():
        found["html"] = findings(read_html(folder))
    for name, read in (("docx", read_docx), ("pdf", lambda p: read_pdf(p, LABEL))):
        for path in sorted(folder.glob(f"*.{name}"))[:1]:
            reading = read(path)
            if reading is not None:
                found[name] = findings(reading)
    return found


def outputs_there(folder: Path) -> bool:
    """Whether a folder holds a finished book in some format."""
    folder = Path(folder)
    return (folder / "index.html").is_file() or any(p for n in ("docx", "pdf") for p in folder.glob(f"*.{n}"))


def compare(
    one: dict[str, Any], other: dict[str, Any], names: tuple[str, ...] = ("one", "other"), prefix: int = 6
) -> list[str]:
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
    for kind in ("references", "links"):
        for key in sorted(set(one.get(kind) or ()) ^ set(other.get(kind) or ())):
            told.append(f"{kind[:-1]} {key}: only in {names[0] if key in one[kind] else names[1]}")
    return told + _marks(one, other, names) + _callouts(one, other, names) + _text(one, other, names)


def _marks(one, other, names):
    """The sample's mark, which stands in all or in none; the last number of a citation, which one numbering shares."""
    told = []
    if one.get("marked") != other.get("marked"):
        told.append(f"mark {SAMPLE_MARK}: only in {names[0] if one.get('marked') else names[1]}")
    last = [max(f.get("cited") or [0]) for f in (one, other)]
    if last[0] != last[1]:
        told.append(f"citations: numbered to [{last[0]}] in {names[0]}, to [{last[1]}] in {names[1]}")
    return told


def _callouts(one, other, names):
    """Callout titles; a format that does not mark them must at least print them."""
    a, b = one.get("callouts"), other.get("callouts")
    if a is not None and b is not None:
        lost = [(t, names[0]) for t in (Counter(a) - Counter(b)).elements()]
        lost += [(t, names[1]) for t in (Counter(b) - Counter(a)).elements()]
        return [f"callout {t!r}: only in {place}" for t, place in lost]
    marked, plain, place = (a, other, names[1]) if b is None else (b, one, names[0])
    whole = plain.get("all", "")
    return [f"callout {t!r}: not in {place}" for t in sorted(set(marked or ())) if whole and _bare(t) not in whole]


def _text(one, other, names):
    """Sentences of one that the other has not; page ends cut a few of a PDF's."""
    told = []
    for source, target, (place, lacks) in ((one, other, names), (other, one, names[::-1])):
        if place.endswith("pdf") or not target.get("all"):
            continue  # lines of a PDF are not sentences
        lost = [s for s in source.get("text") or () if s not in target["all"]]
        if lost and not (lacks.endswith("pdf") and len(lost) <= PDF_LOST * len(source["text"])):
            told += [f"text {s[:30]!r}: only in {place}" for s in dict.fromkeys(lost)]
    return told


def by_both(root: Path, profile: str = "") -> list[str]:
    """Render a book with both engines, one after the other, and give their differences.

    Parameters
    ----------
    root : str or Path
        Folder of `_quarto.yml`.
    profile : str

    Returns
    -------
    list of str

    Raises
    ------
    MissingError
        Where quarto is not on PATH.
    """
    from research import book

    found = {}
    for engine in ("quarto", "pandoc"):  # the embedded engine last: its book is the one that stays
        made = book.render(root, profile, engine=engine)
        found[engine] = outputs(made[0].parent)
    return [
        line
        for n in found["pandoc"]
        if n in found["quarto"]
        for line in compare(found["pandoc"][n], found["quarto"][n], (f"pandoc {n}", f"quarto {n}"))
    ]


def main(arguments: Any) -> int:
    """Print the differences of one folder's formats, two folders, several books, or two engines; their number.

    A folder that is not there, or holds no book, is a difference.
    """
    if arguments and str(arguments[0]) == "--books":
        return sum(main([folder]) for folder in arguments[1:])
    if arguments and str(arguments[0]) == "--quarto":
        told = by_both(*arguments[1:3])
        print("\n".join(told) or "no difference between the engines")
        return len(told)
    missing = [f"{f}: no finished book there" for f in arguments if not outputs_there(f)]
    if missing or not arguments:
        print("\n".join(missing) or "name a folder")
        return max(len(missing), 1)
    found = [outputs(f) for f in arguments]
    if len(found) == 1:
        names = list(found[0])
        pairs = [(names[0], n, found[0][names[0]], found[0][n]) for n in names[1:]]
    else:
        both = [n for n in found[0] if n in found[1]]
        pairs = [(f"{arguments[0]} {n}", f"{arguments[1]} {n}", found[0][n], found[1][n]) for n in both]
    told = [line for a, b, x, y in pairs for line in compare(x, y, (a, b))]
    print("\n".join(told) or f"{Path(arguments[0]).name}: no difference ({', '.join(n for f in found for n in f)})")
    return len(told)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
