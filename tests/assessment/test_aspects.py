"""The five assessed aspects: what is handed in, what is computed, ranking with ties, grades; all faults named."""

import numpy as np
import pandas as pd
import pytest

from research import open_project
from research.assessment.aspects import aspects, totals
from research.errors import DataError
from research.indicators.checks.checks import Known, check_file

WEIGHTS = {"aspects": {"工作机制": 0.1, "工作推进": 0.2, "工作保障": 0.1, "工作成效": 0.4, "群众测评": 0.2}}
UNITS = pd.DataFrame(
    {
        "unit": ["t1", "t2", "局"],
        "name": ["甲镇", "乙镇", "局"],
        "unit_kind": ["乡镇街道", "乡镇街道", "区级部门"],
        "results": [60.0, 70.0, 50.0],
        "status": ["estimated", "estimated", "reported"],
    }
)


def handed(unit, *scores, status="reported"):
    names = ("工作机制", "工作推进", "工作保障", "群众测评")
    return [
        {"unit": unit, "aspect": a, "score": s, "status": status, "source": "考评办"}
        for a, s in zip(names, scores, strict=False)
    ]


def test_only_results_are_computed_and_what_is_not_handed_in_says_so():
    got = aspects(UNITS, WEIGHTS).set_index(["unit", "aspect"])
    assert got.loc[("t1", "工作成效"), ["score", "computed"]].tolist() == [60.0, True]
    rest = got.drop(index="工作成效", level="aspect")
    assert rest["score"].isna().all() and rest["note"].str.contains("不作推算").all()
    assert totals(got.reset_index())["total"].isna().all()


def test_totals_by_hand():
    """t1: 0.1*80 + 0.2*90 + 0.1*70 + 0.4*60 + 0.2*85 = 74."""
    table = aspects(UNITS, WEIGHTS, pd.DataFrame(handed("t1", 80, 90, 70, 85) + handed("t2", 80, 90, 70)))
    got = totals(table).set_index("unit")
    assert got.loc["t1", ["covered", "total"]].tolist() == pytest.approx([1.0, 74.0])
    assert np.isnan(got.loc["t2", "total"]) and got.loc["t2", "covered"] == pytest.approx(0.8)
    assert set(got["ranked_by"]) == {"工作成效"} and got["rank"].tolist() == [2, 1, 1]


def test_ties_share_the_better_rank_and_the_weakest_status_holds():
    units = pd.concat([UNITS.iloc[[0]].assign(unit=u, name=u) for u in "abc"])
    rows = handed("a", 80, 80, 80, 80) + handed("b", 80, 80, 80, 80, status="sample") + handed("c", 50, 50, 50, 50)
    got = totals(aspects(units, WEIGHTS, pd.DataFrame(rows)), {"excellent_share": 0.4, "fail_below": 60})
    got = got.set_index("unit")
    assert got["rank"].tolist() == [1, 1, 3] and set(got["ranked_by"]) == {"五个方面合计"}
    assert got["grade"].tolist() == ["优秀", "优秀", "不合格"]  # 0.6*80 + 0.4*60 = 72; 0.6*50 + 0.4*60 = 54
    assert got["status"].tolist() == ["estimated", "sample", "estimated"]


def test_nobody_is_graded_before_all_is_there():
    got = totals(
        aspects(UNITS, WEIGHTS, pd.DataFrame(handed("t1", 80, 90, 70, 85))), {"excellent_share": 0.2, "fail_below": 60}
    )
    assert (got["grade"] == "").all()
    with pytest.raises(DataError, match="assessment.grades"):
        totals(aspects(UNITS, WEIGHTS), {"excellent_share": 2, "fail_below": 60})


def test_faults_of_what_is_handed_in_come_at_once():
    rows = handed("t1", 80) * 2 + handed("t9", 80) + handed("t2", 180)
    rows.append({"unit": "t2", "aspect": "工作成效", "score": 90})
    with pytest.raises(DataError) as caught:
        aspects(UNITS, WEIGHTS, pd.DataFrame(rows))
    text = str(caught.value)
    assert len(caught.value.faults) == 4
    for part in (
        "row 3: expected each unit and aspect once",
        "row 4: expected a unit",
        "row 5: expected a score",
        "row 6: expected one of",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ({"工作机制": 0.1}, "a weight for 工作推进"),
        (WEIGHTS["aspects"] | {"工作成效": 0.5}, "a sum of 1.1"),
        (WEIGHTS["aspects"] | {"态度": 0.0}, "态度"),
    ],
)
def test_weights_of_the_aspects(weights, text):
    with pytest.raises(DataError, match=text):
        aspects(UNITS, {"aspects": weights})


@pytest.fixture(scope="module")
def known():
    return Known(open_project(__file__))


@pytest.mark.parametrize(
    ("line", "place", "hint"),
    [
        ("331003999,2024,工作机制,80,reported,考评办", "row 3, column unit", "did you mean"),
        ("宁溪镇,2024,工作机制,80,reported,考评办", "row 3, column unit", "write the code 331003101"),
        ("区统计局,2024,工作成效,80,reported,考评办", "row 3, column aspect", ""),
        ("区统计局,2024,工作机制,101,reported,考评办", "row 3, column score", ""),
        ("区统计局,2024,工作机制,良好,reported,考评办", "row 3, column score", ""),
        ("区统计局,2024,工作机制,,reported,考评办", "row 3, column score", "fill it in"),
        ("331003101,2024,工作机制,81,reported,考评办", "row 3", "delete one"),
    ],
)
def test_faults_of_the_file(tmp_path, known, line, place, hint):
    head = "unit,year,aspect,score,status,source\n331003101,2024,工作机制,80,reported,考评办\n"
    (tmp_path / "aspects.csv").write_text(head + line + "\n", "utf-8")
    _, faults = check_file(tmp_path / "aspects.csv", "aspects", known)
    assert len(faults) == 1 and place in str(faults[0]) and hint in str(faults[0])
