"""Fixtures of the runs' tests; `tiny` holds what they are made of."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from tiny import make_project  # noqa: E402


@pytest.fixture
def project(tmp_path):
    """A project with reference tables, sample data and one built table; no notebooks yet."""
    return make_project(tmp_path)


@pytest.fixture(autouse=True)
def settled(monkeypatch):
    """The package's code counts as unchanged while a test runs, even when someone is working on it."""
    from research.runs import inputs

    monkeypatch.setattr(inputs, "code_hash", lambda **_: "code")


@pytest.fixture(scope="session")
def warm_parent():
    """One warm parent for all tests: its imports are the slow part."""
    from research.runs.warm import ADDRESS, WarmParent, supported

    if not supported():
        pytest.skip("no fork on this system")
    with WarmParent() as made, pytest.MonkeyPatch.context() as patch:
        patch.setenv(ADDRESS, made.address)
        yield made
