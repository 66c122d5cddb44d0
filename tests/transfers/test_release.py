"""What of a trial leaves the house: nothing that few households make, and the sample's mark with every number."""

from datetime import date

import pytest

from research.indicators import open_edition
from research.transfers import parse, population, publish, publish_groups, rules, simulate


@pytest.fixture(scope="module")
def book():
    return open_edition("2024")


def rule(below, yuan=100):
    return parse(
        {
            "name": "n",
            "kind": "benefit",
            "from": date(2025, 1, 1),
            "source": "s",
            "beyond_gap": True,
            "who": {"income": {"below": below}},
            "amount": {"flat": {"yuan": yuan}},
        },
        "a.yml",
    )


def line_with(book, count):
    """A line below which so many households of the sample are."""
    head = population(book).head
    return float((head[count - 1] + head[count]) / 2)


def test_an_effect_that_nine_households_make_is_a_gap_and_one_of_ten_is_not(book):
    nine, ten = (publish(book, simulate(population(book), {"v": rule(line_with(book, n))})) for n in (9, 10))
    assert nine["withheld"].all() and nine[["after", "difference", "se", "take_up_low"]].isna().all(axis=None)
    assert not ten.set_index("measure").at["gini", "withheld"]


def test_two_variants_that_differ_in_nine_households_are_not_both_shown(book):
    trial = simulate(population(book), {"v": rule(line_with(book, 60)), "w": rule(line_with(book, 69))})
    shown = publish(book, trial).groupby("variant")["difference"].count()
    assert shown["v"] > 0 and shown["w"] == 0


def test_one_place_alone_is_not_withheld_where_the_whole_is_known(book):
    trial = simulate(population(book), {"v": rule(20_000.0), "w": rule(30_000.0)})
    for by in ("place", "residence", "fifth"):
        told = publish_groups(book, trial, by).query("measure == 'winners'")
        assert (told.groupby("variant")["withheld"].sum() != 1).all()
        assert told.loc[told["withheld"], ["value", "se", "lower", "upper"]].isna().all(axis=None)


def test_a_sample_is_marked_in_every_row(book):
    told = publish(book, simulate(population(book), rules(book.project)))
    assert set(told["status"]) == {"sample"} and told["source"].str.contains("示例").all()
    assert all("示例" in r.name and "示例" in r.source for r in rules(book.project).values())
