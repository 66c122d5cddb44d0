"""An edition of the sample, built in memory, and its atlas beside a small website."""

import shutil
from importlib import import_module
from types import SimpleNamespace

import pytest

from research import open_edition
from research.atlas import Atlas
from research.book.web.page import ASSETS
from tests.support.browser import chromium


@pytest.fixture(scope="session")
def edition():
    book = open_edition("2022")
    for step in ("indicators", "composite", "assessment"):
        book.add_tables(import_module(f"research.{step}").build(book))
    return book


def beside(edition, site):
    """The edition's atlas written beside one page."""
    shutil.copytree(ASSETS, site / "assets", ignore=shutil.ignore_patterns("*.html"))
    (site / "index.html").write_text("<title>书</title>", encoding="utf-8")
    chapter = SimpleNamespace(slug="index", title="首页", kind="chapter")
    Atlas(edition).write(site, SimpleNamespace(title="示例书", chapters=[chapter], lang="zh-CN"))
    return site


@pytest.fixture(scope="session")
def site(edition, tmp_path_factory):
    return beside(edition, tmp_path_factory.mktemp("atlas"))


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver
