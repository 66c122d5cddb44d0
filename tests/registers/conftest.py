"""The sample's edition with its tables made in memory: a fresh checkout has none."""

import pytest

from research.core.scope import open_project
from tests.support.years import built


@pytest.fixture(scope="session")
def with_tables():
    return built(open_project(__file__), 2024)
