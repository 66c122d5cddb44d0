"""What is shown: status carried, sources named, hostile text defused, bytes steady."""

import base64
import re

import pandas as pd
import pytest
from matplotlib.figure import Figure

from research import figures
from research.errors import DataError
from research.figures.charts import time as charts_time
from research.figures.display import markdown, sources_of, status_of
from research.figures.svg import to_svg

SEEN = pd.DataFrame({"year": [2021, 2022, 2023], "value": [1.9, 1.88, 1.84], "status": "published", "source": "统计局"})


def draw():
    return charts_time.lines({"倍差": SEEN}, "倍")


def test_a_figure_is_as_weak_as_its_weakest_frame(shown):
    figures.show(draw(), "标题", "含义", [SEEN, SEEN.assign(status="sample")])
    facts = shown[0][1]
    assert (facts["caption"], facts["alt"], facts["status"], facts["source"]) == ("标题", "含义", "sample", "统计局")


def test_the_numbers_travel_with_the_figure_and_households_stay_at_home(shown):
    homes = SEEN.assign(household="h1")
    figures.show(draw(), "标题", "含义", [SEEN, SEEN.copy(), homes, SEEN[:0]])
    assert shown[0][1]["data"] == [
        "year,value,status,source\n2021,1.9,published,统计局\n2022,1.88,published,统计局\n2023,1.84,published,统计局\n"
    ]
    figures.show(draw(), "标题", "含义", [SEEN[:0]], status="sample")
    assert shown[1][1]["data"] == ["year,value,status,source\n"]
    figures.show(draw(), "标题", "含义", [homes])
    assert shown[2][1]["data"] == []


def test_show_does_not_mark_the_caption_itself(shown):
    figures.show(draw(), "标题", "含义", [SEEN.assign(status="sample")])
    assert "示例" not in shown[0][1]["caption"]


@pytest.mark.parametrize("frames", [[SEEN.drop(columns="status")], [SEEN.assign(status=None)]])
def test_a_frame_without_status_is_refused(frames):
    with pytest.raises(DataError, match="status"):
        status_of(frames)


@pytest.mark.parametrize("missing", ["caption", "alt"])
def test_a_figure_without_words_is_refused(missing):
    texts = {"caption": "标题", "alt": "含义"} | {missing: ""}
    with pytest.raises(DataError, match=missing):
        figures.show(draw(), data=[SEEN], **texts)


def test_the_same_figure_gives_the_same_bytes_without_a_clock(shown):
    for _ in range(2):
        figures.show(draw(), "标题", "含义", [SEEN])
    (first, _), (second, _) = shown
    assert first == second
    assert "<metadata>" not in first["image/svg+xml"] and "matplotlib" not in first["image/svg+xml"].lower()
    assert b"tIME" not in base64.b64decode(first["image/png"])[:400]


def test_pictures_are_small_and_have_real_glyphs(shown):
    figures.show(draw(), "标题", "含义", [SEEN])
    svg = shown[0][0]["image/svg+xml"]
    assert len(svg) < 80_000
    assert svg.startswith("<svg ") and "<path id=" in svg and "<text" not in svg


def test_hostile_text_stays_text(shown):
    figures.table(pd.DataFrame({"名称": ["<script>alert(1)</script>", "a|b *c* [x](y)"], "status": "survey"}), "标题")
    text = shown[0][0]["text/markdown"]
    assert "<script>" not in text and "a\\|b \\*c\\* \\[x\\](y)" in text
    figures.say("甲<b>镇</b>_x_。")
    assert shown[1][0]["text/markdown"] == "甲&lt;b&gt;镇&lt;/b&gt;\\_x\\_。\n"


def test_a_table_aligns_numbers_right_and_names_its_source(shown):
    frame = pd.DataFrame({"指标": ["甲"], "值": ["1.5"], "区间": ["1～2"], "空": [None]})
    figures.table(frame, "标题", data=[SEEN], note="口径")
    lines = shown[0][0]["text/markdown"].splitlines()
    assert [c[0] == ":" for c in lines[1].strip("|").split("|")] == [True, False, False, False]
    assert lines[2] == "| 甲 | 1.5 | 1～2 | – |"
    assert lines[4:] == ["注：口径", "", "资料来源：统计局"]


def test_a_common_remark_is_said_once():
    frame = pd.DataFrame({"source": ["甲局（示例数据）", "乙局（示例数据）", "丙局（示例数据）", "丁局（示例数据）"]})
    assert sources_of(frame) == "甲局、乙局、丙局等（示例数据）"
    assert sources_of(frame.head(1)) == "甲局（示例数据）"


def test_empty_frames_draw_a_notice():
    empty = pd.DataFrame({"year": [], "value": []})
    for figure in (charts_time.trend(empty), charts_time.lines({"a": empty})):
        assert any("暂无" in t.get_text() for t in figure.axes[0].texts)
        assert to_svg(figure)


def test_markdown_of_an_empty_table_keeps_its_heads():
    assert markdown(pd.DataFrame({"甲": [], "乙": []})).splitlines()[0] == "| 甲 | 乙 |"


def test_a_drawing_does_not_hang_on_the_last_bit_of_a_corner():
    """Processors differ in it, and a name made from it would make the whole drawing differ."""
    drawn = []
    for bit in (0.0, 1e-9):
        figure = Figure(figsize=(3, 2))
        axes = figure.add_axes((0.1 + bit, 0.1, 0.8, 0.8))
        axes.plot([0, 1, 2], [1, 3, 2])
        axes.set(xlim=(0, 2), ylim=(0, 4))
        drawn.append(to_svg(figure))
    assert drawn[0] == drawn[1] and "clip-path" in drawn[0]
    moved = Figure(figsize=(3, 2))
    moved.add_axes((0.2, 0.1, 0.7, 0.8)).plot([0, 1, 2], [1, 3, 2])
    names = [set(re.findall(r'clipPath id="(\w+)"', text)) for text in (drawn[0], to_svg(moved))]
    assert names[0] and names[1] and names[0].isdisjoint(names[1])  # two pictures on one page keep theirs apart
