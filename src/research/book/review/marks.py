"""Tracked changes and comments of a Word file, paragraph by paragraph, as pandoc reads them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from research.book.tree import ast, pandoc
from research.errors import BluebookError, DataError, Fault, say

CHANGES = {"insertion": "new", "deletion": "old"}


@dataclass(frozen=True)
class Edit:
    """One change: what stood there, what is to stand there, and what stands before and after it.

    Parameters
    ----------
    old, new : str
    before, after : str
        The paragraph's former text on both sides.
    author : str
    """

    old: str
    new: str
    before: str
    after: str
    author: str


@dataclass(frozen=True)
class Comment:
    """What a reviewer said, and of which words."""

    text: str
    about: str
    author: str
    date: str


@dataclass
class Paragraph:
    """A paragraph of the Word file.

    Parameters
    ----------
    chapter : str
        Heading of its chapter.
    number : int
        Its position in the chapter, from 1.
    text : str
        As it was before the changes.
    edits : list of Edit
    comments : list of Comment
    """

    chapter: str
    number: int
    text: str
    edits: list[Edit] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


def read(path: Path) -> list[Paragraph]:
    """All paragraphs of a Word file with what was marked in them.

    Raises
    ------
    DataError
        When it is no Word file.
    """
    try:
        file = _with_fields_shown(Path(path).read_bytes())
        tree = json.loads(pandoc.run(["-f", "docx", "-t", "json", "--track-changes=all"], file))
    except (BluebookError, OSError, ValueError) as error:
        raise DataError(
            Fault(
                Path(path).name,
                say("a Word file (.docx)", "Word 文件（.docx）"),
                str(error)[:120],
                say("save it as .docx in Word", "请在 Word 中另存为 .docx"),
                kind="review-file",
            )
        ) from None
    found: list[Paragraph] = []
    chapter, number = "", 0

    def look(node: Any) -> None:
        nonlocal chapter, number
        if node["t"] not in ("Para", "Plain", "Header"):
            return
        inlines = node["c"][2] if node["t"] == "Header" else node["c"]
        reader = _Inlines(inlines)
        if node["t"] == "Header" and node["c"][0] == 1:
            chapter, number = reader.former.strip(), 0
        number += 1
        if reader.former.strip() or reader.edits or reader.comments:
            found.append(Paragraph(chapter, number, reader.former, reader.edits, reader.comments))

    ast.visit(tree["blocks"], look)
    return found


MOST = 500 << 20
"""Bytes: a Word file that unpacks to more is not opened here."""


def _with_fields_shown(file: bytes) -> bytes:
    """The Word file with what its simple fields show as plain text: pandoc 3.9 leaves those out, words and all.

    Word writes numbers of captions and references so when it saves a file anew (findings/pandoc-simple-fields.sh).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as held:
            if sum(i.file_size for i in held.infolist()) > MOST:
                return file
            parts = {i: held.read(i) for i in held.infolist()}
    except zipfile.BadZipFile:
        return file  # pandoc says what is wrong with it
    if not any(b"<w:fldSimple" in text for i, text in parts.items() if i.filename.endswith(".xml")):
        return file
    shown = io.BytesIO()
    with zipfile.ZipFile(shown, "w") as out:
        for i, text in parts.items():
            plain = re.sub(rb"</?w:fldSimple\b[^>]*>", b"", text) if i.filename.endswith(".xml") else text
            out.writestr(i, plain)
    return shown.getvalue()


class _Inlines:
    """The former text of a paragraph, its edits and its comments."""

    def __init__(self, inlines: list) -> None:
        pieces: list[tuple[str, str, str]] = []  # kind (same, old, new), text, author
        spans: dict[str, list] = {}  # comment id -> [text, author, date, start, end]
        self._walk(inlines, pieces, spans)
        self.former = "".join(t for kind, t, _ in pieces if kind != "new")
        self.edits = self._edits(pieces)
        self.comments = [
            Comment(text, self.former[start : end if end is not None else len(self.former)], author, date)
            for text, author, date, start, end in spans.values()
        ]

    def _walk(self, inlines: list, pieces: list, spans: dict, kind: str = "same", author: str = "") -> None:
        for node in inlines:
            classes = ast.node_attr(node)[1] if node["t"] == "Span" else []
            marked = next((CHANGES[c] for c in classes if c in CHANGES), None)
            here = sum(len(t) for k, t, _ in pieces if k != "new")
            if "comment-start" in classes:
                spans[ast.get(node, "id") or ast.node_attr(node)[0]] = [
                    ast.text(node["c"][1]),
                    ast.get(node, "author") or "",
                    ast.get(node, "date") or "",
                    here,
                    None,
                ]
                if ast.get(node, "id") is None:
                    continue
            elif "comment-end" in classes:
                key = ast.get(node, "id") or ast.node_attr(node)[0]
                if key in spans:
                    spans[key][4] = here
                self._walk(node["c"][1], pieces, spans, kind, author)
            elif marked:
                self._walk(node["c"][1], pieces, spans, marked, ast.get(node, "author") or "")
            elif node["t"] in ("Span", "Link", "Quoted", "Cite"):
                self._walk(node["c"][1], pieces, spans, kind, author)
            elif node["t"] in ("Emph", "Strong", "Underline", "Strikeout", "Superscript", "Subscript", "SmallCaps"):
                self._walk(node["c"], pieces, spans, kind, author)
            elif node["t"] not in ("Note", "Image"):
                pieces.append((kind, ast.text(node), author))

    def _edits(self, pieces: list) -> list[Edit]:
        """Neighbouring deletions and insertions are one edit."""
        found, at, n = [], 0, 0
        while n < len(pieces):
            if pieces[n][0] == "same":
                at += len(pieces[n][1])
                n += 1
                continue
            old, new, author = "", "", pieces[n][2]
            while n < len(pieces) and pieces[n][0] != "same":
                old += pieces[n][1] if pieces[n][0] == "old" else ""
                new += pieces[n][1] if pieces[n][0] == "new" else ""
                n += 1
            found.append(Edit(old, new, self.former[:at], self.former[at + len(old) :], author))
            at += len(old)
        return [e for e in found if e.old != e.new]
