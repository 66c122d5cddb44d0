"""The audit of what was finished: everything an intruder can try, over all files together, with a report.

Nothing here looks at how the numbers were made. Every find is a breach; a clean report counts what was tried.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.errors import DataError, Fault, say
from research.indicators.privacy import withholding
from research.indicators.privacy.intruder.attacks import ATTACKS, OF_OTHER_AMOUNTS, Intruder
from research.indicators.privacy.intruder.kept import Kept, mark, mark_all
from research.indicators.privacy.intruder.reading import Piece, Reader

if TYPE_CHECKING:
    from research.indicators.edition import Edition


class Audit:
    """An intruder with the finished files of an edition; make it with the edition, give it files, ask for `report`.

    Parameters
    ----------
    edition : Edition
        Whose households are at stake.
    kept : Kept, optional
        What former audits of this edition found clean: its bytes are not attacked again, only counted.
    """

    def __init__(self, edition: Edition, kept: Any = None) -> None:
        self.edition, self.intruder = edition, Intruder(edition)
        self.tried = Counter(dict.fromkeys(ATTACKS, 0))
        self.breaches: list[Any] = []
        self._reader = Reader()
        self._rows: list[Any] = []
        self._kept, self._loose = kept or Kept((), {}), False
        self._cells: dict[Any, Any] = {}

    @property
    def unread(self) -> list[str]:
        """PDF files whose text could not be looked at on this machine."""
        return self._reader.unread

    def read(self, path: str | Path, name: str = "") -> Audit:
        """Try everything that goes piece by piece on a folder, a file or an archive.

        Parameters
        ----------
        path : str or Path
        name : str, optional
            How to call it in messages.

        Returns
        -------
        Audit
            Itself.
        """
        for chunk in self._reader.chunks(path, name):
            self._read(chunk)
        return self

    def _read(self, chunk):
        """Attack a file or output, or count it where its very bytes were found clean before.

        Rows of cells of a clean one wait: they are read where the sums have to be attacked.
        """
        key = mark(chunk.kind, chunk.data)
        known = self._kept.get(key)
        if known is not None:
            self.tried.update(known["tried"])
            if known["cells"]:
                self._cells[key] = chunk
            return
        tried, clean, cells = self.tried.copy(), self._findings(), len(self._rows)
        for piece in chunk.pieces():
            self._try(piece)
        if shows := len(self._rows) > cells:
            self._cells[key] = None  # its rows are here
        if clean == self._findings():
            self._kept.put(key, {"tried": dict(self.tried - tried), "cells": shows})

    def _findings(self):
        return len(self.breaches), len(self.unread)

    def look(self, piece: Piece) -> Audit:
        """Try everything on one table, text or drawing."""
        self._loose = True  # nothing tells these bytes again
        self._try(piece)
        return self

    def _try(self, piece):
        where, kind, content = piece
        if kind == "drawing":
            self._count("curves", where, self.intruder.curves(content))
            self._count("points", where, self.intruder.points(content))
        elif kind == "words":
            self._count("words", where, self.intruder.words(content))
        else:
            self._frame(where, content)

    def _frame(self, where, frame):
        self._count("values", where, self.intruder.values(frame))
        self._count("models", where, self.intruder.models(frame))
        self._count("hidden", where, self.intruder.hidden(frame))
        self._take(where, frame)

    def _take(self, where, frame):
        """Put the rows about cells aside for the sums."""
        if (rows := self.intruder.about_cells(frame)) is not None:
            self._rows.append(rows.drop_duplicates().assign(where=where))

    def _count(self, attack, where, tries):
        for found in tries:
            self.tried[attack] += 1
            if found:
                self._find(attack, where, found)

    def _find(self, attack, where, found):
        self.breaches.append(
            Fault(
                where,
                say("nothing of a single household", "不含任何一户的信息"),
                f"{ATTACKS[attack]}：{found}",
                say("say so to whoever keeps the disclosure rules", "请告知维护保密规则的人"),
                f"disclosure-{attack}",
            )
        )

    def together(self) -> Audit:
        """What goes over all files at once: each cell once, and the sums and differences of all that are shown.

        A cell that is shown anywhere counts as shown; the sums are attacked by linear programming.
        """
        key, before = mark_all("together", self._cells), self.tried.copy()
        known = None if self._loose else self._kept.get(key)
        if known is not None:
            self.tried.update(known["tried"])
            return self
        for chunk in filter(None, self._cells.values()):
            for where, kind, content in chunk.pieces():
                if kind == "frame":
                    self._take(where, content)
        if not self._rows:
            return self
        found = len(self.breaches)
        self._attack_sums()
        if found == len(self.breaches) and not self._loose:
            self._kept.put(key, {"tried": dict(self.tried - before), "cells": False})
        return self

    def _attack_sums(self):
        rows = self.intruder.rows(pd.concat(self._rows, ignore_index=True))
        for row in rows.to_dict("records"):
            for attack in ("quantiles", "counts", "numerators"):
                self._count(attack, row["where"], getattr(self.intruder, attack)(row))
        cells = rows.loc[rows["adopted"] != "model", ["place", "year", "residence", "measure"]].drop_duplicates()
        self.tried["sums"] += len(cells)
        direct = rows[(rows["adopted"] != "model") & ~rows["measure"].isin(OF_OTHER_AMOUNTS)]
        self._count("years", "year on year", self.intruder.years(direct))
        for fault in withholding.audit(self.edition, cells.assign(value=1.0)):
            self._find("sums", fault.place, fault.found)

    def report(self) -> pd.DataFrame:
        """What was tried and found, a row an attack: attack, name, tried, breaches."""
        found = Counter(f.kind.removeprefix("disclosure-") for f in self.breaches)
        return pd.DataFrame(
            [(a, words, self.tried[a], found[a]) for a, words in ATTACKS.items()],
            columns=["attack", "name", "tried", "breaches"],
        )

    def refuse(self) -> None:
        """Raise what was found.

        Raises
        ------
        DataError
        """
        if self.breaches:
            raise DataError(self.breaches)


def attack(edition: Edition, *paths: Any) -> Audit:
    """Try everything on some folders, files or archives, all of them together.

    Parameters
    ----------
    edition : Edition
    *paths : str or Path

    Returns
    -------
    Audit
    """
    audit = Audit(edition)
    for path in paths:
        audit.read(path)
    return audit.together()


__all__ = ["ATTACKS", "Audit", "attack"]
