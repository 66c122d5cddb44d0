"""A file that would take all memory or all time ends with a named error, and soon."""

import faulthandler
import os
import time
import zipfile

import pytest
from openpyxl import Workbook

from research.errors import DataError
from research.indicators.intake import intake, limits, safety
from research.indicators.store import store

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no fork")


def hungry():
    return len(bytearray(3_000_000_000))


def endless():
    while True:
        pass


def broken():
    faulthandler.disable()  # its dump belongs to no test
    os.abort()


@pytest.mark.parametrize(
    "work, word", [(hungry, "takes more"), (endless, "takes longer"), (broken, "breaks the reader")]
)
def test_each_limit_is_named(work, word):
    began = time.monotonic()
    with pytest.raises(DataError, match=f"a.xlsx: .*{word}"):
        limits.within(work, where="a.xlsx", seconds=1.5, memory=500_000_000)
    assert time.monotonic() - began < 20


def test_what_the_work_raises_arrives():
    with pytest.raises(ValueError, match="invalid literal"):
        limits.within(int, "x", where="a.xlsx")


def test_an_import_ends_at_its_limit(own_project, tmp_path, monkeypatch):
    """A sheet that unpacks to far more than it packs, just below the ratio at which it is refused unread."""
    path = tmp_path / "wide.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("填报")
    sheet.append(["地区代码", "年份", "指标编号", "本年值", "来源"])
    for number in range(60_000):
        sheet.append(["331003", 2025, "SRV-4-01", number, f"来源{number}"])
    book.save(path)
    monkeypatch.setattr(limits, "SECONDS", 0.2)
    with pytest.raises(DataError, match="wide.xlsx: expected a file that is read within 0.2 s"):
        intake.take_in(own_project, [path])
    assert not (own_project.root / "data/own/observations.csv").exists()


def test_an_endless_file_is_refused(own_project, tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    for name in ("pipe.csv", "zero.csv"):
        with pytest.raises(DataError, match="a file, found something else"):
            intake.take_in(own_project, [tmp_path / name])


def test_a_bomb_that_lies_about_its_size(tmp_path):
    """The directory says 10 bytes; what is packed is 60 MB."""
    path = tmp_path / "lie.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    data = path.read_bytes().replace((60_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    path.write_bytes(data)
    assert safety.inspect(path)


def test_a_large_csv_is_refused_by_size(own_project, tmp_path, monkeypatch):
    monkeypatch.setitem(safety.LIMITS, "table_bytes", 100)
    (tmp_path / "big.csv").write_text("place,year\n" * 50)
    with pytest.raises(DataError, match="1 to 100 bytes"):
        intake.take_in(own_project, [tmp_path / "big.csv"])
    assert store.all_rows(own_project.root / "data/own").empty
