"""One page of each kind, PDF and Word, beside a small picture of how it is to look.

The pictures are coarse and blurred before they are compared, so that another font renderer or another
hinting passes, and a lost rule, picture, column, heading or a page that runs over does not. After a wanted
change of the layout, `BLUEBOOK_NEW_PICTURES=1 pytest tests/book/test_page_pictures.py -m ''` draws them anew;
look at them before they are committed.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from research.book.pdf import write as pdf
from research.book.word import write as docx
from tests.support import paper_sample as sample

PICTURES = Path(__file__).parent / "pages"
DPI = 40
CELL = 12  # pixels: 7.6 mm on paper
TOLERANCE = 20  # of 255: mean of a cell; a line of text lost or moved by its height changes more
KINDS = {  # what is on the page, and what is not, spaces dropped
    "cover": ("黄岩区共同富裕蓝皮书.*课题组", "目录"),
    "contents": ("目录.*第1章三大差距", "图1.1"),
    "opening": ("第1章.*三大差距.*收入差距", "目录|图目录"),
    "figure": ("城乡的洛伦兹曲线", "目录"),
    "table": ("乡镇30.*西部山区", "目录"),
    "references": ("数据来源.*共同富裕论", "目录"),
}
pytestmark = [
    pytest.mark.office,
    pytest.mark.skipif(not (shutil.which("pdftotext") and shutil.which("pdftoppm")), reason="needs poppler"),
]


def text_pages(path):
    text = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True).stdout.decode()
    return [re.sub(r"\s", "", page) for page in text.split("\f")]


def picture(path, kind, folder):
    """The first page of a kind, coarse and grey."""
    wanted, unwanted = KINDS[kind]
    number = next(
        n for n, page in enumerate(text_pages(path), 1) if re.search(wanted, page) and not re.search(unwanted, page)
    )
    name = folder / kind
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            str(DPI),
            "-gray",
            "-png",
            "-singlefile",
            "-f",
            str(number),
            "-l",
            str(number),
            str(path),
            str(name),
        ],
        check=True,
        capture_output=True,
    )
    return Image.open(f"{name}.png").convert("L")


def cells(image, size):
    """Mean darkness of each cell of the page, after a blur."""
    grey = np.asarray(image.resize(size).filter(ImageFilter.GaussianBlur(2)), dtype=float)
    high, wide = (n // CELL * CELL for n in grey.shape)
    return grey[:high, :wide].reshape(high // CELL, CELL, wide // CELL, CELL).mean(axis=(1, 3))


def difference(one, other):
    """The greatest difference of a cell, 0 to 255."""
    return np.abs(cells(one, other.size) - cells(other, other.size)).max()


def compare(path, writer, kind, folder):
    kept, made = PICTURES / f"{writer}-{kind}.png", picture(path, kind, folder)
    if os.environ.get("BLUEBOOK_NEW_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        made.quantize(16).save(kept, optimize=True)
    found = difference(made, Image.open(kept).convert("L"))
    assert found <= TOLERANCE, f"{writer} {kind}: a cell of the page differs by {found:.0f} of 255 from {kept.name}"


@pytest.fixture(scope="module")
def as_pdf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    return pdf.write(sample.make_book(folder), folder / "book.pdf", folder / "work")


@pytest.fixture(scope="module")
def as_word(tmp_path_factory):
    folder = tmp_path_factory.mktemp("word")
    docx.write(sample.make_book(folder), folder / "book.docx", folder / "work")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(folder / "book.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "book.pdf"


@pytest.mark.parametrize("kind", KINDS)
def test_pdf_page_looks_as_it_did(as_pdf, kind, tmp_path):
    compare(as_pdf, "pdf", kind, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
@pytest.mark.parametrize("kind", KINDS)
def test_word_page_looks_as_it_did(as_word, kind, tmp_path):
    compare(as_word, "word", kind, tmp_path)


@pytest.mark.parametrize("loss", ["a rule", "a picture", "a shift", "a column"])
def test_the_comparison_sees_what_is_lost(loss, tmp_path):
    """Each loss on a kept picture is found; a change of every pixel by a little is not."""
    whole = Image.open(PICTURES / ("pdf-figure.png" if loss == "a picture" else "pdf-table.png")).convert("L")
    spoilt = np.asarray(whole).copy()
    high, wide = spoilt.shape
    if loss == "a rule":
        spoilt[:, : wide // 2][spoilt[:, : wide // 2].mean(axis=1) < 140] = 255
        spoilt[high // 10 : high // 7] = 255
    elif loss == "a picture":
        spoilt[high // 12 : high // 3] = 255
    elif loss == "a shift":
        spoilt = np.roll(spoilt, 12, axis=0)
    else:
        spoilt[:, wide // 2 :] = 255
    assert difference(Image.fromarray(spoilt), whole) > TOLERANCE
    noisy = np.asarray(whole, dtype=int) + np.random.default_rng(1).integers(-25, 25, whole.size[::-1])
    assert difference(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)), whole) < TOLERANCE / 2
