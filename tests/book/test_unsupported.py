"""What the embedded engine does not carry is an error with file and line: never a silent loss.

Each row: a piece of source that real Quarto gives a meaning to, and what the engine says of it.
"""

import shutil
from pathlib import Path

import pytest

from research import book

HERE = Path(__file__).parent
IN_TEXT = {
    "raw html block": ("<div class='x'>\n\nw\n\n</div>", "expected markdown, found <div class='x'>"),
    "html table": ("<table><tr><td>1</td></tr></table>", "expected markdown, found <table>"),
    "video element": ("<video src='x.mp4'></video>", "expected markdown, found <video"),
    "heading without space": ("##标题", "expected a space after # in a heading, found ##标题"),
    "wide brackets of an image": ("![图]（a.png）", "expected ]( for a link or an image, found ]（a.png）"),
    "wide mark of an image": ("！[图](a.png)", "expected ![ for an image, found ！[图](a.png)"),
    "wide brackets of a link": ("见[手册]（howto.qmd）。", "expected ]( for a link or an image"),
    "wide shortcode": ("{{＜ var edition ＞}}", "expected {{< for a shortcode, found {{＜ var edition ＞}}"),
    "wide braces": ("｛｛< var edition >｝｝", "expected {{ for a shortcode"),
    "wide label": ("## 标题 ｛#sec-x｝", "expected {# for a label"),
    "wide div": ("：：： {.callout-note}", "expected ::: for a div"),
    "a cell too many": ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", "expected 2 cells, as the table's head, found 3 cells"),
    "raw inline": ("a `<br>`{=html} b", "raw code for one format is not carried"),
    "raw block": ("```{=latex}\n\\newpage\n```", "found a raw block {=latex}"),
    "raw openxml": ("```{=openxml}\n<w:p/>\n```", "found a raw block {=openxml}"),
    "latex command": ("\\newpage", "raw LaTeX is not carried"),
    "latex environment": ("\\begin{center}\nx\n\\end{center}", "found \\begin{center}"),
    "latex inside a line": ("Words \\textbf{strong} here.", "found \\textbf{strong}"),
    "latex citation": ("As \\cite{smeaton1791} says.", "found \\cite{smeaton1791}"),
    "python cell": ("```{python}\n1 + 1\n```", "found a {python} cell to run"),
    "r cell": ("```{r}\nplot(1)\n```", "found a {r} cell to run"),
    "observable cell": ("```{ojs}\nx = 1\n```", "found a {ojs} cell to run"),
    "mermaid diagram": ("```{mermaid}\nA --> B\n```", "found a {mermaid} cell to run"),
    "graphviz diagram": ("```{dot}\na -> b\n```", "found a {dot} cell to run"),
    "shortcode video": ("{{< video https://example.org/a >}}", "found {{< video https://example.org/a >}}"),
    "shortcode pagebreak": ("{{< pagebreak >}}", "expected a shortcode the engine carries, found {{< pagebreak >}}"),
    "shortcode kbd": ("Press {{< kbd Ctrl-S >}}.", "found {{< kbd Ctrl-S >}}"),
    "shortcode icon": ("{{< fa star >}}", "found {{< fa star >}}"),
    "shortcode placeholder": ("{{< placeholder 10 >}}", "found {{< placeholder 10 >}}"),
    "margin column": ("::: {.column-margin}\nx\n:::", "found ::: column-margin"),
    "page column": ("::: {.column-page}\nx\n:::", "found ::: column-page"),
    "aside": ("Words [beside]{.aside}.", "found [...]{.aside}"),
    "aside div": ("::: aside\nx\n:::", "found ::: aside"),
    "grid": ("::: {.grid}\nx\n:::", "found ::: grid"),
    "sidebar panel": ("::: {.panel-sidebar}\nx\n:::", "found ::: panel-sidebar"),
    "input panel": ("::: {.panel-input}\nx\n:::", "found ::: panel-input"),
    "unknown callout": ("::: {.callout-danger}\nx\n:::", "found ::: callout-danger"),
    "incremental": ("::: {.incremental}\n- x\n:::", "found ::: incremental"),
    "speaker notes": ("::: {.notes}\nx\n:::", "found ::: notes"),
    "list table": ("::: {.list-table}\n- - a\n:::", "found ::: list-table"),
    "landscape": ("::: {.landscape}\nx\n:::", "found ::: landscape"),
    "layout by numbers": ('::: {layout="[[1,1],[2]]"}\nx\n:::', "expected layout-ncol or layout-nrow, found layout="),
    "reference to a theorem that is not there": ("See @thm-a.", "found @thm-a"),
    "diagram as a float": ("::: {#dia-a}\nx\n:::", "found #dia-a"),
    "remote picture": ("![x](https://example.org/x.png)", "a page asks nothing of the network"),
    "picture of a kind that paper cannot show": ("![x](clip.mp4)", "found no clip.mp4"),
    "unknown footnote": ("Words.[^none]", "a line [^none]: with the footnote's text, found none"),
    "footnote that nothing calls": ("[^lost]: Words that would not be printed.", "a footnote that nothing calls"),
    "footnote twice": ("Words.[^two]\n\n[^two]: a\n\n[^two]: b", "expected each footnote once in a chapter"),
    "formula left open": ("$$\nx = 1", "expected $$ that closes the formula, found end of the file"),
    "broken formula": ("$\\frac{1}{2$", "expected a formula in TeX, found \\frac{1}{2"),
    "unknown TeX command": ("$$\n\\nosuch{x}\n$$", "expected a formula in TeX"),
    "unknown citation": ("As [@nobody1900] says.", "found @nobody1900"),
    "reference and citation together": ("See [@fig-tower; @smeaton1791].", "in brackets of their own"),
    "heading in a heading": ("# Another chapter", "one level-1 heading in a chapter"),
    "script address": ("[x](javascript:alert)", "expected a link to the web, a chapter or a file"),
}
IN_SETTINGS = {
    "filters": ("filters: [a.lua]", "found 'filters'"),
    "extension shortcodes": ("shortcodes: [a.lua]", "found 'shortcodes'"),
    "header": ("include-in-header: x.html", "found 'include-in-header'"),
    "reader": ("from: markdown+emoji", "found 'from'"),
    "template": ("format:\n  html:\n    template: t.html", "found 'format.html.template'"),
    "margin references": ("reference-location: margin", "found 'reference-location'"),
    "engine": ("engine: knitr", "found 'engine'"),
    "scripts": ("project:\n  pre-render: make.py", "found 'project.pre-render'"),
    "words of a diagram": ("crossref:\n  dia-title: Diagram", "found 'crossref.dia-title'"),
    "book key": ("book:\n  colour: blue", "expected a setting of book:, found 'colour'"),
    "date of the day": ("book:\n  date: today", "write the day: two renders must be equal"),
}


@pytest.fixture
def light(tmp_path):
    return Path(shutil.copytree(HERE / "lighthouse", tmp_path / "book"))


@pytest.mark.parametrize("name", IN_TEXT)
def test_a_construct_that_is_not_carried(light, name):
    text, said = IN_TEXT[name]
    source = light / "chapters" / "towers.qmd"
    lines = source.read_text(encoding="utf-8").splitlines()
    source.write_text("\n".join([*lines, "", text]) + "\n", encoding="utf-8")
    faults = [f for f in book.check(light, "") if said in str(f)]
    assert faults, "\n".join(map(str, book.check(light, "")))
    first = len(lines) + 2
    last = first + text.count("\n")
    assert str(faults[0].place) in {f"chapters/towers.qmd, line {n}" for n in range(first, last + 1)}


@pytest.mark.parametrize("name", IN_SETTINGS)
def test_a_setting_that_is_not_carried(light, name):
    text, said = IN_SETTINGS[name]
    (light / "_quarto-odd.yml").write_text(text + "\n", encoding="utf-8")
    faults = [f for f in book.check(light, "odd") if said in str(f)]
    assert faults, "\n".join(map(str, book.check(light, "odd")))
    assert str(faults[0].place).startswith("_quarto")


def test_a_metadata_file_that_is_not_there(light):
    path = light / "_quarto.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("shared/people.yml", "none.yml"), encoding="utf-8")
    assert any("expected a file of metadata-files:, found no none.yml" in str(f) for f in book.check(light, ""))


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("chapters/towers.qmd", "filters: [a.lua]\n", "chapters/towers.qmd, line 4"),
        ("chapters/_metadata.yml", "filters: [a.lua]\n", "chapters/_metadata.yml"),
    ],
)
def test_settings_of_a_chapter_and_a_folder_are_looked_at_too(light, file, text, place):
    path = light / file
    old = path.read_text(encoding="utf-8")
    path.write_text(
        old.replace("height: 42\n", f"height: 42\n{text}") if file.endswith("qmd") else old + text, encoding="utf-8"
    )
    assert [str(f.place) for f in book.check(light, "") if "filters" in str(f)] == [place]


def test_nothing_is_written_while_anything_is_not_carried(light):
    (light / "chapters" / "fog.md").open("a", encoding="utf-8").write("\n\\newpage\n")
    with pytest.raises(Exception, match="chapters/fog.md, line 10: expected markdown, found .newpage"):
        book.render(light, "", to=["html"], engine="pandoc")
    assert not list(light.glob("build/site/*"))
