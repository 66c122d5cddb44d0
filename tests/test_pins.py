"""pyproject.toml, requirements.lock and environment.yml name the same versions."""

import fnmatch
import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]


def name_and_version(line):
    match = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;]+).*", line)
    assert match, f"{line}: not pinned"
    return re.sub(r"[-_.]+", "-", match[1]).lower(), match[2]


def test_each_declared_package_is_pinned_and_locked_to_the_same_version():
    locked = {}
    for line in (ROOT / "requirements.lock").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, version = name_and_version(line)
            locked.setdefault(name, set()).add(version)
    for line in declared():
        name, version = name_and_version(line)
        assert version in locked[name], line


def test_conda_environment_has_exactly_the_declared_packages_and_quarto():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    assert "quarto" in environment["dependencies"]
    assert [d for d in pip if not d.startswith("-")] == declared()


@pytest.mark.parametrize("name", ["requirements.lock", "environment.yml", "pyproject.toml", "Makefile"])
def test_no_file_of_the_set_up_names_a_registry(name):
    assert "://" not in (ROOT / name).read_text("utf-8")


def test_a_wheel_holds_every_file_that_the_program_reads():
    """A kind of file that the list forgets is there in a clone and missing where the wheel is installed."""
    about = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = about["tool"]["setuptools"]["package-data"]["*"]
    files = [p for p in (ROOT / "src" / "research").rglob("*")
             if p.is_file() and p.suffix not in (".py", ".pyc")]
    assert len(files) > 20
    assert [p.name for p in files if not any(fnmatch.fnmatch(p.name, pattern) for pattern in patterns)] == []
