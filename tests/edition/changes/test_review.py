"""The page of changes: made once a build, added up until somebody signs, and void when what it tells of is another."""

import gzip
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from research.core import tables
from research.core.scope import Project, Scope
from research.edition.changes import review
from research.errors import DataError, UsageError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def scope(tmp_path):
    """A project of a few tables; `built` stands for the computation."""
    for name in ("data/reference", "data/own"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("indicators.csv", "places.csv", "district.yml", "target_indicators.csv", "targets.csv"):
        shutil.copy(ROOT / "data/reference" / name, tmp_path / "data/reference" / name)
    made = Scope.of(Project(tmp_path), 2024, "own")
    built(made, 30, "a")
    return made


def built(scope, value, key, edition=None):
    """Tables as a build leaves them, of one handed-in value; the score is a tenth of it."""
    (scope.data.folder / "observations.csv").write_text(
        f"place,year,indicator,value\n331003,2023,ECO-1-01,29\n331003,2024,ECO-1-01,{value}\n", "utf-8"
    )
    scope.results.mkdir(parents=True, exist_ok=True)
    row = {"place": "331003", "year": 2024}
    tables.write_table(
        pd.DataFrame([{**row, "indicator": "ECO-1-01", "value": float(value)}]), scope.results / "observations.parquet"
    )
    tables.write_table(pd.DataFrame([{**row, "code": "ECO", "score": value / 10}]), scope.results / "scores.parquet")
    tables.write_table(
        pd.DataFrame([{"target_id": "T001", "colour": "green" if value > 20 else "red"}]),
        scope.results / "attainment.parquet",
    )
    about = {"edition": scope.edition, "data": scope.data.name, "inputs": f"inputs {key}", "key": key}
    (scope.results / "manifest.json").write_text(json.dumps(about), "utf-8")


def page(scope):
    return (review.folder_of(scope) / "changes.html").read_text("utf-8")


def test_the_first_build_has_nothing_to_compare_with_and_a_page_to_sign(scope):
    assert review.ensure(scope) == []
    assert "没有可比的一次" in page(scope) and "bluebook sign --edition 2024 --data data/own" in page(scope)


def test_a_build_says_what_moved_most_and_by_which_input(scope):
    review.ensure(scope)
    built(scope, 300, "b")
    told = review.ensure(scope)
    assert told[0] == "放大到10倍：data/observations.csv 黄岩区 2024 人均地区生产总值（ECO-1-01） value：30 → 300"
    assert told[1].startswith("指标值变动1处，最大：黄岩区，2024，人均地区生产总值（ECO-1-01）：30 → 300（放大到10倍")
    assert told[2].startswith("指数得分变动1处，最大：黄岩区，2024，更高质量的经济发展（ECO）：3 → 30（放大到10倍")
    assert "须核对的输入改动（1处）" in page(scope)
    assert review.ensure(scope) == []  # once a build


def test_what_nobody_signed_stays_on_the_page_however_often_it_is_built(scope):
    review.ensure(scope)
    built(scope, 300, "b")
    review.ensure(scope)
    (scope.project.reference / "places.csv").write_text(
        (scope.project.reference / "places.csv").read_text("utf-8").replace("东城街道", "东城新街道"), "utf-8"
    )
    built(scope, 300, "c")
    told = "\n".join(review.ensure(scope))
    assert "东城新街道" in told and "放大到10倍" not in told
    first, last = page(scope).split("与上次计算相比")
    assert "放大到10倍" in first and "放大到10倍" not in last and "东城新街道" in first and "东城新街道" in last


def test_an_edition_is_compared_with_the_one_before(scope):
    review.ensure(scope)
    later = Scope.of(scope.project, 2025, "own")
    built(later, 2.9, "next")
    assert review.ensure(later) == []
    assert "与2024年版相比" in page(later) and "缩小到1/10" not in page(later).split("与2024年版相比")[0]
    text = page(later).split("与2024年版相比")[1]
    assert "须核对的输入改动（1处）" in text and "目标状态的变动（1处" in text


def test_a_release_asks_for_a_signature_and_a_changed_input_voids_it(scope):
    review.ensure(scope)
    with pytest.raises(DataError, match="no signature"):
        review.require_signed(scope)
    review.sign(scope, "王编辑", "已核对")
    assert review.require_signed(scope)["by"] == "王编辑"
    built(scope, 31, "b")
    review.ensure(scope)
    with pytest.raises(DataError, match="signed by 王编辑 on .* for other inputs or results"):
        review.require_signed(scope)
    assert "王编辑" in page(scope) and "尚无签署" not in page(scope)
    review.sign(scope, "李编辑")
    assert review.require_signed(scope)["key"] == "b"
    (review.folder_of(scope) / "signed.html").write_text("another page", "utf-8")
    with pytest.raises(DataError, match="another page than the signed one"):
        review.require_signed(scope)


def test_nobody_signs_a_page_of_other_tables(scope):
    review.ensure(scope)
    built(scope, 31, "b")
    with pytest.raises(DataError, match="the page of changes of the tables as they are"):
        review.sign(scope, "王编辑")
    with pytest.raises(UsageError):
        review.sign(scope, " ")


@pytest.mark.parametrize("name", ["built.json.gz", "signed.json"])
def test_what_stands_there_broken_is_made_again(scope, name):
    review.ensure(scope)
    for rubbish in (b"", b"[]", b"\x1f\x8b\x00\xff", b'{"inputs"', gzip.compress(b'{"inputs": {}, "key": 3}')):
        (review.folder_of(scope) / name).write_bytes(rubbish)
        review.ensure(scope)
    assert review.sign(scope, "王编辑")["key"] == "a" and review.require_signed(scope)["by"] == "王编辑"


def test_names_that_look_like_markup_are_text_on_the_page(scope):
    review.ensure(scope)
    (scope.project.reference / "places.csv").write_text("code,name\n331003001,<script>alert(1)</script>\n", "utf-8")
    built(scope, 30, "b")
    review.ensure(scope)
    assert "<script>" not in page(scope) and "&lt;script&gt;" in page(scope)
