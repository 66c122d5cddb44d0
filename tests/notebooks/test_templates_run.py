"""The real notebooks: they run for the district and for townships, and carry what the books need."""

import json

import pytest

from research import runs
from research.core.scope import Scope
from research.core.status import SAMPLE_MARK
from tests.support.notebooks import THEMES

EDITION = "2024"
PLACES = ("331003", "331003102")
DISTRICT_ONLY = ("regional_gap", "urban_rural_gap", "income_gap", "targets", "comparison")


def execute(project, **more):
    plan = runs.plan(Scope.of(project, EDITION), **more)
    report = runs.execute(plan, jobs=2)
    assert not report.failed, report.recap()
    return plan


def outputs(run):
    """Cells with an option label, and their outputs, of an executed notebook."""
    for cell in json.loads(run.path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code" and any(line.startswith("#| label:") for line in cell["source"]):
            yield "".join(cell["source"]), cell["outputs"]


def look(run, district):
    """What every executed notebook must hold: labels, captions, marks, pictures of both kinds."""
    figures = tables = 0
    for source, found in outputs(run):
        label = next(line for line in source.splitlines() if line.startswith("#| label:"))
        assert label.endswith(f"-{run.place}") == (run.place != district), label
        data = [o["data"] for o in found if "data" in o]
        assert data, f"{run.name}, {label}: no output"
        if "label: fig-" in label:
            figures += 1
            assert {"image/svg+xml", "image/png"} <= set(data[0]), label
            assert "#| fig-cap:" in source and "#| fig-alt:" in source, label
        if "label: tbl-" in label:
            tables += 1
            assert "text/markdown" in data[0] and "#| tbl-cap:" in source, label
        status = found[0].get("metadata", {}).get("bluebook", {}).get("status")
        if status == "sample" and "label: text-" not in label:
            assert SAMPLE_MARK in source, label
        if status in ("published", "reported"):
            assert SAMPLE_MARK not in source, label
    return figures, tables


def test_all_templates_are_whole(real):
    assert runs.check(real) == []
    assert set(THEMES) | set(DISTRICT_ONLY) <= set(runs.find_templates(real))


def test_templates_are_stripped(real):
    ours = [p for _, p in runs.find_templates(real).values() if p.parent.name != "cases"]  # cases keep their evidence
    assert len(ours) > 10
    for path in ours:
        cells = [c for c in json.loads(path.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
        assert not any(c["outputs"] or c["execution_count"] for c in cells), path.name


@pytest.mark.slow
@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_runs_for_the_district_and_a_township(project, theme):
    plan = execute(project, themes=[theme], places=PLACES)
    assert len(plan.runs) == 2
    for run in plan.runs:
        figures, tables = look(run, plan.district)
        assert figures >= 2 and tables >= 1, run.name


@pytest.mark.slow
def test_the_districts_own_notebooks_run(project, real):
    names = [theme for theme, (kind, _) in runs.find_templates(real).items() if kind == "district"]
    plan = execute(project, themes=names)
    for run in plan.runs:
        look(run, plan.district)


@pytest.mark.slow
def test_a_second_run_in_cold_kernels_gives_the_same_bytes(project):
    execute(project, themes=["income", "targets"], places=PLACES)
    report = runs.verify(runs.plan(Scope.of(project, EDITION), themes=["income", "targets"], places=PLACES))
    assert not report.failed, report.recap()


@pytest.mark.slow
def test_a_township_reads_only_its_own_rows_and_the_districts(project):
    """A change in one township leaves the runs of the others fresh: their notebooks must not show it."""
    import pandas as pd

    from research.core.tables import read_table, write_table

    execute(project, themes=["income"], places=PLACES)
    path = Scope.of(project, EDITION).results / "measures.parquet"
    frame = read_table(path)
    other = frame["place"] == "331003001"
    assert other.any()
    before = path.read_bytes()
    try:
        write_table(frame.assign(value=frame["value"].where(~other, pd.NA)), path)
        stale = {r.name for r in runs.plan(Scope.of(project, EDITION), themes=["income"], places=PLACES).stale}
        assert stale == {"income/331003"}
        plan = runs.plan(Scope.of(project, EDITION), themes=["income"], places=[PLACES[1]])
        first = plan.runs[0].path.read_bytes()
        assert not runs.execute(plan, force=True).failed
        assert plan.runs[0].path.read_bytes() == first
    finally:
        path.write_bytes(before)
