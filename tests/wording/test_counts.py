"""One table of definitions: every note that defines a count takes it from there, and all of it is printed."""

from research.core.scope import open_project
from research.edition.tables import reference_tables
from research.wording.counts import DEFINITIONS, defined


def test_all_definitions_are_printed_in_the_book():
    text = reference_tables(open_project(__file__), 2024)["_counts"]
    assert all(term in text for term in DEFINITIONS) and text.count("\n| ") >= len(DEFINITIONS)


def test_the_two_counts_of_improvement_are_told_apart():
    told = defined("与首年相比", "与上年相比")
    assert told.index("有数据的第一年") < told.index("本年与上年都有数值")
