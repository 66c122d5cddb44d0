"""A book that is not ours: English, other folders, parts and appendices, profiles, metadata from four places.

What it holds beside the Chinese one: definition lists, tasks, line blocks, quotes, inline notes, a grid table with
lists in its cells, callout titles as attributes, citations with prefixes and pages, `number-depth`, `crossref:`.
"""

import base64
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml

from research import book
from research.book import parity
from research.book.tree import ast

HERE = Path(__file__).parent
BITMAP = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAGCAIAAAB1kpiRAAAAFElEQVR4nGOUq4hiwA2Y8MgNsDQAsVoA/BE8srMAAAAASUVORK5CYII="
)
EXPECTED = yaml.safe_load((HERE / "expected_lighthouse.yml").read_text(encoding="utf-8"))


@pytest.fixture
def light(tmp_path):
    return Path(shutil.copytree(HERE / "lighthouse", tmp_path / "book"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return book.load_book(HERE / "lighthouse", work=tmp_path_factory.mktemp("work"))


def text(chapter):
    return ast.text(chapter.blocks)


def test_both_profiles_are_sound():
    assert book.check(HERE / "lighthouse", "") == [] and book.check(HERE / "lighthouse", "brief") == []


def test_every_format_tells_what_was_written_down_by_hand(light):
    made = book.render(light, "", engine="pandoc")
    assert [p.relative_to(light).as_posix() for p in made] == [
        "build/site/index.html",
        "build/site/site.docx",
        "build/site/site.pdf",
    ]
    found = parity.outputs(made[0].parent)
    assert {k: found["html"][k] for k in EXPECTED} == EXPECTED
    for name in set(found) - {"html"}:
        told = parity.compare(found["html"], found[name], ("html", name))
        assert all("onlyonscreens" in t or "onlyonpaper" in t or "paragraphisforpaper" in t for t in told), told


def test_chapters_parts_and_appendices(whole):
    assert [(c.slug, c.kind, c.label, c.part) for c in whole.chapters] == [
        ("index", "index", "Welcome", None),
        ("towers", "chapter", "Chapter 1", "I. Stones and Lamps"),
        ("lamps", "chapter", "Chapter 2", "I. Stones and Lamps"),
        ("fog", "chapter", "Chapter 3", "II. Weather"),
        ("log", "chapter", "Chapter 4", "II. Weather"),
        ("sources", "chapter", "Sources", None),
        ("methods", "appendix", "Appendix A", None),
        ("tables", "appendix", "Appendix B", None),
    ]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("fig-tower", "Fig. 1.1"),
        ("fig-lens-b", "Fig. 2.1 (b)"),
        ("tbl-stones", "Table 1.1"),
        ("eq-wave", "Equation 1.1"),
        ("sec-towers", "Section 1.1"),
        ("a-third-level", "A third level"),
        ("sec-sampling", "Appendix A.1"),
    ],
)
def test_labels_follow_the_language_the_crossref_settings_and_the_depth(whole, name, label):
    assert whole.targets[name].label == label


def test_metadata_comes_from_project_files_profile_folder_and_chapter(whole):
    front, towers = text(whole.chapters[0]), text(whole.chapters[1])
    assert "edited by R. Stone for the day shift" in front  # metadata file, then the default profile over it
    assert "The tower of West Quay is 42 metres high; R. Stone measured it." in towers  # merged key by key
    assert [p.name for p in whole.bibliography] == ["sources.bib", "more.bib"]


@pytest.mark.parametrize(
    ("profile", "title", "shown", "hidden"),
    [
        ("", "Lights of the Coast", "full book", "brief book"),
        ("brief", "Lights of the Coast, in brief", "brief book", "full book"),
    ],
)
def test_profiles_and_their_group_switch_content(tmp_path, profile, title, shown, hidden):
    found = book.load_book(HERE / "lighthouse", profile, work=tmp_path)
    assert found.title == title and shown in text(found.chapters[0]) and hidden not in text(found.chapters[0])


@pytest.mark.parametrize(("to", "words"), [("html", "only on screens"), ("pdf", "only on paper")])
def test_words_for_one_format(tmp_path, to, words):
    found = text(book.load_book(HERE / "lighthouse", "", to=to, work=tmp_path).chapters[0])
    assert words in found and ("for paper" in found) == (to == "pdf")


def test_parts_of_speech_reach_the_page(light):
    book.render(light, "", to=["html"], engine="pandoc")
    page = (light / "build" / "site" / "towers.html").read_text(encoding="utf-8")
    for said in (
        "<dt>Granite</dt>",
        "<blockquote>",
        'class="line-block"',
        "<del>struck</del>",
        "<sub>2</sub>",
        'type="checkbox"',
        "An inline note about walls",
        "Stevenson",
        "<li>outer wall</li>",
    ):
        assert said in page, said


@pytest.mark.office
@pytest.mark.skipif(shutil.which("pdfimages") is None, reason="needs poppler")
def test_drawings_are_vectors_on_screen_and_in_the_pdf_and_bitmaps_only_in_word(light):
    path = light / "data" / "log.ipynb"
    tree = json.loads(path.read_text(encoding="utf-8"))
    data = next(c for c in tree["cells"] if "label: fig-hours" in c["source"])["outputs"][0]["data"]
    data["image/png"] = base64.b64encode(BITMAP).decode()
    path.write_text(json.dumps(tree), encoding="utf-8")
    made = book.render(light, "", engine="pandoc")
    listed = subprocess.run(["pdfimages", "-list", str(made[2])], capture_output=True, text=True, check=True).stdout
    assert len(listed.splitlines()) == 2, listed  # the heading and nothing below it
    page = (made[0].parent / "log.html").read_text(encoding="utf-8")
    assert ".svg" in page and ".png" not in page
    with zipfile.ZipFile(made[1]) as file:
        assert BITMAP in [file.read(n) for n in file.namelist() if n.endswith(".png")]
