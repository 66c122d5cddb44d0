"""Files as an intruder reads them: the tables, the words and the drawings in them, whatever their format."""

from __future__ import annotations

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from research.core.tables import read_table, unpacked, unscript
from research.core.texts import pdf_text
from research.errors import DataError

KEYS = {"place": str, "against_place": str, "indicator": str}
"""Columns that are texts, whatever they look like."""
_GAP = re.compile(r"\s{2,}")
"""What stands between two columns of a printed table."""
_TAG = re.compile(r"<[^>]+>")
_TABLE = re.compile(r"<table\b.*?</table>", re.S)


class Piece(NamedTuple):
    """Something that can be attacked: a table (`frame`), words (`words`) or drawn lines (`drawing`) of a file."""

    where: str
    kind: str
    content: Any


class Chunk(NamedTuple):
    """Something that is read as a whole: a file, or what one cell of a notebook shows."""

    where: str
    read: Callable[[str, Any], Iterator[Piece]]
    data: bytes | str
    kind: str
    """How it is read, in a word."""

    def pieces(self) -> Iterator[Piece]:
        """What stands in it."""
        return self.read(self.where, self.data)


class Reader:
    """Reads folders, files and archives; what has the same bytes as something read before is not read again.

    Attributes
    ----------
    unread : list of str
        PDF files whose text nobody looked at: the program that reads it is missing, or they are broken or locked.
    """

    def __init__(self) -> None:
        self._known: set[Any] = set()
        self.unread: list[Any] = []

    def pieces(self, path: str | Path, name: str = "") -> Iterator[Piece]:
        """What stands in a folder, a file or an archive; archives and Office files are looked into.

        Parameters
        ----------
        path : str or Path
        name : str, optional
            How to call it in messages.

        Yields
        ------
        Piece
        """
        for chunk in self.chunks(path, name):
            yield from chunk.pieces()

    def chunks(self, path: str | Path, name: str = "") -> Iterator[Chunk]:
        """The same, before it is read: what was met before is left out.

        Parameters
        ----------
        path, name
            As for `pieces`.

        Yields
        ------
        Chunk
        """
        path = Path(path)
        if not path.is_dir():
            yield from self._file(name or path.name, path.read_bytes())
            return
        whole = {p for p in path.rglob("*-data.csv") if _is_long(p)}
        whole |= {p.with_suffix(".xlsx") for p in whole}
        for file in sorted(p for p in path.rglob("*") if p.is_file()):
            if file not in whole:
                yield from self._file(f"{name or path.name}/{file.relative_to(path).as_posix()}", file.read_bytes())

    def _is_new(self, content):
        mark = hash(content)
        new = mark not in self._known
        self._known.add(mark)
        return new

    def _file(self, where, data):
        ending = where.rsplit(".", 1)[-1].lower()
        if ending in ("zip", "epub"):
            yield from self._archive(where, data)
        elif ending in READERS and self._is_new(data):
            yield Chunk(where, READERS[ending], data, ending)
        elif ending == "pdf" and self._is_new(data):
            yield Chunk(where, self._pdf, data, ending)
        elif ending == "ipynb":
            yield from self._notebook(where, data.decode("utf-8", "replace"))

    def _pdf(self, where, data):
        text = pdf_text(data)
        if text is None:
            self.unread.append(where)
            return
        lines = [_GAP.split(line.strip()) for line in text.splitlines() if line.strip()]
        yield Piece(where, "words", "\n".join("  ".join(line) for line in lines))
        for width, block in groupby(lines, len):
            if width > 1:
                yield from _grid(where, list(block))

    def _archive(self, where, data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in sorted(archive.namelist()):
                if not part.endswith("/"):
                    yield from self._file(f"{where}, {part}", archive.read(part))

    def _notebook(self, where, text):
        """An executed notebook: what its cells show, and the rows that travel with each figure and table."""
        try:
            cells = json.loads(text).get("cells", [])
        except (ValueError, AttributeError):
            yield Chunk(where, _words, text, "words")
            return
        for output in (o for cell in cells for o in cell.get("outputs", ())):
            for rows in (output.get("metadata", {}).get("bluebook") or {}).get("data", ()):
                if self._is_new(rows):
                    yield Chunk(where, _csv, rows.encode(), "csv")
            for kind, shown in (output.get("data") or {}).items():
                if kind != "image/png" and self._is_new("".join(shown)):
                    yield Chunk(where, partial(_shown, kind), "".join(shown), kind)
            yield Chunk(where, _words, "".join(output.get("text", "")), "words")


def _is_long(path):
    """Whether a file is a website's long table: its numbers stand, whole rows of them, in the files beside it."""
    with path.open(encoding="utf-8-sig", errors="replace") as stream:
        return stream.readline().startswith("float,label,caption,file,row,")


def _csv(where, data):
    text = data.decode("utf-8-sig", "replace")
    try:
        separator = "\t" if "\t" in text.partition("\n")[0] else ","
        yield Piece(where, "frame", pd.read_csv(io.StringIO(text), sep=separator, dtype=KEYS, low_memory=False))
    except ValueError:
        yield Piece(where, "words", text)


def _parquet(where, data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        path.write_bytes(data)
        try:
            yield Piece(where, "frame", read_table(path))
        except DataError:
            return


def _sheets(where, data):
    for sheet, frame in pd.read_excel(io.BytesIO(data), sheet_name=None, dtype=KEYS).items():
        yield Piece(f"{where}, {sheet}", "frame", frame)


def _document(where, data):
    """A Word file: its words by paragraph, its tables, and what is drawn in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in sorted(archive.namelist()):
            text = archive.read(part).decode("utf-8", "replace") if part.endswith((".xml", ".svg")) else ""
            if part.endswith(".svg"):
                yield Piece(f"{where}, {part}", "drawing", text)
            elif text and part.startswith("word/"):
                for table in re.findall(r"<w:tbl>.*?</w:tbl>", text, re.S):
                    yield from _grid(
                        where,
                        [
                            [_TAG.sub("", cell) for cell in re.findall(r"<w:tc>.*?</w:tc>", row, re.S)]
                            for row in re.findall(r"<w:tr\b.*?</w:tr>", table, re.S)
                        ],
                    )
                yield Piece(f"{where}, {part}", "words", _TAG.sub("", text.replace("</w:p>", "\n")))


def _words(where, text):
    yield Piece(where, "words", text)


def _shown(kind, where, text):
    if kind == "image/svg+xml":
        yield Piece(where, "drawing", text)
    elif kind == "text/html":
        yield from _html(where, text.encode())
    else:
        yield Piece(where, "words", text)
        yield from _pipes(where, text)


def _html(where, data):
    text = data.decode("utf-8", "replace")
    if "<path" in text:
        yield Piece(where, "drawing", text)
    for table in _TABLE.findall(text):
        rows = re.findall(r"<tr\b.*?</tr>", table, re.S)
        yield from _grid(
            where, [[_TAG.sub("", c).strip() for c in re.findall(r"<t[hd]\b.*?</t[hd]>", row, re.S)] for row in rows]
        )
    yield Piece(where, "words", _TAG.sub("", text))


def _plain(where, data):
    yield Piece(where, "words", data.decode("utf-8", "replace"))


def _scripted(where, data):
    """A script of data that a page loads: its tables; any other script as words."""
    held = unscript(data.decode("utf-8", "replace"))
    if held is None:
        yield from _plain(where, data)
        return
    loose = {}
    for name, value in held.items() if isinstance(held, dict) else [("", held)]:
        if isinstance(value, dict) and {"rows", "columns"} <= value.keys():
            frame = unpacked(value)
            yield Piece(
                f"{where}, {name}", "frame", frame.assign(**{c: frame[c].astype(str) for c in KEYS if c in frame})
            )
        else:
            loose[name] = value
    yield Piece(where, "words", json.dumps(loose, ensure_ascii=False))


def _drawing(where, data):
    yield Piece(where, "drawing", data.decode("utf-8", "replace"))


def _pipes(where, text):
    rows = [
        [c.strip() for c in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.strip().startswith("|")
    ]
    yield from _grid(where, [row for row in rows if not all(set(c) <= set(":- ") for c in row)])


def _grid(where, rows):
    """A table as a frame: numbers as numbers, headings as columns."""
    if len(rows) < 2 or len({len(row) for row in rows}) > 1:
        return
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    yield Piece(where, "frame", frame)


READERS = {"csv": _csv, "tsv": _csv, "parquet": _parquet, "xlsx": _sheets, "docx": _document, "svg": _drawing,
           "html": _html, "htm": _html, "js": _scripted,
           **dict.fromkeys(("md", "qmd", "txt", "json", "xml", "typ", "log"), _plain)}  # fmt: skip
"""Ending of a file -> what reads it; notebooks, archives and PDF files are looked into."""
