"""Next year's draw and plan out of this year's: a share of the households stays, what was learned is used."""

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from research.cli.app import app


def run(*words):
    return CliRunner().invoke(app, ["survey", *map(str, words)])


@pytest.fixture
def drawn(tmp_path):
    """Three of six villages, eight households of each."""
    root = tmp_path / "last"
    root.mkdir()
    sizes = {"a": 40, "b": 25, "c": 30, "d": 60, "e": 20, "f": 35}
    pd.DataFrame({"village": list(sizes), "stratum": "s", "households": sizes.values()}).to_csv(
        root / "villages.csv", index=False)  # fmt: skip
    pd.DataFrame({"stratum": ["s"], "villages_drawn": [3], "invited": [24]}).to_csv(
        root / "plan-allocation.csv", index=False)  # fmt: skip
    homes = [(v, f"{v}{i:02d}") for v, n in sizes.items() for i in range(n)]
    pd.DataFrame(homes, columns=["village", "household"]).to_csv(root / "households.csv", index=False)
    made = run("select", root, "--seed", 1)
    assert made.exit_code == 0, (made.output, made.exception)
    return root


def test_a_stated_share_of_last_years_households_stays(drawn, tmp_path):
    """Last year's draw is this year's `previous`: its villages stay, half of their households, with their chances."""
    this = tmp_path / "this"
    this.mkdir()
    for name in ("villages", "households", "plan-allocation"):
        (this / f"{name}.csv").write_bytes((drawn / f"{name}.csv").read_bytes())
    for name in ("villages", "households"):
        (this / f"previous-{name}.csv").write_bytes((drawn / f"draw-{name}.csv").read_bytes())
    said = run("select", this, "--seed", 9, "--overlap", 0.5, "--reserves", 1)
    assert said.exit_code == 0, (said.output, said.exception)
    old, new = (pd.read_csv(f / "draw-households.csv", dtype=str) for f in (drawn, this))
    main = new[new["role"] == "main"]
    asked = main.groupby("village").size()
    kept = main["household"].isin(old["household"]).groupby(main["village"]).sum()
    assert kept.to_dict() == {v: round(0.5 * n) for v, n in asked.items()} and new["household"].is_unique
    assert set(new["village"]) == set(old["village"])
    villages = pd.read_csv(drawn / "draw-villages.csv", dtype={"village": str}).set_index("village")["probability"]
    listed = pd.read_csv(drawn / "households.csv", dtype=str).groupby("village").size()
    expected = main["village"].map(listed) / main["village"].map(asked) / main["village"].map(villages)
    assert main["base_weight"].astype(float).to_numpy() == pytest.approx(expected.to_numpy())
    share = json.loads((this / "draw.json").read_text("utf-8"))["overlap"]
    assert share == kept.sum() / asked.sum() and f"{share:.1%}与上年相同" in said.output
    register = pd.read_csv(this / "villages.csv", dtype=str)
    register[register["village"] != old["village"].iloc[0]].to_csv(this / "villages.csv", index=False)
    refused = run("select", this, "--seed", 9, "--overlap", 0.5)
    assert "今年的表里有的" in refused.exception.text("zh")


def test_a_plan_learns_from_last_years_households(tmp_path):
    """Without a table of measures: spread, likeness and response are those of `last`, with their doubt."""
    rng = np.random.default_rng(2)
    village = np.repeat(np.arange(40), 10)
    last = pd.DataFrame({"stratum": np.where(village < 20, "x", "y"), "village": [f"v{v}" for v in village]})
    last["income"] = 50 + rng.normal(0, 4, 40)[village] + rng.normal(0, 12, 400)
    last["code"] = np.where(rng.uniform(size=400) < 0.75, "I", "R")
    last.loc[last["code"] == "R", "income"] = np.nan
    last.to_csv(tmp_path / "last.csv", index=False)
    pd.DataFrame({"stratum": ["x", "y"], "population": [4000, 6000], "villages": [40, 60], "per_village": 8}).to_csv(
        tmp_path / "strata.csv", index=False)  # fmt: skip
    pd.DataFrame({"分组": ["", "stratum"], "指标": "income", "误差范围": [1.5, 2.5]}).to_csv(
        tmp_path / "targets.csv", index=False)  # fmt: skip
    made = run("plan", tmp_path)
    assert made.exit_code == 0 and "3项精度要求全部达到" in made.output, (made.output, made.exception)
    known = pd.read_csv(tmp_path / "plan-learned.csv")
    answered = last[last["code"] == "I"]
    assert known["mean"].tolist() == pytest.approx(answered.groupby("stratum")["income"].mean().tolist())
    table = pd.read_csv(tmp_path / "plan-allocation.csv")
    rates = (last["code"] == "I").groupby(last["stratum"]).mean().to_numpy()
    assert table["response"].to_numpy() == pytest.approx(rates)
    assert (table["invited_upper"] > table["invited"]).all()
    precision = pd.read_csv(tmp_path / "plan-precision.csv")
    assert (precision["half_width"] <= [1.5, 2.5, 2.5]).all() and precision["chance"].between(0.3, 1).all()
    assert run("plan", tmp_path, "--assurance", 0.9).exit_code == 0
    sure = pd.read_csv(tmp_path / "plan-allocation.csv")["households"].sum()
    assert sure > table["households"].sum()


def test_weights_go_by_what_is_asked_for(drawn):
    """A model of answering, limits before, factors within bounds, and replicates that repeat all of it."""
    rng = np.random.default_rng(4)
    homes = pd.read_csv(drawn / "draw-households.csv", dtype={"household": str})
    homes = homes.assign(code=rng.permutation(["I"] * 20 + ["R"] * 4), sex=list("fm") * 12)
    homes[["household", "code", "sex"]].to_csv(drawn / "answers.csv", index=False)
    pd.DataFrame({"margin": "sex", "level": ["f", "m"], "total": [110, 100]}).to_csv(drawn / "totals.csv", index=False)
    asked = ("--method", "logit", "--bounds", "0.5,2", "--trim", "0.5,2", "--propensity", "sex", "--replicates", "JKn")
    made = run("weigh", drawn, *asked)
    assert made.exit_code == 0, (made.output, made.exception)
    rows = pd.read_csv(drawn / "weights-households.csv")
    assert rows.groupby("sex")["weight"].sum().to_dict() == pytest.approx({"f": 110, "m": 100})
    assert rows["g"].between(0.5, 2).all() if "g" in rows else (rows["weight"] / rows["base"]).between(0.5, 2).all()
    assert rows["base"].max() <= 2 * rows["base"].median() * 1.05
    reps = pd.read_csv(drawn / "weights-replicates.csv", dtype={"household": str})
    factors = pd.read_csv(drawn / "weights-replicate-factors.csv")
    assert reps["household"].tolist() == rows["household"].tolist() and factors["df"].tolist() == [2] * 3
    for name in factors["name"]:
        assert reps.groupby(rows["sex"])[name].sum().to_dict() == pytest.approx({"f": 110, "m": 100})
        assert (reps[name] == 0).groupby(rows["village"]).all().sum() == 1  # one village is left out
    assert run("weigh", drawn, "--bounds", "wide").exit_code == 2
