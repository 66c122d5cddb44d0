"""The pool of experts: a schema and a check; never read into a book, never committed without a word."""

import subprocess

import pytest

from research.core.faults import describe
from research.core.scope import Scope, open_project
from research.errors import UsageError
from research.indicators import open_edition
from research.indicators.checks.checks import check
from research.indicators.reference.schemas import REGISTERS
from research.indicators.registers.columns import PERSONAL, TABLES
from research.indicators.store.untracked import tracked
from tests.support import copies

HEAD = ",".join(c.name for c in TABLES["expert-pool"])


def test_no_person_is_shipped_and_none_can_be_read_into_a_book():
    project = open_project(__file__)
    assert not list(project.root.glob("data/**/expert-pool*")) and set(PERSONAL).isdisjoint(REGISTERS)
    with pytest.raises(UsageError):
        open_edition(2024, "sample", project).register("expert-pool")


def test_the_file_is_checked_by_row_and_git_is_told_of(tmp_path):
    project = open_project(copies.fresh(tmp_path / "project", "tests", "src", "reports/manual"))
    folder = project.root / "data" / "sample"
    (folder / "expert-pool.csv").write_text(f"{HEAD}\n甲,乙大学,,统计,2024年,,,reported\n", "utf-8")
    told = describe(check(Scope.of(project, 2024)), "zh")
    assert "sample/expert-pool.csv，第2行，“agreed”列" in told
    subprocess.run(["git", "init", "-q", str(project.root)], check=True)
    ignored = subprocess.run(["git", "-C", str(project.root), "check-ignore", "-q", "data/sample/expert-pool.csv"])
    assert ignored.returncode == 0
    subprocess.run(["git", "-C", str(project.root), "add", "-f", "data/sample/expert-pool.csv"], check=True)
    assert tracked(folder) == ["expert-pool.csv"]
