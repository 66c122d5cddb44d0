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
