"""A look through everything that is about to be published: no household, no microdata, no small cell may be in it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from research.core import scratch
from research.core.faults import Fault, say, spot
from research.core.texts import pdf_text, reads_pdf
from research.indicators.intake.grid import level
from research.indicators.privacy.intruder.kept import mark
from research.indicators.privacy.microdata import MARK, WAY_OUT
from research.indicators.privacy.microdata import NAMES as MICRODATA
from research.indicators.privacy.small_cells import grid_faults, small_cells

TEXT = {
    ".html",
    ".htm",
    ".json",
    ".ipynb",
    ".csv",
    ".tsv",
    ".txt",
    ".md",
    ".qmd",
    ".xml",
    ".svg",
    ".js",
    ".yml",
    ".yaml",
    ".rels",
    ".typ",
    ".log",
}
TABLES = {".csv", ".tsv", ".html", ".htm", ".md", ".qmd", ".ipynb"}
PACKED = {".zip", ".docx", ".xlsx", ".epub", ".pptx"}
_LIMIT = 200_000_000


def scan(
    folder: Path, households: Any = (), name: str | None = None, minimum: int = 10, skip: Any = (), kept: Any = None
) -> list[Fault]:
    """Faults of a folder, file or archive that is to be published.

    Parameters
    ----------
    folder : str or Path
        What is to be published; archives and Office files are looked into.
    households : iterable of str
        Ids of all households in the data; none of them may stand anywhere.
    name : str, optional
        How to call the folder in messages.
    minimum : int
        Fewest households behind a number (`min_households` of the settings).
    skip : iterable of str
        Names of files (``*`` stands for anything) that hold the same as another file of the folder.
    kept : Kept, optional
        What was clean before, for the same households and minimum: the same bytes are not looked through again.

    Returns
    -------
    list of Fault
        One for each file and each kind of find, with the first three ids.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> _ = (place / "a.html").write_text("<td>2024-001-0007</td>")
    >>> print(scan(place, ["2024-001-0007"], "out")[0])
    out/a.html: expected no household, found 2024-001-0007 (publish aggregates only)
    """
    folder = Path(folder)
    ids = frozenset(str(h) for h in households)
    look = (ids, _shape(ids), minimum)
    paths = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file())
    paths = [p for p in paths if not any(p.match(pattern) for pattern in skip)]
    faults = []
    for path in paths:
        where = f"{name or folder.name}/{path.relative_to(folder).as_posix()}" if path != folder else path.name
        faults += _look_once(where, path.suffix.lower(), path.read_bytes(), look, kept)
    return faults


def _look_once(where, ending, data, look, kept):
    """Look through a file, unless its very bytes were clean before."""
    if kept is None:
        return _look(where, ending, data, look)
    key = mark(f"scan {ending} {ending == '.pdf' and reads_pdf()}", data)
    if kept.get(key) is not None:
        return []
    faults = _look(where, ending, data, look)
    if not faults:
        kept.put(key, {"clean": True})
    return faults


def _shape(ids):
    """A pattern wide enough for every id: their letters and digits as classes, with the separators they use."""
    shapes = {re.sub(r"[A-Za-z]", "A", re.sub(r"\d", "9", i)) for i in ids}
    parts = ["".join({"9": r"\d", "A": "[A-Za-z]"}.get(c, re.escape(c)) for c in shape) for shape in sorted(shapes)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(parts)})(?![\w-])") if parts else None


def _look(where, ending, data, look, depth=0):
    ids, pattern, minimum = look
    if ending in PACKED and depth < 3:
        return _unpack(where, data, look, depth) + (_sheets(where, data, minimum) if ending == ".xlsx" else [])
    if ending == ".parquet":
        held = [c for c in MICRODATA if c.encode() in data[-65_536:]]
        return [
            Fault(
                where,
                say("aggregates only", "只含汇总数"),
                say(f"a column {c}", f"有“{c}”列"),
                say("keep it out of what is published", "请不要放入公布的内容"),
                "microdata",
            )
            for c in held
        ] + _parquet(where, data, minimum)
    if ending not in TEXT and ending != ".pdf":
        return []
    text = (pdf_text(data) or "") if ending == ".pdf" else data.decode("utf-8", "replace")
    faults = small_cells(where, ending, text, minimum) if ending in TABLES else []
    if ending in (".csv", ".tsv") and MICRODATA & set(re.split(r"[,\t;]", text.split("\n", 1)[0].strip("\ufeff\r"))):
        faults.append(
            Fault(
                where,
                say("aggregates only", "只含汇总数"),
                say("a table of households", "住户明细表"),
                say("keep it out of what is published", "请不要放入公布的内容"),
                "microdata",
            )
        )
    if MARK in text or json.dumps(MARK)[1:-1] in text:
        faults.append(
            Fault(
                where,
                say("aggregates only", "只含汇总数"),
                say("rows of households that a notebook shows", "笔记本显示的住户明细"),
                WAY_OUT,
                "microdata",
            )
        )
    found = sorted(ids & set(pattern.findall(text))) if pattern else []
    if found:
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        faults.append(
            Fault(
                where,
                say("no household", "不含住户编号"),
                ", ".join(found[:3]) + more,
                say("publish aggregates only", "只公布汇总数"),
                "household",
            )
        )
    return faults


def _sheets(where, data, minimum):
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        return [
            f
            for sheet in book.worksheets
            for f in grid_faults(spot(where, sheet=sheet.title), level([list(row) for row in _rows(sheet)]), minimum)
        ]
    except Exception:  # what is no whole workbook has been named as a broken archive
        return []


def _rows(sheet):
    """All rows of a sheet, whatever size it states: one that states too few would hide the rest."""
    sheet.reset_dimensions()
    return sheet.iter_rows(values_only=True)


def _parquet(where, data, minimum):

    from research.core.tables import read_table
    from research.errors import DataError

    with scratch.folder("scan") as folder:
        path = Path(folder) / "table.parquet"
        path.write_bytes(data)
        try:
            frame = read_table(path)
        except DataError:
            return []
    if "n" not in frame:
        return []
    return grid_faults(
        where, [list(frame.columns), *frame.astype(object).where(frame.notna(), "").values.tolist()], minimum
    )


def _unpack(where, data, look, depth):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if sum(p.file_size for p in parts) > _LIMIT:
                return [
                    Fault(
                        where,
                        say("an archive that can be looked through", "能够检查的压缩包"),
                        say("one too large", "过大"),
                        say("split it", "请拆分"),
                        "scan",
                    )
                ]
            return [
                fault
                for part in parts
                if not part.is_dir()
                for fault in _look(
                    f"{where}, {part.filename}", Path(part.filename).suffix.lower(), archive.read(part), look, depth + 1
                )
            ]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return [
            Fault(
                where,
                say("an archive that can be looked through", "能够检查的压缩包"),
                say("a broken or locked one", "已损坏或加密"),
                kind="scan",
            )
        ]
