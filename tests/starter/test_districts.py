"""A province's project: one district's book is cut out of it, and nothing of another district comes along."""

import csv
import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from research.cli.app import app
from research.core.scope import Data, Project, Scope
from research.errors import DataError, UsageError
from research.indicators.checks.checks import Known, check
from research.indicators.reference.checks import check_reference
from research.starter.districts import district_project
from research.starter.layout import new_district, words_of

PLACES = "code,name,district\n990101001,东镇,990101\n990101002,西镇,\n990102001,东镇,990102\n990199001,南镇,990102\n"
DISTRICTS = "code,name,city\n990101,甲县,子市\n990102,乙县,子市\n"
VALUES = """place,year,indicator,value,unit,status,source
990000,2026,A,12,万元,reported,年报
990101,2026,A,5,万元,reported,年报
990102,2026,A,7,万元,reported,年报
990101001,2026,A,2,万元,reported,年报
990101002,2026,A,3,万元,reported,年报
990102001,2026,A,3,万元,reported,年报
990199001,2026,A,4,万元,reported,年报
"""
INDICATORS = "id,name_zh,theme,direction,unit\nA,人均产值,economy,1,万元\n"
CASE = "---\ntitle: 某例\nplaces: ['990102001']\n---\n\n正文。\n"


@pytest.fixture
def province(tmp_path):
    root = tmp_path / "省"
    new_district(root, words_of("示例省", "990000", start=2026, end=2030))
    reference = root / "data" / "reference"
    (reference / "places.csv").write_text(PLACES, "utf-8")
    (reference / "districts.csv").write_text(DISTRICTS, "utf-8")
    (reference / "indicators.csv").write_text(INDICATORS, "utf-8")
    (root / "data" / "own" / "observations.csv").write_text(VALUES, "utf-8")
    members = {"from": 2026, "members": ["990102001", "990101002"], "source": "示例"}
    alone = {"from": 2026, "members": ["990102001"], "source": "示例"}
    groups = {"hills": {"name": "山区", "memberships": [members]}, "coast": {"name": "沿海", "memberships": [alone]}}
    (reference / "groups.yml").write_text(yaml.safe_dump(groups, allow_unicode=True), "utf-8")
    (root / "reports" / "cases" / "one.qmd").write_text(CASE, "utf-8")
    return Project(root)


def cut(province, code="990101"):
    return district_project(province, code, Data.named(province, "own"))


def faults_of(province):
    return check(Scope.of(province, 2026, "own"))


def rows(path):
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_district_has_its_own_rows_and_no_others(province):
    made = cut(province)
    assert made.root == province.root / "districts" / "990101"
    assert [r["name"] for r in rows(made.reference / "places.csv")] == ["东镇", "西镇"]
    values = rows(made.root / "data/own/observations.csv")
    assert [(r["place"], r["value"]) for r in values] == [("990101", "5"), ("990101001", "2"), ("990101002", "3")]
    about = yaml.safe_load((made.reference / "district.yml").read_text("utf-8"))
    assert (about["code"], about["name"], about["city"]) == ("990101", "甲县", "子市")
    assert about["books"]["bluebook"] == "甲县共同富裕蓝皮书"
    groups = yaml.safe_load((made.reference / "groups.yml").read_text("utf-8"))
    assert {n: g["memberships"][0]["members"] for n, g in groups.items()} == {"hills": ["990101002"]}
    assert not (made.reports / "cases" / "one.qmd").exists() and not (made.reference / "districts.csv").exists()
    assert (cut(province, "990102").reports / "cases" / "one.qmd").is_file()


def test_a_township_is_where_its_row_says_before_where_its_digits_do(province):
    assert [r["code"] for r in rows(cut(province, "990102").reference / "places.csv")] == ["990102001", "990199001"]


def test_notebooks_open_on_the_district(province):
    made = cut(province)
    one = json.loads((made.notebooks / "themes" / "economy.ipynb").read_text("utf-8"))
    assert any('place = "990101"' in "".join(cell["source"]) for cell in one["cells"])


def test_nothing_is_written_again_until_the_province_changes(province):
    made = cut(province)
    watched = [made.root / "data/own/observations.csv", made.reference / "places.csv"]
    kept = made.root / "reports/output/book.html"
    kept.parent.mkdir(parents=True)
    kept.write_text("made here", "utf-8")
    before = [p.stat().st_mtime_ns for p in watched]
    cut(province)
    assert [p.stat().st_mtime_ns for p in watched] == before
    path = province.root / "data/own/observations.csv"
    path.write_text(VALUES.replace("990101001,2026,A,2", "990101001,2026,A,9"), "utf-8")
    cut(province)
    assert rows(watched[0])[1]["value"] == "9" and watched[1].stat().st_mtime_ns == before[1]
    assert kept.read_text("utf-8") == "made here"


def test_what_the_province_no_longer_has_goes(province):
    extra = province.reports / "bluebook" / "extra.qmd"
    extra.write_text("# 附\n", "utf-8")
    assert (cut(province).reports / "bluebook" / "extra.qmd").is_file()
    extra.unlink()
    assert not (cut(province).reports / "bluebook" / "extra.qmd").exists()


def test_a_file_of_the_districts_own_takes_the_place_of_the_provinces(province):
    own = province.reference / "districts" / "990101"
    own.mkdir(parents=True)
    (own / "departments.csv").write_text("department,kind\n甲县统计局,district\n", "utf-8")
    assert rows(cut(province).reference / "departments.csv") == [{"department": "甲县统计局", "kind": "district"}]
    assert not (cut(province, "990102").reference / "departments.csv").exists()


def test_what_was_edited_in_a_districts_project_is_not_lost(province):
    made = cut(province)
    (made.reference / "places.csv").write_text("code,name\n990101001,改名镇\n", "utf-8")
    (province.reference / "places.csv").write_text(PLACES.replace("西镇", "新西镇"), "utf-8")
    with pytest.raises(DataError, match=r"districts/990101/data/reference/places.csv.*edited here"):
        cut(province)
    assert "改名镇" in (made.reference / "places.csv").read_text("utf-8")
    (made.reference / "places.csv").unlink()
    assert "新西镇" in (cut(province).reference / "places.csv").read_text("utf-8")


def test_a_gb18030_table_is_cut_as_well(province):
    (province.root / "data/own/observations.csv").write_bytes(VALUES.encode("gb18030"))
    assert rows(cut(province).root / "data/own/observations.csv")[0]["source"] == "年报"


@pytest.mark.parametrize("code", ["990109", "", "../..", "甲县"])
def test_another_code_is_refused_by_name(province, code):
    with pytest.raises(UsageError, match="--district"):
        district_project(province, code)
    assert not (province.root / "districts").exists()


def test_a_code_that_is_no_code_makes_no_folder(province):
    (province.reference / "districts.csv").write_text("code,name\n../x,甲县\n", "utf-8")
    with pytest.raises(UsageError, match="--district"):
        district_project(province, "../x")
    assert not (province.root / "x").exists()


def test_the_project_of_one_district_has_none_to_cut(tmp_path):
    new_district(tmp_path / "县", words_of("某县", "990101", start=2026, end=2030))
    with pytest.raises(UsageError, match="one district's"):
        district_project(Project(tmp_path / "县"), "990101")


def test_the_whole_is_checked_at_once(province):
    assert [f for f in faults_of(province) if "observations" in str(f.place)] == []
    known = Known(province)
    assert known.members["990102"] == ["990102001", "990199001"] and known.names == {
        "西镇": "990101002",
        "南镇": "990199001",
    }


def test_a_districts_total_is_the_sum_of_its_townships(province):
    (province.reference / "calibres.yml").write_text(
        yaml.safe_dump({"sums": {"indicators": ["A"], "tolerance": 0.001}}), "utf-8"
    )
    path = province.root / "data/own/observations.csv"
    path.write_text(VALUES.replace("990102,2026,A,7", "990102,2026,A,8"), "utf-8")
    found = [f for f in faults_of(province) if f.kind == "total"]
    assert [(str(f.expected), f.found) for f in found] == [("the sum of the 2 places, 7", "8")]


def test_faults_of_the_districts_are_told_together(province):
    (province.reference / "districts.csv").write_text(DISTRICTS + "990103,丙县,丑市\n", "utf-8")
    (province.reference / "places.csv").write_text(PLACES + "990104001,北镇,990104\n990101003,东镇,990101\n", "utf-8")
    told = {str(f.place): f for f in check_reference(province)}
    assert str(told["data/reference/districts.csv, row 4"].found) == "none of 丙县"
    assert told["data/reference/places.csv, row 6, column district"].found == "'990104'"
    assert told["data/reference/places.csv, row 7, column name"].kind == "duplicate"


def test_a_command_works_on_one_district(province):
    asked = ["--edition", "2026", "--data", "own", "--district", "990102", "--project", str(province.root)]
    done = CliRunner().invoke(app, ["check", *asked])
    assert done.exit_code == 0 and "没有发现问题" in done.output, (done.output, done.exception)
    done = CliRunner().invoke(app, ["runs", *asked])
    assert "bluebook build --edition 2026 --data data/own --district 990102" in str(done.exception)


def test_an_answer_is_told_again_until_something_changes(province, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own = district_project(Project(province.root), "990102", Data.named(Project(province.root), "own"))
    asked = ["check", "--edition", "2026", "--data", "own", "--project", str(own.root)]
    said = [CliRunner().invoke(app, asked).stdout for _ in range(2)]
    assert "没有发现问题" in said[0] and "没有改动" not in said[0] and "没有改动" in said[1]
    assert "没有改动" not in CliRunner().invoke(app, [*asked, "--force"]).stdout
    path = own.reference / "places.csv"
    path.write_text(path.read_text("utf-8-sig").replace("990102001", "99010200"), "utf-8")
    done = CliRunner().invoke(app, asked)
    assert done.exit_code and "没有改动" not in done.stdout
