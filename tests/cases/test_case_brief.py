"""What stands around a case's text in its brief: facts, marks, sources, and no way to a page that is not there."""

import json
import re
import shutil
import subprocess

import pytest

from research import open_project
from research.cases import brief as case_brief
from research.core.scope import Project
from research.errors import DataError

pytest.importorskip("typst")


def words(path):
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext")
    out = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    return [re.sub(r"\s", "", page) for page in out.split("\f")[:-1]]


def test_facts_stand_at_the_head_and_sources_comparison_and_licence_at_the_end(tmp_path):
    pages = words(case_brief.write(open_project(), "paired-villages", tmp_path / "x.pdf"))
    assert "纲要第一部分（二）、第4条、第24条、第84条" in pages[0] and "地点黄岩区" in pages[0]
    end = pages[-1][pages[-1].index("可推广性") :]
    assert "资料来源：黄岩全面建设共同富裕区域标杆行动纲要（2022年5月25日公布）" in end
    assert "比较对象：比较西部“六乡一镇”与全区平均的收入" in end and "许可：文字CCBY4.0" in end
    assert "bluebookcaserunpaired-villages" in end
    assert "本案例指向一条候选的制度经验：结对帮扶的台账与评估办法。" in end  # the words, without the link


def test_each_page_and_each_caption_of_sample_data_is_marked(tmp_path):
    pages = words(case_brief.write(open_project(), "paired-villages", tmp_path / "x.pdf"))
    assert len(pages) == 2 and all("示例数据，非真实统计" in page for page in pages)
    assert "居民人均可支配收入与全区平均之比（2021—2024年）（示例数据，非真实统计）" in pages[0]
    real = words(case_brief.write(open_project(), "engel-households", tmp_path / "y.pdf"))
    assert not any("示例数据" in page for page in real) and "类别方法示例" in real[0]


def test_nothing_in_it_leads_to_a_page_that_is_not_there(tmp_path):
    data = case_brief.write(open_project(), "paired-villages", tmp_path / "x.pdf").read_bytes()
    assert case_brief.write(open_project(), "paired-villages", tmp_path / "folder").name == "paired-villages.pdf"
    assert b"/URI" not in data and b".qmd" not in data


def test_a_text_that_two_pages_do_not_hold_is_refused(tmp_path):
    root = open_project().root
    for name in ("_quarto.yml", "data/reference/places.csv", "data/reference/district.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, tmp_path / name)
    text = (root / "reports/cases/little-orange-house.qmd").read_text("utf-8")
    long = tmp_path / "reports/cases/little-orange-house.qmd"
    long.parent.mkdir(parents=True)
    long.write_text(text + "\n\n" + "很长的一段话。" * 1500 + "\n", "utf-8")
    with pytest.raises(DataError, match="at most 2 pages.*shorten the text"):
        case_brief.write(Project(tmp_path), "little-orange-house", tmp_path / "x.pdf")
    assert not (tmp_path / "x.pdf").exists()


def test_words_of_a_case_are_never_program(tmp_path):
    root = open_project().root
    for name in ("_quarto.yml", "data/reference/places.csv", "data/reference/district.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / name, tmp_path / name)
    text = (root / "reports/cases/little-orange-house.qmd").read_text("utf-8")
    made = tmp_path / "reports/cases/little-orange-house.qmd"
    made.parent.mkdir(parents=True)
    title = '#panic(1) \\ $x$ *a* "乙"'
    text = re.sub(r"^title: .*$", lambda _: f"title: {json.dumps(title, ensure_ascii=False)}", text, flags=re.M)
    made.write_text(text.replace("## 做法\n", '## 做法\n\n#include "x" 与 #panic(2)。\n'), "utf-8")
    page = words(case_brief.write(Project(tmp_path), "little-orange-house", tmp_path / "x.pdf"))[0]
    assert "#panic(1)\\$x$*a*" in page and "#panic(2)" in page
