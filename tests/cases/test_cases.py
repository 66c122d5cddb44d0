"""The case library: what is in it is sound, and every kind of mistake is named with file and line."""

import json
import shutil

import pytest

from research.cases import library as cases
from research.cases.evidence.evidence import read_evidence
from research.cases.prose import bare_numbers, clause_texts, quotes
from research.core.scope import Project, open_project
from research.errors import DataError, UsageError

OUTLINE = "引子 一、目标 总述 (一)更高:快跑 二、任务 说明 (一)行动 1.做甲,建成3家。 2.做乙。"
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
---

## 背景

按「做甲,建成3家」（第1条）。

## 做法

2022年开始。

## 成效

目前没有可核验的数据。

## 经验启示

启示。

## 可推广性

推广。
"""

DISTRICT_YML = """code: '331003'
name: 某区
plans: [{id: p, title: 规划, start: 2021, end: 2025, file: outline.txt}]
"""


@pytest.fixture
def library(tmp_path):
    """A project with one sound case, and a way to write another version of it."""
    reference = tmp_path / "data" / "reference"
    reference.mkdir(parents=True)
    shutil.copy(open_project().reference / "themes.csv", reference)
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    (reference / "outline.txt").write_text(OUTLINE, encoding="utf-8")
    (reference / "places.csv").write_text("code,name\n331003001,甲\n", encoding="utf-8")
    (reference / "district.yml").write_text(DISTRICT_YML, encoding="utf-8")
    folder = tmp_path / "reports" / "cases"
    folder.mkdir(parents=True)
    (folder / "_sample.md").write_text("示例数据\n", encoding="utf-8")
    (tmp_path / "notebooks" / "cases").mkdir(parents=True)
    project = Project(tmp_path)

    def write(text=CASE, name="one-case.qmd"):
        (folder / name).write_text(text, encoding="utf-8")
        return project

    return write


def faults_of(library, old, new):
    assert old in CASE
    return cases.check(library(CASE.replace(old, new)))


def test_the_library_in_the_project_is_sound():
    assert cases.check(open_project()) == []


def test_the_library_holds_the_cases_the_outline_names():
    frame = cases.load(open_project())
    titles = " ".join(frame["title"])
    for name in ("暖心工坊", "暖心房", "阅读联盟", "公租房申请"):  # clause 84
        assert name in titles
    assert list(frame["id"][:4]) == [  # in the order of clause 84
        "little-orange-lamp-workshop",
        "little-orange-house",
        "little-orange-lamp-reading",
        "public-rental-one-stop",
    ]
    assert set(frame["class"]) == {"创新型", "最佳", "提升型"}
    assert (~frame["example"]).sum() >= 6 and frame["example"].sum() == 2
    assert set(frame.loc[frame["example"], "evidence_status"]) == {"published"}
    assert set(frame.loc[~frame["example"], "evidence_status"].dropna()) == {"sample"}


def test_a_sound_case_has_no_faults(library):
    assert cases.check(library()) == []


@pytest.mark.parametrize(
    ("old", "new", "kind", "said"),
    [
        ("class: 创新型", "class: 创新", "case-value", "class"),
        ("status: 总结", "statu: 总结", "case-unknown", "did you mean 'status'"),
        ("year: 2024\n", "", "case-missing", "`year`"),
        ('places: ["331003"]', 'places: ["331009"]', "case-place", "331009"),
        ('places: ["331003"]', "places: []", "case-place", "`places`"),
        ('clauses: ["1"]', 'clauses: ["1", "99"]', "case-clause", "99"),
        ("建成3家」", "建成4家」", "case-quote", "建成4家"),
        ("（第1条）", "（第2条）", "case-quote", "it stands in 1"),
        ("（第1条）", "", "case-quote", "add （第26条）"),
        ("启示。", "覆盖率为93.5%。", "case-number", "93.5"),
        ("没有可核验的数据", "有一些成绩", "case-no-data", "没有可核验的数据"),
        ("目前没有", "收入提高了，目前没有", "case-effect", "提高了"),
        ("## 做法", "## 过程", "case-sections", "过程"),
        ("## 背景", "# 背景", "case-title", "level 1"),
        ("推广。", "（待写）", "case-placeholder", "fill it in"),
        ("lead_unit: 某单位", "lead_unit: 待填", "case-placeholder", "待填"),
        ("推广。\n", "", "case-sections", "可推广性"),
        ("id: one-case", "id: other", "case-id", "other"),
        ("启示。", "见[另一篇](other.qmd)。", "case-link", "other.qmd"),
        ("启示。", "见[前文](#sec-none)。", "case-link", "sec-none"),
        ("启示。", "见[网站](https://nowhere)。", "case-link", "whole address"),
        ("启示。", "见[外面](../../../x.qmd)。", "case-link", "a file of the project"),
        ("启示。", "{{< include _none.md >}}", "case-link", "_none.md"),
        ("启示。", "做法成功。", "case-effect", "成功"),
        ("year: 2024", "year: 二〇二四", "case-value", "二〇二四"),
        ("year: 2024", "year: 2024\nexperience: [none-such]", "case-chain", "none-such"),
        ("licence: CC BY 4.0", "licence: CC BY 4.0\nevidence: notebooks/cases/x.ipynb", "case-evidence", "x.ipynb"),
    ],
)
def test_each_mistake_is_named(library, old, new, kind, said):
    found = [f for f in faults_of(library, old, new) if f.kind == kind]
    assert found and said in str(found[0])
    assert str(found[0].place).startswith("reports/cases/one-case.qmd, line ")


def test_a_comparison_carries_a_claim_of_effect_unless_it_says_that_it_does_not(library):
    claim = CASE.replace("目前没有", "收入提高了，目前没有")
    for comparison, kinds in (
        ("与未开展的村比较同期变化", []),
        ("与目标比较，不作成效归因", ["case-effect"]),
        ("没有对照地区", ["case-effect"]),
    ):
        text = claim.replace("licence: CC BY 4.0", f"licence: CC BY 4.0\ncomparison: {comparison}")
        assert [f.kind for f in cases.check(library(text))] == kinds


def test_the_line_is_the_line(library):
    [fault] = faults_of(library, "启示。", "覆盖率为93.5%。")
    number = int(str(fault.place).rsplit(" ", 1)[1])
    assert "93.5" in CASE.replace("启示。", "覆盖率为93.5%。").splitlines()[number - 1]


def test_all_faults_at_once_and_broken_yaml(library):
    library(CASE.replace("status: 总结", "status: 好").replace("year: 2024", "year: 1999"))
    project = library("---\nid: [a\n---\n", "broken.qmd")
    with pytest.raises(DataError) as caught:
        cases.load(project)
    assert {f.kind for f in caught.value.faults} == {"case-value", "case-yaml"}
    assert len(caught.value.faults) == 3


def cell(source, outputs=(), **metadata):
    return {"cell_type": "code", "source": source, "outputs": list(outputs), "metadata": metadata}


def shown(status, text="一句话。"):
    metadata = {"bluebook": {"status": status}}
    return {"output_type": "display_data", "data": {"text/markdown": text}, "metadata": metadata}


GIVEN = cell('edition = "2024"\ndata = "sample"', tags=["parameters"])


def with_notebook(library, cells, mark=False, embedded=""):
    text = CASE.replace("licence: CC BY 4.0", "licence: CC BY 4.0\nevidence: notebooks/cases/one-case.ipynb")
    kept, ran = "../../notebooks/cases/one-case.ipynb", "../runs/book/case-one-case.ipynb"
    embed = f"{{{{< embed {embedded or (ran if GIVEN in cells else kept)}#text-a >}}}}"
    project = library(
        text.replace("目前没有可核验的数据。", embed + ("\n\n{{< include _sample.md >}}" if mark else ""))
    )
    (project.root / "notebooks/cases/one-case.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return cases.check(project)


def test_evidence_that_is_whole(library):
    assert with_notebook(library, [cell("#| label: text-a", [shown("published")])]) == []
    assert with_notebook(library, [GIVEN, cell("#| label: text-a", [shown("sample")])], mark=True) == []
    assert with_notebook(library, [GIVEN, cell("#| label: text-a", [shown("published")])]) == []
    assert with_notebook(library, [GIVEN, cell("#| label: text-a", [shown("reported")])], mark=True) == []


@pytest.mark.parametrize(
    ("cells", "mark", "kind", "said"),
    [
        ([cell("#| label: text-b", [shown("published")])], False, "case-label", "did you mean 'text-b'"),
        ([cell("#| label: text-a")], False, "case-notebook", "without output"),
        ([cell("#| label: text-a", [shown("sample")])], False, "case-mark", "_sample.md"),
        ([cell("#| label: text-a", [shown("published")])], True, "case-mark", "no sample mark"),
        ([cell("#| label: text-a", [shown("published")], execution={})], False, "case-notebook", "clock"),
        ([cell("#| label: text-a", [shown("published", "/home/me/x.csv")])], False, "case-notebook", "path"),
        ([cell("#| label: text-a", [{"output_type": "error"}])], False, "case-notebook", "error"),
        ([cell("#| label: text-a", [shown("published", "（待写）")])], False, "case-notebook", "to be written"),
        ([cell("#| label: text-a", [shown("sample")])], True, "case-parameters", "edition and data"),
        ([cell("#| label: text-a", [shown("published")])] * 2, False, "case-notebook", "text-a again"),
    ],
)
def test_evidence_that_is_not(library, cells, mark, kind, said):
    found = [f for f in with_notebook(library, cells, mark) if f.kind == kind]
    assert found and said in str(found[0])


def test_a_case_shows_what_the_edition_gave_not_what_is_kept(library):
    """The kept outputs are of one year's data: a text that embeds them would show them in every edition."""
    found = with_notebook(
        library, [GIVEN, cell("#| label: text-a", [shown("reported")])], embedded="../../notebooks/cases/one-case.ipynb"
    )
    assert [f.kind for f in found] == ["case-evidence"] and "../runs/book/case-one-case.ipynb" in str(found[0])


def test_two_files_with_one_id_are_named_with_the_line(library):
    library()
    found = cases.check(library(CASE, "two-case.qmd"))
    assert [str(f.place) for f in found if f.kind == "case-double"] == ["reports/cases/two-case.qmd, line 3"]


def test_everything_wrong_comes_at_once_with_file_and_line(library):
    text = CASE.replace("启示。", "见[另一篇](other.qmd)，覆盖率为93.5%，做法成功。")
    text = text.replace("year: 2024", "year: 2024\norder: x")
    library(text.replace("order: x", "order: 2"))
    project = library(text, "bad.qmd")
    kinds = {(str(f.place).split(",")[0], f.kind) for f in cases.check(project)}
    one, bad = "reports/cases/one-case.qmd", "reports/cases/bad.qmd"
    assert {(one, "case-link"), (one, "case-number"), (one, "case-effect"), (bad, "case-value")} <= kinds
    assert "case-double" in {kind for _, kind in kinds}
    assert all(", line " in str(f.place) for f in cases.check(project))


def test_the_chain_and_the_gaps_are_shown():
    from research.cases.pages import case_pages

    register = cases.load(open_project())
    pages = case_pages(open_project(), 2024, register)
    chain = pages["_cases-chain.md"]
    assert all(f"({i}.qmd)" in chain for i in register.loc[~register["example"], "id"])
    assert "18格中有14格空缺" in pages["_cases-coverage.md"]  # 7 cases fall into 4 cells of 6 by 3
    assert "经济发展、社会治理" in pages["_cases-coverage.md"]


def test_a_new_case_is_laid_out_and_not_yet_sound(tmp_path):
    project = open_project()
    for name in (
        "_quarto.yml",
        "data/reference/district.yml",
        "data/reference/places.csv",
        "data/reference/themes.csv",
        "data/reference/outline.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.root / name, tmp_path / name)
    (tmp_path / "data" / "sample").mkdir()
    copy = Project(tmp_path)
    text, notebook = cases.new(copy, "my-case", title="一个新的案例", kind="最佳", domain="economy")
    assert cases.load(copy).loc[0, "domain"] == "经济发展"
    assert read_evidence(notebook).labels == ("text-my-case",)
    kinds = {f.kind for f in cases.check(copy)}  # it is for people to fill in
    assert {"case-placeholder", "case-notebook"} <= kinds
    for wrong in ({"case_id": "My Case"}, {"kind": "最好"}, {"domain": "economics"}, {"case_id": "my-case"}):
        values = {"case_id": "other", "title": "一个新的案例", "kind": "最佳", "domain": "economy"} | wrong
        with pytest.raises(UsageError):
            cases.new(copy, values.pop("case_id"), **values)
    assert not (tmp_path / "reports/cases/other.qmd").exists()


def test_clauses_of_the_outline():
    text = (open_project().reference / "outline.txt").read_text(encoding="utf-8")
    parts = clause_texts(text)
    assert [k for k in parts if k.isdigit()] == [str(n) for n in range(1, 88)]  # 87 clauses
    assert "“小橘灯”暖心工坊70家" in parts["27"] and "暖心工坊70家" not in parts["26"]
    assert parts["一(二)"].startswith("(二)更趋均衡")


def test_what_counts_as_a_number_in_prose():
    text = "---\nyear: 1\n---\n第27条，2021—2025年，`3`，$4$，[x](5)，{{< var n6 >}}\n\n1. 项\n\n共有 7 家。\n"
    assert bare_numbers(text) == [(8, "7")]
    assert quotes("「甲」（第一部分（三）），「乙」（引言）") == [(1, "甲", "一(三)"), (1, "乙", "引言")]
