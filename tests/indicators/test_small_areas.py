"""Small-area estimates beside the direct ones: a case by hand, the rule, the benchmark, gaps."""

import numpy as np
import pandas as pd
import pytest

from research import open_edition
from research.indicators.derive import build
from research.indicators.small_areas import COLUMNS, one_year
from research.indicators.village_models import Modelled, _predicted, modelled


def frame(values, se, rural):
    count = len(values)
    return pd.DataFrame(
        {
            "place": [f"p{i}" for i in range(count)],
            "year": 2024,
            "measure": "mean_income",
            "value": values,
            "se": se,
            "persons": 1.0,
            "rural": rural,
            "unit": "元",
            "status": "survey",
            "source": "调查",
        }
    )


def test_by_hand():
    """Equal errors: pooled lines of a balanced covariate, A by REML is the residual mean square less se squared."""
    made = one_year(frame([18.0, 22, 17, 7, 13, 10], 2.0, [0, 0, 0, 1, 1, 1]), 0.1)
    # means 19 and 10; residual squares 1+9+4 and 9+9+0 = 32, over 4 degrees of freedom 8, less 4: A = 4, gamma 1/2
    assert made["gamma"].tolist() == pytest.approx([0.5] * 6, rel=1e-6)
    assert made["eblup"].tolist() == pytest.approx([18.5, 20.5, 18, 8.5, 11.5, 10], rel=1e-6)
    # mean squared error 2 + 2/3 + 2 * 2/3 = 4 as the direct ones': no model is more exact, none is adopted
    assert made["se_eblup"].tolist() == pytest.approx([2.0] * 6, rel=1e-6)
    assert made["chosen"].eq("direct").all() and made["value"].tolist() == [18, 22, 17, 7, 13, 10]
    assert made["status"].eq("survey").all()


def test_a_model_is_adopted_where_its_error_is_the_smaller_one():
    spread = np.array([2.0, 1, 1, 1, 1, 4])
    made = one_year(frame([18.0, 22, 17, 7, 13, 10], spread, [0, 0, 0, 1, 1, 1]), 0.05)
    better = made["se_eblup"] < spread
    assert better.any() and not better.all()
    assert (made["chosen"].eq("model") == (better & (spread / made["direct"] > 0.05))).all()
    kept = made["chosen"].eq("direct")
    assert (made.loc[kept, "value"] == made.loc[kept, "direct"]).all()  # a precise figure is not moved
    assert (made.loc[~kept, "value"] == made.loc[~kept, "eblup"]).all()
    assert made["factor"].nunique() == 1 and made["status"].eq("estimated").sum() == (~kept).sum()


def test_a_withheld_place_gets_the_regression():
    made = one_year(frame([18.0, 22, 17, 7, 13, 10, np.nan], [2.0] * 6 + [np.nan], [0, 0, 0, 1, 1, 1, 1]), 0.1)
    assert made["eblup"].iloc[6] == pytest.approx(10, rel=1e-6)
    assert made.loc[6, ["chosen", "gamma"]].tolist() == ["model", 0]


@pytest.mark.parametrize("rural", [[0, 1], [0.5, 0.5]])
def test_too_few_places_leave_the_direct_estimates_alone(rural):
    made = one_year(frame([18.0, 22.0], 2.0, rural), 0.01)
    assert made["value"].tolist() == [18, 22] and made["se"].tolist() == [2, 2]
    assert made["chosen"].tolist() == ["direct"] * 2 and made["eblup"].isna().all()


def test_a_head_count_of_zero_is_modelled_and_stays_a_share():
    shares = frame([0.0, 0.01, 0.0, 0.06, 0.08, 0.07], [0.0, 0.01, 0.0, 0.02, 0.02, 0.02], [0, 0, 0, 1, 1, 1])
    made = one_year(shares, 0.1, spread=np.full(6, 0.015), share=True)
    assert made["se_direct"].iloc[0] == 0 and made["se"].gt(0).all()
    assert made["eblup"].between(0, 1).all() and made["eblup"].iloc[0] > 0
    assert made["eblup"].sum() == pytest.approx(shares["value"].sum())


@pytest.fixture(scope="module")
def sample():
    edition = open_edition("2021")
    tables = build(edition)
    return edition, tables["small_area"], tables["measures"]


@pytest.mark.parametrize(
    "measure, weight", [("mean_income", "person_weight"), ("low_income", "person_weight"), ("band_share", "weight")]
)
def test_the_sample_is_benchmarked_to_the_district(sample, measure, weight):
    """The model's figures have the district's own direct mean; the adopted mix says by how much it does not."""
    edition, made, measures = sample
    made = made[made["measure"] == measure]
    assert list(made.columns) == [*COLUMNS, "withheld"] and len(made) == len(edition.places)
    stock = edition.households.dropna(subset=["income_pc"]).groupby("place")[weight].sum()
    whole = measures[(measures["measure"] == measure) & (measures["residence"] == "all")]
    whole = whole.loc[whole["place"] == edition.district, "value"].item()
    rounded = 0.2 if made["withheld"].any() else 1e-9  # a model's figure in place of a withheld one has two digits
    weights = made["place"].map(stock)
    seen = made[~made["withheld"]]  # where none is withheld, both models keep the district's own figure
    for model in ("area", "unit_level") if len(seen) == len(made) else ():
        assert np.average(made[model], weights=weights) == pytest.approx(whole, rel=1e-9)
    assert np.average(made["eblup"], weights=weights) == pytest.approx(whole, rel=max(rounded, 0.05))
    mixed = np.average(made["value"], weights=weights) * made["mix_factor"].iloc[0]
    assert mixed == pytest.approx(whole, rel=max(rounded, 1e-6))
    assert set(made["status"]) == {"sample"}


def test_the_rule_in_the_sample(sample):
    edition, made, _ = sample
    limit = edition.settings["small_area_cv_limit"]
    for measure in ("mean_income", "urban_rural_ratio", "band_share"):
        rows = made[(made["measure"] == measure) & ~made["withheld"]]
        errors = rows[["se_area", "se_unit"]]
        precise = (rows["se_direct"] / rows["direct"] <= limit) | (rows["se_direct"] <= errors.min(axis=1))
        assert (precise == (rows["chosen"] == "direct")).all()
        assert (rows["se_eblup"] == errors.min(axis=1)).all()  # the better model, and its figure
        unit = rows["model_level"].eq("unit")
        assert (rows["eblup"] == rows["unit_level"].where(unit, rows["area"])).all()
        assert rows["reason"].isin(["exact", "smallest", "area", "unit"]).all()
        assert rows["se_unit"].notna().all() == (measure != "urban_rural_ratio") and rows["lacking"].eq("").all() == (
            measure != "urban_rural_ratio")  # fmt: skip
    assert made["gamma"].dropna().between(0, 1).all() and made.loc[~made["withheld"], "gamma"].notna().sum() > 30
    ratio = made[made["measure"] == "urban_rural_ratio"]
    assert (ratio["se_eblup"] < ratio["se_direct"]).mean() > 0.8


def homes(count=60, villages=6, seed=3):
    """Places of very different samples, an income that hangs on the kind of village, and the register of villages."""
    rng = np.random.default_rng(seed)
    kinds = pd.DataFrame({"village": [f"v{i}" for i in range(10 * villages)], "urban": 0})
    kinds["place"] = [f"p{i // villages}" for i in range(len(kinds))]
    kinds["urban"] = [int(i % villages <= i // villages % 5) for i in range(len(kinds))]  # one to five of six
    rows = kinds.loc[np.repeat(kinds.index, count // villages)].reset_index(drop=True)
    rows = rows[(rows["place"] != "p3") | (rows.index % 5 == 0)]
    rows["income_pc"] = np.exp(10 + 0.5 * rows["urban"] + rng.normal(0, 0.4, len(rows)))
    return rows.assign(person_weight=1.0), kinds.assign(households=100.0, persons=300.0)


def test_a_place_of_few_households_takes_the_model_of_households():
    """Where the direct estimate errs and villages are known, the third way is taken and says so."""
    rows, villages = homes()
    tables = _predicted(rows, "income_pc", "person_weight", "persons", {"mean_income": "mean"}, villages, ["urban"])
    by = rows.groupby("place")["income_pc"]
    asked = frame(by.mean().tolist(), (by.std() / np.sqrt(by.size())).tolist(), [0, 1] * 5)
    made = one_year(asked, 0.05, homes=Modelled(tables, status="sample")).set_index("place")
    assert made.loc["p3", ["chosen", "model_level", "reason", "status"]].tolist() == ["model", "unit", "unit", "sample"]
    assert made.loc["p3", "se"] < 0.8 * made.loc["p3", "se_direct"]
    assert made.loc["p3", "value"] == pytest.approx(
        np.exp(10.08) * (2 + 4 * np.exp(0.5)) / 6, rel=0.15
    )  # as it was made
    assert made.loc[made["chosen"] == "direct", "status"].eq("survey").all()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda v: v.iloc[:0], "没有登记"),
        (lambda v: v[v["village_item"] != "户数"], "没有登记"),
        (lambda v: v.drop(v.index[v["village_item"] == "户数"][:3]), "缺3个村"),
    ],
)
def test_why_there_is_no_model_of_households_is_told(monkeypatch, wrong, told):
    edition = open_edition("2021")
    values = wrong(edition.register("village-values"))
    monkeypatch.setattr(type(edition), "register", lambda self, name: values)
    found = modelled(edition, 2021)
    assert not found.tables and told in found.why("mean_income")
    assert "比" in found.why("urban_rural_ratio")
