"""Built tables: whole or made again, and the same bytes whatever the order of Python's sets."""

import hashlib
import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from research.core.scope import Project, Scope
from research.core.tables import write_table
from research.edition.build import build_edition, is_built
from research.edition.identity import broken_tables, identity, require_tables, table_sums
from research.errors import DataError
from tests.support.years import project_until


@pytest.fixture
def scope(tmp_path):
    """Two tables as a build leaves them, and what it says of them."""
    (tmp_path / "data" / "reference").mkdir(parents=True)
    (tmp_path / "data" / "sample").mkdir()
    made = Scope.of(Project(tmp_path), 2023)
    for name in ("scores", "attainment"):
        write_table(pd.DataFrame({"place": ["331003", "331001"], name: [1.0, 2.0]}), made.results / f"{name}.parquet")
    (made.results / "manifest.json").write_text(json.dumps({**identity(made), "sums": table_sums(made.results)}))
    return made


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


SPOILT = {
    "cut short": cut,
    "empty": lambda p: p.write_bytes(b""),
    "one bit": flip,
    "another's": lambda p: p.write_bytes(p.with_name("attainment.parquet").read_bytes()),
    "missing": lambda p: p.unlink(),
}


def test_whole_tables_may_be_used(scope):
    assert broken_tables(scope) == [] and require_tables(scope)["edition"] == 2023


@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_table_is_noticed_and_named(scope, kind):
    SPOILT[kind](scope.results / "scores.parquet")
    assert broken_tables(scope) == ["scores"]
    with pytest.raises(DataError, match=r"1 that are missing or changed: scores .*bluebook build"):
        require_tables(scope)


def test_a_table_that_no_build_wrote_is_noticed(scope):
    (scope.results / "extra.parquet").write_bytes((scope.results / "scores.parquet").read_bytes())
    assert broken_tables(scope) == ["extra"]


@pytest.mark.slow
def test_spoilt_tables_are_built_again(tmp_path):
    scope = Scope.of(project_until(tmp_path, 2022, households=False), 2022)
    assert build_edition(scope) == scope.results and is_built(scope) and build_edition(scope) is None
    former = {p.name: p.read_bytes() for p in scope.results.glob("*.parquet")}
    whole = scope.results / "scores.parquet"
    for kind, spoil in SPOILT.items():
        whole.write_bytes(former[whole.name])
        assert is_built(scope), kind
        spoil(whole)
        assert not is_built(scope), kind
    assert build_edition(scope) == scope.results and is_built(scope)
    assert {p.name: p.read_bytes() for p in scope.results.glob("*.parquet")} == former


def sums_of(folder):
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and not p.name.startswith(".")
    }


def bluebook(project, seed, *words):
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run(
        [sys.executable, "-m", "research", *words, "--project", str(project.root)],
        env=environment,
        check=True,
        capture_output=True,
        timeout=900,
    )


@pytest.mark.slow
@pytest.mark.parametrize("households", [False, True])
def test_tables_forms_and_replies_are_the_same_bytes_under_any_hash_seed(tmp_path, households):
    project = project_until(tmp_path, 2022, households)
    made = []
    for seed in ("1", "2"):
        bluebook(project, seed, "build", "--force")
        for command, more in (("answers", ["--all"]), ("reply", []), ("export", [])):
            bluebook(project, seed, command, *more, "-o", f"made/{seed}/{command}")
        made.append((sums_of(tmp_path / "data" / "results" / "2022"), sums_of(tmp_path / "made" / seed)))
    (tables, files), (tables_again, files_again) = made
    assert tables == tables_again and len(tables) > 30
    assert files == files_again and {p.rpartition(".")[2] for p in files} >= {"xlsx", "docx", "csv"}
