"""How full the pages of a PDF are: holes that a printer would send back, counted and named.

python -m research.book.pages reports/output/bluebook/bluebook.pdf
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from research.errors import DataError, Fault, MissingError, say

RESOLUTION = 20
"""Dots an inch: a page is some 165 by 234 dots, enough to see a line of text."""
MARGIN = 0.085
"""Share of the height above and below that holds the running head and the page number."""
INK = 235
BAND, WIDE, DARK = 0.08, 0.45, 140
"""A cover and the opener of a part are known by a band of colour of this height and width, as shares of the page."""
END, HOLE = 0.40, 0.25
"""A page that ends emptier than this has a hole; so has one with so large an empty band inside."""


@dataclass(frozen=True)
class Page:
    """One page: the empty share at its end, and the largest empty band inside, of the height of its text.

    `opener` tells a cover or the opener of a part, which are empty by design.
    """

    number: int
    end: float
    inside: float
    opener: bool = False

    @property
    def hole(self) -> bool:
        """Whether a printer would send it back."""
        return not self.opener and (self.end > END or self.inside > HOLE)


def measure(path: Path) -> list[Page]:
    """The pages of a PDF.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Page

    Raises
    ------
    MissingError
        Where pdftoppm (poppler) is missing.
    DataError
        For a file that is no PDF.
    """
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                ["pdftoppm", "-r", str(RESOLUTION), "-gray", str(path), f"{folder}/p"], capture_output=True, check=False
            )
        except FileNotFoundError:
            raise MissingError(
                say("pdftoppm is missing: install poppler-utils", "缺少 pdftoppm：请安装 poppler-utils")
            ) from None
        pictures = sorted(Path(folder).glob("*.pgm"))
        if done.returncode or not pictures:
            raise DataError(Fault(Path(path).name, say("a PDF", "PDF 文件"), done.stderr.decode()[:100], kind="pdf"))
        return [fill(n, np.asarray(Image.open(p))) for n, p in enumerate(pictures, 1)]


def fill(number: int, picture: np.ndarray) -> Page:
    """What of a page's text area is empty.

    Parameters
    ----------
    number : int
    picture : array of gray values, row by row from the top

    Returns
    -------
    Page

    Examples
    --------
    >>> page = np.full((200, 100), 255)
    >>> page[20:60, 20:80] = 200
    >>> round(fill(1, page).end, 2), fill(1, page).hole
    (0.74, True)
    >>> page[80:110, 10:90] = 60  # the opener of a part
    >>> fill(2, page).opener, fill(2, page).hole
    (True, False)
    """
    height = len(picture)
    opener = _run((picture < DARK).mean(axis=1) > WIDE) > BAND * height
    body = picture[round(MARGIN * height) : round((1 - MARGIN) * height)]
    inked = np.flatnonzero((body < INK).any(axis=1))
    if not len(inked):
        return Page(number, 1.0, 0.0, opener)
    gaps = np.diff(inked)
    end = (len(body) - 1 - inked[-1]) / len(body)
    return Page(number, float(end), float((gaps.max() - 1) / len(body)) if len(gaps) else 0.0, opener)


def _run(rows: np.ndarray) -> int:
    """Length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], rows.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def main(paths: list[str]) -> int:
    """Print the share of pages with a hole, and which they are."""
    for path in paths:
        pages = measure(Path(path))
        bad = [p for p in pages if p.hole]
        print(
            f"{Path(path).name}: {len(pages)} pages, {sum(p.opener for p in pages)} of them covers and openers, "
            f"{len(bad)} with a hole ({len(bad) / len(pages):.1%}): "
            f"{sum(p.end > END for p in bad)} end more than {END:.0%} empty, "
            f"{sum(p.inside > HOLE for p in bad)} have an empty band of {HOLE:.0%} inside"
        )
        print("  " + " ".join(str(p.number) for p in bad))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
