"""A department's report as a form: what it holds, that it can be answered, and that bad answers are named."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from openpyxl import load_workbook

from research.assessment import answers
from research.assessment.rates import answered, in_words
from research.assessment.reviewing.base import Reviewed
from research.errors import DataError, UsageError
from research.indicators.store import store
from research.project import Project

ITEMS = pd.DataFrame(
    [
        {
            "department": "区甲局",
            "target_id": "T1",
            "clause": "9",
            "target_name": "=cmd|危险",
            "target_text": "10",
            "unit": "个",
            "value": 4.0,
            "value_year": 2024,
            "behind": 42.04,
            "colour": "red",
            "matter": "限期整改",
            "reason": "",
        },
        {
            "department": "区甲局",
            "target_id": "T2",
            "clause": "10",
            "target_name": "道路",
            "target_text": "领先全省",
            "unit": "relative",
            "value": None,
            "value_year": None,
            "behind": None,
            "colour": "grey",
            "matter": "补充数据",
            "reason": "缺少参照值",
        },
        {
            "department": "区乙局",
            "target_id": "T3",
            "clause": "11",
            "target_name": "学校",
            "target_text": "5",
            "unit": "所",
            "value": 4.0,
            "value_year": 2024,
            "behind": 12.0,
            "colour": "yellow",
            "matter": "说明差距",
            "reason": "",
        },
    ]
)
RATES = pd.DataFrame(
    [
        {
            "scope": "department",
            "key": k,
            "n_targets": 3,
            "n_assessed": 2,
            "n_attained": 1,
            "n_green": 1,
            "n_yellow": 0,
            "n_red": 1,
        }
        for k in ("区甲局", "区乙局")
    ]
)


@pytest.fixture
def edition(tmp_path):
    tables = {"department_items": ITEMS, "attainment_rates": RATES}
    return SimpleNamespace(
        edition=2024,
        status="sample",
        table=tables.__getitem__,
        project=SimpleNamespace(output=lambda name: tmp_path / name),
    )


def filled(edition, folder, *cells):
    """The first department's form with some cells written."""
    (path,) = answers.write(edition, ["区甲局"], folder)
    book = load_workbook(path)
    for address, value in cells:
        book["答复"][address] = value
    book.save(path)
    return path


def test_a_form_holds_what_its_department_has_to_answer(edition, tmp_path):
    paths = answers.write(edition, folder=tmp_path)
    assert sorted(p.name for p in paths) == ["区乙局-2024.xlsx", "区甲局-2024.xlsx"]
    book = load_workbook(tmp_path / "区甲局-2024.xlsx")
    rows = list(book["答复"].iter_rows(values_only=True))
    assert rows[1][:8] == ("T1", "9", "'=cmd|危险", "10个", "4（2024年）", 42, "红", "限期整改")
    assert rows[2][3:9] == ("领先全省", None, None, "未评定", "补充数据", "缺少参照值")
    assert len(rows) == 3 and not any(cell.data_type == "f" for row in book["答复"] for cell in row)
    told = "".join(str(r[0]) for r in book["说明"].iter_rows(values_only=True))
    assert "示例数据，非真实统计" in told and "请答复2项：限期整改1项，补充数据1项" in told


def test_only_the_answers_can_be_typed(edition, tmp_path):
    (path,) = answers.write(edition, ["区甲局"], tmp_path)
    sheet = load_workbook(path)["答复"]
    assert sheet.protection.sheet
    assert [c.protection.locked for c in sheet[2]] == [True] * 9 + [False] * 4


def test_answers_come_back_in_one_table(edition, tmp_path):
    path = filled(
        edition,
        tmp_path,
        ("J2", "征地未完成"),
        ("K2", "九月底前开工"),
        ("L2", "张三"),
        ("M2", "2025-06-30"),
        ("J3", "  "),
    )
    got = answers.read(edition, [path]).set_index("target_id")
    assert got.loc["T1", ["department", "measure", "person", "deadline", "answered"]].tolist() == [
        "区甲局",
        "九月底前开工",
        "张三",
        "2025-06-30",
        True,
    ]
    assert not got.loc["T2", "answered"]


def test_bad_answers_come_at_once(edition, tmp_path):
    path = filled(edition, tmp_path, ("J2", "=1+1"), ("M2", "六月底"), ("A3", "T9"))
    twice = filled(edition, tmp_path / "again")
    with pytest.raises(DataError) as caught:
        answers.read(edition, [path, twice, twice])
    text = str(caught.value)
    for part in (
        "row 2, column 情况说明: expected plain text",
        "row 2, column 完成期限: expected a date",
        "found 'T9'",
        "T1 twice",
    ):
        assert part in text


def test_another_file_is_no_form(edition, tmp_path):
    from openpyxl import Workbook

    Workbook().save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    with pytest.raises(DataError) as caught:
        answers.read(edition, [tmp_path / "other.xlsx", tmp_path / "text.xlsx"])
    assert "a sheet 答复" in str(caught.value) and "text.xlsx" in str(caught.value)


def test_a_department_without_items_is_answered_with_the_nearest(edition, tmp_path):
    with pytest.raises(UsageError, match="区甲局"):
        answers.write(edition, ["区甲"], tmp_path)


TOLD = pd.DataFrame(
    {
        "year": [2023, 2024, 2024],
        "target": ["T1", "T1", "T3"],
        "department": ["区甲局", "区甲局", "区乙局"],
        "matter": ["", "限期整改", "说明差距"],
        "explanation": ["征地未完成", "", "缺编制"],
        "measure": ["", "九月底前开工", ""],
        "person": ["", "张三", ""],
        "deadline": pd.to_datetime(["", "2025-06-30", ""]),
    }
)


def test_answers_stand_beside_the_target_this_year_and_the_next():
    items = ITEMS.assign(explanation="", measure="", person="", deadline="", former_answer="")
    now = answered(items, TOLD, 2024).set_index("target_id")
    assert in_words(now.loc["T1"]) == "九月底前开工（责任人张三，2025-06-30前完成）"
    assert now["former_answer"].tolist() == ["2023年答复：征地未完成", "", ""] and in_words(now.loc["T2"]) == ""
    later = answered(items, TOLD, 2025).set_index("target_id")
    assert later["explanation"].tolist() == ["", "", ""]
    assert later["former_answer"].tolist() == [
        "2024年答复：九月底前开工（责任人张三，2025-06-30前完成）",
        "",
        "2024年答复：缺编制",
    ]


def test_a_book_marks_the_departments_words_as_theirs():
    items = answered(ITEMS.assign(explanation="", measure="", person="", deadline="", former_answer=""), TOLD, 2024)
    place = SimpleNamespace()
    edition = SimpleNamespace(
        table={"department_items": items}.__getitem__, place=lambda: place, edition=2024, plan=SimpleNamespace(end=2025)
    )
    plan, frame = Reviewed(edition), pd.DataFrame({"目标": ["甲", "乙"]})
    made, whose = plan.with_answers(frame, ["T3", "T2"])
    assert made["部门答复"].tolist() == ["缺编制", ""] and whose == "“部门答复”是责任部门填报的原话，不是本书的判断。"
    made, whose = plan.with_answers(frame, ["T2", "T2"])
    assert "部门答复" not in made and whose == ""


def test_answers_are_kept_with_their_history(edition, tmp_path):
    home = Path(__file__).resolve().parents[2]
    project, folder = Project(home), tmp_path / "data"
    folder.mkdir()
    ids = pd.read_csv(home / "data" / "reference" / "targets.csv")["id"].tolist()[:2]
    table = pd.DataFrame(
        {
            "department": "区甲局",
            "target_id": ids,
            "matter": "说明差距",
            "explanation": ["缺编制", ""],
            "measure": "",
            "person": "",
            "deadline": ["", ""],
        }
    )
    own = SimpleNamespace(edition=2024, folder=folder, project=project)
    assert answers.keep(own, table) == [1, 0, 0]
    assert answers.keep(own, table.assign(explanation=["已批复", "征地"])) == [1, 1, 0]
    kept = pd.read_csv(folder / "answers.csv", keep_default_na=False)
    assert kept["explanation"].tolist() == ["已批复", "征地"] and kept["year"].tolist() == [2024, 2024]
    first = store.backend(folder).names()[0]
    assert store.backend(folder).register("answers", first)["explanation"].tolist() == ["缺编制"]
