"""What a file from outside must not be or hold: looked at before anything opens it."""

from __future__ import annotations

import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from research.errors import Fault

LIMITS = {"bytes": 50_000_000, "table_bytes": 600_000_000, "unpacked": 150_000_000, "ratio": 200, "parts": 2_000,
          "rows": 300_000, "table_rows": 5_000_000, "columns": 200, "sheets": 50, "cell": 2_000}
"""Largest workbook; largest CSV, Parquet, Stata or SPSS file; largest unpacked size, packing ratio, number of parts;
rows of a sheet and of other tables; columns, sheets, letters in a cell."""

KINDS = (".xlsx", ".csv")
MAPPED = (*KINDS, ".parquet", ".dta", ".sav", ".zsav")
"""Endings that a table with a mapping may have besides."""
_REFUSED = {".xlsm": "macros", ".xltm": "macros", ".xlam": "macros", ".xls": "the old Excel format",
            ".xlsb": "the binary Excel format", ".zip": "an archive", ".et": "a WPS file"}
_PARTS = {"vbaproject.bin": "macros", "xl/externallinks/": "links to other workbooks", "xl/embeddings/":
          "embedded objects", "xl/activex/": "ActiveX controls", "xl/connections.xml": "data connections",
          "customui/": "a custom ribbon", "xl/macrosheets/": "macro sheets", "xl/ddelinks/": "DDE links"}


def inspect(path: Path, kinds: Collection[str] = KINDS) -> list[Fault]:
    """Faults of a file as a container; it is not parsed, only its directory and raw bytes are read.

    Parameters
    ----------
    path : str or Path
    kinds : tuple of str
        Endings that are allowed.

    Returns
    -------
    list of Fault
        Empty when the file may be opened.

    Examples
    --------
    >>> print(inspect("book.xlsm")[0])
    book.xlsm: expected a workbook without macros, found macros (save it as .xlsx)
    """
    path = Path(path)
    name, ending = path.name, path.suffix.lower()
    if any(unicodedata.category(c).startswith("C") for c in name):
        return [_fault(repr(name), "a plain file name", "control characters in it", "rename the file")]
    if ending in _REFUSED:
        expected = "a workbook without macros" if _REFUSED[ending] == "macros" else "a .xlsx or .csv file"
        return [_fault(name, expected, _REFUSED[ending], "save it as .xlsx")]
    if ending not in kinds:
        if ending in MAPPED:
            return [_fault(name, f"a file {path.stem}.map.yml beside it", "none",
                           "say in it which column is what; examples lie in data/sample/mappings")]
        return [_fault(name, "a .xlsx or .csv file", repr(ending), "save it as .xlsx or CSV UTF-8")]
    if not path.is_file():
        return [_fault(name, "a file", "none" if not path.exists() else "something else", "check the path")]
    size = path.stat().st_size
    most = LIMITS["bytes" if ending == ".xlsx" else "table_bytes"]
    if size == 0 or size > most:
        return [_fault(name, f"1 to {most:,} bytes", f"{size:,} bytes", "split it by year or by place")]
    return _archive(path) if ending == ".xlsx" else []


def _fault(place, expected, found, way_out=""):
    return Fault(place, expected, found, way_out, "safety")


def _archive(path):
    name = path.name
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            faults = _directory(name, parts)
            return faults or _xml(name, archive, parts)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        return [_fault(name, "a whole .xlsx workbook", f"a broken one ({type(error).__name__})",
                       "open it in Excel and save it anew")]


def _directory(name, parts):
    """Faults that the archive's directory shows: too much in it, or things that run."""
    if len(parts) > LIMITS["parts"]:
        return [_fault(name, f"{LIMITS['parts']} parts or less", str(len(parts)), "keep one table in a workbook")]
    unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts) or 1
    faults = []
    if unpacked > LIMITS["unpacked"]:
        faults.append(_fault(name, f"{LIMITS['unpacked']:,} bytes unpacked", f"{unpacked:,}",
                             "split it, or save it as CSV"))
    elif unpacked > 1_000_000 and unpacked / packed > LIMITS["ratio"]:
        faults.append(_fault(name, f"a packing ratio of {LIMITS['ratio']} or less", f"{unpacked / packed:.0f}",
                             "delete empty rows and formats, save it anew"))
    lower = [p.filename.lower().replace("\\", "/") for p in parts]
    if len(set(lower)) < len(lower):
        faults.append(_fault(name, "each part once", "two parts of one name", "save it anew in Excel"))
    faults += [_fault(name, "parts inside the workbook", repr(p), "save it anew in Excel")
               for p in lower if p.startswith("/") or ".." in p.split("/")]
    for mark, what in _PARTS.items():
        if any(mark in p for p in lower):
            faults.append(_fault(name, f"a workbook without {what}", what, "copy the values into a new workbook"))
    return faults


def _xml(name, archive, parts):
    """XML that declares entities can blow up or reach for files; Excel never writes it."""
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as file:
                head = file.read(4096)
            if b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in head.upper() or b"\x00" in head[:2]:
                return [_fault(f"{name}, {part.filename}", "plain XML", "a document type or entities",
                               "open it in Excel and save it anew")]
    return []
