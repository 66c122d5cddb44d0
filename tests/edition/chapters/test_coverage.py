"""The plan clause by clause: each has an entry, each entry an answer, and the appendix says which."""

import re

import pandas as pd
import pytest

from research.core.faults import describe
from research.core.scope import open_project
from research.edition.chapters.coverage import check_coverage, coverage
from tests.support import copies

TABLE = "data/reference/clauses.csv"


@pytest.fixture
def project(tmp_path):
    return open_project(copies.fresh(tmp_path / "project", "data/sample"))


def change(project, edit):
    path = project.root / TABLE
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    edit(rows).to_csv(path, index=False)


def told(project):
    return [describe([fault], "zh") for fault in check_coverage(project, 2024)]


def put(column, value, clause="24"):
    return lambda rows: rows.assign(**{column: rows[column].mask(rows["clause"] == clause, value)})


def test_every_clause_of_the_sample_s_plan_is_entered_and_answered():
    project = open_project(__file__)
    rows = pd.read_csv(project.root / TABLE, dtype=str, keep_default_na=False)
    goals = {f"一({item})" for item in "一二三四五六"}
    assert {str(n) for n in range(1, 88)} | goals <= set(rows["clause"]) and told(project) == []


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda rows: rows[rows["clause"] != "70"], ["第70条"]),
        (lambda rows: rows[~rows["clause"].isin(["3", "一(四)"])], ["第3条", "第一部分（四）"]),
        (put("clause", "88"), ["88", "第24条"]),
        (put("title", "积极推进东西部联动"), ["「积极推进东西部联动」"]),
        (put("chapters", "regionl-gap"), ["regional-gap"]),
        (put("chapters", "", "5"), []),
        (put("out_of_reach", "", "5"), ["都没有"]),
        (put("note", "", "5"), ["原因"]),
        (lambda rows: pd.concat([rows, rows[rows["clause"] == "7"]]), ["每条只登记一行"]),
    ],
)
def test_what_is_missing_or_wrong_is_named(project, edit, expected):
    change(project, edit)
    found = told(project)
    assert len(found) == len(expected)
    assert all(any(words in fault for fault in found) for words in expected) and all(TABLE in f for f in found)


def test_a_plan_without_entries_is_asked_for_none_and_the_page_says_so(project):
    change(project, lambda rows: rows.iloc[:0])
    assert told(project) == [] and "尚未登记" in coverage(project, 2024)
    (project.root / TABLE).unlink()
    assert told(project) == [] and "尚未登记" in coverage(project, 2024)


def test_a_target_alone_answers_a_clause_and_its_end_leaves_a_fault(project):
    targets = project.root / "data/reference/targets.csv"
    rows = pd.read_csv(targets, dtype=str, keep_default_na=False)
    rows[rows["clause"] != "60"].to_csv(targets, index=False)
    assert len(told(project)) == 1 and "60" in told(project)[0]


def test_the_page_counts_and_links_what_the_tables_hold():
    text = coverage(open_project(__file__), 2024)
    project = open_project(__file__)
    rows = pd.read_csv(project.root / TABLE, dtype=str, keep_default_na=False)
    targets = pd.read_csv(project.root / "data/reference/targets.csv", dtype=str, keep_default_na=False)
    assert f"登记{len(rows)}处" in text and f"{(rows['out_of_reach'] != '').sum()}处不在本书范围之内" in text
    line = next(x for x in text.splitlines() if x.startswith("| 第26条"))
    assert f"目标{(targets['clause'] == '26').sum()}项" in line and "@sec-urban-rural-gap" in line
    sections = {
        m
        for path in (project.reports / "bluebook").glob("*.qmd")
        for m in re.findall(r"\{#(sec-[\w-]+)\}", path.read_text("utf-8"))
    }
    assert set(re.findall(r"@(sec-[\w-]+)", text)) <= sections
    assert len(re.findall(r"^\| 第", text, re.M)) == len(rows)


def test_policies_and_lists_answer_the_clauses_of_their_own_column():
    policies = pd.DataFrame({"title": ["甲意见", "乙办法", "丙草案"], "issued": ["2022-06-01", "2025-01-01", None],
                             "clauses": ["64；24", "64", "64"], "status": "sample"})  # fmt: skip
    lists = pd.DataFrame(
        {"year": [2023, 2024], "name": ["旧事项", "新事项"], "clauses": ["24", "24"], "status": "reported"}
    )
    claims = pd.DataFrame({"claim": ["差距在缩小"], "clauses": ["24"], "status": "reported"})
    text = coverage(open_project(__file__), 2024, {"policies": policies, "lists": lists, "claims": claims})
    line = next(part for part in text.splitlines() if "第24条" in part)
    assert "政策：《甲意见》" in line and "清单：新事项" in line and "试点主张1项" in line and "@sec-registers" in line
    assert "示例数据，非真实统计" in text  # a policy of the sample marks its table
    assert "旧事项" not in text and "乙办法" not in text and "丙草案" not in text
