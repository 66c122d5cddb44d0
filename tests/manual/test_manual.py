"""The manual tells of everything that is public, is a sound book, and its tutorial does what it says."""

import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from research import book
from research.cli.app import app
from research.cli.manual import commands_page
from research.core.scope import Project
from research.manual.make import PAGES, write_made
from tests.support import copies

ROOT = Path(__file__).resolve().parents[2]
MANUAL = ROOT / "reports" / "manual"
ROOMS = (
    "",
    ".measures",
    ".measures.decompose",
    ".measures.dynamics",
    ".measures.grouped",
    ".measures.small_area",
    ".measures.survey",
    ".survey.plan",
    ".survey.select",
    ".survey.weights",
    ".survey.estimates",
    ".effects",
    ".indicators",
    ".composite",
    ".assessment",
    ".figures",
    ".wording",
    ".runs",
    ".book",
    ".cli",
)
FENCE = re.compile(r"^```(sh|python)\n(.*?)^```$", re.M | re.S)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The manual in a folder of its own, made pages written."""
    root = tmp_path_factory.mktemp("manual")
    shutil.copytree(MANUAL, root / "reports" / "manual", ignore=shutil.ignore_patterns("made"))
    write_made(Project(root), {"commands": commands_page(app)})
    return Project(root)


@pytest.fixture(scope="module")
def reference(project):
    made = project.reports / "manual" / "made"
    return {slug: (made / f"{slug}.qmd").read_text(encoding="utf-8") for slug in PAGES}


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_is_in_the_reference(room, reference):
    module = importlib.import_module(f"research{room}")
    text = "\n".join(reference.values())
    names = [n for n in module.__all__ if type(getattr(module, n)).__name__ != "module"]
    missing = [n for n in names if f"{{#api-research{room}.{n}}}" not in text]
    assert names and not missing


def test_every_module_with_public_names_stands_on_one_page(reference):
    found = [m for text in reference.values() for m in re.findall(r"^## `(research[\w.]*)`", text, re.M)]
    written = set()
    for path in (ROOT / "src" / "research").rglob("*.py"):
        if re.search(r"^__all__ = ", path.read_text(encoding="utf-8"), re.M):
            parts = path.relative_to(ROOT / "src").with_suffix("").parts
            written.add(".".join(p for p in parts if p != "__init__"))
    assert sorted(found) == sorted(written)


def test_a_name_is_shown_with_what_its_docstring_says(reference):
    gini = reference["reference-measures"].split("{#api-research.measures.gini}")[1].split("\n### ")[0]
    assert "research.measures.gini(values, weights=None" in gini
    for said in ("**参数**", "**返回**", "**报错**", ">>> gini([1, 2, 3, 4, 10])", "From 0 (all alike) to below 1"):
        assert said in gini


def test_every_command_and_every_option_of_the_program_is_in_the_command_reference():
    from typer.testing import CliRunner

    from research.cli.app import app

    page, waiting, seen = commands_page(app), [()], 0
    while waiting:
        words = waiting.pop()
        shown = CliRunner().invoke(app, [*words, "--help"]).output
        title = " ".join(["bluebook", *words])
        part = page.split(f"## `{title}` {{")[1].split("\n## ")[0]
        told = shown.partition("Options:")[2].partition("Commands:")[0]
        named = re.findall(r"^  (?:-\w, )?(--[a-z][a-z-]*)(?: / (--[a-z-]+))?", told, re.M)
        options = {name for both in named for name in both if name} - {"--help"}
        assert options == set(re.findall(r"`(--[a-z][a-z-]*)", part.partition("| 参数或选项")[2])), title
        commands = re.findall(r"^  ([a-z]+)  ", shown.partition("Commands:")[2], re.M)
        waiting += [(*words, c) for c in commands]
        seen += 1
    assert seen == page.count("\n## `bluebook")


def test_the_manual_is_a_sound_book(project):
    assert book.check(project.reports / "manual", "") == []


@pytest.mark.slow
def test_made_pages_are_kept_until_the_program_changes(project):
    paths = write_made(project, {"commands": commands_page(app)})
    kept = paths[0].parent / "sources.sha256"
    before, key = {p: p.stat().st_mtime_ns for p in paths}, kept.read_text()
    write_made(project, {"commands": commands_page(app)})
    if kept.read_text() != key:
        pytest.skip("somebody edits the sources at this moment")
    assert {p: p.stat().st_mtime_ns for p in paths} == before
    (paths[0].parent / "reference-cli.qmd").unlink()
    assert paths == write_made(project)


def test_the_four_kinds_of_user_have_a_page():
    for name in ("analyst", "editor", "clerk", "reader"):
        text = (MANUAL / f"howto-{name}.qmd").read_text(encoding="utf-8")
        assert f"howto-{name}.qmd" in (MANUAL / "_quarto.yml").read_text(encoding="utf-8")
        assert f"{{#sec-{name}}}" in text and text.count("\n## ") >= 4


def test_every_page_that_was_written_is_in_the_manual():
    listed = (MANUAL / "_quarto.yml").read_text(encoding="utf-8")
    assert [p.name for p in MANUAL.glob("*.qmd") if f"- {p.name}\n" not in listed] == []


@pytest.mark.slow
def test_the_manual_is_rendered_to_every_format(project):
    made = book.render(project.reports / "manual", "", engine="pandoc")
    assert [p.name for p in made] == ["index.html", "manual.docx", "manual.pdf"]
    assert made[0].parent == project.output("manual")
    page = (made[0].parent / "commands.html").read_text(encoding="utf-8")
    assert "bluebook case verify" in page and 'id="cmd-case-verify"' in page


# the tutorial


def blocks(language, name="tutorial"):
    text = (MANUAL / f"{name}.qmd").read_text(encoding="utf-8")
    return [body for kind, body in FENCE.findall(text) if kind == language]


def test_the_tutorials_python_says_what_it_shows():
    code = "\n".join(blocks("python"))
    test = doctest.DocTestParser().get_doctest(code, {}, "tutorial.qmd", "tutorial.qmd", 0)
    assert len(test.examples) > 8
    said = []
    doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test, out=said.append)
    assert not said, "".join(said)


def test_commands_that_pages_name_are_commands_of_the_program():
    page = commands_page(app)
    for path in sorted(MANUAL.glob("*.qmd")):
        for words in re.findall(r"(?:^|`)bluebook ([a-z]+(?: [a-z]+)?)", path.read_text(encoding="utf-8"), re.M):
            first = words.split()[0]
            known = f"## `bluebook {words}` " in page or f"## `bluebook {first}` " in page
            assert known, f"{path.name}: bluebook {words}"


@pytest.mark.slow
def test_the_tutorials_commands_run(tmp_path):
    """In a copy of the project, built tables and runs brought along where they are there."""
    root = copies.fresh(tmp_path / "project", keep=("data/results", "reports/runs"))
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "BLUEBOOK_PROJECT": str(root)}
    for line in "".join(blocks("sh")).splitlines():
        words = line.split("#")[0].split()
        assert words[0] == "bluebook"
        done = subprocess.run(
            [sys.executable, "-m", "research", *words[1:]],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1200,
            check=False,
        )
        accepted = (0, 3) if words[1] == "doctor" else (0,)
        assert done.returncode in accepted, f"{line}\n{done.stderr[-2000:]}"
    assert list((root / "forms").glob("*.xlsx"))
    assert (root / "reports" / "output" / "bluebook" / "index.html").is_file()
