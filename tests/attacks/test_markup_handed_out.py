"""Texts that look like markup, in what is handed to one reader: a department's reply, a leader's page of a place."""

import shutil
import zipfile

import pandas as pd
import pytest
from lxml import etree

from research.core.plain import text_fault
from research.core.texts import pdf_text
from research.edition import onepage
from research.indicators import open_edition
from research.indicators.quality import quality, reply
from tests.attacks.hostile import FORMULAS, MARKUP
from tests.attacks.test_markup import W, folded, numbered
from tests.edition.test_onepage import page

TEXTS = [t for t in (*MARKUP, *FORMULAS) if not text_fault(t)]
OWNER, AT_ONCE = "区教育局", 15


@pytest.fixture
def edition(monkeypatch):
    """An edition of one department with one indicator: only what is written is looked at."""
    book = open_edition("2021")
    own = book.indicators[book.indicators["source_department"] == OWNER]["id"].iloc[0]
    due = pd.DataFrame({"place": book.district, "year": 2021, "indicator": own, "department": OWNER, "given": [True]})
    monkeypatch.setattr(quality, "due", lambda edition: due)
    monkeypatch.setattr(
        quality,
        "flags",
        lambda edition: pd.DataFrame(columns=["place", "year", "indicator", "value", "kind", "measure"]),
    )
    monkeypatch.setattr(reply.quality_report, "timeliness", lambda edition: pd.DataFrame(columns=["部门"]))
    return book


def chunks(texts, size):
    return [texts[i : i + size] for i in range(0, len(texts), size)]


def test_a_reply_prints_what_was_given_as_a_reason(edition, tmp_path, monkeypatch):
    name = edition.indicators.set_index("id")["name_zh"][quality.due(edition)["indicator"].iloc[0]]
    given = list(numbered(TEXTS).items())
    for number, part in enumerate(chunks(given, AT_ONCE)):
        rows = [(name, "全区", "2021", "1", "2", f"{mark}{text}") for mark, text in part]
        monkeypatch.setattr(
            reply.quality_report,
            "revisions",
            lambda edition, rows=rows: pd.DataFrame(rows, columns=["指标", "地区", "年份", "原值", "新值", "理由"]),
        )
        (path,) = reply.write(edition, tmp_path / str(number), OWNER)
        word = zipfile.ZipFile(path)
        document = etree.fromstring(word.read("word/document.xml"))
        shown = folded("\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in document.iter(f"{W}p")))
        assert [t for mark, t in part if folded(f"{mark}{t}") not in shown] == []
        assert not "".join(document.itertext(f"{W}instrText")) and not list(document.iter(f"{W}tbl", f"{W}drawing"))
        assert "invalid" not in word.read("word/_rels/document.xml.rels").decode()


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs poppler")
def test_a_page_of_a_place_prints_them_as_text():
    for part in chunks(list(numbered(TEXTS).items()), AT_ONCE):
        made = onepage.render(page(lead="。".join(f"{mark}{text}" for mark, text in part)))
        shown = folded(pdf_text(made, layout=False))
        assert [t for mark, t in part if folded(f"{mark}{t}") not in shown] == []
