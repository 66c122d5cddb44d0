"""What is written beside a website: the page, its scripts, its data, and ways to it from the book."""

import gzip
import re

import pandas as pd
import pytest

from research import book
from research.atlas import Atlas
from research.atlas.page import ASSETS, words
from research.book.web.links import dead_links
from research.core.tables import unpacked, unscript


def read(site, topic):
    return unscript((site / "atlas" / "data" / f"{topic}.js").read_text("utf-8"))


def test_the_data_are_the_published_tables(site, edition):
    mine = unpacked(read(site, "observations")["observations"])
    theirs = edition.table("observations").dropna(subset="value")
    theirs = theirs[theirs["year"] <= 2022].sort_values(["indicator", "place", "year"])
    assert mine["value"].tolist() == theirs["value"].tolist()
    assert mine["place"].tolist() == theirs["place"].tolist()
    assert set(mine["status"]) == {"sample"}
    held = unpacked(read(site, "measures")["measures"])
    published = edition.table("measures").sort_values(["measure", "place", "residence", "year"])
    pd.testing.assert_series_equal(held["value"], published["value"].reset_index(drop=True), check_dtype=False)
    assert held["withheld"].sum() == published["withheld"].sum() > 0


def test_the_page_leads_nowhere_that_is_not(site):
    assert dead_links(site) == []
    text = (site / "atlas.html").read_text("utf-8")
    assert 'data-status="sample"' in text and "<noscript>" in text and '<a href="index.html">首页</a>' in text
    assert not re.search(r"<script>(?!</script>)|\son\w+=|https?://", text), (
        "a page for a closed network and a strict policy"
    )


def test_scripts_and_data_are_small(site):
    def weight(paths):
        return sum(len(gzip.compress(p.read_bytes())) for p in paths)

    assert weight((site / "atlas").rglob("vendor/*.js")) + weight((site / "atlas").rglob("scripts/*.js")) < 1_200_000
    assert weight((site / "atlas" / "data").glob("*.js")) < 500_000


def test_every_word_of_the_scripts_is_in_both_languages():
    table, scripts = words(), "\n".join(p.read_text("utf-8") for p in sorted((ASSETS / "scripts").glob("*.js")))
    used = set(re.findall(r'\bt\("([\w-]+)"(?=[,)])', scripts))
    assert used - set(table) == set()
    assert [key for key, (zh, en) in table.items() if not zh or not en] == []
    for key, (zh, en) in table.items():
        assert set(re.findall(r"{\w+}", zh)) == set(re.findall(r"{\w+}", en)), key
    assert not re.search(
        "[\u4e00-\u9fff]", re.sub(r"//.*", "", re.sub(r'"Noto[^;]*', "", scripts)).replace("（", "")
    ), "words"


@pytest.fixture(scope="module")
def made(edition, tmp_path_factory):
    """A small book whose figure carries numbers of the atlas, with the atlas beside it."""
    root = tmp_path_factory.mktemp("book")
    (root / "_quarto.yml").write_text("project:\n  type: book\nbook:\n  title: 书\n  chapters: [index.qmd]\n", "utf-8")
    (root / "index.qmd").write_text("# 首页 {#sec-home}\n\n正文。\n", encoding="utf-8")
    book.render(root, "", to=["html", "single"], engine="pandoc", beside=Atlas(edition))
    return root / "_book"


def test_every_page_of_a_book_leads_to_its_atlas(made):
    assert '<a class="icon beside" href="atlas.html">' in (made / "index.html").read_text("utf-8")
    assert (made / "atlas" / "data" / "about.js").is_file()
    assert "atlas.html" not in next(made.glob("*-single.html")).read_text("utf-8")


def test_a_figure_opens_with_its_own_settings(edition):
    atlas = Atlas(edition)
    rows = [
        ["place", "year", "indicator", "value"],
        ["331003001", "2021", "ECO-1-01", "1"],
        ["331003002", "2022", "ECO-1-01", "2"],
    ]
    assert atlas.picture("fig-a", [rows])[0] == (
        "atlas.html#view=explore&chart=line&of=ECO-1-01&places=331003001,331003002&years=2021-2022"
    )
    assert atlas.picture("fig-b", [[["x", "y"], ["1", "2"]]]) is None
    one = [["place", "year", "measure", "residence", "value"], ["331003", "2022", "gini", "rural", "0.4"]]
    assert atlas.picture("fig-c", [one])[0].endswith("chart=bars&of=gini&places=all&years=2022&residence=rural")


def test_a_number_of_one_place_alone_opens_as_its_way_there(edition):
    held = edition.table("observations").dropna(subset="value").query("year == 2022")
    alone = held.groupby("indicator")["place"].agg(set).loc[lambda places: places == {"331003"}].index[0]
    rows = [["place", "year", "indicator", "value"], ["331003", "2022", alone, "1"]]
    assert Atlas(edition).picture("fig-a", [rows])[0] == (
        f"atlas.html#view=explore&chart=line&of={alone}&places=331003&years=2021-2022"
    )
