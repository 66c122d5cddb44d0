"""The unit-level model against statsmodels' mixed model, and its errors by simulation."""

import numpy as np
import pandas as pd
import pytest

from research.core.faults import DataError
from research.measures.small_area import unit_level


def made(seed, areas=19, between=2.0, within=4.0):
    rng = np.random.default_rng(seed)
    n = rng.integers(3, 15, areas)
    code = np.repeat(np.arange(areas), n)
    x = rng.normal(5, 1, len(code)) + (code % 4)
    u = rng.normal(0, between, areas)
    rows = pd.DataFrame({"y": 10 + 3 * x + u[code] + rng.normal(0, within, len(code)), "x": x, "a": code.astype(str)})
    means = pd.DataFrame({"a": [str(i) for i in range(areas)], "x": 5.0 + np.arange(areas) % 4})
    return rows, means, 10 + 3 * means["x"].to_numpy() + u


def test_the_fit_is_that_of_statsmodels():
    import statsmodels.api as sm

    rows, means, _ = made(1)
    ours = unit_level(rows, "y", "a", ["x"], means, replicates=0)
    theirs = sm.MixedLM(rows["y"], sm.add_constant(rows[["x"]]), groups=rows["a"]).fit(reml=True)
    assert ours.coefficients["estimate"].to_numpy() == pytest.approx(theirs.fe_params.to_numpy(), rel=1e-4)
    assert ours.area_variance == pytest.approx(float(theirs.cov_re.iloc[0, 0]), rel=1e-2)
    assert ours.unit_variance == pytest.approx(theirs.scale, rel=1e-3)
    effects = pd.Series({k: float(v.iloc[0]) for k, v in theirs.random_effects.items()})
    table = ours.table.set_index("a")
    assert (table["eblup"] - table["synthetic"]).to_numpy() == pytest.approx(effects[table.index].to_numpy(), rel=1e-2)


@pytest.mark.slow
def test_it_is_nearer_than_the_direct_means_and_says_how_near():
    gains, claimed, real = [], [], []
    for seed in range(40):
        rows, means, truth = made(seed)
        table = unit_level(rows, "y", "a", ["x"], means, replicates=20).table
        gains.append(((table["eblup"] - truth) ** 2).mean() / ((table["direct"] - truth) ** 2).mean())
        claimed.append((table["rmse"] ** 2).mean())
        real.append(((table["eblup"] - truth) ** 2).mean())
    assert np.mean(gains) < 0.8
    assert np.mean(claimed) == pytest.approx(np.mean(real), rel=0.2)


def test_an_area_without_a_sample_is_by_the_model_only_and_faults_come_together():
    rows, means, _ = made(2)
    out = unit_level(rows[rows["a"] != "3"], "y", "a", ["x"], means, replicates=0).table.set_index("a")
    assert out.loc["3", "basis"] == "model" and out.loc["3", "eblup"] == out.loc["3", "synthetic"]
    with pytest.raises(DataError) as raised:
        unit_level(rows.assign(y=rows["y"].where(rows.index > 1)), "y", "a", ["x"], means.iloc[2:], replicates=0)
    assert len(raised.value.faults) == 4
    with pytest.raises(DataError, match="measure something else or in another unit"):
        unit_level(rows, "y", "a", ["x"], means.assign(x=means["x"] * 10000), replicates=0)
