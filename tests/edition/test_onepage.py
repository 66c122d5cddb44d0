"""A place on one sheet: one page whatever the names hold, the same bytes, the figures of the tables."""

import re
import shutil
import subprocess

import pytest

from research.edition import onepage, onepage_facts
from research.errors import DataError

ROW = {
    "name": "经济发展",
    "score": 40.0,
    "text": "40.0",
    "since": "+3.0",
    "mean": 30.0,
    "mean-text": "30.0",
    "rank": "2",
}
TASK = {
    "name": "道路改造",
    "colour": "red",
    "progress": "20%",
    "expected": "80%",
    "warning": "一级",
    "unit": "局",
    "due": "2024-12",
}
TOPIC = {"name": "停车", "count": 12, "settled": "80%", "share": 1.0, "done": 0.8, "change": "+3%", "hot": True}


def page(**changed):
    card = {"head": "综合指数", "value": "50.0", "unit": "分", "note": "比2021年 +3.0"}
    lamps = card | {"lamps": {"red": 1, "yellow": 0, "green": 2, "grey": 0}}
    base = {
        "code": "1",
        "name": "甲镇",
        "district": "乙区",
        "year": "2024",
        "book": "乙共同富裕蓝皮书",
        "kind": "镇",
        "sample": True,
        "mark": "示例数据，非真实统计",
        "base": "2021",
        "publisher": "研究中心",
        "against": "与平均相比",
        "cards": [card, card, lamps, card],
        "domains": [ROW | {"name": n} for n in "一二三四五六"],
        "history": [{"year": str(y), "score": y - 1980.0, "text": str(y - 1980)} for y in (2021, 2022, 2023)],
        "tasks": {"total": 1, "counts": lamps["lamps"], "warned": 1, "stale": 0, "shown": [TASK], "more": 2},
        "topics": {"total": 12, "unmet": 3, "top": [TOPIC], "most_unmet": "停车"},
        "strengths": [{"name": "床位", "score": "80", "gap": "+20"}],
        "weaknesses": [],
        "peer": "丙镇",
        "barred": "收入",
        "lead": "综合指数50分。",
        "notes": ["说明。"],
    }
    return base | changed


def pages(data):
    """Number of pages; typst writes the page objects plainly."""
    return len(re.findall(rb"/Type\s*/Page\b", data))


def words(data, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext on this machine")
    file = tmp_path / "page.pdf"
    file.write_bytes(data)
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s", "", text)


HOSTILE = [
    '#panic("x")',
    "*粗* _斜_ $x^2$ @ref <label>",
    '引"号\\反斜杠',
    "甲\n乙\r丙",
    "#let x = 1; //",
    "`code` = - + 1.",
    "很长的名字" * 60,
    " ",
    "甲" * 400,
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_a_name_holds_it_is_text_on_one_page(name):
    long = page(
        name=name,
        kind=name,
        peer=name,
        barred=name,
        lead=name,
        tasks=page()["tasks"] | {"shown": [TASK | {"name": name, "unit": name}] * 9},
        topics=page()["topics"] | {"top": [TOPIC | {"name": name}] * 9, "most_unmet": name},
        strengths=[{"name": name, "score": "80", "gap": "+20"}] * 9,
        notes=[name[:80]] * 2,
    )
    assert pages(onepage.render(long)) == 1


def test_markup_in_a_name_is_printed_as_it_stands(tmp_path):
    text = words(onepage.render(page(name="甲#[1+1]镇", peer="*丙*镇")), tmp_path)
    assert "甲#[1+1]镇" in text and "*丙*镇" in text


def test_the_same_facts_give_the_same_bytes():
    assert onepage.render(page()) == onepage.render(page())


def test_the_mark_of_sample_figures_goes_with_them(tmp_path):
    assert words(onepage.render(page()), tmp_path).count("示例数据") == 2
    assert "示例数据" not in words(onepage.render(page(sample=False)), tmp_path)


def test_nothing_to_tell_is_told(tmp_path):
    bare = page(
        tasks={
            "total": 0,
            "counts": {"red": 0, "yellow": 0, "green": 0},
            "warned": 0,
            "stale": 0,
            "shown": [],
            "more": 0,
        },
        topics={"total": 0, "unmet": 0, "top": [], "most_unmet": ""},
        domains=[ROW | {"score": None, "mean": None, "text": "—", "mean-text": "—", "rank": ""}] * 6,
        history=[],
    )
    text = words(onepage.render(bare), tmp_path)
    assert "没有登记在册的重大任务" in text and "没有诉求登记" in text


def test_a_character_that_no_font_has_is_an_error_by_place():
    with pytest.raises(DataError, match="one page of"):
        onepage.render(page(name="甲\U000e1234镇"))


def test_signs():
    assert [onepage_facts.signed(v) for v in (0.25, -0.25, 0.04, float("nan"))] == ["+0.3", "-0.3", "持平", "—"]


@pytest.fixture(scope="module")
def edition():
    from importlib import import_module

    from research import open_edition

    book = open_edition("2024")
    for step in ("indicators", "composite", "assessment"):
        book.add_tables(import_module(f"research.{step}").build(book))
    return book


@pytest.mark.slow
def test_every_place_of_the_sample_is_one_tagged_page(edition, tmp_path):
    written = onepage.write_all(edition, folder=tmp_path / "out")
    assert len(written) == 1 + len(edition.places)
    for path in written:
        data = path.read_bytes()
        assert pages(data) == 1 and b"/StructTreeRoot" in data and b"/MarkInfo" in data
    scores = edition.table("scores").query("level == 'index' and year == 2024").set_index("place")["score"]
    text = words((tmp_path / "out" / "331003101.pdf").read_bytes(), tmp_path)
    assert "宁溪镇" in text and f"{scores['331003101']:.1f}" in text and "示例数据，非真实统计" in text


@pytest.mark.slow
def test_an_unknown_place_writes_nothing(edition, tmp_path):
    with pytest.raises(DataError, match="place"):
        onepage.write_all(edition, ["331003101", "999"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_place_without_an_index_gets_a_page_of_dashes(edition, tmp_path):
    class Bare:
        def __getattr__(self, name):
            return getattr(edition, name)

        def table(self, name):
            frame = edition.table(name)
            return frame[frame["place"] != "331003202"] if "place" in frame else frame

    page = onepage_facts.facts(Bare(), "331003202")
    assert page["cards"][0]["value"] == page["cards"][1]["value"] == "—"
    assert "没有综合指数" in page["lead"] and "暂无数据" not in str(page)
    text = words(onepage.render(page), tmp_path)
    assert "富山乡" in text and "没有诉求登记" in text
    from research.edition.onepage_chapter import brief_table

    assert "{#tbl-brief-331003202}" in brief_table(Bare(), "331003202")


@pytest.mark.slow
def test_the_chapters_table_says_what_the_page_says(edition):
    from research.edition.onepage_chapter import brief_table

    page, text = onepage_facts.facts(edition, "331003101"), brief_table(edition, "331003101")
    assert page["cards"][0]["value"] in text and page["peer"] in text and page["barred"] in text
    assert all(d["text"] in text for d in page["domains"]) and "示例数据，非真实统计" in text and "位次" not in text
