"""What the columns and measures of a book's data mean: the engine's words, and those of the project's own columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from research.book.web.tidy import COLUMNS, SAME_UNIT
from research.core.faults import DataError, Fault, say

HEAD = ["scope", "name", "meaning", "unit", "floats"]
"""Columns of the dictionary: where the name is used, the name, its meaning, its unit, how many figures and tables."""
BUILT_IN = Path(__file__).parents[1] / "assets" / "columns.csv"
SETTING = "data-dictionary"
NEEDED = ("column", "meaning", "unit")
UNSAID = "（未说明：请写入数据字典）"


@dataclass(frozen=True)
class Dictionary:
    """Meanings and units by name.

    Parameters
    ----------
    meanings : dict of str to str
    units : dict of str to str
        A unit, "=" for the unit that the row states, or nothing.
    about : frozenset of str
        Columns that describe a row and are no measures, whatever digits they hold (`role` is "about").
    """

    meanings: dict[str, str]
    units: dict[str, str]
    about: frozenset[str] = frozenset()

    @classmethod
    def of(cls, book: Any) -> Dictionary:
        """The dictionary of a book: `data-dictionary:` in its settings names a CSV of its own columns.

        Raises
        ------
        DataError
            When that file is missing, is no UTF-8 CSV, or lacks a column.
        """
        entries = _read(BUILT_IN.read_text(encoding="utf-8"))
        if name := str(book.metadata.get(SETTING) or ""):
            entries += _own(book.root, name)
        return cls(
            {n: meaning for n, meaning, *_ in entries},
            {n: unit for n, _, unit, _ in entries if unit},
            frozenset(n for n, *_, role in entries if role == "about"),
        )

    def rows(self, table: Sequence[Sequence[str]], frames: Iterable[tuple[str, str, Sequence]]) -> list[list[str]]:
        """The dictionary of what is used: the long table's columns, its measures, the narrow files' columns.

        Parameters
        ----------
        table : sequence of rows
            The long table.
        frames : iterable of (float, file, frame)
            The narrow files.

        Returns
        -------
        list of rows
        """
        spot = table[0].index("measure")
        measures: dict[str, set[str]] = {}
        for row in table[1:]:
            measures.setdefault(row[spot], set()).add(row[0])
        columns: dict[str, set[str]] = {}
        named: dict[str, str] = {}
        for identifier, _, frame in frames:
            for column in frame[0]:
                columns.setdefault(column, set()).add(identifier)
            if {"measure", "name"} <= {*frame[0]}:  # rows that name their measure explain it
                code, words = frame[0].index("measure"), frame[0].index("name")
                named.update((row[code], row[words]) for row in frame[1:] if row[code] != row[words])
        long = [["数据表的列", c, meaning, "", ""] for c, meaning in COLUMNS.items()]
        known = {**{c: m for c, m in COLUMNS.items() if c not in ("row", "item", "file")}, **named, **self.meanings}
        return [HEAD, *long, *self._listed("测度", measures, known), *self._listed("窄表的列", columns, known)]

    def _listed(self, scope: str, names: dict[str, set[str]], known: dict[str, str]) -> list[list[str]]:
        unit = {n: "同该行单位" if u == SAME_UNIT else u for n, u in self.units.items()}
        return [
            [scope, n, known.get(n) or (n if not n.isascii() else UNSAID), unit.get(n, ""), str(len(used))]
            for n, used in sorted(names.items())
        ]


def _read(text: str) -> list[tuple[str, str, str, str]]:
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""))
    return [
        (
            row["column"].strip(),
            (row["meaning"] or "").strip(),
            (row["unit"] or "").strip(),
            (row.get("role") or "").strip(),
        )
        for row in rows
        if (row["column"] or "").strip()
    ]


def _own(root: Path, name: str) -> list[tuple[str, str, str, str]]:
    path = root / name
    place = f"_quarto.yml, {SETTING}"
    if not path.is_file():
        raise DataError(
            Fault(
                place,
                say("a CSV file of the project", "项目中的 CSV 文件"),
                name,
                say(
                    f"make it with the columns {', '.join(NEEDED)}, or leave the setting out",
                    f"请建立此文件（列：{'、'.join(NEEDED)}），或删去此设置",
                ),
                kind="missing",
            )
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            Fault(
                name,
                say("UTF-8 text", "UTF-8 编码的文本"),
                str(error)[:80],
                say("save it as CSV UTF-8", "请另存为“CSV UTF-8”"),
                kind="encoding",
            )
        ) from None
    head = next(csv.reader(io.StringIO(text)), [])
    if missing := [c for c in NEEDED if c not in head]:
        raise DataError(
            Fault(
                f"{name}, line 1",
                say(f"the columns {', '.join(NEEDED)}", f"列 {'、'.join(NEEDED)}"),
                say(f"no {', '.join(missing)}", f"没有 {'、'.join(missing)}"),
                kind="column",
            )
        )
    return _read(text)
