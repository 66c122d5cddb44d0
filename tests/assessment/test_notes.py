"""The outline's inconsistencies: each of the known ones is found in the text, and gone once the text is put right."""

from pathlib import Path

import pandas as pd
import pytest

from research.assessment.notes import known_notes, notes
from research.errors import DataError

FOLDER = Path(__file__).parents[2] / "data" / "reference"
OUTLINE = (FOLDER / "outline.txt").read_text("utf-8")
TARGETS = pd.read_csv(FOLDER / "targets.csv", dtype=str, keep_default_na=False)
YEARS = pd.read_csv(FOLDER / "target_years.csv", dtype={"value": str}, keep_default_na=False)
KNOWN = known_notes(FOLDER / "inconsistencies.csv")

# What each one is about, and how the text would read if it were put right: worked out from the outline.
PUT_RIGHT = {
    "I01": ("比例超90.9%", "比例达到90.9%"),
    "I02": ("新增高技能人才0.26万人", "新增高技能人才0.06万人"),
    "I03": ("10个未来乡村新社区", "5个未来乡村新社区"),
    "I04": ("瓜果天下", "瓜农天下"),
    "I05": ("达到4批次/人", "达到4批次/千人"),
    "I06": ("“两镇样板、七镇美丽”", "“三镇样板、七镇美丽”"),
    "I07": ("实现482项事项", "实现482件事项"),
    "I08": ("优良天数高于96%", "优良天数比例高于96%"),
    "I09": ("村集体创收300万以上", "村集体年均创收300万元以上"),
    "I10": ("到2025年,建成100家", "到2025年,建成暖心工坊100家"),
    "I11": ("新建或补建高标准农田3100亩", "新建高标准农田3100亩"),
    "I12": ("2025达到13000元/年", "2025年达到13000元/年"),
    "I13": ("共同富裕先行区", "共同富裕区域标杆"),
    "I14": ("安装量达到60万", "安装量达到60万台"),
    "I15": ("*号指标为黄岩特色指标", "注见正文"),
    "I16": ("强化非化石资源", "强化非化石能源"),
    "I17": ("家庭医生签约覆盖率75%以上", "家庭医生规范签约覆盖率30%以上"),
    "I18": ("到2025年专利权质押金额达30亿元以上", "到2025年累计专利权质押金额达30亿元以上"),
}


def found(outline):
    got = notes(outline, TARGETS, YEARS, KNOWN)
    return set(got.loc[got["found"] & (got["source"] == "text"), "id"])


def test_all_eighteen_are_found():
    assert found(OUTLINE) == set(PUT_RIGHT) == {f"I{n:02d}" for n in range(1, 19)}
    assert found("") == set()


@pytest.mark.parametrize("name", sorted(PUT_RIGHT))
def test_one_that_is_put_right_is_no_longer_found(name):
    wrong, right = PUT_RIGHT[name]
    assert wrong in OUTLINE
    assert found(OUTLINE.replace(wrong, right)) == set(PUT_RIGHT) - {name}


def test_rules_find_more_in_the_table_of_targets():
    got = notes(OUTLINE, TARGETS, YEARS, KNOWN)
    by_rule = got[got["source"] == "targets"]
    evidence = "".join(by_rule["evidence"])
    assert "T098、T145" in evidence  # ten future villages, in two clauses
    assert len(by_rule) >= 19  # 19 targets whose 2022 figure is of another kind
    # the 2600 skilled workers of 2022 in a year are 87% of the 3000 until 2025
    assert by_rule["finding"].str.contains("口径|2022年为当年数|同一目标值|八成以上").all()


def test_another_district_may_have_none(tmp_path):
    got = notes("", TARGETS, YEARS, known_notes(tmp_path / "inconsistencies.csv"))
    assert (got["source"] == "targets").all()


def test_faults_of_the_file(tmp_path):
    path = tmp_path / "inconsistencies.csv"
    path.write_text("id,clause,finding,handling,quotes\nA,1,x,y,q\nA,1,x,y,\n", "utf-8")
    with pytest.raises(DataError) as caught:
        known_notes(path)
    assert [str(f.place) for f in caught.value.faults] == [
        "inconsistencies.csv, row 3, column id",
        "inconsistencies.csv, row 3, column quotes",
    ]
    path.write_text("id,clause,find\n", "utf-8")
    with pytest.raises(DataError, match="a column quotes"):
        known_notes(path)
