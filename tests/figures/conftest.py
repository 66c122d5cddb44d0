"""One edition with its tables made in memory, shared by the tests of this folder."""

from importlib import import_module

import pytest

from research import open_edition


@pytest.fixture(scope="session")
def edition():
    book = open_edition("2024")
    for step in ("indicators", "composite", "assessment"):
        book.add_tables(import_module(f"research.{step}").build(book))
    return book


@pytest.fixture
def shown(monkeypatch):
    """Outputs that `show`, `table` and `say` would put on the page: (bundle, facts)."""
    outputs = []
    monkeypatch.setattr("research.figures.display._display", lambda bundle, facts: outputs.append((bundle, facts)))
    return outputs
