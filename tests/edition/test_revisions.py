"""What changed between two editions is found, told with its reason, and nothing else is."""

import shutil
from types import SimpleNamespace

import pandas as pd
import pytest

from research import open_edition
from research.core.scope import Project, Scope, open_project
from research.edition.build import build_edition
from research.edition.revision_page import FIRST, revision_page
from research.edition.revisions import revised_methods, revised_numbers, revised_targets
from research.indicators.store import store


def observations(*rows):
    return pd.DataFrame(rows, columns=["place", "year", "indicator", "value", "unit", "status"])


def test_numbers_that_changed_went_or_came_are_found_and_new_years_are_not():
    before = observations(
        ("P", 2022, "A", 1.0, "%", "reported"),
        ("P", 2023, "A", 2.0, "%", "reported"),
        ("P", 2023, "B", 5.0, "家", "reported"),
        ("Q", 2023, "A", None, "%", "reported"),
    )
    now = observations(
        ("P", 2022, "A", 1.0 + 1e-15, "%", "reported"),
        ("P", 2023, "A", 2.5, "%", "survey"),
        ("P", 2024, "A", 9.0, "%", "reported"),
        ("Q", 2023, "A", None, "%", "reported"),
        ("Q", 2022, "A", 3.0, "%", "reported"),
    )
    found = revised_numbers(now, before)
    keys = found[["place", "year", "indicator"]].values.tolist()
    assert keys == [["P", 2023, "A"], ["P", 2023, "B"], ["Q", 2022, "A"]]
    assert found["before"].tolist()[:2] == [2.0, 5.0] and found["now"].tolist()[0] == 2.5
    assert found["unit"].tolist() == ["%", "家", "%"] and found["status"].tolist()[0] == "survey"
    assert found["reason"].tolist() == ["未登记"] * 3


def test_the_reason_is_the_registers_or_what_the_store_knows_of_the_new_number(tmp_path):
    row = {
        "place": "331003",
        "year": 2023,
        "indicator": "INC-1-01",
        "unit": "%",
        "status": "reported",
        "source": "x",
        "supplier": "区统计局",
        "file": "a.xlsx",
        "sha256": "0",
        "sheet": "填报",
        "row": 2,
    }
    for value, accepted in ((50.8, ""), (50.9, "经济普查修订")):
        store.append(tmp_path, pd.DataFrame([{**row, "value": value, "accepted": accepted}]))
    before = observations(("331003", 2023, "INC-1-01", 50.8, "%", "reported"))
    now = observations(("331003", 2023, "INC-1-01", 50.9, "%", "reported"))
    history = store.all_rows(tmp_path)
    assert revised_numbers(now, before, history)["reason"].tolist() == ["经济普查修订（区统计局，a.xlsx）"]
    first = history[history["value"] == 50.8]
    assert revised_numbers(now, before, first)["reason"].tolist() == ["未写理由（区统计局，a.xlsx）"]
    why = {"331003/2023/INC-1-01": "口径调整"}
    assert revised_numbers(now, before, history, why)["reason"].tolist() == ["口径调整"]


def attainment(**change):
    row = {
        "target_id": "T1",
        "target_name": "森林覆盖率",
        "horizon": "2025",
        "target": 60.0,
        "target_text": "60",
        "comparator": "≥",
        "unit": "%",
        "department": "林业",
    }
    return pd.DataFrame([{**row, **change}])


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        ({}, []),
        ({"target": 62.0, "target_text": "62"}, [["T1", "目标值", "60", "62"], ["T1", "目标表述", "60", "62"]]),
        ({"horizon": "2035", "target": 70.0}, []),
        ({"department": "农业"}, [["T1", "负责部门", "林业", "农业"]]),
        ({"target_id": "T2"}, [["T1", "目标", "列入", "取消"], ["T2", "目标", "未列入", "新增"]]),
    ],
)
def test_targets(change, rows):
    found = revised_targets(attainment(**change), attainment(), {"T1": "规划调整"})
    assert found[["target_id", "what", "before", "now"]].values.tolist() == rows
    assert found["reason"].tolist() == ["规划调整" if name == "T1" else "未登记" for name in found["target_id"]]


def basis(weight=0.5, version="1", aggregate="arithmetic", **more):
    weights = pd.DataFrame([{"scope": "township", "code": "A", "name": "指标甲", "weight": weight, "version": version}])
    index = pd.DataFrame(
        [{"scope": s, "setting": "aggregate", "value": aggregate, "current": True} for s in ("district", "township")]
    )
    return {
        "version": "0.1.0",
        "settings": {"line": 10000},
        "groups": {"west": ["a", "b"]},
        "weights": weights,
        "index": index,
        "titles": {"line": "兜底线", "west": "西部"},
        **more,
    }


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"weight": 0.6}, ["权重：指标甲（乡镇街道）", "0.5000", "0.6000", "改版"]),
        ({"aggregate": "geometric"}, ["综合指数设定：aggregate", "arithmetic", "geometric", "改版"]),
        ({"version": "0.2.0"}, None),
        ({"settings": {"line": 12000}}, ["设定：兜底线", "10000", "12000", "提标"]),
        ({"groups": {"west": ["a"]}}, ["分组：西部", "a、b", "a", "未登记"]),
    ],
)
def test_methods(change, row):
    now = basis(**change)
    if row is None:  # the package's own version
        now, row = {**basis(), "version": "0.2.0"}, ["程序版本", "0.1.0", "0.2.0", "程序更新"]
    assert revised_methods(now, basis(), {"index": "改版", "line": "提标"}).values.tolist() == [row]
    assert revised_methods(basis(), basis()).empty


def test_without_an_earlier_edition_the_page_says_so(tmp_path):
    scope = Scope.of(Project(tmp_path), 2024)
    edition = SimpleNamespace(scope=scope, project=scope.project, edition=2024, data="sample")
    assert revision_page(edition).strip() == FIRST


def test_results_of_an_older_program_are_named_and_not_compared(tmp_path):
    folder = tmp_path / "data" / "results" / "2023"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"edition": 2023, "data": "sample"}')
    scope = Scope.of(Project(tmp_path), 2024)
    edition = SimpleNamespace(scope=scope, project=scope.project, edition=2024, data="sample")
    assert "2023年版" in revision_page(edition) and "较早的程序" in revision_page(edition)


@pytest.mark.slow
def test_two_editions_in_which_a_value_a_target_and_a_weight_changed(tmp_path):
    real = open_project()
    (tmp_path / "_quarto.yml").write_text("project: {type: book}\n")
    for name in ("reference", "sample"):
        shutil.copytree(real.root / "data" / name, tmp_path / "data" / name)
    project = Project(tmp_path)
    build_edition(Scope.of(project, 2023))
    edit(tmp_path / "data/sample/observations.csv", "331003,2023,INC-1-01,50.8,", "331003,2023,INC-1-01,50.4,")
    edit(tmp_path / "data/reference/index.yml", "shortboard: 1.5", "shortboard: 1.8")
    edit(
        tmp_path / "data/reference/settings.yml",
        "values: [{from: 2021, value: 30}]",
        "values: [{from: 2021, value: 30}, {from: 2024, value: 35}]",
    )
    targets = pd.read_csv(project.reference / "targets.csv", dtype=str, keep_default_na=False)
    at = targets.index[(targets["id"] == "T020")][0]
    targets.loc[at, "department"] = "区统计局"
    targets.to_csv(project.reference / "targets.csv", index=False)
    register = "edition,item,reason\n2024,T020,机构改革\n2023,index,旧\n2024,index,短板加权\n"
    (project.reference / "revisions.csv").write_text(register, encoding="utf-8")
    build_edition(Scope.of(project, 2024))
    page = revision_page(open_edition("2024", project=project))
    assert "与2023年版相比，本版修订1个数字、1项目标表述、" in page
    assert "| 2023 | 劳动报酬占GDP比重（%） | 50.8 | 50.4 | -0.4 | 未登记 |" in page.replace("−", "-").replace("–", "-")
    assert "区统计局 | 机构改革 |" in page and "示例数据，非真实统计" in page
    assert "| 30 | 35 | 未登记 |" in page
    assert "feature 1.2, shortboard 1.5 | feature 1.2, shortboard 1.8 | 短板加权 |" in page
    assert page.count("| 权重：") == 20 and "另有" in page  # all weights of the tree move with one of them


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text, (path.name, old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
