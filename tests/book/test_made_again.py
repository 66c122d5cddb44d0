"""A website made again after a change is, byte for byte, the one that a whole render makes."""

import re
import shutil
from pathlib import Path

import pytest

from research import book
from research.book.source.config import read_config
from research.book.web import site

HERE = Path(__file__).parent


@pytest.fixture(params=["foreign", pytest.param("lighthouse", marks=pytest.mark.slow)])
def root(tmp_path, request):
    root = shutil.copytree(HERE / request.param, tmp_path / request.param)
    book.render(root, "", to=["html"], engine="pandoc")
    return root


def output(root):
    return read_config(root, "").output


def everything(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def written(root, monkeypatch):
    """Slugs of the pages whose text is made in a render."""
    seen, make = [], site.bodies
    with monkeypatch.context() as patch:
        patch.setattr(
            site,
            "bodies",
            lambda b, keeper, chapters: seen.extend(c.slug for c in chapters) or make(b, keeper, chapters),
        )
        book.render(root, "", to=["html"], engine="pandoc")
    return seen


def same_as_whole(root, tmp_path):
    again = everything(output(root))
    made = {output(root).name, read_config(root, "").work.name, ".work"}
    fresh = shutil.copytree(root, tmp_path / "whole" / root.name, ignore=shutil.ignore_patterns(*made))
    book.render(fresh, "", to=["html"], engine="pandoc")
    whole = everything(output(fresh))
    assert sorted(again) == sorted(whole)
    assert [name for name in whole if again[name] != whole[name]] == []


def chapters(root):
    return sorted(
        p
        for p in root.rglob("*.qmd")
        if not p.name.startswith("_") and "index" not in p.name and re.search(r"^# ", p.read_text("utf-8"), re.M)
    )


def test_nothing_changed_nothing_written(root, monkeypatch):
    before = everything(output(root))
    assert written(root, monkeypatch) == [] and everything(output(root)) == before


def test_a_changed_sentence_writes_its_page_alone(root, monkeypatch, tmp_path):
    path = chapters(root)[0]
    path.write_text(path.read_text("utf-8") + "\n\nOne more sentence.\n", "utf-8")
    assert written(root, monkeypatch) == [path.stem]
    assert b"One more sentence." in (output(root) / f"{path.stem}.html").read_bytes()
    same_as_whole(root, tmp_path)


def test_a_new_heading_stands_in_search_and_contents(root, monkeypatch, tmp_path):
    path = chapters(root)[-1]
    path.write_text(path.read_text("utf-8") + "\n\n## Something new {#sec-new-here}\n\nText.\n", "utf-8")
    assert path.stem in written(root, monkeypatch)
    same_as_whole(root, tmp_path)


def test_a_new_title_is_on_every_page(root, monkeypatch, tmp_path):
    path = chapters(root)[0]
    text = re.sub(r"^# .*?( \{|$)", r"# Quite another title\1", path.read_text("utf-8"), count=1, flags=re.M)
    path.write_text(text, "utf-8")
    written(root, monkeypatch)
    assert all(b"Quite another title" in p.read_bytes() for p in output(root).glob("*.html"))
    same_as_whole(root, tmp_path)


def test_a_page_that_was_touched_is_made_again(root, monkeypatch, tmp_path):
    path = chapters(root)[0]
    page = output(root) / f"{path.stem}.html"
    page.write_text(page.read_text("utf-8").replace("</article>", "edited by hand</article>"), "utf-8")
    assert written(root, monkeypatch) == [path.stem]
    same_as_whole(root, tmp_path)


def test_another_figure_makes_the_whole_website(root, monkeypatch, tmp_path):
    pictures = [
        p
        for s in ("svg", "png")
        for p in root.rglob(f"*.{s}")
        if output(root) not in p.parents and ".work" not in p.parts and "made" not in p.parts
    ]
    if not pictures:
        pytest.skip("no picture of its own")
    picture = pictures[0]
    picture.write_bytes(picture.read_bytes() + (b"<!-- other -->" if picture.suffix == ".svg" else b""))
    written(root, monkeypatch)
    same_as_whole(root, tmp_path)
