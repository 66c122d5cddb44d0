"""The appendix 调查方法与精度: there with a survey's tables, left out without them, faults together."""

from types import SimpleNamespace

import pandas as pd
import pytest

from research.core.faults import DataError
from research.edition.chapters.survey import survey_page

PLACES = pd.DataFrame({"code": ["101", "102"], "name": ["甲镇", "乙镇"]})


def edition(folder, year="2024"):
    return SimpleNamespace(folder=folder, edition=year, places=PLACES, status="survey")


def tables(folder):
    folder.mkdir()
    pd.DataFrame({"measure": "income_pc", "place": ["", "101", "102"], "estimate": [50.0, 40, 60], "se": [1.0, 2, 12],
                  "cv": [0.02, 0.05, 0.2], "lower": [48.0, 36, 36], "upper": [52.0, 44, 84], "n": [90, 50, 40],
                  "status": "sample", "withheld": False}).to_csv(folder / "estimates.csv", index=False)  # fmt: skip
    pd.DataFrame(
        {"measure": ["income_pc"], "first": ["101"], "second": ["102"], "difference": [20.0], "apart": [False]}
    ).to_csv(folder / "differences.csv", index=False)
    pd.DataFrame({"stratum": ["101", "102"], "villages_answered": [4, 5], "answered": [50, 40]}).to_csv(
        folder / "design.csv", index=False
    )
    pd.DataFrame({"name": ["RR1", "REF1"], "rate": [0.75, 0.2]}).to_csv(folder / "rates.csv", index=False)


def test_the_chapter_says_what_the_tables_say(tmp_path):
    assert survey_page(edition(tmp_path)) is None
    tables(tmp_path / "survey-2024")
    (tmp_path / "survey-2025").mkdir()  # a later year's is not this edition's
    text = survey_page(edition(tmp_path))
    assert text.startswith("# 调查方法与精度 {#sec-survey-method}") and "{{< include _mark.md >}}" in text
    for said in ("2024年住户调查", "在9个村（社区）完成90户", "应答率（RR1）75.0%，拒访率20.0%",
                 "示例数据，非真实统计。",
                 "变异系数超过15%的有1个：乙镇", "没有一对能分出高低", "人均可支配收入的精度",
                 "| 甲镇 | 40 | 2 | 5.0% | 36至44 | 50 |"):  # fmt: skip
        assert said in text, said


def test_tables_that_are_missing_are_told_together(tmp_path):
    tables(tmp_path / "survey-2023")
    (tmp_path / "survey-2023" / "design.csv").unlink()
    (tmp_path / "survey-2023" / "estimates.csv").write_text("measure,place\n", "utf-8")
    with pytest.raises(DataError) as raised:
        survey_page(edition(tmp_path))
    assert len(raised.value.faults) == 9 and "survey-2023/design.csv" in str(raised.value)


def test_the_level_is_the_tables_and_open_questions_are_told(tmp_path):
    tables(tmp_path / "survey-2024")
    path = tmp_path / "survey-2024" / "estimates.csv"
    pd.read_csv(path, dtype={"place": str}).assign(level=0.9).to_csv(path, index=False)
    gaps = pd.DataFrame({"item": ["income_pc", "满意度", ""], "missing": [3, 0, 1], "share": [0.031, 0.0, 0.01]})
    gaps.to_csv(path.with_name("gaps.csv"), index=False)
    text = survey_page(edition(tmp_path))
    for said in ("90%区间", "显著性水平10%", "所问的2项里有1项有人没有回答", "| 人均可支配收入 | 3 | 3.1% |",
                 "一项也没有回答的有1户", "{{< embed quality.ipynb#fig-quality-small-area-band >}}"):  # fmt: skip
        assert said in text, said
    assert "95%" not in text


def test_an_editor_s_eye(tmp_path):
    """Marked once, units told, words at the left, residences in Chinese, totals that are met said to be met."""
    tables(tmp_path / "survey-2024")
    margins = [("residence", "urban", 38.0, 40.0, 40.0, 0.0), ("residence", "rural", 51.0, 50.0, 50.0, 1e-12)]
    pd.DataFrame(margins, columns=["margin", "level", "before", "target", "after", "gap"]).to_csv(
        tmp_path / "survey-2024" / "margins.csv", index=False
    )
    path = tmp_path / "survey-2024" / "design.csv"
    pd.read_csv(path).assign(invited=[60, 50], reserves=[10, 8]).to_csv(path, index=False)
    ed = edition(tmp_path)
    ed.status = "sample"
    text = survey_page(ed)
    assert "示例数据，非真实统计。" not in text  # the chapter's mark says it
    for said in ("人均可支配收入：估计值与精度（元）", "| 城乡 | 城镇 | 38 | 40 | 40 |", "| 城乡 | 农村 |",
                 "|:--|:--|--:|--:|--:|",
                 "按城乡的已知总数校准，校准后与总数一致，见 @tbl-survey-margins。", "| 抽中户 | 备用户 | 完成户 |",
                 "没有用到的不计入应答率", "见 @tbl-survey-precision-1。", "见 @tbl-survey-design。"):  # fmt: skip
        assert said in text, said
