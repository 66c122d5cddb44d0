"""Chapters of the bluebook obey the rules of the cases: no number by hand, no quote that the plan does not hold."""

import shutil
from pathlib import Path

import pytest

from research.edition.chapters.written import unfounded

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("written")
    for name in ("_quarto.yml", "_quarto-bluebook.yml", "index.qmd", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "reports" / "bluebook", root / "reports" / "bluebook")
    shutil.copytree(ROOT / "data" / "reference", root / "data" / "reference")
    return root


@pytest.fixture
def chapter(project):
    path = project / "reports" / "bluebook" / "general.qmd"
    before = path.read_text("utf-8")

    def add(*lines):
        path.write_text(before + "\n" + "\n".join(lines) + "\n", "utf-8")
        return len(before.splitlines()) + 2, [f.text("zh") for f in unfounded(project)]

    yield add
    path.write_text(before, "utf-8")


def test_the_chapters_as_they_stand_are_sound(project):
    assert unfounded(project) == []


def test_a_number_by_hand_is_named_by_its_line(chapter):
    line, found = chapter("覆盖率达到 93.5%。")
    assert found == [
        f"reports/bluebook/general.qmd，第{line}行：应为引自原文或由笔记本嵌入的数字，现为93.5（请嵌入算出它的笔记本）"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "见第26条。",
        "2024年比2023年高。",
        "{{< var n_targets >}}项目标。",
        "@fig-x 和 [@dagum1997]。",
        "`a1`、$x_1$。",
    ],
)
def test_names_embeds_and_code_are_no_numbers_by_hand(chapter, text):
    assert chapter(text)[1] == []


def test_quotes_are_held_to_the_plan(chapter):
    line, found = chapter(
        "「人人都有三套住房」（引言）。", "", "「区域标杆」。", "", "「实施期限为」（第26条）。", "", "“不是引文”。"
    )
    places = [f"reports/bluebook/general.qmd，第{n}行" for n in (line, line + 2, line + 4)]
    assert [f.split("：")[0] for f in found] == places
    assert "请逐字引用原文" in found[0] and "请加上（第26条）" in found[1] and "原文见 引言" in found[2]


def test_a_chapter_in_another_encoding_is_a_fault_of_its_own(project):
    from research.book import check

    path = project / "reports" / "bluebook" / "targets.qmd"
    before = path.read_bytes()
    try:
        path.write_bytes(before.decode("utf-8").encode("gb18030"))
        found = [f for f in check(project, "bluebook", [unfounded]) if "targets.qmd" in f.place.file]
    finally:
        path.write_bytes(before)
    assert [f.kind for f in found].count("encoding") == 1  # named once, whoever reads it
