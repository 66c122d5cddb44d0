"""COINr's ASEM example, stage by stage, from raw data."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from research.composite import IndexSpec, build_index, fill, from_nodes, panel
from research.composite.denominate import denominate

FOLDER = Path(__file__).parent / "asem"
TOLERANCE = 1e-9


def read(name):
    return pd.read_csv(FOLDER / f"asem_{name}.csv", keep_default_na=False, na_values=[""])


def stage(name):
    return read(f"stage_{name}").set_index("uCode").astype(float).sort_index()


@pytest.fixture(scope="module")
def meta():
    return read("iMeta")


@pytest.fixture(scope="module")
def tidy(meta):
    raw = read("iData_raw").set_index("uCode")
    wanted = meta.loc[meta["Type"].isin(["Indicator", "Denominator"]), "iCode"]
    long = raw[wanted].astype(float).reset_index().melt("uCode", var_name="indicator", value_name="value")
    long = long.rename(columns={"uCode": "place"}).assign(year=2018)
    below = meta[meta["Denominator"].notna()].set_index("iCode")["Denominator"].to_dict()
    return denominate(long, below)


@pytest.fixture(scope="module")
def result(tidy, meta):
    nodes = meta[meta["Type"].isin(["Indicator", "Aggregate"])].rename(
        columns={
            "iCode": "code",
            "iName": "name",
            "Level": "level",
            "Parent": "parent",
            "Weight": "weight",
            "Direction": "direction",
        }
    )
    groups = read("iData_raw").set_index("uCode")["EurAsia_group"].to_dict()
    spec = IndexSpec(impute="group_mean", outliers={"method": "winsorise_log"}, normalise="minmax")
    return build_index(tidy, from_nodes(nodes), spec, groups)


def close(ours, theirs):
    ours = ours.droplevel("year").loc[theirs.index, theirs.columns]
    assert np.allclose(ours, theirs, rtol=0, atol=TOLERANCE, equal_nan=True)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("raw", "Denominated"),
        ("imputed", "Imputed"),
        ("treated", "Treated"),
        ("normalised", "Normalised"),
        ("aggregated", "Aggregated"),
    ],
)
def test_stage(result, ours, theirs):
    close(result.steps[ours], stage(theirs))


def test_screening_keeps_every_country(result):
    data = panel.Panel(
        result.stages["imputed"],
        result.panel.places,
        result.panel.years,
        result.panel.indicators,
        result.panel.statuses,
    )
    rows, columns = fill.screen(data, share_units=0.9)
    assert rows.all() and columns.all() and len(rows) == len(stage("Screened"))


def test_treated_columns_are_reported(result):
    moved = {r["indicator"]: r["points"] for r in result.treated}
    assert moved["ForPort"] == 3 and moved["FemLab"] == 1 and "LPI" not in moved
    assert all(r["passed"] for r in result.treated)


def test_imputed_cells_are_marked(result):
    assert result.filled.sum() == stage("Denominated").isna().sum().sum()
