"""A place on one sheet: the PDF that a leader reads in a minute, from the built tables by one typst template."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst

from research.book.pdf.text import quote
from research.book.pdf.write import STANDARDS
from research.core import fonts, scratch
from research.core.files import write_whole
from research.edition.onepage_facts import facts
from research.errors import BluebookError, DataError, Fault, say

if TYPE_CHECKING:
    from research.indicators.edition import Edition

UNSEEN = "\ufeff"
"""A byte order mark in the middle of a text: nobody sees it, and a PDF for everyone's reading may not hold it."""
TEMPLATE = Path(__file__).parent / "assets" / "onepage.typ"


def write_all(edition: Edition, places: Sequence[str] | None = None, folder: Path | None = None) -> list[Any]:
    """Write the page of each place.

    Parameters
    ----------
    edition : Edition
        Built.
    places : list of str, optional
        Codes; default the district and all its townships.
    folder : Path, optional
        Default `reports/output/briefs/<edition>`.

    Returns
    -------
    list of Path
        One `<code>.pdf` a place.

    Raises
    ------
    DataError
        An unknown place, an edition that was not built, characters that no font has.
    MissingError
        When there is no Chinese font.
    """
    places = places or [edition.district, *edition.places["code"]]
    folder = Path(folder or edition.scope.output("briefs") / str(edition.edition))
    pages = {code: render(facts(edition, code)) for code in places}  # all of them, or none is written
    return [write_whole(folder / f"{code}.pdf", data) for code, data in pages.items()]


def render(page: Any) -> Any:
    """The PDF of one page's facts; the same facts give the same bytes.

    Parameters
    ----------
    page : dict
        As `onepage_facts.facts` gives it.

    Returns
    -------
    bytes

    Raises
    ------
    DataError
        Naming what cannot be set, such as characters that no font has.
    MissingError
        When there is no Chinese font.
    """
    families = fonts.typst_families()
    named = ", ".join(f"{kind}: {quote(font.family)}" for kind, font in families.items())
    with scratch.folder("onepage") as name:
        folder = Path(name)
        shutil.copyfile(TEMPLATE, folder / "onepage.typ")
        (folder / "settings.typ").write_text(f"#let fonts = ({named})\n", encoding="utf-8")
        text = json.dumps(page, ensure_ascii=False).replace(UNSEEN, "")
        (folder / "page.json").write_text(text, encoding="utf-8")
        return _compile(folder, page)


def _stamp(page):
    """The last second of the edition's year: the only date in the file, so that the bytes do not move."""
    return int(datetime(int(page["year"]), 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


def _compile(folder, page):
    known = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(p) for p in fonts.typst_font_paths()]
    )
    compiler = typst.Compiler(str(folder / "onepage.typ"), root=str(folder), font_paths=known)
    try:
        data, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards=list(STANDARDS), timestamp=_stamp(page)
        )
    except typst.TypstError as error:
        hint = "; ".join(error.hints or [])
        raise DataError(
            Fault(
                f"one page of {page['name']}",
                say("text that can be set", "能够排版的文字"),
                error.message,
                hint,
                "onepage",
            )
        ) from error
    bad = [w for w in warnings if "font" in w.message]
    if bad:
        raise BluebookError("one page: " + "; ".join(sorted({w.message for w in bad})))
    return data
