"""pyproject.toml says what goes, requirements.lock what was tested together; everything installs from these two."""

import ast
import fnmatch
import importlib.metadata
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
TOOLS = {"ruff", "mypy", "nbval", "pytest-xdist"}
"""What another version of would judge the same tree otherwise: they alone are pinned."""
OPTIONAL = {
    "psycopg": "psycopg",
    "sqlalchemy": "sqlalchemy",
    "dask": "dask",
    "distributed": "dask",
    "polars": "polars",
    "pyarrow": "pyarrow",
}
"""Modules of the extras, imported where they are used, and the package that brings them."""

CONFINED = {"sandbox", "syscalls"}
"""Our own files, which the confined process finds beside itself."""


def about():
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def runtime():
    return [Requirement(line) for line in about()["dependencies"]]


def declared():
    return [*runtime(), *(Requirement(d) for extra in about()["optional-dependencies"].values() for d in extra)]


def locked():
    found = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            asked = Requirement(line)
            assert str(asked.specifier).startswith("=="), f"{line}: not pinned"
            found.setdefault(canonicalize_name(asked.name), set()).add(str(asked.specifier)[2:])
    return found


def test_the_lock_holds_a_version_within_each_declared_range():
    for asked in declared():
        versions = locked()[canonicalize_name(asked.name)]
        assert all(asked.specifier.contains(version, prereleases=True) for version in versions), asked


def test_what_is_declared_leaves_room_beside_another_projects_packages():
    """A pin in the project's own needs would refuse every environment that holds one other version."""
    for asked in declared():
        pinned = any(one.operator in ("==", "===") for one in asked.specifier)
        assert pinned == (asked.name in TOOLS), asked
        assert any(one.operator in (">=", "==") for one in asked.specifier), f"{asked}: from which version on?"


def test_every_package_that_is_imported_is_declared():
    sources = [*(ROOT / "src" / "research").rglob("*.py")]
    imported = {name for path in sources for name in top_names(path)}
    imported -= {*sys.stdlib_module_names, "research", *CONFINED}
    gives = importlib.metadata.packages_distributions()
    asked = {canonicalize_name(one.name) for one in runtime()}
    extra = {canonicalize_name(one.name) for one in declared()}
    assert {brought for name, brought in OPTIONAL.items() if name in imported} <= extra
    assert {
        name
        for name in imported - {*OPTIONAL}
        if not {canonicalize_name(package) for package in gives.get(name, [name])} & asked
    } == set()


def top_names(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def test_conda_brings_quarto_and_installs_from_the_same_two_files():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert "quarto" in environment["dependencies"]
    extras = ",".join(name for name in about()["optional-dependencies"] if name != "lite")  # 77 MB, for one command
    assert pip == ["--constraint requirements.lock", f"--editable .[{extras}]"]


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml", "pyproject.toml", "Makefile"])
def test_no_file_of_the_set_up_names_a_registry(name):
    assert "://" not in (ROOT / name).read_text("utf-8")


def test_a_wheel_holds_every_file_that_the_program_reads():
    """A kind of file that the list forgets is there in a clone and missing where the wheel is installed."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = about["tool"]["setuptools"]["package-data"]["*"]
    files = [p for p in (ROOT / "src" / "research").rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")]
    assert len(files) > 20
    assert [p.name for p in files if not any(fnmatch.fnmatch(p.name, pattern) for pattern in patterns)] == []
