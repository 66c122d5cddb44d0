"""Columns that the reference tables must have, and what their cells may hold."""

from __future__ import annotations

from typing import Any

from research.indicators.reference.complete import OPTIONAL
from research.indicators.reference.goals import KINDS

COLUMNS = {
    "places": ["code", "name", "kind"],
    "villages": ["code", "name", "place", "kind"],
    "indicators": [
        "id",
        "name_zh",
        "theme",
        "domain_code",
        "domain_zh",
        "subdomain_code",
        "subdomain_zh",
        "direction",
        "unit",
        "local_flag",
        "survey_flag",
        "level",
        "emphasis",
        "weight_domain",
        "weight_subdomain",
        "weight_indicator",
        "effective_weight",
        "source_department",
        "quote",
    ],
    "targets": ["id", "clause", "action", "indicator", "unit", "comparator", "kind", "class", "department", "quote"],
    "target_years": ["target", "year", "value", "kind"],
    "target_indicators": ["target", "indicator", "rule", "comparator", "reference", "reference_indicator"],
    "milestones": ["id", "clause", "milestone", "year", "quote"],
    "directional": OPTIONAL["directional"],
    "published": OPTIONAL["published"],
    "themes": ["theme", "domain_code", "name_zh", "name_en"],
    "counties": OPTIONAL["counties"],
    "departments": OPTIONAL["departments"],
    "clauses": ["clause", "title"],
    "grids": ["grid", "cell"],
    "districts": ["code", "name"],
}
IDS = {
    "places": "code",
    "villages": "code",
    "indicators": "id",
    "targets": "id",
    "milestones": "id",
    "directional": "id",
    "target_indicators": "target",
    "themes": "theme",
    "counties": "code",
    "departments": "department",
    "districts": "code",
}
_SIGNS = [">=", ">", "<=", "<", "=", "~"]
_YEARS, _COUNT, _WEIGHT = (1900, 2100), (0, 1e7), (0, 1e6)
CELLS: dict[tuple[str, str], Any] = {
    ("indicators", "direction"): [1, -1, 0],
    ("indicators", "level"): ["both", "district"],
    ("indicators", "operator"): ["", *_SIGNS],
    ("indicators", "emphasis"): ["", "feature", "shortboard"],
    ("indicators", "local_flag"): ["", "*"],
    ("indicators", "survey_flag"): ["", "+"],
    ("indicators", "weight_domain"): _WEIGHT,
    ("indicators", "weight_subdomain"): _WEIGHT,
    ("indicators", "weight_indicator"): _WEIGHT,
    ("indicators", "effective_weight"): (0, 1),
    ("targets", "comparator"): [*_SIGNS, "range", ""],
    ("target_indicators", "comparator"): [*_SIGNS, "range", ""],
    ("targets", "kind"): ["", *KINDS],
    ("directional", "direction"): ["+", "-", "="],
    ("published", "level"): ["country", "province", "city", "county", "township"],
    ("milestones", "year"): _YEARS,
    ("published", "year"): _YEARS,
    ("target_years", "year"): _YEARS,
    ("places", "n_villages"): _COUNT,
    ("counties", "n_townships"): _COUNT,
    ("themes", "order"): (0, 1000),
}
"""Cells that are one of these, or a number within these limits (an empty number is a gap)."""


def file(name: str) -> str:
    """The file of a table, as a fault calls it."""
    return f"data/reference/{name}.csv"
