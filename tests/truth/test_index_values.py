"""The index told truly: shares of one year's differences, rises like for like; values held to own sums."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from research import open_edition
from research.composite import build_tables, diagnose, explain

pytestmark = pytest.mark.slow
DOMAINS = ["ECO", "SRV", "CUL", "INC", "ENV", "GOV"]


@pytest.fixture(scope="module")
def edition():
    book = open_edition("2024")
    book.add_tables(import_module("research.indicators").build(book))
    return book


def with_direct(edition):
    """The edition's index as it was when each place's direct estimates stood in it."""
    from research.indicators.aggregates import roles

    whole, direct = edition.table("observations"), edition.table("observations").copy()
    rows = edition.table("measures").merge(roles(edition.indicators), on=["measure", "residence"])
    rows = rows[rows["adopted"] == "model"].assign(new=lambda r: r["direct"] * r["factor"])
    new = rows.set_index(["place", "year", "id"])["new"]
    key = pd.MultiIndex.from_frame(direct[["place", "year", "indicator"]])
    direct["value"] = new.reindex(key).fillna(pd.Series(direct["value"].to_numpy(), index=key)).to_numpy()
    edition.add_tables({"observations": direct})
    made = build_tables.indices(edition)["township"]
    edition.add_tables({"observations": whole})
    return made


@pytest.fixture(scope="module")
def direct(edition):
    return with_direct(edition)


def shares(town, domains, years):
    """Own sums: covariance of each domain's points with the index, between the places of some years."""
    points = pd.DataFrame(np.nan_to_num(explain.points_of(town)[0]), columns=town.tree.leaves)
    at = np.isin(town.panel.years, years) & ~np.isnan(town.levels[-1][:, 0])
    table = points[at].T.groupby(domains).sum().T
    index = table.sum(axis=1)
    return {d: round(100 * np.cov(table[d], index)[0, 1] / index.var(), 1) for d in table}


def test_the_effective_share_is_between_the_places_of_one_year(edition, direct):
    """38.3, 23.6, 14.5, 12.3, 9.4, 1.9 on the direct estimates; pooled over four years the common rise decided."""
    domains = edition.indicators.set_index("id")["domain_code"]
    mine = shares(direct, domains, [2024])
    assert [mine[d] for d in DOMAINS] == [38.3, 23.6, 14.5, 12.3, 9.4, 1.9]
    told = diagnose.effective_domains(direct, 2024).set_index("domain")["share"]
    assert {d: round(100 * told[d], 1) for d in DOMAINS} == mine
    assert shares(direct, domains, [2021, 2022, 2023, 2024]) != mine
    adopted = build_tables.indices(edition)["township"]
    told = diagnose.effective_domains(adopted, 2024).set_index("domain")
    assert [round(100 * told["share"][d], 1) for d in DOMAINS] == [38.7, 23.9, 14.6, 11.5, 9.6, 1.8]
    assert told["apart"][["ECO", "SRV", "GOV"]].tolist() == [1, 1, -1]
    assert (told["apart"][["CUL", "INC", "ENV"]] == 0).all()


def test_a_rise_counts_only_what_a_place_has_in_both_years(edition, direct):
    """西城 23.5 first, 上郑 16.3 last; as they stand 南城's 15.4 was, which had lost indicators."""
    made = explain.rises(direct, 2021, 2024).set_index("place")
    names = edition.places.set_index("code")["name_short"]
    made.index = names[made.index]
    assert made["rise"].idxmax() == "西城" and round(made["rise"]["西城"], 1) == 23.5
    assert made["rise"].idxmin() == "上郑" and round(made["rise"]["上郑"], 1) == 16.3
    assert made["plain"].idxmin() == "南城" and round(made["plain"]["南城"], 1) == 15.4
    assert len(made) == 19 and (made["n_common"] < made["n_after"]).any()


def own_colour(row, yellow, red):
    """The colour by the printed rule, from the numbers that stand beside it; and the points behind."""
    if row.attained == "yes":
        return "green", 0.0
    if row.attained == "unassessed":
        return "grey", np.nan
    if row.scale == "way":
        progress, due = ((x - row.base) / (row.target - row.base) for x in (row.value, row.expected))
    elif row.scale == "total":
        progress, due = row.value / row.target, row.expected / row.target
    else:
        ways = (row.target, row.value) if row.comparator in ("<", "<=") else (row.value, row.target)
        progress, due = (ways[0] / ways[1] if ways[1] > 0 and row.target > 0 else 0.0), 1.0
    behind = max(0.0, 100 * (min(due, 1.0) - progress))
    if row.due:
        return "red", behind
    colour = "red" if behind >= red - 1e-9 else "yellow" if behind >= yellow - 1e-9 else "green"
    return ("yellow" if colour == "green" and row.rule in ("floor", "ceiling") else colour), behind


def test_every_targets_colour_is_the_printed_rules(edition):
    from research.assessment.build_tables import _targets
    from research.assessment.colours import target_rule
    from research.assessment.settings import rules

    held = rules(edition.settings, 2024, edition.plan)
    assert f"不足{held.yellow:g}个" in target_rule(held.yellow, held.red)
    made = _targets(edition, edition.table("observations"), held)["attainment"]
    wrong = []
    for row in made.itertuples():
        colour, behind = own_colour(row, held.yellow, held.red)
        if (row.colour, round(row.behind, 6)) != (colour, round(behind, 6)) and colour != "grey":
            wrong.append((row.target_id, row.target_name, row.colour, row.behind, colour, behind))
        if colour == "grey" and row.colour != "grey":
            wrong.append((row.target_id, row.colour))
    assert wrong == [] and len(made) > 200
    late = made[made["colour"].isin(["yellow", "red"])]
    assert late["colour_by"].isin(["pace", "goal", "floor", "due"]).all() and (late["scale"] != "").all()
    assert late.loc[late["behind"] < held.yellow - 1e-9, "colour_by"].isin(["floor", "due"]).all()
    assert set(late.loc[late["scale"] == "goal", "colour_by"]) <= {"goal", "floor", "due"}  # no pace without a start


def test_indicators_on_target_are_counted_once_and_alike(edition):
    """The general report's table and the themes' sentences count the same rows: 33 with a number, 5 reached."""
    from research.assessment import indicator_targets
    from research.assessment.build_tables import _targets, target_table
    from research.assessment.settings import rules

    held = rules(edition.settings, 2024, edition.plan)
    observed = edition.table("observations")
    now = _targets(edition, observed, held)["attainment"]
    rows = indicator_targets.table(edition, now, target_table(edition), observed, held)
    own = rows[rows["place"] == edition.district]
    counted = indicator_targets.counts(own).set_index("domain")
    assert counted.loc["ALL"].tolist()[2:] == [len(own), int((own["attained"] == "yes").sum())] == [33, 5]
    assert not own["indicator"].duplicated().any() and (own["horizon"] == 2025).all()
    by_hand = {d: (len(p), int(p["attained"].eq("yes").sum())) for d, p in own.groupby("domain")}
    assert {d: tuple(r[["n_target", "n_on_target"]]) for d, r in counted.drop("ALL").iterrows()} == by_hand
    latest = observed[observed["place"] == edition.district].sort_values("year")
    latest = latest.drop_duplicates("indicator", keep="last")
    level = own[(own["rule"] == "level") & (own["comparator"] == ">=")]
    value = level["indicator"].map(latest.set_index("indicator")["value"])
    assert (value >= level["target"] - 1e-9).tolist() == level["attained"].eq("yes").tolist()
