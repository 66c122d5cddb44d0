"""The shipped sample's index of one township, worked out again by hand: plain arithmetic from the tables people edit.

Read it from top to bottom. Nothing of the composite package is used but the number it is held against.

1. The township's values of 2024; where one is missing, its last earlier value.
2. Each value as points: 0 at the lower goalpost, 100 at the upper one (turned around where less is better), held
   between the two.
3. Weights: the domains of the index weigh alike, so do the sub-domains of a domain and the indicators of a
   sub-domain. Emphasised indicators (特色 x 1.2, 短板 x 1.5) take a little from all others.
4. The index: weights times points. What a township has no value of gives its weight to its neighbours in the
   sub-domain.
"""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from research import open_edition

pytestmark = pytest.mark.slow
REFERENCE = Path(__file__).parents[2] / "data" / "reference"
PLACE, YEAR = "331003101", 2024


@pytest.fixture(scope="module")
def tables():
    from research import composite, indicators

    edition = open_edition(YEAR)
    edition.add_tables(indicators.build(edition))
    return {**edition._tables, **composite.build(edition)}


def test_the_index_of_a_township_by_hand(tables):
    with (REFERENCE / "indicators.csv").open(encoding="utf-8") as file:
        registry = [row for row in csv.DictReader(file) if row["level"] == "both"]
    version = yaml.safe_load((REFERENCE / "index.yml").read_text("utf-8"))["versions"]["2022.1"]
    emphasis = version["weights"]["emphasis"]

    # 1. values: the last one known up to the year
    known = defaultdict(dict)
    for row in tables["observations"].itertuples():
        if row.place == PLACE and row.year <= YEAR and row.value == row.value:
            known[row.indicator][row.year] = row.value
    values = {i: series[max(series)] for i, series in known.items()}

    # 2. points
    points = {}
    for row in registry:
        if row["id"] not in values:
            continue
        posts = version["goalposts"][row["id"]]
        low, high = posts["township"] if isinstance(posts, dict) else posts
        share = (values[row["id"]] - low) / (high - low)
        share = share if row["direction"] == "1" else 1 - share
        points[row["id"]] = 100 * min(1.0, max(0.0, share))

    # 3. weights
    domains = sorted({row["domain_code"] for row in registry})
    subdomains = {d: sorted({r["subdomain_code"] for r in registry if r["domain_code"] == d}) for d in domains}
    weight = {}
    for row in registry:
        own = [r for r in registry if r["subdomain_code"] == row["subdomain_code"]]
        equal = 1 / len(domains) / len(subdomains[row["domain_code"]]) / len(own)
        weight[row["id"]] = equal * emphasis.get(row["emphasis"], 1.0)
    total = sum(weight.values())
    weight = {i: w / total for i, w in weight.items()}

    # 4. the index, one sub-domain after the other
    index = 0.0
    for domain in domains:
        for sub in subdomains[domain]:
            ids = [r["id"] for r in registry if r["subdomain_code"] == sub]
            there = [i for i in ids if i in points]
            score = sum(weight[i] * points[i] for i in there) / sum(weight[i] for i in there)
            index += sum(weight[i] for i in ids) * score

    scores = tables["scores"]
    row = scores[(scores["place"] == PLACE) & (scores["year"] == YEAR) & (scores["level"] == "index")]
    assert len(domains) == 6 and 30 < len(points) <= len(registry)
    assert row["score"].item() == pytest.approx(index, abs=1e-9)
