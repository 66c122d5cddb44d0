"""Shares of sources in income, with their errors, against R's svyratio: data/eusilc_sources.R made the values."""

from pathlib import Path

import pandas as pd
import pytest

from research.indicators.survey_tables import designed, source_shares
from research.survey.estimates import Sample
from research.survey.weights import calibrate

DATA = Path(__file__).parent / "data"
ROWS = pd.read_csv(DATA / "eusilc.csv").merge(pd.read_csv(DATA / "eusilc_sources.csv"), on="id")
R = pd.read_csv(DATA / "eusilc_sources_r.csv").set_index(["case", "of", "source"]).sort_index()
SOURCES = ("wage", "business", "property", "transfer")
TOTALS = {"gender": {"female": 1122, "male": 1682}, "region": {"east": 1178, "south": 617, "west": 1009},
          "eqsize": 4542.0}  # fmt: skip


def known(case, of):
    rows = R.loc[case, of].reindex(SOURCES)
    return rows["share"].to_numpy(), rows["se"].to_numpy()


def test_the_edition_s_shares_are_those_of_svyratio():
    """Whatever a household's size: a share of income is the same by household and by head."""
    frame = ROWS.assign(stratum=ROWS["region"], village=ROWS["district"], year=2024, one="all")
    frame["person_weight"] = frame["weight"] * frame["eqsize"]
    for by, of in ((["one"], ["all"]), (["gender"], ["female", "male"])):
        table = source_shares(designed(frame, "person_weight"), by).table
        for group in of:
            rows = table[table[by[0]] == group].set_index("measure").reindex([f"share_{s}" for s in SOURCES])
            share, se = known("design", group)
            assert rows["estimate"].to_numpy() == pytest.approx(share, rel=1e-11)
            assert rows["se"].to_numpy() == pytest.approx(se, rel=1e-11)


def test_shares_of_a_calibrated_sample_are_those_of_svyratio():
    rows = ROWS.assign(income=ROWS[[f"{s}_income" for s in SOURCES]].sum(axis=1))
    sample = Sample(rows, calibrated=calibrate(rows, "weight", TOTALS, "linear"), strata="region", psu="district")
    for k, source in enumerate(SOURCES):
        tables = [sample.ratio(f"{source}_income", "income", by).table for by in (None, "gender")]
        for of, row in zip(("all", "female", "male"), pd.concat(tables).to_dict("records"), strict=True):
            share, se = known("calibrated", of)
            assert (row["estimate"], row["se"]) == pytest.approx((share[k], se[k]), rel=1e-8), (source, of)
