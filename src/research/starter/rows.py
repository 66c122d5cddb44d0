"""Rows of one district out of a province's tables: those of other districts are left out, all else is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from research.indicators.reference.tables import encoding_of

COLUMNS = ("place", "unit", "village", "giver", "receiver")
"""Columns that name a district, a township or a village, in tables of data and of the reference folder."""
OF_REFERENCE = {"places": ("code",), "villages": ("code", "place"), "districts": ("code",)}
"""Tables of the reference folder that are about places: their own columns."""


class Rows:
    """Which rows of a province's tables are one district's.

    Parameters
    ----------
    code : str
        The district.
    owners : dict of str to str
        The district of each district, township and village of the province, by code.

    Examples
    --------
    >>> rows = Rows("990101", {"990101": "990101", "990102": "990102", "990102001": "990102"})
    >>> rows.mine("990101"), rows.mine("990102001"), rows.mine("区发改局"), rows.mine("")
    (True, False, True, True)
    """

    def __init__(self, code: str, owners: dict[str, str]) -> None:
        self.code, self._owners = code, owners

    def mine(self, cell: str) -> bool:
        """Whether a cell names no place of another district."""
        return self._owners.get(cell, self.code) == self.code

    def of_csv(self, path: Path, columns: tuple[str, ...] = COLUMNS) -> bytes:
        """The file with this district's rows; the bytes of the file where it names no place."""
        with path.open(encoding=encoding_of(path), newline="") as file:
            lines = csv.reader(file)
            head = next(lines, [])
            named = [n for n, column in enumerate(head) if column.strip() in columns]
            if not named:
                return path.read_bytes()
            stream = io.StringIO(newline="")
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(self._kept(lines, named))
        return stream.getvalue().encode()

    def _kept(self, lines: Iterator[list[str]], named: list[int]) -> Iterator[list[str]]:
        others = {cell for cell, owner in self._owners.items() if owner != self.code}
        for row in lines:
            if not any(n < len(row) and row[n].strip() in others for n in named):
                yield row
