"""Plans: the matrix of runs, and why each is stale - nothing more than what a change touches."""

import hashlib

import pytest
from tiny import DISTRICT, EAST, WEST, write_notebook, write_table

from research import runs
from research.core.scope import Scope
from research.errors import DataError, UsageError
from research.runs.record import write_record, write_whole


@pytest.fixture
def planned(project):
    """A project whose runs all look done, without having been executed."""
    write_notebook(project, "income", "1")
    write_notebook(project, "targets", "1", kind="district")
    pretend(project)
    return project


def pretend(project, reads=None):
    for run in runs.plan(Scope.of(project, "2024")).runs:
        write_whole(run.path, "{}")
        inputs = {k: v for k, v in run.inputs.items() if reads is None or k in reads}
        write_record(
            run.path,
            {
                "status": "done",
                "key": "k",
                "parts": run.parts,
                "inputs": inputs,
                "bytes": 2,
                "sha256": hashlib.sha256(b"{}").hexdigest(),
            },
        )


def stale(project, **more):
    return {r.name: r.stale_reason for r in runs.plan(Scope.of(project, "2024"), **more).stale}


def test_the_matrix_has_each_theme_for_each_place_and_district_notebooks_once(project):
    write_notebook(project, "income", "1")
    write_notebook(project, "economy", "1")
    write_notebook(project, "targets", "1", kind="district")
    names = [r.name for r in runs.plan(Scope.of(project, 2024)).runs]
    assert sorted(names) == sorted(
        [f"{t}/{p}" for t in ("economy", "income") for p in (DISTRICT, EAST, WEST)] + [f"targets/{DISTRICT}"]
    )
    assert names[:3] == [f"economy/{DISTRICT}", f"income/{DISTRICT}", f"targets/{DISTRICT}"]


def test_nothing_changed_means_nothing_stale(planned):
    assert stale(planned) == {}
    assert runs.plan(Scope.of(planned, "2024")).describe() == "nothing to do: all 4 runs are fresh"


def test_a_value_of_one_township_touches_its_runs_and_the_districts(planned):
    write_table(planned, {DISTRICT: 3.0, EAST: 1.5, WEST: 2.0})
    why = "data changed: results/measures.parquet"
    assert stale(planned) == dict.fromkeys((f"income/{DISTRICT}", f"targets/{DISTRICT}", f"income/{EAST}"), why)


def test_a_value_of_the_district_touches_all(planned):
    write_table(planned, {DISTRICT: 4.0, EAST: 1.0, WEST: 2.0})
    assert len(stale(planned)) == 4


def test_a_row_of_another_place_touches_all(planned):
    write_table(planned, {DISTRICT: 3.0, EAST: 1.0, WEST: 2.0, "331002": 9.0})
    assert len(stale(planned)) == 4


def test_csv_rows_are_told_apart_by_place_too(planned):
    (planned.root / "data/sample/observations.csv").write_text(f"place,value\n{EAST},1\n{WEST},2.5\n")
    assert set(stale(planned)) == {f"income/{DISTRICT}", f"targets/{DISTRICT}", f"income/{WEST}"}


def test_an_input_that_no_run_read_touches_nothing(planned):
    pretend(planned, reads=["results/measures.parquet"])
    (planned.root / "data/sample/observations.csv").write_text(f"place,value\n{EAST},8\n{WEST},8\n")
    assert stale(planned) == {}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda p: write_notebook(p, "income", "2"), "its notebook changed"),
        (lambda p: (p.root / "requirements.lock").write_text("a==2\n"), "requirements.lock changed"),
        (
            lambda p: (p.root / "data/reference/places.csv").write_text(
                f"code,name\n{EAST},东城\n{WEST},宁溪镇\n", "utf-8"
            ),
            "data changed: reference/places.csv",
        ),
    ],
)
def test_a_change_is_named(planned, change, why):
    change(planned)
    assert stale(planned)[f"income/{WEST}"] == why


def test_a_changed_or_missing_notebook_is_run_again(planned):
    folder = Scope.of(planned, "2024").runs / "income"
    (folder / f"{EAST}.ipynb").unlink()
    (folder / f"{WEST}.ipynb").write_text("{}edited")
    assert set(stale(planned)) == {f"income/{EAST}", f"income/{WEST}"}


def test_without_a_whole_record_a_notebook_is_not_done(planned):
    (Scope.of(planned, "2024").runs / "income" / f"{EAST}.run.json").write_text('{"version": 1, "st')
    assert stale(planned) == {f"income/{EAST}": "no record of it"}


def test_themes_and_places_narrow_the_plan_by_code_or_name(planned):
    some = runs.plan(Scope.of(planned, "2024"), themes=["income"], places=["东城街道"]).runs
    assert [r.name for r in some] == [f"income/{EAST}"]


@pytest.mark.parametrize(
    ("more", "words"),
    [({"themes": ["incme"]}, "--theme incme: did you mean 'income'"), ({"places": ["331003009"]}, "--place 331003009")],
)
def test_an_unknown_theme_or_place_is_a_usage_error(planned, more, words):
    with pytest.raises(UsageError, match=words):
        runs.plan(Scope.of(planned, "2024"), **more)


def test_an_edition_without_tables_says_what_to_run(planned):
    with pytest.raises(DataError, match="run `bluebook build --edition 2023 --data sample` first"):
        runs.plan(Scope.of(planned, "2023"))


def test_a_number_changed_in_an_executed_notebook_makes_it_stale(planned):
    run = runs.plan(Scope.of(planned, "2024")).runs[0]
    run.path.write_text("[]")  # as many bytes as before
    assert stale(planned) == {run.name: "its executed notebook is missing or was changed"}
