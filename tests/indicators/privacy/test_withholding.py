"""Too few households in a cell: it is withheld in every table, and the others do not give it away."""

import numpy as np
import pandas as pd
import pytest

from research.errors import DataError
from research.indicators import build, open_edition
from research.indicators.privacy import withholding


@pytest.fixture
def thin(own_project, root):
    """The sample's year 2024, with 6 urban households left in one township and one giant in another."""
    folder = own_project.root / "mine"
    folder.mkdir()
    frame = pd.read_csv(root / "data/sample/households-2024.csv", dtype={"place": str, "village": str})
    urban = frame["residence"].eq("urban")
    few = frame[urban & frame["place"].eq("331003200")]
    two = few.groupby("village").head(1).head(2).index
    drop = few.index.difference([*two, *few.index.difference(two)[:4]])
    frame = frame.drop(drop).reset_index(drop=True)
    giant = frame.index[frame["residence"].eq("rural") & frame["place"].eq("331003101")][0]
    rest = frame[frame["residence"].eq("rural") & frame["place"].eq("331003101")]
    more = 10 * (rest["income"] * rest["weight"]).sum() / frame.loc[giant, "weight"]  # ten times all others
    frame.loc[giant, ["wage_income", "income"]] += round(more)
    assert frame["income"].max() < 1e9
    frame.to_csv(folder / "households-2024.csv", index=False)
    pd.read_csv(root / "data/sample/observations.csv", dtype=str).query("year == '2024'").to_csv(
        folder / "observations.csv", index=False
    )
    (folder / "meta.yml").write_text("title: t\nstatus: sample\nsource: s\n", "utf-8")
    return open_edition("2024", data=str(folder), project=own_project)


def test_primary_and_secondary_cells(thin):
    hidden = thin.withheld.set_index(["place", "residence"])["withheld"].to_dict()
    assert hidden[("331003200", "urban")] == "count" and hidden[("331003101", "rural")] == "dominance"
    assert "secondary" in hidden.values() and (thin.district, "all") not in hidden


def test_every_table_has_the_same_gaps(thin):
    tables = build(thin)
    hidden = pd.MultiIndex.from_frame(thin.withheld[["place", "year", "residence"]])
    for name in ("measures", "sources"):
        frame = tables[name]
        rows = frame[pd.MultiIndex.from_frame(frame[["place", "year", "residence"]]).isin(hidden)]
        values = [c for c in withholding.HIDDEN if c in rows]
        assert len(rows) and rows[values].isna().all(axis=None), name
    ratio = tables["measures"].query("measure == 'urban_rural_ratio' and place == '331003200'")
    assert ratio["value"].isna().all()


def test_nobody_can_subtract(thin):
    """By hand: the counts shown for place and total leave more than one answer for each withheld cell."""
    shown = build(thin)["measures"].query("measure == 'mean_income'").set_index(["place", "residence"])["n"]
    for place, residence in thin.withheld[["place", "residence"]].itertuples(index=False, name=None):
        other = "rural" if residence == "urban" else "urban"
        if residence != "all" and not np.isnan(shown[(place, "all")]):
            assert np.isnan(shown[(place, other)])  # else all less the other one


def test_the_audit_finds_a_cell_that_was_left_open(thin):
    measures = build(thin)["measures"]
    truth = withholding.cells(thin, 2024).set_index(["place", "residence"])["n"]
    open_cell = measures["measure"].eq("mean_income") & measures["place"].eq("331003200")
    for residence in ("rural", "all"):
        row = open_cell & measures["residence"].eq(residence)
        measures.loc[row, "n"] = truth[("331003200", residence)]
    faults = withholding.audit(thin, measures)
    assert any("331003200, 2024, urban" in str(f.place) for f in faults)
    with pytest.raises(DataError, match="stays withheld"):
        withholding.refuse_exposed(thin, measures)


def test_the_whole_sample_needs_nothing_withheld(project):
    assert open_edition("2024", project=project).withheld.empty


def test_groups_are_part_of_the_table(thin):
    names = set(withholding.cells(thin, 2024)["place"])
    assert "group:west" in names and set(withholding.totals(thin)["place"]["group:west"]) <= names
