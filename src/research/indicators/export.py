"""Observations out: Excel, CSV, SDMX-CSV, and a data package that says what each column is."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from openpyxl import Workbook

from research.core.files import write_whole
from research.core.formulas import neutral_frame
from research.core.status import sample_mark
from research.errors import UsageError, nearest, say
from research.indicators.aggregates import of_measure
from research.indicators.privacy.disclosure import rounded
from research.indicators.reference.schemas import SCHEMAS
from research.indicators.store.sdmx import sdmx_csv

if TYPE_CHECKING:
    from research.indicators.edition import Edition

FORMATS = ("xlsx", "csv", "sdmx", "package")
TABLES = ("observations", "measures", "sources", "gaps", "comparisons", "extremes")
"""Tables of an edition that may leave the house: aggregates, never households."""

COUNTS = "low_households"
"""The measure that counts households; the indicator that is this measure counts them too."""

_TYPES = {"i": "integer", "f": "number", "b": "boolean", "M": "date"}


def export(edition: Edition, folder: Path, kind: str = "csv") -> list[Path]:
    """Write an edition's aggregates for others; no household and no formula goes with them.

    Parameters
    ----------
    edition : Edition
        Built before.
    folder : str or Path
        Made when it is not there.
    kind : {"xlsx", "csv", "sdmx", "package"}
        One workbook; one CSV a table; observations as SDMX-CSV; CSV files with a Frictionless `datapackage.json`.

    Returns
    -------
    list of Path

    Raises
    ------
    UsageError
        For an unknown kind.
    DataError
        When the edition was not built.
    """
    if kind not in FORMATS:
        hint = nearest(kind, FORMATS)
        raise UsageError(say(f"export {kind}: {hint}", f"export {kind}：{hint.zh}"))
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: neutral_frame(published(edition, name)) for name in TABLES}
    if kind == "sdmx":
        return [write_whole(folder / "observations.sdmx.csv", sdmx_csv(tables["observations"]).encode())]
    if kind == "xlsx":
        return [_workbook(folder / f"observations-{edition.edition}.xlsx", tables)]
    data = {f"{name}.csv": frame.to_csv(index=False, lineterminator="\n").encode() for name, frame in tables.items()}
    made = [write_whole(folder / name, text) for name, text in data.items()]
    if kind == "package":
        text = json.dumps(package(edition, tables, data), ensure_ascii=False, indent=1) + "\n"
        made.append(write_whole(folder / "datapackage.json", text.encode()))
    return made


def published(edition: Edition, name: str) -> pd.DataFrame:
    """A table as it may leave the house: counts of households are rounded to the base of the settings.

    Parameters
    ----------
    edition : Edition
    name : str
        One of `TABLES`.

    Returns
    -------
    DataFrame
    """
    frame, base = edition.table(name).copy(), edition.settings["round_base"]
    survey = frame["measure"].notna() if "measure" in frame else pd.Series(name == "sources", index=frame.index)
    if "n" in frame:
        counted = frame["n"].notna() & survey
        frame["n"] = frame["n"].astype(float)
        frame.loc[counted, "n"] = rounded(frame.loc[counted, "n"], base)
    key = "measure" if "measure" in frame else "indicator"
    if key in frame:
        low = frame[key].isin([COUNTS, of_measure(edition.indicators, COUNTS)]) & frame["value"].notna()
        frame.loc[low, "value"] = rounded(frame.loc[low, "value"], base).astype(float)
    return frame


def package(edition: Edition, tables: dict[str, pd.DataFrame], data: dict[str, bytes]) -> dict[str, Any]:
    """The Frictionless description of some tables, as a dict for `datapackage.json`.

    Parameters
    ----------
    edition : Edition
    tables : dict of DataFrame
    data : dict of bytes
        File name -> its bytes, for sizes and checksums.
    """
    labels = {c.name: c.label for c in SCHEMAS["observations"]}
    resources = []
    for name, frame in tables.items():
        raw = data[f"{name}.csv"]
        fields = [
            {
                "name": c,
                "type": _TYPES.get(frame[c].dtype.kind, "string"),
                **({"title": labels[c]} if labels.get(c) else {}),
            }
            for c in frame.columns
        ]
        resources.append(
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "bytes": len(raw),
                "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
                "encoding": "utf-8",
                "schema": {"fields": fields, "missingValues": [""]},
            }
        )
    note = sample_mark(edition)
    return {
        "profile": "tabular-data-package",
        "name": f"bluebook-{edition.edition}",
        "title": f"{edition.about['books']['bluebook']} {edition.edition}",
        "description": note,
        "status": edition.status,
        "sources": [{"title": str(s)} for s in edition.meta.get("sources", [])],
        "resources": resources,
    }


def _workbook(path, tables):
    book = Workbook(write_only=True)
    for name, frame in tables.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        plain = frame.astype(object).where(frame.notna(), None)
        for row in plain.itertuples(index=False, name=None):
            sheet.append(list(row))
    memory = io.BytesIO()
    book.save(memory)
    return write_whole(path, memory.getvalue())
