"""The sample rebuilds byte for byte, keeps its limits, and never reads as real."""

import importlib.util

import pandas as pd
import pytest

from research.core.scope import Scope
from research.indicators import check, open_edition


def _generator(root):
    spec = importlib.util.spec_from_file_location("sample_generator", root / "data" / "sample" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sample_rebuilds_byte_for_byte(root, tmp_path):
    _generator(root).generate(tmp_path)
    made = sorted(p.name for p in tmp_path.iterdir())
    kept = sorted(p.name for p in (root / "data" / "sample").iterdir() if p.suffix in (".csv", ".yml"))
    assert made == kept
    assert [n for n in made if (tmp_path / n).read_bytes() != (root / "data" / "sample" / n).read_bytes()] == []


def test_sample_is_small(root):
    sizes = [p.stat().st_size for p in (root / "data" / "sample").rglob("*") if p.suffix in (".csv", ".yml", ".py")]
    assert sum(sizes) <= 5_000_000 and max(sizes) < 1_000_000


def test_every_row_says_sample(root):
    for path in (root / "data" / "sample").glob("*.csv"):
        assert set(pd.read_csv(path, usecols=["status"])["status"]) == {"sample"}, path.name


def test_sample_has_no_faults(project):
    assert check(Scope.of(project, 2024, "sample")) == []


def test_edition_sees_no_later_year(project):
    edition = open_edition("2022", project=project)
    assert edition.status == "sample"
    assert edition.survey_years == [2021, 2022]
    assert max(edition.handed_in["year"]) == 2022 and max(edition.households["year"]) == 2022


@pytest.fixture(scope="module")
def households(project):
    return open_edition("2024", project=project).households


def test_design_gives_standard_errors(households):
    villages = households.groupby(["year", "stratum"])["village"].nunique()
    assert villages.min() >= 2
    strata = households.groupby(["year", "place"])["stratum"].nunique()
    assert len(strata) == 4 * 19 and set(strata) == {2}
    assert households.groupby(["year", "place"]).size().between(150, 250).all()


def test_sample_has_what_real_surveys_have(households):
    assert 0 < (households["income"] == 0).sum() < 60  # zeros
    assert 0 < households["income"].isna().mean() < 0.03  # refusals
    income = households["income_pc"].dropna()
    assert income.quantile(0.999) / income.median() > 4  # a heavy tail


def test_gaps_narrow_and_the_west_is_lower(project, households):
    rows = households.dropna(subset=["income"])
    mean = lambda d: (d["income_pc"] * d["person_weight"]).sum() / d["person_weight"].sum()  # noqa: E731
    west = open_edition("2024", project=project).groups["west"]
    for year in (2021, 2024):
        now = rows[rows["year"] == year]
        ratio = mean(now[now["residence"] == "urban"]) / mean(now[now["residence"] == "rural"])
        assert 1.7 < ratio < 2.1
        assert 0.6 < mean(now[now["place"].isin(west)]) / mean(now) < 0.8
    assert mean(rows[rows["year"] == 2024]) > mean(rows[rows["year"] == 2021])


def test_observations_fill_most_indicators(project):
    edition = open_edition("2024", project=project)
    given = set(edition.handed_in["indicator"])
    derived = {"ECO-1-02", "INC-1-02", "INC-2-02", "INC-2-04", "INC-3-01", "INC-3-02", "INC-3-03"}
    assert set(edition.indicators["id"]) - given == derived
