"""What a survey's folder gives away and loses: nothing of a household, nothing that was filled in, no formula."""

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from research.cli.app import app
from research.survey.release import publishable


def run(*words):
    return CliRunner().invoke(app, ["survey", *map(str, words)])


@pytest.fixture
def drawn(tmp_path):
    """A draw of two villages whose names make the same file name, and a household that reads as a formula."""
    (tmp_path / ".git").mkdir()
    pd.DataFrame({"village": ["甲(1)", "甲[1]", "乙"], "stratum": "s", "households": [2, 2, 2]}).to_csv(
        tmp_path / "villages.csv", index=False)  # fmt: skip
    pd.DataFrame({"stratum": ["s"], "villages_drawn": [3], "invited": [6]}).to_csv(
        tmp_path / "plan-allocation.csv", index=False)  # fmt: skip
    pd.DataFrame({"village": ["甲(1)"] * 2 + ["甲[1]"] * 2 + ["乙"] * 2, "name": "=1+1", "household": list("abcdef")}
                 ).to_csv(tmp_path / "households.csv", index=False)  # fmt: skip
    assert run("select", tmp_path, "--seed", 1).exit_code == 0
    assert run("forms", tmp_path, "--question", "income").exit_code == 0
    return tmp_path


def test_each_village_has_its_roster_and_a_name_is_no_formula(drawn):
    rosters = sorted((drawn / "forms").glob("*.xlsx"))
    books = [openpyxl.load_workbook(p)["名单"] for p in rosters]
    assert sorted(b["A2"].value for b in books) == ["乙", "甲(1)", "甲[1]"]
    assert not [c for b in books for row in b.iter_rows() for c in row if c.data_type == "f"]
    assert "'=1+1" in (drawn / "draw-households.csv").read_text("utf-8")


def test_a_filled_roster_is_kept_when_rosters_are_written_again(drawn):
    path = next((drawn / "forms").glob("乙*.xlsx"))
    book = openpyxl.load_workbook(path)
    book["名单"]["E2"] = "填了"
    book.save(path)
    filled = path.read_bytes()
    assert run("forms", drawn, "--question", "income").exit_code == 0
    assert path.read_bytes() == filled and path.with_name("乙-新.xlsx").is_file()


def test_the_same_tables_give_the_same_workbook(drawn):
    before = (drawn / "draw.xlsx").read_bytes()
    assert run("select", drawn, "--seed", 1).exit_code == 0
    assert (drawn / "draw.xlsx").read_bytes() == before


def test_a_draw_that_stands_is_not_drawn_over(drawn):
    before = {p.name: p.read_bytes() for p in drawn.glob("draw*")}
    refused = run("select", drawn, "--seed", 2)
    assert "已有的抽样（种子1）" in refused.exception.text("zh")
    assert {p.name: p.read_bytes() for p in drawn.glob("draw*")} == before


def test_households_stay_out_of_git(drawn):
    ignored = (drawn / ".gitignore").read_text("utf-8").splitlines()
    assert {"households.*", "draw*", "answers.*", "forms/", "weights*"} <= set(ignored)


@pytest.fixture
def weighed(tmp_path):
    """Three townships: 30 households, 12 of which one has nearly all, and 4."""
    rows = pd.DataFrame({"place": ["甲"] * 30 + ["乙"] * 12 + ["丙"] * 4, "weight": 1.0, "stratum": "s"})
    rows["village"] = [f"v{i % 8}" for i in range(len(rows))]
    rows["income"] = [10.0 + i % 7 for i in range(len(rows))]
    rows.loc[rows.index[35], "income"] = 1000.0
    rows["poor"] = [float(i % 9 == 0) for i in range(len(rows))]
    rows.to_csv(tmp_path / "weights-households.csv", index=False)
    return tmp_path


def test_a_figure_of_few_households_is_not_reported(weighed):
    assert run("report", weighed, "--value", "income").exit_code == 0
    told = pd.read_csv(weighed / "report-estimates.csv").fillna({"place": ""}).set_index("place")
    assert told["withheld"].to_dict() == {"": False, "甲": False, "乙": True, "丙": True}
    assert told.loc[["乙", "丙"], ["estimate", "se", "cv", "lower", "upper", "n"]].isna().all(axis=None)
    text = (weighed / "report-appendix.md").read_text("utf-8")
    assert "为保护住户，丙、乙的数值不予公布" in text or "为保护住户，乙、丙的数值不予公布" in text
    assert "| 丙 |" not in text


def test_a_share_needs_households_on_both_sides(weighed):
    assert run("report", weighed, "--value", "poor").exit_code == 0
    assert pd.read_csv(weighed / "report-estimates.csv")["withheld"].all()  # 6 of 46 count


def test_a_single_gap_would_follow_from_the_rest():
    homes = pd.DataFrame({"place": ["甲"] * 20 + ["乙"] * 9 + ["丙"] * 15, "weight": 1.0, "income": range(1, 45)})
    told = pd.DataFrame({"measure": "income", "place": ["", "甲", "乙", "丙"], "estimate": 1.0, "n": [44, 20, 9, 15]})
    assert publishable(told, homes, "place").query("withheld")["place"].tolist() == ["乙", "丙"]


def test_the_weakest_status_of_the_households_travels(weighed):
    rows = pd.read_csv(weighed / "weights-households.csv").assign(status=["survey"] * 45 + ["sample"])
    rows.to_csv(weighed / "weights-households.csv", index=False)
    assert run("report", weighed, "--value", "income", "--status", "survey").exit_code == 0
    assert set(pd.read_csv(weighed / "report-estimates.csv")["status"]) == {"sample"}
    assert "示例数据，非真实统计" in (weighed / "report-appendix.md").read_text("utf-8")
