"""What a bluebook must have, held by file and line; what a centre has to fill in, told as notes."""

import re
import shutil
from pathlib import Path

import pytest

from research import book
from research.core.scope import open_project
from research.edition.chapters import elements

ROOT = open_project().root
REPORT = """# 总报告 {{#sec-general}}

**执笔：** 张三

**摘要：** 本报告评估一年的进展。

**关键词：** 甲；乙；丙

**Abstract:** This report assesses the year.

**Keywords:** one; two; three

{rest}
"""
INDEX = """# 前言 {.unnumbered}

## 编委会 {.unnumbered}

| 职务 | 姓名与单位 |
|:--|:--|
| 主编 | 李四 |

## 主要编撰者简介 {.unnumbered}

李四，某研究中心主任。

## 摘要 {.unnumbered}

本书评估一年的进展。

**关键词：** 甲；乙；丙

## Abstract {.unnumbered}

This book assesses the year.

**Keywords:** one; two; three

## Contents {.unnumbered}

- [General Report](general.qmd)
"""
CONFIG = """project:
  type: book
lang: zh
book:
  title: 蓝皮书
  chapters: [index.qmd, general.qmd]
  appendices: [chronicle.qmd]
"""


@pytest.fixture
def small(tmp_path):
    """A bluebook of one report that lacks nothing."""
    texts = {
        "_quarto.yml": CONFIG,
        "_quarto-bluebook.yml": "book:\n  subtitle: 二〇二四\n",
        "index.qmd": INDEX,
        "general.qmd": REPORT.format(rest="正文。"),
        "chronicle.qmd": "# 大事记\n\n一月，甲事。\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_whole_bluebook_has_no_faults(small):
    assert book.check(small, "bluebook", [elements.lacking]) == [] and elements.unfilled(small, "bluebook") == []


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("general.qmd", "**摘要：** 本报告评估一年的进展。\n", "", 1, "摘要"),
        ("general.qmd", "**执笔：** 张三\n", "", 1, "执笔"),
        ("general.qmd", "**关键词：** 甲；乙；丙", "**关键词：**", 7, "关键词"),
        ("general.qmd", "甲；乙；丙", "甲；乙", 7, "3 keywords"),
        ("general.qmd", "**Abstract:** This report assesses the year.\n", "", 1, "abstract in English"),
        ("general.qmd", "**Keywords:** one; two; three\n", "", 1, "keywords in English"),
        ("index.qmd", "## 编委会 {.unnumbered}\n", "", 1, "editorial board"),
        ("index.qmd", "| 职务 | 姓名与单位 |\n|:--|:--|\n| 主编 | 李四 |\n", "", 3, "text below ## 编委会"),
        ("index.qmd", "李四，某研究中心主任。\n", "", 9, "主要编撰者简介"),
        ("index.qmd", "## 摘要", "## 提要", 1, "## 摘要"),
        ("index.qmd", "**关键词：** 甲；乙；丙\n", "", 13, "关键词"),
        ("index.qmd", "## Abstract", "## Summary", 1, "## Abstract"),
        ("index.qmd", "**Keywords:** one; two; three\n", "", 19, "Keywords"),
        ("index.qmd", "- [General Report](general.qmd)\n", "- General Report\n", 25, "general.qmd"),
        ("chronicle.qmd", "# 大事记", "# 附记", 1, "大事记"),
    ],
)
def test_what_is_missing_is_named_with_its_line(small, file, old, new, line, words):
    change(small / file, old, new)
    faults = [f for f in book.check(small, "bluebook", [elements.lacking]) if f.kind == "element"]
    where = "index.qmd" if file == "chronicle.qmd" else file
    assert any(str(f.place) == f"{where}, line {line}" and words in f.expected for f in faults), faults


def test_other_books_need_none_of_it(small):
    change(small / "general.qmd", "**摘要：** 本报告评估一年的进展。\n", "")
    assert book.check(small, "") == []


def test_places_to_fill_in_are_notes_with_their_line(small):
    change(small / "index.qmd", "李四 |", "（待填） |")
    assert book.check(small, "bluebook", [elements.lacking]) == []
    (note,) = elements.unfilled(small, "bluebook")
    assert (str(note.place), note.kind) == ("index.qmd, line 7", "unfilled") and "主编" in note.expected


def test_the_projects_own_bluebook_lacks_nothing():
    assert elements.lacking(ROOT) == []
    assert {f.place.file for f in elements.unfilled(ROOT)} >= {"index.qmd", "reports/bluebook/general.qmd"}


def test_a_report_taken_from_the_project_is_held_too(tmp_path):
    for name in ("_quarto.yml", "_quarto-bluebook.yml", "index.qmd"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "reports/bluebook", tmp_path / "reports/bluebook")
    path = Path(tmp_path / "reports/bluebook/income.qmd")
    path.write_text(re.sub(r"\*\*Abstract:\*\*.*\n", "", path.read_text(encoding="utf-8")), encoding="utf-8")
    (fault,) = elements.lacking(tmp_path)
    assert str(fault.place) == "reports/bluebook/income.qmd, line 1"
