"""Policies by date, and lists between two years: every state by hand, and what is wrong named by file and row."""

import re

import pandas as pd
import pytest

from research.core.faults import describe
from research.core.scope import Scope, open_project
from research.indicators import open_edition
from research.indicators.checks.checks import check
from research.registers import check_registers, compare_lists, policy_effects, policy_states
from research.registers.pages import pages
from research.transfers import check_sound
from tests.support import copies

FIELDS = ("id", "issued", "effective", "ends", "review", "replaces")


def policies(*rows):
    return pd.DataFrame([dict(zip(FIELDS, row, strict=True)) for row in rows])


@pytest.mark.parametrize(
    ("row", "state", "alarm"),
    [
        (("A", None, None, None, None, ""), "草案", ""),
        (("A", "2025-02-01", "2025-02-01", None, None, ""), "草案", ""),
        (("A", "2024-12-01", "2025-02-01", None, "2027-01-01", ""), "待施行", ""),
        (("A", "2023-01-01", None, None, "2025-01-01", ""), "施行中", ""),
        (("A", "2023-01-01", None, "2024-12-31", "2025-01-01", ""), "施行中", ""),
        (("A", "2023-01-01", None, "2024-12-30", "2024-01-01", ""), "已终止", ""),
        (("A", "2023-01-01", None, None, "2024-12-01", ""), "待修订", "逾期30天未修订"),
        (("A", "2023-01-01", None, None, None, ""), "施行中", "没有应修订日期，无从提醒"),
    ],
)
def test_a_policy_stands_where_its_dates_put_it(row, state, alarm):
    found = policy_states(policies(row), "2024-12-31").iloc[0]
    assert (found["state"], found["alarm"]) == (state, alarm)


def test_a_policy_gives_way_when_what_replaces_it_takes_effect():
    rows = policies(
        ("A", "2022-01-01", None, None, "2023-01-01", ""), ("B", "2024-06-01", "2024-07-01", None, "2026-01-01", "A")
    )
    assert policy_states(rows, "2024-06-30")["state"].tolist() == ["待修订", "待施行"]
    later = policy_states(rows, "2024-07-01")
    assert later["state"].tolist() == ["已被替代", "施行中"] and later["by"].tolist() == ["B", ""]


def test_what_targets_did_since_counts_the_same_targets_before_and_after():
    history = pd.DataFrame(
        [
            ("T1", 2021, "no", 0.2), ("T2", 2021, "unassessed", None), ("T3", 2021, "no", 0.4),
            ("T1", 2024, "yes", 1.0), ("T2", 2024, "yes", 1.0), ("T3", 2024, "no", 0.6),
        ],
        columns=["target_id", "year", "attained", "rate"],
    ).assign(status="reported")  # fmt: skip
    targets = pd.DataFrame({"id": ["T1", "T2", "T3", "T4"], "action_no": [1, 1, 2, 2]})
    rows = policies(
        ("A", "2022-05-01", None, None, None, ""), ("B", "2022-05-01", None, None, None, ""),
        ("C", None, None, None, None, ""),
    ).assign(action=[1, None, 1], targets=["", "T1;T3", ""])  # fmt: skip
    found = policy_effects(rows, history, targets, 2024).set_index("id")
    assert list(found.index) == ["A", "B"]
    assert found.loc["A", ["n_targets", "n_known", "reached_then", "reached_now"]].tolist() == [2, 1, 0, 1]
    assert found.loc["B", ["n_known", "way_then", "way_now"]].tolist() == pytest.approx([2, 0.3, 0.8])


def lists(*rows):
    frame = pd.DataFrame(rows, columns=["year", "item", "state", "result"])
    return frame.assign(list="重大改革", name=frame["item"], department="局", status="reported")


def test_every_item_of_a_list_is_added_done_carried_ended_or_dropped():
    rows = lists(
        (2023, "done before", "完成", "甲"), (2023, "now done", "推进中", ""), (2023, "carried", "推进中", ""),
        (2023, "gone", "推进中", ""), (2023, "gone with a result", "推进中", "乙"), (2023, "stopped", "未启动", ""),
        (2024, "now done", "完成", ""), (2024, "carried", "推进中", ""), (2024, "stopped", "中止", ""),
        (2024, "new", "未启动", ""), (2025, "later", "推进中", ""),
    )  # fmt: skip
    found = compare_lists(rows, 2024).set_index("item")["change"].to_dict()
    assert found == {
        "now done": "done", "carried": "carried", "stopped": "dropped", "new": "added", "gone": "dropped",
        "gone with a result": "ended",
    }  # fmt: skip


def test_a_list_that_was_not_handed_in_this_year_says_nothing_of_its_items():
    assert compare_lists(lists((2023, "A", "推进中", "")), 2024).empty
    assert compare_lists(lists((2024, "A", "推进中", "")), 2024)["change"].tolist() == ["added"]


@pytest.fixture
def project(tmp_path):
    return open_project(copies.fresh(tmp_path / "project", "tests", "src", "reports/manual"))


def write(project, name, edit):
    path = project.root / "data" / "sample" / f"{name}.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    edit(rows).to_csv(path, index=False)


def put(row, **cells):
    def edit(rows):
        for column, value in cells.items():
            rows.loc[row - 2, column] = value
        return rows

    return edit


def test_what_is_wrong_in_any_register_is_told_at_once_by_file_and_row(project):
    write(project, "policies", lambda rows: put(2, ends="2022-05-01", replaces="P02")(put(3, replaces="P01;P99")(rows)))
    write(project, "topics", put(3, notebook=""))
    write(project, "tasks", put(2, action="12"))
    write(project, "pairs", lambda rows: put(4, receiver=rows["giver"][2])(put(6, giver=rows["giver"][5])(rows)))
    told = describe(check(Scope.of(project, 2024)), "zh")
    for words in (
        "sample/policies.csv，第2行，“ends”列：应为不早于2022-06-01的日期，现为2022-05-01",
        "sample/policies.csv，第2行，“replaces”列：应为更早的文件，现为互相替代：P01 → P02 → P01",
        "“replaces”列：应为本登记中的编号，现为'P99'",
        "sample/topics.csv，第3行，“notebook”列",
        "sample/tasks.csv，第2行，“action”列：应为规划的行动：1、2、3、4、5、6、7、8、9，现为12",
        "sample/pairs.csv，第4行，“receiver”列：应为与帮扶方不同的一方",
        "sample/pairs.csv，第7行，“giver”列：应为",
    ):
        assert words in told, words


def test_dates_circles_and_pairs_are_told_although_a_reference_table_is_broken(project):
    villages = project.reference / "villages.csv"
    rows = pd.read_csv(villages, dtype=str)
    pd.concat([rows, rows.iloc[[0]]]).to_csv(villages, index=False)
    write(project, "policies", lambda rows: put(2, ends="2022-05-01", replaces="P02")(put(3, replaces="P01")(rows)))
    write(project, "topics", put(3, notebook=""))
    write(project, "pairs", lambda rows: put(4, receiver=rows["giver"][2])(rows))
    faults = check(Scope.of(project, 2024))
    told = describe(faults, "zh")
    for words in (
        "villages.csv，第350行",
        "现为2022-05-01",
        "P01 → P02 → P01",
        "topics.csv，第3行",
        "pairs.csv，第4行",
    ):
        assert words in told, words
    assert sum("2022-05-01" in str(f) for f in faults) == 1, "issued and effective on one day: told once"


def test_a_village_in_two_places_is_told_by_the_row_of_the_second(project):
    path = project.reference / "villages.csv"
    rows = pd.read_csv(path, dtype=str)
    pd.concat([rows, rows.iloc[[0]].assign(place=rows["place"].iloc[-1])]).to_csv(path, index=False)
    told = describe(check(Scope.of(project, 2024)), "zh")
    assert f"data/reference/villages.csv，第{len(rows) + 2}行，“code”列" in told and rows["code"].iloc[0] in told


def test_clauses_figures_and_cases_that_are_not_there_are_told(project):
    write(project, "policies", put(2, clauses="88"))
    write(project, "claims", put(2, figures="regional_gap#fig-none", cases="none"))
    told = describe(check_registers(Scope.of(project, 2024)), "zh")
    assert all(
        w in told for w in ("'88'", "'regional_gap#fig-none'", "'none'", "claims.csv，第2行", "policies.csv，第2行")
    )


@pytest.mark.slow
def test_the_sample_s_pages_are_marked_and_a_district_without_registers_says_so(project, with_tables):
    made = pages(with_tables)
    assert len(made) == 4 and all("示例数据" in text for text in made.values())
    for name in ("policies", "lists", "topics", "claims"):
        (project.root / "data" / "sample" / f"{name}.csv").unlink()
    empty = pages(open_edition(2024, "sample", project))
    for name, what in (("policies", "政策"), ("lists", "清单"), ("topics", "研究课题"), ("claims", "试点申报主张")):
        assert f"没有{what}登记" in empty[f"_{name}.md"]
    for text in (*made.values(), *empty.values()):
        assert set(re.findall(r"@(tbl-[\w-]+)", text)) <= set(re.findall(r"#(tbl-[\w-]+)", text))


def test_the_chapter_refers_to_no_table_that_a_register_may_leave_out(project):
    assert "@tbl" not in (project.reports / "bluebook" / "appendix-registers.qmd").read_text("utf-8")


def test_rules_are_tried_on_the_households_before_a_book_is_made(project):
    rule = "name: 甲\nkind: levy\nfrom: 2025-01-01\nsource: s\nstatus: sample\namount: {flat: {yuan: 30000}}\n"
    (project.reference / "transfers" / "poll.yml").write_text(rule, "utf-8")
    (fault,) = check_sound(open_edition(2024, project=project))
    assert "transfers/poll.yml" in str(fault) and "expected incomes of 0 or more after it" in str(fault)
