"""Any state or settings file replaced by rubbish: the commands name a fault or make it anew; never a traceback."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

from research import runs
from research.book import check as check_book
from research.book import made
from research.cases import library
from research.cases.bundles import index as bundle_index
from research.cli.finding import composed
from research.cli.steps import resumed
from research.core.handed_out import hand_out
from research.core.scope import Project, Scope
from research.core.tables import write_table
from research.edition.changes import review
from research.edition.chapters.passages import check_passages
from research.edition.identity import require_tables
from research.edition.revisions import last_edition
from research.edition.stage_fresh import laid_out_for
from research.errors import BluebookError
from research.indicators import edition_of
from research.indicators.checks.checks import check
from research.indicators.store import store
from research.runs.record import read_record
from research.starter import upgrade
from tests.support import copies

RUBBISH = {
    "empty": b"",
    "a list": b"[1, 2]",
    "a number": b"3",
    "binary": bytes(range(256)) * 4,
    "cut short": b'{"edition": 2024, "data": "sam',
    "nested": b'{"a": ' * 3000,
    "null": b"null",
    "of another kind": b'{"version": 1, "edition": [], "data": {}, "key": 3, "inputs": "x", "runs": 3,'
    b'"cells": {}, "status": [], "parts": [], "watched": [1], "sums": [],'
    b'"files": [], "words": 3}',
}
"""JSON, YAML and text alike are read from these."""
STATE = (
    "data/results/2023/manifest.json",
    "data/results/2023/scores.parquet",
    "reports/runs/.session.json",
    "reports/runs/.inputs.json",
    "reports/runs/2023/index/331003.run.json",
    "reports/runs/book/.stage.json",
    "reports/output/.work/bluebook/made.json",
    "forms/.handed-out.json",
    ".bluebook.json",
    "reports/bundles/bluebook-2023.zip",
    "data/own/history/1.parquet",
    "data/own/observations.csv",
    "data/own/meta.yml",
    "data/results/2022/manifest.json",
    "data/results/2023-review/built.json.gz",
)
SETTINGS = (
    *(
        f"data/reference/{n}.yml"
        for n in ("district", "groups", "calibres", "assumptions", "passages", "index", "settings")
    ),
    *(
        f"data/reference/{n}.csv"
        for n in (
            "places",
            "indicators",
            "targets",
            "target_years",
            "themes",
            "target_indicators",
            "published",
            "departments",
        )
    ),
    "data/reference/outline.txt",
    "data/sample/observations.csv",
    "data/sample/tasks.csv",
    "data/sample/meta.yml",
    "_quarto.yml",
    "_quarto-bluebook.yml",
    "_variables.yml",
    "index.qmd",
    "reports/bluebook/index-report.qmd",
    "reports/bluebook/_place.qmd",
    "reports/cases/_experiences.yml",
    "reports/cases/guide.qmd",
    "reports/cases/paired-villages.qmd",
    "notebooks/themes/income.ipynb",
    "notebooks/cases/paired-villages.ipynb",
)


def looked_at(scope):
    """What commands do before they write anything, by name."""
    project, own = scope.project, scope.project.root / "data" / "own"
    notebook = scope.runs / "index" / "331003.ipynb"
    work = project.root / "reports" / "output" / ".work" / "bluebook"
    return {
        "check data": partial(check, scope),
        "check index": partial(composed, scope),
        "check passages": partial(check_passages, project),
        "check notebooks": partial(runs.check, project),
        "check cases": partial(library.check, project),
        "list cases": partial(library.load, project, "skip"),
        "check book": partial(check_book, project.root, "bluebook"),
        "laid out": partial(laid_out_for, scope),
        "plan": lambda: runs.plan(scope).describe(),
        "resume": partial(resumed, scope),
        "tables": partial(require_tables, scope),
        "scores": lambda: edition_of(scope).table("scores"),
        "before": lambda: last_edition(edition_of(scope)),
        "record": partial(read_record, notebook),
        "made": lambda: (made.older(made.read(work), "html", project.root, {}), made.files_of(work)),
        "forms": lambda: hand_out(project.root / "forms" / "a.xlsx", b"asked"),
        "bundles": partial(bundle_index.write, project),
        "upgrade": partial(upgrade, project, dry_run=True),
        "history": partial(store.all_rows, own),
        "own": partial(store.settled, own),
        "changes": partial(review.ensure, scope),
    }


@pytest.fixture(scope="module")
def scope(tmp_path_factory):
    """A project with a file for every state that commands keep, and no households: reading it takes no time."""
    root = copies.fresh(tmp_path_factory.mktemp("walk") / "project")
    for path in root.glob("data/sample/households-*.csv"):
        path.unlink()
    made_scope = Scope.of(Project(Path(root)), 2023)
    rows = pd.DataFrame(
        {
            "place": ["331003"],
            "year": 2023,
            "indicator": "SRV-4-01",
            "value": 50.0,
            "unit": "%",
            "source": "x",
            "status": "reported",
            "supplier": "",
            "file": "a.csv",
            "sha256": "",
            "sheet": "",
            "row": 1,
            "accepted": "",
        }
    )
    (root / "data" / "own").mkdir()
    with store.locked(root / "data" / "own"):
        store.append(root / "data" / "own", rows, meta={"title": "试", "status": "reported", "source": "x"})
    part = next((root / "data" / "own" / "history").glob("*.parquet"))
    part.rename(part.with_name("1.parquet"))
    write_table(pd.DataFrame({"place": ["331003"], "score": [1.0]}), made_scope.results / "scores.parquet")
    for name in STATE:
        if not (root / name).exists():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(b"{}")
    (root / "data/results/2023/manifest.json").write_text(json.dumps({"edition": 2023, "data": "sample"}), "utf-8")
    (root / "_variables.yml").write_text("edition: '2023'\n", "utf-8")
    return made_scope


def walked(scope, name, only):
    """Put each kind of rubbish in a file's place and look; what came that is no fault."""
    path = scope.project.root / name
    former, wrong = path.read_bytes(), []
    for kind, rubbish in RUBBISH.items():
        path.write_bytes(rubbish)
        for command, look in looked_at(scope).items():
            if command not in only:
                continue
            try:
                found = look()
                list(found if isinstance(found, Iterator) else ())
            except BluebookError as fault:
                if not str(fault).strip():
                    wrong.append(f"{name} {kind}, {command}: a fault without words")
            except Exception as error:  # noqa: BLE001  (a traceback is what this test looks for)
                wrong.append(f"{name} {kind}, {command}: {type(error).__name__}: {error}"[:200])
            if not path.exists() or path.read_bytes() != rubbish:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(rubbish)  # it was made anew
    path.write_bytes(former)
    return wrong


KEPT = {"resume", "tables", "scores", "before", "record", "made", "forms", "bundles", "upgrade", "laid out"}
BY_FOLDER = {
    "data/reference": {"check data", "check index", "check passages", "check cases", "plan"},
    "data/sample": {"check data"},
    "data/own": {"history", "own"},
    "": {"check book", "check notebooks", "check cases", "list cases", "check passages", "plan"},
}
"""Which commands look at what."""


def who_reads(name):
    return (
        KEPT | {"plan", "changes", "history"}
        if name in STATE and "own" not in name
        else next(commands for folder, commands in BY_FOLDER.items() if name.startswith(folder))
    )


@pytest.mark.parametrize("name", [n for n in STATE if n.endswith("json")])
def test_broken_state_is_made_anew_or_named(scope, name):
    assert walked(scope, name, KEPT) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*STATE, *SETTINGS])
def test_no_file_of_rubbish_ends_in_a_traceback(scope, name):
    assert walked(scope, name, who_reads(name)) == []
