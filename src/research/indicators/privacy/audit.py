"""An attack on what was finished: a folder or a bundle is read like an intruder would, and held against the households.

Nothing here looks at how the numbers were made. What is read: the CSV and Parquet behind figures, the coordinates of
SVG, the words of pages. What is known besides: everybody's own income. Every find is a breach; a clean report counts
what was tried.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from research.errors import DataError, Fault
from research.indicators.privacy import curves, withholding
from research.indicators.privacy.quantiles import TAILS, spreads

KEY = ["place", "year", "residence"]
ATTACKS = {
    "curves": "曲线顶点还原逐户收入", "quantiles": "分位数与区间端点等于某户收入", "numerators": "分子或分母户数过少",
    "counts": "未取整的户数", "words": "正文中的逐户收入", "sums": "由合计与其余各格推出隐去的格",
}
_PATH = re.compile(r'<path[^>]*?\bd="([^"]+)"')
_POINT = re.compile(r"[ML]\s*(-?[\d.]+)[ ,]+(-?[\d.]+)")
_MEDIAN = re.compile(r"中位数[^\d。；，]{0,12}(\d[\d,]*(?:\.\d+)?)\s*(万?)元?")


class Audit:
    """An intruder with the finished files of an edition; make it with the edition, give it folders, ask for `report`.

    Parameters
    ----------
    edition : Edition
        Whose households are at stake.
    """

    def __init__(self, edition):
        self.edition, self.least = edition, edition.settings["min_households"]
        self.cells = spreads(edition)
        self.medians = {round(float(c.x[min(int(np.searchsorted(c.run, 0.5)), len(c.x) - 1)]), 1)
                        for c in self.cells.values() if len(c.x)}
        self.tried, self.breaches, self.seen = Counter(dict.fromkeys(ATTACKS, 0)), [], []
        self._counted = {}

    # --- reading ---------------------------------------------------------------------------------------------

    def read(self, path: str | Path, name: str = "") -> Audit:
        """Read a folder, a file or an archive, and try everything that goes file by file."""
        path = Path(path)
        if path.is_dir():
            whole = {p.parent for p in path.rglob("*-data.csv")}  # one file holds the rows of those beside it
            for file in sorted(p for p in path.rglob("*") if p.is_file()):
                if not (file.suffix == ".csv" and file.parent in whole and not file.name.endswith("-data.csv")):
                    self._file(f"{name or path.name}/{file.relative_to(path).as_posix()}", file.read_bytes())
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for part in sorted(archive.namelist()):
                    self._file(f"{path.name}/{part}", archive.read(part))
        else:
            self._file(name or path.name, path.read_bytes())
        return self

    def _file(self, where, data):
        ending = where.rsplit(".", 1)[-1].lower()
        if ending == "csv":
            try:
                self._frame(where, pd.read_csv(io.BytesIO(data), dtype={"place": str}, low_memory=False))
            except (ValueError, UnicodeDecodeError):
                return
        elif ending == "parquet":
            self._frame(where, _parquet(data))
        elif ending in ("svg", "html", "ipynb"):
            text = data.decode("utf-8", "replace")
            self._curves(where, text)
            if ending != "svg":
                self._words(where, text)

    # --- attacks ---------------------------------------------------------------------------------------------

    def _find(self, attack, where, found):
        self.breaches.append(Fault(where, "nothing of a single household", f"{ATTACKS[attack]}：{found}",
                                   "say so to whoever keeps the disclosure rules", "disclosure"))

    def _curves(self, where, text):
        """A rising convex line of many points is a Lorenz curve of single households: its slopes are incomes."""
        for d in _PATH.findall(text):
            points = np.array(_POINT.findall(d), float)
            if len(points) < 4 or "C" in d or "z" in d:
                continue
            step = np.diff(points, axis=0) * [1, -1]
            if (step[:, 0] > 0).all() and (step[:, 1] >= 0).all():
                self.tried["curves"] += 1
                slope = step[:, 1] / step[:, 0]
                if len(step) > curves.GROUPS and (np.diff(slope) >= -0.02 * slope.max()).all():
                    self._find("curves", where, f"{len(points)} vertices")

    def _frame(self, where, frame):
        if not {*KEY, "value"} <= set(frame.columns):
            return
        frame = frame[frame["residence"].isin(["all", "urban", "rural"]) & frame["value"].notna()]
        if "measure" in frame and len(frame):
            rows = frame[frame["measure"].notna()]
            self.seen.append(rows[[*KEY, "measure"]])
            for row in rows.to_dict("records"):
                self._row(where, row)

    def _row(self, where, row):
        cell = self.cells.get((str(row["place"]), int(row["year"]), row["residence"]))
        if cell is None:
            return
        what = f"{row['measure']}, {row['place']}, {row['year']}, {row['residence']}"
        if row["measure"] == "median_income":
            for column in ("value", "lower", "upper"):
                value = row.get(column)
                if value is not None and np.isfinite(value):
                    self.tried["quantiles"] += 1
                    if len(cell.x) and np.abs(cell.x - value).min() < 0.5:
                        self._find("quantiles", where, f"{what}, {column}")
        n = row.get("n")
        if n is not None and np.isfinite(n):
            self.tried["counts"] += 1
            if n % self.edition.settings["round_base"]:
                self._find("counts", where, f"{what}: {n:g}")
        self.tried["numerators"] += 1
        if self._few(row, cell):
            self._find("numerators", where, what)

    def _few(self, row, cell):
        """Whether the number stands on too few households: all of them, those it counts or not, or a tail."""
        if row["measure"] in withholding.SHARES:
            counted, total = self._count(row)
            return min(counted, total - counted) < self.least
        sides = TAILS.get(row["measure"], ())
        return len(cell.x) < self.least or any(len(cell.tail(*side)) < self.least for side in sides)

    def _count(self, row):
        """Households that a share counts in its cell, and all of the cell: counted out anew."""
        year, column = int(row["year"]), withholding.SHARES[row["measure"]]
        if year not in self._counted:
            self._counted[year] = withholding.homes(self.edition, year)
        homes = self._counted[year]
        here = homes["residence"].eq(row["residence"]) | (row["residence"] == "all")
        if str(row["place"]) != self.edition.district:
            here &= homes["place"].eq(str(row["place"]))
        return int(homes.loc[here, column].sum()), int(here.sum())

    def _words(self, where, text):
        for number, ten_thousand in _MEDIAN.findall(re.sub(r"<[^>]+>", "", text)):
            value = float(number.replace(",", "")) * (1e4 if ten_thousand else 1)
            if value > 1000 and not ten_thousand:
                self.tried["words"] += 1
                if round(value, 1) in self.medians and value % 100:
                    self._find("words", where, number)

    def sums(self) -> Audit:
        """Linear programming over all that was seen together: a cell shown anywhere counts as shown."""
        if not self.seen:
            return self
        shown = pd.concat(self.seen).drop_duplicates()
        shown["place"], shown["year"] = shown["place"].astype(str), shown["year"].astype(int)
        self.tried["sums"] += len(shown)
        for fault in withholding.audit(self.edition, shown.assign(value=1.0)):
            self._find("sums", fault.place, fault.found)
        return self

    def report(self) -> pd.DataFrame:
        """What was tried and found, a row an attack: attack, name, tried, breaches."""
        found = Counter(next(a for a, words in ATTACKS.items() if f.found.startswith(words)) for f in self.breaches)
        return pd.DataFrame([(a, words, self.tried[a], found[a]) for a, words in ATTACKS.items()],
                            columns=["attack", "name", "tried", "breaches"])

    def refuse(self) -> None:
        """Raise what was found.

        Raises
        ------
        DataError
        """
        if self.breaches:
            raise DataError(self.breaches)


def _parquet(data):
    import tempfile

    from research.core.tables import read_table

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        path.write_bytes(data)
        return read_table(path)


def attack(edition, *paths) -> Audit:
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
    return audit.sums()


def utility(edition, measures) -> pd.DataFrame:
    """What protection costs: cells of each measure, how many are withheld, how many rounded, and by how much.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As published (`release.measures`).

    Returns
    -------
    DataFrame
        measure, cells, withheld, rounded (whether to what their error carries), step (the middle one, in standard
        errors; a gap where nothing is rounded).
    """
    from research.indicators.privacy.quantiles import STEPPED, step_of

    rows = []
    for measure, part in measures[measures["n"].notna() | measures["withheld"]].groupby("measure"):
        steps = [step_of(se) / se for se in part["se"] if se > 0] if measure in STEPPED else []
        rows.append((measure, len(part), int(part["withheld"].sum()), bool(steps),
                     float(np.median(steps)) if steps else np.nan))
    return pd.DataFrame(rows, columns=["measure", "cells", "withheld", "rounded", "step"])


__all__ = ["ATTACKS", "Audit", "attack", "utility"]
