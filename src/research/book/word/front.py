"""The first pages of the Word book: title page, contents, lists of figures and tables, as Word's own fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from research.book.paper import chapters as paper_chapters
from research.book.tree import ast as tree
from research.book.word.text import (
    bookmark_name,
    field,
    field_begin,
    field_end,
    hyperlink,
    paragraph,
    raw,
    run,
    section_break,
)

if TYPE_CHECKING:
    from research.book.paper.facts import Paper
    from research.book.tree.model import Chapter

REPORT = "B."
"""Beginning of a report's number, where the book's numbering is of reports."""
LISTS = {"Image Caption": "f", "Table Caption": "t"}
"""Letters of the lists that are made of entries of their own, by the style of what they list."""
BREAK = '<w:p><w:pPr><w:pStyle w:val="SectionBreak"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>'


def front_blocks(
    facts: Paper,
    chapters: list[Chapter],
    captions: dict[str, list[tuple[str, str, str]]],
    opening: Sequence[dict[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Everything before the first chapter.

    Parameters
    ----------
    facts : paper.Paper
    chapters : list of Chapter
        With labelled headings.
    captions : dict of str to list of (id, label, caption)
        Under `Image Caption` and `Table Caption`.
    opening : list of dict
        Rewritten blocks of the front matter, which stands before the contents.

    Returns
    -------
    list of dict
    """
    xml = [BREAK] if opening else []
    xml.append(contents(facts, chapters))
    for style, title in (("Image Caption", facts.words["lof"]), ("Table Caption", facts.words["lot"])):
        if captions[style]:
            xml += [BREAK, listing(title, style, captions[style])]
    begin = raw(cover(facts) + section_break("cover"))
    return [begin, *opening, raw("".join([*xml, section_break("front", facts.sample)]))]


def cover(facts: Paper) -> str:
    """The title page."""
    lines = [paragraph("Title", run(facts.title))]
    if facts.subtitle:
        lines.append(paragraph("Subtitle", run(facts.subtitle)))
    if facts.edition:
        lines.append(paragraph("CoverLine", run(facts.edition)))
    lines.append(paragraph("CoverMark" if facts.sample else "CoverGap", run(facts.mark) if facts.sample else ""))
    below = ("、".join(facts.authors), facts.publisher, facts.date)
    lines += [paragraph("CoverLine", run(text)) for text in below if text]
    return "".join(lines)


def contents(facts: Paper, chapters: list[Chapter]) -> str:
    """The contents, its entries already there."""
    entries = []
    for chapter in chapters:
        for node in tree.find(chapter.blocks, "Header"):
            level, (identifier, classes, _), inlines = node["c"]
            if level <= 2 and identifier and "unlisted" not in classes:
                words = paper_chapters.join(tree.get(node, "label", ""), tree.text(inlines))
                entries.append((f"TOC{level}", identifier, words))
    title = paragraph("FrontTitle", run(facts.words["toc"]))
    return title + _field('TOC \\o "1-2" \\h \\z \\t "Part Title,1"', entries)


def listing(title: str, style: str, captions: list[tuple[str, str, str]]) -> str:
    """A list of figures or of tables, by the names of their SEQ fields; of reports by entries that name the report."""
    kind = captions[0][1].split(" ")[0].rstrip("0123456789.")
    source = f"\\f {LISTS[style]}" if captions[0][1].startswith(REPORT) else f'\\c "{kind}"'
    entries = [("TableofFigures", identifier, f"{label}　{words}") for identifier, label, words in captions]
    return paragraph("FrontTitle", run(title)) + _field(f"TOC \\h \\z {source}", entries)


def list_entry(style: str, words: str) -> str:
    r"""A hidden field (TC) with the words that a list shows for a caption, when Word makes the list again.

    Examples
    --------
    >>> ' TC "B.2 表1　一个”词”" ' in list_entry("Table Caption", 'B.2 表1　一个"词"')
    True
    """
    told = words.replace("\\", "").replace('"', "”")
    return field_begin(f'TC "{told}" \\f {LISTS[style]} \\l 1', shown=False) + field_end()


def _field(instruction, entries):
    """One field over several paragraphs, each a link to its bookmark."""
    lines = []
    for place, (style, identifier, words) in enumerate(entries):
        inner = line(identifier, words)
        inner = (field_begin(instruction) if place == 0 else "") + inner
        inner += field_end() if place == len(entries) - 1 else ""
        lines.append(paragraph(style, inner))
    return "".join(lines)


def line(identifier: str, words: str) -> str:
    """Words that lead to a bookmark, and its page at the end of the line; `docx_pages` fills it in."""
    name = bookmark_name("_Toc", identifier)
    return hyperlink(name, run(words) + "<w:r><w:tab/></w:r>" + field(f"PAGEREF {name} \\h", "0"))


def entry(style: str, identifier: str, words: str) -> str:
    """A line of the English contents, in a style of the contents; a heading of a group leads nowhere."""
    return paragraph(style, line(identifier, words) if identifier else run(words))
