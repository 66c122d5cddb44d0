"""What a file from outside must not be or hold: looked at before anything opens it."""

from __future__ import annotations

import unicodedata
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from research.errors import Fault, say

LIMITS = {
    "bytes": 50_000_000,
    "table_bytes": 600_000_000,
    "unpacked": 150_000_000,
    "ratio": 200,
    "parts": 2_000,
    "rows": 300_000,
    "table_rows": 5_000_000,
    "columns": 200,
    "sheets": 50,
    "cell": 2_000,
}
"""Largest workbook; largest CSV, Parquet, Stata or SPSS file; largest unpacked size, packing ratio, number of parts;
rows of a sheet and of other tables; columns, sheets, letters in a cell."""

KINDS = (".xlsx", ".csv")
MAPPED = (*KINDS, ".parquet", ".dta", ".sav", ".zsav")
"""Endings that a table with a mapping may have besides."""
_REFUSED = {
    ".xlsm": "macros",
    ".xltm": "macros",
    ".xlam": "macros",
    ".xls": "the old Excel format",
    ".xlsb": "the binary Excel format",
    ".zip": "an archive",
    ".et": "a WPS file",
}
_PARTS = {
    "vbaproject.bin": "macros",
    "xl/externallinks/": "links to other workbooks",
    "xl/embeddings/": "embedded objects",
    "xl/activex/": "ActiveX controls",
    "xl/connections.xml": "data connections",
    "customui/": "a custom ribbon",
    "xl/macrosheets/": "macro sheets",
    "xl/ddelinks/": "DDE links",
}


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
        return [
            _fault(
                repr(name),
                say("a plain file name", "普通的文件名"),
                say("control characters in it", "含控制字符"),
                say("rename the file", "请给文件改名"),
            )
        ]
    if ending in _REFUSED:
        expected = "a workbook without macros" if _REFUSED[ending] == "macros" else "a .xlsx or .csv file"
        return [_fault(name, expected, _REFUSED[ending], say("save it as .xlsx", "请另存为 .xlsx"))]
    if ending not in kinds:
        if ending in MAPPED:
            return [
                _fault(
                    name,
                    say(f"a file {path.stem}.map.yml beside it", f"旁边有 {path.stem}.map.yml"),
                    say("none", "没有"),
                    say(
                        "say in it which column is what; examples lie in data/sample/mappings",
                        "请在其中写明哪一列是什么；示例在 data/sample/mappings",
                    ),
                )
            ]
        return [
            _fault(
                name,
                say("a .xlsx or .csv file", ".xlsx 或 .csv 文件"),
                repr(ending),
                say("save it as .xlsx or CSV UTF-8", "请另存为 .xlsx 或 CSV UTF-8"),
            )
        ]
    if not path.is_file():
        found = say("something else", "不是文件") if path.exists() else say("none", "没有")
        return [_fault(name, say("a file", "文件"), found, say("check the path", "请核对路径"))]
    size = path.stat().st_size
    most = LIMITS["bytes" if ending == ".xlsx" else "table_bytes"]
    if size == 0 or size > most:
        return [
            _fault(
                name,
                say(f"1 to {most:,} bytes", f"1至{most:,}字节"),
                say(f"{size:,} bytes", f"{size:,}字节"),
                say("split it by year or by place", "请按年份或地区分成几份"),
            )
        ]
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
        return [
            _fault(
                name,
                say("a whole .xlsx workbook", "完整的 .xlsx 工作簿"),
                say(f"a broken one ({type(error).__name__})", f"已损坏（{type(error).__name__}）"),
                say("open it in Excel and save it anew", "请在 Excel 中打开后另存"),
            )
        ]


def _directory(name, parts):
    """Faults that the archive's directory shows: too much in it, or things that run."""
    if len(parts) > LIMITS["parts"]:
        return [
            _fault(
                name,
                say(f"{LIMITS['parts']} parts or less", f"不超过{LIMITS['parts']}个部件"),
                str(len(parts)),
                say("keep one table in a workbook", "一个工作簿只放一张表"),
            )
        ]
    unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts) or 1
    faults = []
    if unpacked > LIMITS["unpacked"]:
        faults.append(
            _fault(
                name,
                say(f"{LIMITS['unpacked']:,} bytes unpacked", f"解压后不超过{LIMITS['unpacked']:,}字节"),
                f"{unpacked:,}",
                say("split it, or save it as CSV", "请分成几份，或存为 CSV"),
            )
        )
    elif unpacked > 1_000_000 and unpacked / packed > LIMITS["ratio"]:
        faults.append(
            _fault(
                name,
                say(f"a packing ratio of {LIMITS['ratio']} or less", f"压缩比不超过{LIMITS['ratio']}"),
                f"{unpacked / packed:.0f}",
                say("delete empty rows and formats, save it anew", "请删去空行和多余格式后另存"),
            )
        )
    lower = [p.filename.lower().replace("\\", "/") for p in parts]
    if len(set(lower)) < len(lower):
        faults.append(
            _fault(
                name,
                say("each part once", "部件不重名"),
                say("two parts of one name", "两个部件同名"),
                say("save it anew in Excel", "请在 Excel 中另存"),
            )
        )
    faults += [
        _fault(
            name,
            say("parts inside the workbook", "工作簿里的内容"),
            repr(p),
            say("save it anew in Excel", "请在 Excel 中另存"),
        )
        for p in lower
        if p.startswith("/") or ".." in p.split("/")
    ]
    for mark, what in _PARTS.items():
        if any(mark in p for p in lower):
            faults.append(
                _fault(
                    name,
                    say(f"a workbook without {what}", f"不含{what}的工作簿"),
                    what,
                    say("copy the values into a new workbook", "请把数值复制到新的工作簿"),
                )
            )
    return faults


def _xml(name, archive, parts):
    """XML that declares entities can blow up or reach for files; Excel never writes it."""
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as file:
                head = file.read(4096)
            if b"<!DOCTYPE" in head.upper() or b"<!ENTITY" in head.upper() or b"\x00" in head[:2]:
                return [
                    _fault(
                        f"{name}, {part.filename}",
                        say("plain XML", "普通的 XML"),
                        say("a document type or entities", "含文档类型或实体"),
                        say("open it in Excel and save it anew", "请在 Excel 中打开后另存"),
                    )
                ]
    return []
