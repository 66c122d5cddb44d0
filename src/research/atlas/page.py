"""The atlas beside a book's website: its page, its scripts and its data."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from research.atlas.pictures import address
from research.atlas.topics import TOPICS, about
from research.book.beside import Rows
from research.core import plain
from research.core.tables import script
from research.indicators.analysis.measured import table_of
from research.indicators.edition import Edition

__all__ = ["Atlas", "write_page"]

ASSETS = Path(__file__).parent / "assets"
PAGE = "atlas.html"
CALL = "atlasTopic"
SCRIPTS = ("data", "words", "dom", "state", "labels", "series", "draw", "charts", "maps", "explore", "composite",
           "solve", "weigh", "student", "compare", "calendar", "recipes", "recompute", "main")  # fmt: skip
"""The page's scripts in the order they are loaded; each adds its part to `window.Atlas`."""
VENDOR = ("d3.min.js", "plot.umd.min.js")


class Atlas:
    """The atlas of one edition, for a book's website (see `research.book.beside`).

    Parameters
    ----------
    edition : Edition
        With its built tables.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    @cached_property
    def about(self) -> dict[str, Any]:
        """See `topics.about`."""
        return about(self.edition)

    @cached_property
    def mark(self) -> str:
        """Checksum of what links to the atlas depend on: what is in it."""
        return hashlib.sha256(json.dumps(self.about, sort_keys=True).encode()).hexdigest()

    def links(self) -> list[tuple[str, str]]:
        """The link in every page's head."""
        return [("数据图集", PAGE)]

    @cached_property
    def compared(self) -> set[tuple[str, str]]:
        """Indicators and measures with a year of which several places have a value."""
        found: set[tuple[str, str]] = set()
        for table, name in (("observations", "indicator"), ("measures", "measure")):
            frame = table_of(self.edition, table)
            if name in frame:
                frame = frame[frame["value"].notna() & (frame["place"] != self.edition.district)]
                counts = frame.groupby([name, "year"])["place"].nunique()
                found |= {(str(of), str(year)) for of, year in counts[counts > 1].index}
        return found

    def picture(self, identifier: str, frames: Sequence[Rows]) -> tuple[str, str] | None:
        """Where a figure of the book opens in the atlas; None where the atlas has not its numbers."""
        known = {
            "indicators": {i["id"] for i in self.about["indicators"]},
            "measures": {m["id"] for m in self.about["measures"]},
            "places": {self.edition.district, *(p["code"] for p in self.about["places"])},
            "years": set(map(str, self.about["years"])),
            "compared": self.compared,
        }
        found = address(frames, known)
        return (f"{PAGE}#{found}", "在图集中打开") if found else None

    def write(self, site: Path, book: Any) -> None:
        """Write the page, `atlas/` with its scripts, and `atlas/data/` with its data."""
        made = {name: make(self.edition) for name, make in TOPICS.items()}
        write_page(Path(site), book, self.about, {name: topic for name, topic in made.items() if topic})


def write_page(site: Path, book: Any, about: dict[str, Any], topics: dict[str, Any]) -> Path:
    """Write an atlas into the folder of a website.

    Parameters
    ----------
    site : Path
    book : Book
        Its title and its chapters, whose pages stand beside the atlas.
    about : dict
        See `topics.about`.
    topics : dict
        Data by topic; one that is missing is said in the page.

    Returns
    -------
    Path
        The page.
    """
    folder, page = site / "atlas", site / PAGE
    if folder.exists():
        shutil.rmtree(folder)
    for part in ("scripts", "vendor"):
        shutil.copytree(ASSETS / part, folder / part)
    shutil.copyfile(ASSETS / "atlas.css", folder / "atlas.css")
    meta = about | {"topics": list(topics), "book": book.title, "home": f"{quote(book.chapters[0].slug)}.html"}
    (folder / "data").mkdir()
    for name, value in {**topics, "about": meta, "words": words()}.items():
        (folder / "data" / f"{name}.js").write_text(script(CALL, name, value), encoding="utf-8")
    template = plain.template((ASSETS / PAGE).read_text("utf-8"))
    text = template.render(
        book=book, sample=about["sample"], scripts=SCRIPTS, vendor=VENDOR, home=meta["home"], chapters=_stills(book)
    )
    page.write_text(text, encoding="utf-8")
    return page


def words() -> dict[str, list[str]]:
    """The page's words by key: Chinese and English, from one table."""
    with (ASSETS / "words.csv").open(encoding="utf-8", newline="") as stream:
        return {row["key"]: [row["zh"], row["en"]] for row in csv.DictReader(stream)}


def _stills(book: Any) -> list[tuple[str, str]]:
    """Chapters with their addresses: the still pictures and tables, for readers without scripts."""
    return [(f"{quote(c.slug)}.html", c.title) for c in book.chapters if c.kind != "part"]
