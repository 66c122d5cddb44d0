"""What somebody may have filled in is never written over; the same content gives the same bytes."""

import io
import zipfile

from openpyxl import Workbook, load_workbook

from research.core.handed_out import RECORD, hand_out, steady


def form(text):
    book, stream = Workbook(), io.BytesIO()
    book.active["A1"] = text
    book.save(stream)
    return stream.getvalue()


def test_a_filled_form_is_kept_and_the_new_one_laid_beside_it(tmp_path, capsys):
    path = tmp_path / "区统计局-2025.xlsx"
    assert hand_out(path, form("asked")) == path
    book = load_workbook(path)
    book.active["B1"] = 61901
    book.save(path)
    beside = hand_out(path, form("asked again"))
    assert beside.name == "区统计局-2025-新.xlsx" and load_workbook(path).active["B1"].value == 61901
    assert "区统计局-2025-新.xlsx" in capsys.readouterr().err
    assert hand_out(path, form("and again")) == beside  # that one nobody has touched
    beside.write_bytes(b"filled in as well")
    assert hand_out(path, form("once more")).name == "区统计局-2025-新2.xlsx"
    assert beside.read_bytes() == b"filled in as well"


def test_an_untouched_form_is_replaced_and_one_that_nobody_knows_is_not(tmp_path, capsys):
    path = tmp_path / "a.xlsx"
    hand_out(path, form("asked"))
    assert hand_out(path, form("asked again")) == path and capsys.readouterr().err == ""
    (tmp_path / RECORD).write_text("{ broken")
    assert hand_out(path, form("third")).name == "a-新.xlsx"


def test_the_same_content_gives_the_same_bytes_whenever_it_is_written(monkeypatch):
    first = form("asked")
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert steady(first) == steady(steady(first)) == steady(form("asked")) != steady(form("other"))
    with zipfile.ZipFile(io.BytesIO(steady(first))) as packed:
        assert {i.date_time[0] for i in packed.infolist()} == {1980}
    assert load_workbook(io.BytesIO(steady(first))).active["A1"].value == "asked"
