"""Everything that is wrong in a source is named by file and line, all at once, and nothing is written."""

import json

import pytest

from research import book
from research.errors import DataError

WRONG = {
    "shortcode": ("{{< video x.mp4 >}}", "expected a shortcode the engine carries, found {{< video x.mp4 >}}"),
    "variable": ("船{{< var port.nmae >}}", "found {{< var port.nmae >}} (did you mean 'port.name'?)"),
    "meta": ("{{< meta nothing >}}", "expected a name that the metadata holds"),
    "include": (
        "{{< include _nte.qmd >}}",
        "expected a file to include, found no _nte.qmd (did you mean '_note.qmd'?)",
    ),
    "embed inside a line": ("见 {{< embed winds.ipynb#fig-wind >}}", "on a line of its own"),
    "embed without notebook": ("{{< embed wind.ipynb#a >}}", "found no wind.ipynb (did you mean 'winds.ipynb'?)"),
    "embed without cell": (
        "{{< embed boats.ipynb#fig-boat >}}",
        "expected a cell of boats.ipynb, found #fig-boat (did you mean 'fig-boats'?)",
    ),
    "figure": ("见 @fig-cach 。", "expected a label in the book, found @fig-cach (did you mean 'fig-catch'?)"),
    "table": ("见 @tbl-none 。", "expected a label in the book, found @tbl-none"),
    "section": ("见[@sec-none]。", "expected a label in the book, found @sec-none"),
    "equation": ("见 @eq-none 。", "expected a label in the book, found @eq-none"),
    "glued before": ("见@fig-catch 。", "expected a space before @, or [@...]"),
    "glued after": ("见 @fig-catch所示", "Chinese characters count as part of the name"),
    "citation": ("见[@ye2004]。", "expected a key of the reference files, found @ye2004 (did you mean 'ye2003'?"),
    "image": ("![x](img/none.png)", "expected an image file, found no img/none.png"),
    "image from the network": ("![x](https://example.org/a.png)", "a page asks nothing of the network"),
    "image cut short": ("![x](img/cut.png)", "img/cut.png: the file is cut short"),
    "image not well-formed": ("![x](img/bad.svg)", "img/bad.svg: not well-formed"),
    "link to a file": ("[x](none.qmd)", "expected a chapter or a file of the project, found no none.qmd"),
    "link to a heading": ("[x](#none)", "expected a heading or label in the book, found link to #none"),
    "link to code": ("[x](javascript:alert)", "expected a link to the web, a chapter or a file"),
    "sidebar panel": ("::: panel-sidebar\nx\n:::", "expected a div that the engine carries, found ::: panel-sidebar"),
    "margin": ("[x]{.column-margin}", "expected a span the engine carries"),
    "raw block": ("```{=html}\n<b>\n```", "a raw block {=html}"),
    "raw html": ("<iframe src=x></iframe>", "expected markdown, found <iframe"),
    "code to run": ("```{python}\n1\n```", "expected text, or a cell with #| eval: false, found a {python} cell"),
    "second title": ("# 又一章", "expected one level-1 heading in a chapter, found '# 又一章'"),
    "open div": ("::: callout-note\nx", "expected ::: that closes this div, found end of the file"),
    "stray close": (":::", "expected an open div, found ::: that closes none"),
    "no empty line": ("字\n::: callout-note\nx\n:::", "expected an empty line before :::"),
    "heading glued": ("字\n## 头", "expected an empty line before a heading, found ## 头"),
    "open comment": ("<!-- x", "expected --> that closes the comment"),
    "endless table": (
        "| 港 | 船 |\n|---|---|\n" + "| 甲 | 1 |\n" * 1001,
        "expected a table of at most 1000 rows and 40 columns, found 1001 rows, 2 columns",
    ),
    "open fence": ("```\nx", "``` that closes the code block"),
}


@pytest.mark.parametrize("name", WRONG)
def test_one_fault(foreign, name):
    text, said = WRONG[name]
    (foreign / "img" / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n half")
    (foreign / "img" / "bad.svg").write_text("<svg><g></svg>")
    source = foreign / "catch.qmd"
    lines = source.read_text().splitlines()
    source.write_text("\n".join([*lines, "", text]) + "\n")
    faults = book.check(foreign, "")
    assert any(said in str(f) for f in faults), "\n".join(map(str, faults))
    at = len(lines) + 2
    assert any(str(f.place) in {f"catch.qmd, line {n}" for n in range(at, at + 3)} for f in faults)


def test_the_foreign_book_is_sound(foreign):
    assert book.check(foreign, "") == []
    assert book.check(foreign, "short") == []


def test_all_at_once_and_the_old_book_stays(foreign):
    book.render(foreign, "", to=["html"], engine="pandoc")
    before = (foreign / "_book" / "catch.html").read_bytes()
    with (foreign / "catch.qmd").open("a") as file:
        names = ("variable", "figure", "citation", "image", "sidebar panel")
        file.write("\n" + "\n\n".join(WRONG[n][0] for n in names))
    (foreign / "methods.qmd").write_text("没有标题\n")
    with pytest.raises(DataError) as caught:
        book.render(foreign, "", to=["html"], engine="pandoc")
    assert {f.kind for f in caught.value.faults} >= {"var", "reference", "citation", "image", "unsupported", "title"}
    assert (foreign / "_book" / "catch.html").read_bytes() == before
    assert not list(foreign.glob("._book.*"))


def test_a_label_twice_in_the_book_names_both_places(foreign):
    with (foreign / "methods.qmd").open("a") as file:
        file.write("\n{{< embed winds.ipynb#fig-wind >}}\n\n![x](img/catch.svg){#fig-catch}\n")
    text = "\n".join(map(str, book.check(foreign, "")))
    assert "winds.ipynb, cell 1: expected each label once in the book, found #fig-wind again" in text
    again = "expected each label once in the book, found #fig-catch again (first: catch.qmd, line 9)"
    assert f"methods.qmd, line 11: {again}" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda c: c.update(source="#| lable: x\n1"),
            "cell 2: expected a cell option the engine carries, found #| lable:",
        ),
        (lambda c: c.update(source="#| label: [\n1"), "cell 2: expected cell options as YAML"),
        (lambda c: c.update(outputs=[]), "cell 2: expected a figure for the label 'fig-boats', found no such output"),
        (
            lambda c: c.update(outputs=[{"output_type": "error", "ename": "E", "evalue": "x", "traceback": []}]),
            "cell 2: expected a cell that ran, found E: x",
        ),
        (
            lambda c: c["outputs"].append(
                {"output_type": "display_data", "metadata": {}, "data": {"text/markdown": "::: {.x}\n开着"}}
            ),
            "cell 2: expected markdown that closes what it opens",
        ),
    ],
)
def test_faults_in_a_notebook_name_the_cell(foreign, change, said):
    path = foreign / "boats.ipynb"
    tree = json.loads(path.read_text())
    change(tree["cells"][1])
    path.write_text(json.dumps(tree))
    assert any(f"boats.ipynb, {said}" in str(f) for f in book.check(foreign, ""))


def test_what_is_no_notebook_is_named(foreign):
    (foreign / "boats.ipynb").write_text("{}")
    assert any("boats.ipynb: expected a Jupyter notebook" in str(f) for f in book.check(foreign, ""))
