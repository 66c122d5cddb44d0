"""Forms for everything a clerk supplies, taken in again: targets, tasks, demands, scores; nothing replaced silently."""

import subprocess

import openpyxl
import pandas as pd
import pytest

from research.core.scope import Data, Scope
from research.errors import DataError, UsageError
from research.indicators.forms import forms
from research.indicators.intake import intake
from research.indicators.reference import reference
from research.indicators.store import registers, store, untracked


@pytest.fixture
def empty(own_project):
    """The project with an own data folder that holds nothing yet."""
    (own_project.root / "data" / "fresh").mkdir()
    return own_project


def _scope(project, year=2025):
    return Scope(project, year, Data.named(project, "fresh"))


def _fill(path, **columns):
    """The first row of a form filled in, by heading."""
    book = openpyxl.load_workbook(path)
    sheet = book[forms.SHEET]
    heads = {c.value: c.column for c in sheet[1]}
    for heading, value in columns.items():
        sheet.cell(2, heads[heading], value)
    book.save(path)
    return path


@pytest.mark.slow
def test_every_department_of_the_table_has_a_form(empty, tmp_path):
    names = reference.load(empty, "departments")["department"]
    assert len(names) > 10
    for name in names:
        made = forms.write(_scope(empty), tmp_path / name, department=name)
        assert made and all(p.is_file() and p.name.startswith(name) for p in made)
    with pytest.raises(UsageError) as refused:
        forms.write(_scope(empty), tmp_path, department="区教局")
    assert refused.value.text("zh") == "--department 区教局：是否为“区教育局”？"


def test_target_values_tasks_and_scores_come_back_and_keep_their_history(empty, tmp_path):
    scope, folder = _scope(empty), empty.root / "data" / "fresh"
    targets = reference.load(empty, "targets")
    joined = set(reference.load(empty, "target_indicators").query("rule != ''")["target"])
    row = targets[~targets["id"].isin(joined) & targets["unit"].eq("%")].iloc[0]
    (target,) = forms.write(scope, tmp_path, department=row["department"], tables=["target-values"])
    sheet = openpyxl.load_workbook(target)[forms.SHEET]
    listed = [c.value for c in sheet["A"][1:]]
    assert listed[0] not in (None, "") and row["id"] in listed
    _fill(target, 数值="８1.5%" if sheet["F2"].value == "%" else 81.5, 来源="年报")
    (task,) = forms.write(scope, tmp_path, department=row["department"], tables=["tasks"])
    _fill(
        task,
        编号="N001",
        类别="重大项目",
        名称="甲",
        行动=3,
        地区代码="331003",
        牵头单位=row["department"],
        开始="2025-01-01",
        完成期限="2025年12月31日",
        进度="40%",
        更新日期="2025-06-30",
        状态="部门报送",
    )
    (score,) = forms.write(scope, tmp_path, department=row["department"], tables=["aspects"])
    _fill(score, 得分=88, 来源="考评办")
    first = intake.take_in(empty, [target, task, score], "fresh")
    assert (first.new, first.revised) == (3, 0)
    values = pd.read_csv(folder / "target-values.csv", dtype=str)
    assert values.loc[0, ["target", "value", "status"]].tolist() == [listed[0], "81.5", "reported"]
    tasks = pd.read_csv(folder / "tasks.csv", dtype=str)
    assert tasks.loc[0, ["id", "due", "progress"]].tolist() == ["N001", "2025-12-31", "0.4"]
    assert pd.read_csv(folder / "aspects.csv")["score"].tolist() == [88]

    again = intake.take_in(empty, [_fill(task, 进度=0.75)], "fresh")
    assert (again.new, again.revised, again.unchanged) == (0, 1, 0)
    kept = store.backend(folder)
    assert [
        kept.register("tasks", n)["progress"].tolist()
        for n in kept.names()
        if kept._register_path(n, "tasks").is_file()
    ] == [["0.4"], ["0.75"]]
    assert intake.take_in(empty, [task], "fresh").import_id == ""


def test_what_stands_in_a_register_is_adopted_first_and_deleted_rows_are_named(empty, tmp_path):
    folder = empty.root / "data" / "fresh"
    line = "331003001,{},1,教育入学,{},4,4,reported\n"
    head = "place,year,quarter,topic,count,resolved,satisfied,status\n"
    (folder / "demands.csv").write_text(head + line.format(2024, 5), "utf-8")
    (tmp_path / "a.csv").write_text(head + line.format(2025, 6), "utf-8")
    taken = intake.take_in(empty, [tmp_path / "a.csv"], "fresh")
    assert taken.new == 1 and taken.text("zh").startswith("fresh/demands.csv 中的1行已作为历史的第一笔存入")
    assert pd.read_csv(folder / "demands.csv")["year"].tolist() == [2024, 2025]
    (folder / "demands.csv").write_text(head + line.format(2025, 6), "utf-8")
    (tmp_path / "b.csv").write_text(head + line.format(2026, 7), "utf-8")
    before = (folder / "demands.csv").read_bytes()
    with pytest.raises(DataError) as refused:
        intake.take_in(empty, [tmp_path / "b.csv"], "fresh")
    assert "1行被手工删除：331003001 2024 1 教育入学" in refused.value.text("zh")
    assert (folder / "demands.csv").read_bytes() == before


def test_the_history_of_a_register_tells_what_became_of_each_row(empty, tmp_path):
    head = "unit,year,aspect,score,status,source\n"
    for name, rows in (
        ("a", ["331003001,2024,工作机制,80"]),
        ("b", ["331003001,2024,工作机制,82", "331003002,2024,工作机制,71"]),
    ):
        (tmp_path / f"{name}.csv").write_text(head + "".join(f"{r},reported,考评办\n" for r in rows), "utf-8")
        intake.take_in(empty, [tmp_path / f"{name}.csv"], "fresh")
    folder = empty.root / "data" / "fresh"
    told = registers.history(folder, "aspects", "331003001")
    assert told[["change", "score"]].to_numpy().tolist() == [["new", "80"], ["changed", "82"]]
    assert told["imported_at"].str.match(r"20\d\d-").all()
    assert registers.history(folder, "aspects")["change"].tolist() == ["new", "changed", "new"]
    with pytest.raises(DataError, match="did you mean '331003002'"):
        registers.history(folder, "aspects", "331003003")


def test_two_files_do_not_give_one_row(empty, tmp_path):
    head = "unit,year,aspect,score,status,source\n"
    for name, score in (("a", 80), ("b", 90)):
        (tmp_path / f"{name}.csv").write_text(f"{head}331003001,2025,工作机制,{score},reported,考评办\n", "utf-8")
    with pytest.raises(DataError) as refused:
        intake.take_in(empty, [tmp_path / "a.csv", tmp_path / "b.csv"], "fresh")
    assert refused.value.faults[0].kind == "conflict" and "a.csv中也有" in refused.value.text("zh")


def test_grades_are_handed_in_as_words(empty, tmp_path):
    path = empty.reference / "calibres.yml"
    path.write_text(path.read_text("utf-8") + "scales:\n  T002: {优: 90, 良: 75}\n", "utf-8")
    (form,) = forms.write(
        _scope(empty),
        tmp_path,
        department=reference.load(empty, "targets").set_index("id").at["T002", "department"],
        tables=["target-values"],
    )
    checks = openpyxl.load_workbook(form)[forms.SHEET].data_validations.dataValidation
    assert '"优,良"' in [v.formula1 for v in checks]
    head = "target,place,year,value,status,source\n"
    (tmp_path / "a.csv").write_text(f"{head}T002,331003,2025,良,reported,年报\n", "utf-8")
    (tmp_path / "b.csv").write_text(f"{head}T002,331003,2025,75,reported,年报\n", "utf-8")
    with pytest.raises(DataError) as refused:
        intake.take_in(empty, [tmp_path / "b.csv"], "fresh")
    assert [f.text("zh") for f in refused.value.faults] == [
        "b.csv，第2行，“value”列：应为优、良之一，现为'75'（请填档次用语，不填数字）"
    ]
    intake.take_in(empty, [tmp_path / "a.csv"], "fresh")
    assert pd.read_csv(empty.root / "data/fresh/target-values.csv")["value"].tolist() == [75]


def test_households_are_kept_out_of_git(empty, tmp_path):
    folder = empty.root / "data" / "fresh"
    assert untracked.keep_out(tmp_path) is False and not (tmp_path / ".gitignore").exists()
    subprocess.run(["git", "init", "-q", str(empty.root)], check=True)
    (folder / ".gitignore").write_text("mine.txt", "utf-8")
    (folder / "households-2024.csv").write_text("household\n1\n", "utf-8")
    subprocess.run(["git", "-C", str(folder), "add", "-f", "households-2024.csv"], check=True)
    assert untracked.tracked(folder) == ["households-2024.csv"]
    subprocess.run(["git", "-C", str(folder), "rm", "-q", "--cached", "households-2024.csv"], check=True)
    assert untracked.keep_out(folder) is True and untracked.keep_out(folder) is False
    assert (folder / ".gitignore").read_text("utf-8").splitlines()[0] == "mine.txt"
    subprocess.run(["git", "-C", str(folder), "add", "."], check=True)
    assert untracked.tracked(folder) == []
