"""A foreign book to spoil, and its website made once."""

import shutil
from pathlib import Path

import pytest

FOREIGN = Path(__file__).parent / "foreign"


@pytest.fixture
def foreign(tmp_path):
    """A copy of the foreign book that a test may change."""
    return Path(shutil.copytree(FOREIGN, tmp_path / "book"))


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The foreign book's website."""
    from research import book

    root = shutil.copytree(FOREIGN, tmp_path_factory.mktemp("site") / "book")
    book.render(root, "", to=["html"], engine="pandoc")
    return Path(root) / "_book"
