"""The atlas's files are attacked like all that is published: a household in one of them is found."""

import pandas as pd
import pytest

from research.core.tables import packed, script, unpacked, unscript
from research.indicators.privacy.intruder.audit import Audit, attack
from research.indicators.privacy.intruder.reading import Reader
from research.indicators.privacy.scanner import scan


def test_every_table_of_the_atlas_is_read_as_a_table(site):
    pieces = [p for p in Reader().pieces(site / "atlas" / "data") if p.kind == "frame"]
    names = {p.where.rsplit(", ", 1)[1] for p in pieces}
    assert {"observations", "measures", "curves", "cells", "scores", "targets", "tasks"} <= names
    held = next(p.content for p in pieces if p.where.endswith(", measures"))
    assert held["place"].map(type).eq(str).all() and held["value"].dtype.kind == "f"


@pytest.mark.slow
def test_the_intruder_finds_nothing_in_the_atlas(site, edition):
    audit = attack(edition, site / "atlas")
    report = audit.report().set_index("attack")
    assert report["breaches"].sum() == 0
    # no counts: the atlas holds no number of households
    assert (report.loc[["values", "quantiles", "numerators", "sums"], "tried"] > 0).all(), report
    held = unscript((site / "atlas" / "data" / "measures.js").read_text("utf-8"))
    assert "n" not in unpacked(held["measures"])
    ids = edition.households["household"]
    assert scan(site / "atlas", ids, minimum=edition.settings["min_households"]) == []


def test_a_households_income_in_a_file_of_the_atlas_is_found(edition, tmp_path):
    homes = edition.households
    one = homes[homes["year"] == 2022].dropna(subset="income").iloc[7]
    income = float(one["income"] / one["size"])
    rows = pd.DataFrame(
        {
            "place": [one["place"]],
            "year": [2022],
            "residence": ["all"],
            "measure": ["median_income"],
            "value": [income],
            "lower": [income - 1],
            "upper": [income + 1],
            "status": ["sample"],
        }
    )
    (tmp_path / "measures.js").write_text(
        script("atlasTopic", "measures", {"measures": packed(rows)}), encoding="utf-8"
    )
    audit = Audit(edition).read(tmp_path).together()
    assert audit.breaches


def test_a_households_number_in_a_file_of_the_atlas_is_found(edition, tmp_path):
    home = str(edition.households["household"].iloc[0])
    (tmp_path / "about.js").write_text(script("atlasTopic", "about", {"note": home}), encoding="utf-8")
    assert scan(tmp_path, [home])
