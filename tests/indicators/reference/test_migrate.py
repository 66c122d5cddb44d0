"""Tables of the former shape carried over once: nothing is lost, nothing is written twice, the old ones are kept."""

import pandas as pd
import pytest

from research.core.faults import DataError
from research.core.scope import Project
from research.indicators.reference.migrate import KEPT, migrate
from research.indicators.reference.reference import load, plans

DISTRICT = """# 一个区
code: "999001"
name: 某区
base_year: 2021          # 起点年
target_years: [2022, 2025]
outlook_year: 2035
outline:
  title: 某区行动纲要
  date: 2022-05-25
  file: outline.txt
centre: 某中心   # 留着
counts:
  targets: 3
  places: 1
"""
TARGETS = """id,clause,indicator,unit,target_2022,target_2025,target_2035,comparator,kind,kind_2022,quote
T1,1,公路,公里,55,300,,>=,cumulative,flow per year,甲
T2,2,床位,%,,58,,>=,ratio,,乙
T3,3,样板,state,,,基本建成,=,level,,丙
"""
INDICATORS = """id,name_zh,operator,target_2022,target_2025,baseline_year,baseline_value,goalpost_min
X,公路里程,>=,55,300,2021,,
Y,床位占比,>=,50,58,2021,,
"""
JOINS = "target,indicator,rule,comparator\nT1,X,cumulative,>=\nT2,Y,level,>=\n"
FILES = {"district.yml": DISTRICT, "targets.csv": TARGETS, "indicators.csv": INDICATORS, "target_indicators.csv": JOINS}


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "data" / "reference"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    return Project(tmp_path)


def test_columns_become_rows(project):
    assert {p.name for p in migrate(project)} == {"district.yml", "targets.csv", "indicators.csv", "target_years.csv"}
    rows = load(project, "target_years")
    assert rows[["target", "year", "value", "kind"]].values.tolist() == [
        ["T1", 2022, "55", "flow per year"],
        ["T1", 2025, "300", ""],
        ["T2", 2025, "58", ""],
        ["T3", 2035, "基本建成", ""],
        ["Y", 2022, "50", ""],
    ]  # 50 is stated by no target: the indicator's own
    targets = pd.read_csv(project.reference / "targets.csv", dtype=str)
    assert set(targets["plan"]) == {"2021-2025"} and not [c for c in targets if c[-4:].isdigit()]
    assert list(pd.read_csv(project.reference / "indicators.csv")) == ["id", "name_zh", "operator", "goalpost_min"]


def test_the_plan_has_the_years_of_the_former_entries(project):
    migrate(project)
    (plan,) = plans(project)
    assert (plan.start, plan.end, plan.base, plan.milestones, plan.outlook) == (2021, 2025, 2021, (2022, 2025), 2035)
    assert plan.title == "某区行动纲要" and dict(plan.counts) == {"targets": 3}
    text = (project.reference / "district.yml").read_text("utf-8")
    assert "centre: 某中心   # 留着" in text and "target_years" not in text and "  places: 1" in text


def test_the_former_tables_are_kept_and_a_second_time_does_nothing(project):
    migrate(project)
    kept = project.reference / KEPT
    assert {p.name: p.read_text("utf-8") for p in kept.iterdir()} == {
        n: t for n, t in FILES.items() if n != "target_indicators.csv"
    }
    before = {p.name: p.read_bytes() for p in project.reference.glob("*.*")}
    assert migrate(project) == [] and {p.name: p.read_bytes() for p in project.reference.glob("*.*")} == before


def test_facts_that_are_lacking_are_named_and_nothing_is_written(project):
    path = project.reference / "district.yml"
    path.write_text(DISTRICT.replace("base_year: 2021", "# "), "utf-8")
    with pytest.raises(DataError, match="base_year"):
        migrate(project)
    assert not (project.reference / "target_years.csv").exists() and not (project.reference / KEPT).exists()
