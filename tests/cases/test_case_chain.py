"""From case to institutional experience to the model: links both ways, gaps named, a hand-edited list checked."""

import pandas as pd
import pytest
import yaml

from research.cases import library as cases
from research.cases.chain_pages import chain_sections, chain_table, coverage
from research.cases.pages import case_pages
from research.core.scope import Project, open_project

ENTRY = """- id: ledger
  title: 台账办法
  clauses: ["1"]
  system: 工作体系
  model: 工具箱
  state: 候选
  needs:
    - 名单
"""
CASE = """---
title: "一个案例的标题"
id: one-case
class: 创新型
status: 总结
clauses: ["1"]
domain: 公共服务
places: ["331003"]
year: 2024
lead_unit: 某单位
sources: [纲要]
licence: CC BY 4.0
experience: [ledger]
---

## 背景

背景。

## 做法

做法。

## 成效

目前没有可核验的数据。

## 经验启示

启示。

## 可推广性

见 [台账办法](library.qmd#sec-experience-ledger)。
"""

DISTRICT_YML = """code: '331003'
name: 某区
plans: [{id: p, title: 规划, start: 2021, end: 2025, file: outline.txt}]
"""


@pytest.fixture
def library(tmp_path):
    """A project with one case that leads to one experience, and a way to write other versions of both."""
    for name in ("data/reference", "reports/cases"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    (tmp_path / "data/reference/outline.txt").write_text("引子 一、目标 总述 二、任务 说明 1.做甲。 2.做乙。", "utf-8")
    (tmp_path / "data/reference/places.csv").write_text("code,name\n331003001,甲\n", "utf-8")
    (tmp_path / "data/reference/district.yml").write_text(DISTRICT_YML, "utf-8")
    (tmp_path / "reports/cases/library.qmd").write_text("# 目录\n", "utf-8")

    def write(entries=ENTRY, case=CASE):
        (tmp_path / "reports/cases/_experiences.yml").write_text(entries, "utf-8")
        (tmp_path / "reports/cases/one-case.qmd").write_text(case, "utf-8")
        return Project(tmp_path)

    return write


def test_a_sound_chain_has_no_faults(library):
    assert cases.check(library()) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "said"),
    [
        ("model: 工具箱", "model: 工具", "_experiences.yml, line 1", "工具箱、制度经验库、方法矩阵"),
        ("system: 工作体系", "system: 考核", "_experiences.yml, line 1", "评价体系"),
        ("state: 候选", "state: 成熟", "_experiences.yml, line 1", "成熟"),
        ("    - 名单", "", "_experiences.yml, line 1", "needs"),
        ('clauses: ["1"]', "clauses: [1]", "_experiences.yml, line 1", "clauses"),
        ('clauses: ["1"]', 'clauses: ["99"]', "_experiences.yml, line 1", "99"),
        ("  state: 候选\n", "", "_experiences.yml, line 1", "state"),
        ("- id: ledger", "- id: ledgers", "one-case.qmd, line 13", "did you mean 'ledgers'"),
        ("  title: 台账办法", "  title: [台账", "_experiences.yml, line", "valid YAML"),
        (ENTRY, "id: ledger\n", "_experiences.yml, line 1", "a list of entries"),
    ],
)
def test_each_mistake_in_the_list_is_named(library, old, new, place, said):
    assert old in ENTRY
    found = [f for f in cases.check(library(ENTRY.replace(old, new))) if f.kind == "case-chain"]
    assert any(place in str(f.place) and said in str(f) for f in found), found


def test_two_experiences_with_one_id_are_named_with_their_lines(library):
    found = cases.check(library(ENTRY + ENTRY))
    assert [str(f.place) for f in found] == [f"reports/cases/_experiences.yml, line {n}" for n in (1, 9)]


def test_a_case_links_to_the_experience_it_names(library):
    [fault] = cases.check(library(case=CASE.replace("见 [台账办法](library.qmd#sec-experience-ledger)。", "推广。")))
    assert str(fault.place) == "reports/cases/one-case.qmd, line 13"
    assert "[...](library.qmd#sec-experience-ledger)" in fault.way_out
    other = CASE.replace("启示。", "见 [另一条](library.qmd#sec-experience-ledgerbook)。")
    assert [f.kind for f in cases.check(library(case=other))] == ["case-link"]


def test_the_page_leads_both_ways_and_names_the_gaps(library):
    project = library(ENTRY + ENTRY.replace("ledger", "other").replace("台账办法", "另一办法"))
    register = cases.load(project)
    table, sections = chain_table(project, register), chain_sections(project, register)
    assert "[一个案例的标题](one-case.qmd)" in table and "[台账办法](#sec-experience-ledger)" in table
    first, second, gaps = sections.split("### ")[1:]
    assert first.startswith("台账办法 {#sec-experience-ledger}") and "[一个案例的标题](one-case.qmd)" in first
    assert "依据规划第1条" in first and "归入工具箱" in first and "  - 名单" in first
    assert "第一阶，实践案例：空缺。" in second
    assert "制度经验库、方法矩阵" in gaps and "全部案例都已指向" in gaps
    library(case=CASE.replace("experience: [ledger]\n", ""))
    assert "还没有归纳出制度经验的案例：[一个案例的标题](one-case.qmd)" in chain_sections(project, cases.load(project))
    library("")
    assert "还没有归纳出制度经验" in chain_table(project, register)


def test_the_projects_own_chain_covers_every_case():
    project = open_project()
    register = cases.load(project)
    pages = case_pages(project, 2024, register)
    listed = yaml.safe_load((project.reports / "cases/_experiences.yml").read_text("utf-8"))
    for item in listed:
        assert f"{{#sec-experience-{item['id']}}}" in pages["_cases-experiences.md"]
        assert f"指向的制度经验：{item['title']}（候选）。" in pages["_cases.md"]
    own = register[~register["example"]]
    assert all(own["experience"].str.len() == 1)
    assert "library.qmd" in (project.reports / "cases/paired-villages.qmd").read_text("utf-8")


def test_coverage_counts_practice_only_and_names_empty_fields():
    frame = pd.DataFrame(
        {
            "domain": ["经济发展", "经济发展", "生态环境"],
            "class": ["最佳", "最佳", "创新型"],
            "example": [False, False, True],
        }
    )
    text = coverage(frame, cases.domains(open_project()))
    [row] = [line for line in text.splitlines() if line.startswith("| 经济发展")]
    assert [c.strip() for c in row.strip("|").split("|")] == ["经济发展", "空缺", "2个", "空缺", "2个"]
    assert "18格中有17格空缺" in text and "收入分配、公共服务、社会治理、精神文明、生态环境。" in text
