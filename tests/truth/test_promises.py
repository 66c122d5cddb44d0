"""The checks of the book's promises find a promise that is broken."""

from pathlib import Path

import pytest

from tests.truth.promises import KEPT, Promises

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"


def table(caption, head, *rows):
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in (head, *rows))
    return f"<figure><figcaption>{caption}（示例数据，非真实统计）</figcaption><table>{cells}</table></figure>"


def sentence(text):
    return f"<p>{text}</p>"


BROKEN = {
    "quoted": "「规划里没有的一句话」",
    "points": sentence("养老床位占比提高5.1%。"),
    "unranked": table("各地得分", ["乡镇街道", "位次"], ["甲镇", "1"]),
    "counted": table("样本", ["乡镇街道", "样本户数"], ["甲镇", "43"]),
    "errors": table("差距", ["指标", "2024年"], ["基尼系数", "0.327"]),
    "undirected": sentence("低于2021年0.021（在抽样误差之内高于3分）。"),
    "judged": sentence("按直线趋势外推，2025年约为97.8%（95%预测区间94.4%～99.0%），必将实现目标。"),
    "adopted": sentence("2024年甲镇居民人均可支配收入50000元。2024年甲镇居民人均可支配收入50100元。"),
    "coloured": table(
        "黄码和红码的目标",
        ["目标", "落后时间进度", "离目标值", "状态", "依据"],
        ["某率", "35.0", "–", "黄色", "时间进度"],
    ),
    "applied": table("设定清单", ["设定", "用于", "代号"], ["某值", "计算", "no_such_setting"]),
}


def told(folder, check, body):
    (folder / "data").mkdir(parents=True)
    (folder / "page.html").write_text(f"<html><body><main>{body}</main></body></html>", "utf-8")
    return list(getattr(Promises(folder, REFERENCE, folder), check)())


@pytest.mark.parametrize("check", BROKEN)
def test_a_broken_promise_is_found(check, tmp_path):
    assert told(tmp_path / "book", check, BROKEN[check])
    assert not told(tmp_path / "other", check, sentence("占比提高5.1个百分点，在抽样误差之内。"))


def test_a_line_carried_on_from_three_years_is_found(tmp_path):
    book = Promises(tmp_path, REFERENCE, tmp_path)
    book.data.mkdir()
    (book.data / "fig-a-trend.csv").write_text("year,value\n2022,1\n2023,2\n2024,3\n", "utf-8")
    (book.data / "fig-a-trend-2.csv").write_text("year,lower\n2025,1\n", "utf-8")
    assert list(book.forecasts())


def test_each_promise_has_its_own_check():
    assert len(set(KEPT.values())) == len(KEPT)
