"""Holes in a PDF's pages are counted: pages that end early, pages with an empty band inside, full pages."""

import shutil

import numpy as np
import pytest
import typst

from research.book import pages
from research.errors import DataError

pytestmark = pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs poppler")


def page(*bands):
    picture = np.full((1000, 100), 255)
    for top, bottom in bands:
        picture[top:bottom, 20:80] = 200  # as grey as text is at this size
    return pages.fill(1, picture)


@pytest.mark.parametrize(
    ("bands", "hole"),
    [
        ([(100, 900)], False),
        ([(100, 600)], False),
        ([(100, 500)], True),
        ([(100, 300), (550, 900)], True),
        ([(100, 300), (480, 900)], False),
        ([], True),
        ([(20, 40), (100, 900), (960, 980)], False),
    ],
)
def test_what_counts_as_a_hole(bands, hole):
    assert page(*bands).hole is hole


def test_a_cover_and_an_opener_are_empty_by_design():
    picture = np.full((1000, 100), 255)
    picture[300:420, 10:90] = 60
    picture[350:370, 20:40] = 255  # the title on its band
    opener = pages.fill(1, picture)
    assert opener.opener and not opener.hole
    picture[300:420, 10:50] = 255  # half as wide: a picture, no band
    assert not pages.fill(1, picture).opener


def test_a_pdf_is_measured_and_told(tmp_path, capsys):
    source = (
        b"#set page(width: 100pt, height: 200pt, margin: 17pt)\n#rect(width: 100%, height: 100%, fill: luma(80%))\n"
        b"#pagebreak()\n#rect(width: 100%, height: 20%, fill: luma(80%))"
    )
    path = tmp_path / "a.pdf"
    path.write_bytes(typst.compile(source))
    assert [p.hole for p in pages.measure(path)] == [False, True]
    assert pages.main([str(path)]) == 0
    assert "a.pdf: 2 pages, 0 of them covers and openers, 1 with a hole (50.0%)" in capsys.readouterr().out
    (tmp_path / "b.pdf").write_bytes(b"no pdf")
    with pytest.raises(DataError, match="a PDF"):
        pages.measure(tmp_path / "b.pdf")
