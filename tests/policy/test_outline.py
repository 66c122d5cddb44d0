"""The tables say what the outline says: quotes, counts, and the spoilt reference that must be named."""

import re

import pandas as pd
import pytest

from research.indicators import check_reference
from research.indicators.reference import reference
from research.indicators.reference.district import District


def test_reference_has_no_faults(project):
    assert check_reference(project) == []


@pytest.mark.parametrize("name", ["targets", "indicators", "milestones", "directional"])
def test_each_quote_stands_in_the_outline(project, name):
    outline = reference.outline(project)
    quotes = [q for q in reference.load(project, name)["quote"] if q]
    assert quotes and [q for q in quotes if q not in outline] == []


def test_counts_of_the_outline(project):
    """六大领域, 19项子领域64项具体指标; 19 townships and 348 villages in the codes of 2023; 216 targets."""
    assert "19项子领域64项具体指标" in reference.outline(project) and "六大领域" in reference.outline(project)
    indicators = reference.load(project, "indicators")
    assert (len(indicators), indicators["subdomain_code"].nunique(), indicators["domain_code"].nunique()) == (64, 19, 6)
    assert len(reference.load(project, "places")) == 19
    assert len(reference.load(project, "villages")) == 348
    assert len(reference.load(project, "targets")) == 216
    assert len(reference.load(project, "counties")) == 90


def test_subdomains_stand_in_the_order_of_clause_69(project):
    listed = re.search(r"细化跟踪(.+?)和环境治理等19项子领域", reference.outline(project)).group(1).split("、")
    listed = [*listed[:-1], *listed[-1].split("和")] if "和" in listed[-1] else listed
    named = list(dict.fromkeys(reference.load(project, "indicators")["subdomain_zh"]))
    assert named == [*listed, "环境治理"]


def test_themes_are_the_six_of_clause_80(project):
    names = list(reference.load(project, "themes").sort_values("order")["name_zh"])
    assert "、".join(names) + "六维度特质" in reference.outline(project)


def test_indicators_are_labelled_a_reconstruction(project):
    assert reference.load(project, "indicators")["table1_status"].str.contains("重建").all()


@pytest.mark.parametrize(
    "indicator, clause, stated, operator",
    [
        ("SRV-4-01", "37", {2022: 55, 2025: 58}, ">="),
        ("CUL-3-03", "27", {2022: 70, 2025: 100}, ">="),
        ("CUL-3-01", "41", {2022: 15.5, 2025: 17}, ">="),
        ("ENV-1-01", "47", {2025: 96}, ">"),
        ("GOV-3-02", "59", {2022: 89, 2025: 91}, ">="),
        ("SRV-2-04", "29", {2025: 3}, "<="),
        ("ECO-3-01", "一(一)", {2025: 4}, "~"),
        ("ECO-3-04", "", {2022: 5.5 + 3.5, 2025: 30 + 15}, ">="),
    ],
)
def test_goals_of_an_indicator_are_the_outlines_numbers(project, indicator, clause, stated, operator):
    """Read off the outline by hand; ECO-3-04 is the sum of two pledges (clause 17)."""
    rows = District(project, 2024).goals_of(indicator)
    assert rows["value"].to_dict() == stated and set(rows["operator"]) == {operator}
    clauses = reference.load(project, "targets").set_index("id")["clause"]
    assert set(rows["target"].map(clauses).dropna()) == ({clause} if clause else set())


def test_published_rows_have_documents(project):
    rows = reference.load(project, "published")
    assert set(rows["trust"]) == {"high", "medium-high"} and set(rows["status"]) == {"published"}
    assert (rows[["source_title", "publisher", "source_date", "url"]] != "").all().all()


def test_published_ratio_is_the_ratio_of_the_published_incomes(project):
    """Taizhou 2023: 73,879 over 40,153 yuan is printed as 1.84."""
    rows = reference.load(project, "published").query("geo_code == '331000' and year == 2023 and period == 'annual'")
    value = rows.set_index("indicator")["value"]
    urban, rural = value["城镇常住居民人均可支配收入"], value["农村常住居民人均可支配收入"]
    assert round(urban / rural, 2) == value["城乡居民收入倍差"] == 1.84


def test_west_is_six_townships_and_one_town(project):
    kinds = reference.load(project, "places").set_index("code")["kind"]
    members = reference.groups(project, 2024)["west"]
    assert sorted(kinds[list(members)]) == ["乡"] * 6 + ["镇"]


@pytest.mark.parametrize(
    "name, row, column, value, kind",
    [
        ("targets", 4, "quote", "人均生产总值增速全省第一", "quote"),
        ("targets", 4, "id", "T001", "duplicate"),
        ("target_indicators", 4, "indicator", "ECO-1-99", "link"),
        ("target_indicators", 4, "target", "T999", "link"),
        ("targets", 4, "department", "区某局", "link"),
        ("indicators", 4, "quote", "约350亿元", "quote"),
        ("indicators", 4, "weight_indicator", "0.9", "weight"),
        ("indicators", 4, "weight_indicator", "-0.1", "weight"),
        ("indicators", 4, "theme", "econmy", "link"),
        ("indicators", 4, "effective_weight", "x", "number"),
        ("places", 4, "code", "331003001", "duplicate"),
        ("villages", 4, "place", "331003999", "link"),
        ("published", 4, "url", "", "source"),
        ("published", 4, "trust", "low", "trust"),
        ("published", 4, "status", "sample", "status"),
        ("published", 4, "value", "约3万", "number"),
    ],
)
def test_spoilt_reference_is_named(own_project, name, row, column, value, kind):
    path = own_project.reference / f"{name}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[row, column] = value
    frame.to_csv(path, index=False)
    faults = check_reference(own_project)
    assert any(f.kind == kind and f"{name}.csv" in str(f.place) for f in faults), [str(f) for f in faults]


@pytest.mark.parametrize(
    "name, old, new, kind",
    [
        ("groups.yml", "331003205", "331003299", "place"),
        ("groups.yml", "居民人均可支配收入与全区平均水平比值逐步提升", "收入稳步提升", "quote"),
        ("settings.yml", "source: 纲要28“全面消除", "note: “", "settings"),
        ("district.yml", "villages: 348", "villages: 350", "count"),
        ("district.yml", "indicators: 64", "indicators: 63", "count"),
        ("index.yml", "versions:", "versions: [", "yaml"),
    ],
)
def test_spoilt_settings_are_named(own_project, name, old, new, kind):
    path = own_project.reference / name
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert any(f.kind == kind for f in check_reference(own_project))


def test_a_lost_table_is_named(own_project):
    (own_project.reference / "places.csv").unlink()
    assert "places.csv" in str(check_reference(own_project)[0])


def test_dated_settings(project):
    assert reference.settings(project, 2022)["village_income_floor"] == 20
    assert reference.settings(project, 2024)["village_income_floor"] == 30
