"""What an import asks of the person who calls it: units, quarters, breaks, sums, reasons, marked copies."""

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from research.core.scope import Scope
from research.errors import DataError
from research.indicators import check
from research.indicators.intake import intake
from research.indicators.store import store

HEAD = ["地区代码", "年份", "指标编号", "本年值", "来源"]


def table(path, rows, head=HEAD):
    pd.DataFrame(rows, columns=head).to_csv(path, index=False)
    return path


def kinds(caught):
    return {(f.kind, str(f.place)) for f in caught.value.faults}


@pytest.mark.parametrize(
    "typed, held",
    [
        ("5.2万元/人", 52000),
        ("５２０００", 52000),
        ("52,000", 52000),
        ("0.52亿", 52000000),
        ("52000元/人", 52000),
        ("52000", 52000),
        ("5.2万", 52000),
    ],
)
def test_units_behind_numbers(own_project, tmp_path, typed, held):
    taken = intake.take_in(own_project, [table(tmp_path / "a.csv", [["331003001", 2024, "ECO-1-01", typed, "年报"]])])
    assert store.current(taken.folder)["value"].tolist() == [held]


@pytest.mark.parametrize("typed", ["5.2岁", "5.2%", "五万", "5.2.1", "1e400", "５２，００"])
def test_other_units_are_refused(own_project, tmp_path, typed):
    with pytest.raises(DataError) as caught:
        intake.take_in(own_project, [table(tmp_path / "a.csv", [["331003001", 2024, "ECO-1-01", typed, "年报"]])])
    assert kinds(caught) == {("number", "a.csv, row 2, column 本年值")}


def test_a_share_in_per_mille(own_project, tmp_path):
    taken = intake.take_in(own_project, [table(tmp_path / "a.csv", [["331003001", 2024, "SRV-4-01", "515‰", "年报"]])])
    assert store.current(taken.folder)["value"].tolist() == [51.5]


QUARTERS = ["地区代码", "年份", "季度", "指标编号", "本年值", "来源"]


def test_quarters_come_in_over_the_year(own_project, tmp_path):
    """The first quarter today, the second later; the fourth must be the year's value."""
    for number, quarter in enumerate(["第一季度", "2", "Q3"], start=1):
        taken = intake.take_in(
            own_project,
            [
                table(
                    tmp_path / f"q{number}.csv",
                    [["331003", 2025, quarter, "ECO-1-05", number * 20.5, "月报"]],
                    QUARTERS,
                )
            ],
        )
    held = store.current(taken.folder)
    assert held[["quarter", "value"]].values.tolist() == [["1", 20.5], ["2", 41.0], ["3", 61.5]]
    assert pd.read_csv(taken.folder / "quarters.csv")["value"].tolist() == [20.5, 41, 61.5]
    assert len(pd.read_csv(taken.folder / "observations.csv")) == 0
    intake.take_in(own_project, [table(tmp_path / "year.csv", [["331003", 2025, "ECO-1-05", 90, "年报"]])])
    last = table(tmp_path / "q4.csv", [["331003", 2025, 4, "ECO-1-05", 80, "月报"]], QUARTERS)
    with pytest.raises(DataError, match="the year's value, 90"):
        intake.take_in(own_project, [last])
    assert check(Scope.of(own_project, 2025, str(taken.folder))) == []


def test_a_falling_running_total(own_project, tmp_path):
    intake.take_in(own_project, [table(tmp_path / "a.csv", [["331003", 2025, 1, "ECO-1-05", 50, "月报"]], QUARTERS)])
    with pytest.raises(DataError) as caught:
        later = table(tmp_path / "b.csv", [["331003", 2025, 2, "ECO-1-05", 40, "月报"]], QUARTERS)
        intake.take_in(own_project, [later])
    assert "a running total of 50 or more, found 40" in str(caught.value)


def places(own_project):
    return pd.read_csv(own_project.reference / "places.csv", dtype=str)["code"].tolist()


def test_sums_must_add_up_across_files(own_project, tmp_path):
    parts = table(tmp_path / "parts.csv", [[p, 2025, "SRV-4-02", 2, "台账"] for p in places(own_project)])
    intake.take_in(own_project, [parts])
    with pytest.raises(DataError, match="the sum of the 19 places, 38"):
        intake.take_in(own_project, [table(tmp_path / "whole.csv", [["331003", 2025, "SRV-4-02", 40, "台账"]])])
    intake.take_in(own_project, [table(tmp_path / "whole.csv", [["331003", 2025, "SRV-4-02", 38, "台账"]])])
    with pytest.raises(DataError, match="in what was taken in before"):
        intake.take_in(own_project, [table(tmp_path / "one.csv", [["331003001", 2025, "SRV-4-02", 9, "台账"]])])


def test_the_break_of_2013_is_accepted_by_name(own_project, tmp_path):
    head = [*HEAD, "统计口径"]
    old = table(tmp_path / "old.csv", [["331003", 2012, "INC-3-01", 2.1, "年鉴", "纯收入"]], head)
    new = table(tmp_path / "new.csv", [["331003", 2013, "INC-3-01", 2.0, "年鉴"]])
    intake.take_in(own_project, [old])
    with pytest.raises(DataError, match="--accept break:INC-3-01@331003:2013=REASON"):
        intake.take_in(own_project, [new])
    taken = intake.take_in(own_project, [new], accept=["break:INC-3-01@331003:2013=两段分开使用"])
    held = store.history(taken.folder, "INC-3-01", "331003")
    assert held["accepted"].tolist() == ["", "两段分开使用"] and held["calibre"].tolist() == ["纯收入", ""]


def test_a_csv_gets_a_marked_workbook(own_project, tmp_path):
    path = table(
        tmp_path / "a.csv", [["331003001", 2024, "ECO-1-01", "很多", "年报"], ["331003001", 2024, "X", 1, "y"]]
    )
    before = path.read_bytes()
    with pytest.raises(DataError):
        intake.take_in(own_project, [path])
    sheet = load_workbook(tmp_path / "a-标记.xlsx").active
    assert "应为：数值" in sheet["D2"].comment.text and sheet["C3"].comment is not None
    assert path.read_bytes() == before


def test_marks_stand_right_where_headings_are_further_down(own_project, tmp_path):
    book = Workbook()
    for row in (["2025年报表"], ["单位：万元"], ["乡镇", "人均GDP"], ["宁溪镇", 5.2], ["某某镇", 4.1]):
        book.active.append(row)
    book.save(tmp_path / "表.xlsx")
    (tmp_path / "表.map.yml").write_text(
        "columns: {place: 乡镇}\nconstants: {year: 2025, source: s, status: reported}\nheader: 3\n"
        "wide: {人均GDP: ECO-1-01}\nunits: {人均GDP: 万元/人}\nsheet: Sheet\n",
        "utf-8",
    )
    with pytest.raises(DataError):
        intake.take_in(own_project, [tmp_path / "表.xlsx"])
    sheet = load_workbook(tmp_path / "表-标记.xlsx").active
    assert [c.coordinate for row in sheet for c in row if c.comment] == ["A5"]


def test_values_and_households_come_in_together(own_project, tmp_path, small_rows):
    """A fault in the one keeps the other out too."""
    survey = small_rows["households-2024.csv"]
    survey.to_csv(tmp_path / "h.csv", index=False)
    values = table(tmp_path / "v.csv", [["331003", 2024, "SRV-4-01", "很多", "年报"]])
    with pytest.raises(DataError):
        intake.take_in(own_project, [tmp_path / "h.csv", values])
    assert not list((own_project.root / "data/own").glob("*.csv"))
    table(values, [["331003", 2024, "SRV-4-01", 50, "年报"]])
    taken = intake.take_in(own_project, [tmp_path / "h.csv", values])
    assert taken.new == len(survey) + 1
    held = pd.read_csv(taken.folder / "households-2024.csv")
    pd.testing.assert_frame_equal(held[list(survey)], pd.read_csv(tmp_path / "h.csv"))


def test_a_mapping_may_lie_elsewhere(own_project, tmp_path):
    (tmp_path / "m.yml").write_text(
        "columns: {place: a, value: b}\nconstants: {year: 2025, indicator: SRV-4-01, source: s, status: reported}\n",
        "utf-8",
    )
    path = table(tmp_path / "x.csv", [["宁溪镇", 5.2]], ["a", "b"])
    taken = intake.take_in(own_project, [path], mapping=tmp_path / "m.yml")
    assert store.current(taken.folder)["place"].tolist() == ["331003101"]
