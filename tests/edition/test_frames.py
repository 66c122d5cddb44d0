"""Tables that pass from room to room are as `frames.yml` names them."""

import pandas as pd
import pytest

from research import open_project
from research.edition.frames import frames, hold
from research.errors import DataError
from tests.support.years import built


@pytest.mark.slow
def test_the_sample_s_tables_hold_what_is_named_and_nothing_else():
    edition = built(open_project(), 2023)
    domains, tables = tuple(edition.indicators["domain_code"].unique()), edition._tables
    hold(tables, domains)
    unnamed = {n: sorted(set(t) - set(frames()[n].named(domains))) for n, t in tables.items() if len(t)}
    assert {n: c for n, c in unnamed.items() if c} == {}


def test_every_table_has_a_title_of_its_own():
    titles = [f.title for f in frames().values()]
    assert len(set(titles)) == len(titles) and all(titles)


def test_what_is_wrong_is_said_at_once():
    tables = {name: pd.DataFrame() for name in frames()}
    hold(tables)
    del tables["weights"]
    tables["waits"] = pd.DataFrame({"a": [1]})
    tables["ranks"] = pd.DataFrame({"place": ["331003001"], "rank": ["first"]})
    with pytest.raises(DataError) as told:
        hold(tables)
    found = {(f.kind, str(f.place)) for f in told.value.faults}
    assert {("table", "weights"), ("table", "waits")} <= found
    assert any(kind == "type" and "rank" in place for kind, place in found)
    assert any(kind == "column" and "score" in place for kind, place in found)
