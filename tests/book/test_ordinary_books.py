"""What an ordinary Quarto book of text uses is carried: listings, theorems, annotations, includes in code."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from html import unescape

import pytest

from research import book
from research.core.faults import nearest

CONFIG = """project:
  type: book
  output-dir: out
lang: {lang}
number-sections: true
book:
  title: {title}
  google-analytics: G-1
  keyword: 书
  chapters: [index.qmd, tools.qmd]
"""
TOOLS = """# 工具 {#sec-tools}

见 @lst-load 、 @thm-line 、 @def-poverty 与 @tip-save 。

```{#lst-load .python lst-cap="读取数据" filename="load.py"}
import pandas  # <1>
rows = pandas.read_csv("a.csv")  # <2>
```

1. 引入库
2. 读表

```python
{{< include code/run.py >}}
```

::: {#thm-line}
## 直线

过两点有一条直线。
:::

::: {#def-poverty}
贫困线以下者为贫困。
:::

::: {.proof}
显然。
:::

::: {#tip-save .callout-tip}
## 保存
常存盘。
:::

```{.r filename="run.R"}
x <- 1
```
"""
NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "code",
                "id": "a",
                "metadata": {},
                "outputs": [],
                "execution_count": 1,
                "source": "#| lst-label: lst-cell\n#| lst-cap: 一格\n#| filename: cell.py\nprint(1)",
            }
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("ordinary")
    (root / "_quarto.yml").write_text(CONFIG.format(lang="zh", title="寻常之书"), "utf-8")
    (root / "index.qmd").write_text("# 前言\n\n见 @sec-tools 与 @lst-cell 。\n", "utf-8")
    (root / "tools.qmd").write_text(TOOLS + "\n{{< embed a.ipynb echo=true >}}\n", "utf-8")
    (root / "a.ipynb").write_text(NOTEBOOK, "utf-8")
    (root / "code").mkdir()
    (root / "code" / "run.py").write_text("def run():\n    return {'a': 1}  # {{< not a shortcode >}}\n", "utf-8")
    assert [str(f) for f in book.check(root, "")] == []
    book.render(root, "", to=["html", "docx", "pdf"], engine="pandoc")
    return root / "out"


def text_of(made, kind):
    if kind == "html":
        page = (made / "tools.html").read_text("utf-8")
        return unescape(re.sub(r"<[^>]+>", "", page[page.index("<article>") : page.index("</article>")]))
    if kind == "docx":
        with zipfile.ZipFile(next(made.glob("*.docx"))) as word:
            return unescape(re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode()))
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler")
    done = subprocess.run(["pdftotext", str(next(made.glob("*.pdf"))), "-"], capture_output=True, check=True)
    return done.stdout.decode()


@pytest.mark.parametrize("kind", ["html", "docx", "pdf"])
def test_listings_theorems_and_annotations_stand_in_every_format(made, kind):
    text = re.sub(r"\s", "", text_of(made, kind))
    for words in (
        "列表2.1读取数据",
        "load.py",
        "importpandas#①",
        "②",
        "defrun():",
        "定理2.1（直线）",
        "过两点",
        "定义2.1",
        "证明",
        "提示2.1",
        "run.R",
        "列表2.2一格",
        "cell.py",
    ):
        assert words in text, words
    assert re.sub(r"REF\w+\\h", "", text).count("见列表2.1、定理2.1、定义2.1与提示2.1。") == 1
    assert "<1>" not in text and "lst-cap" not in text and "include" not in text


def test_references_lead_there_on_the_site(made):
    page = (made / "tools.html").read_text("utf-8")
    for name in ("lst-load", "thm-line", "def-poverty", "tip-save"):
        assert f'href="#{name}"' in page and f'id="{name}"' in page
    assert 'href="tools.html#lst-cell"' in (made / "index.html").read_text("utf-8")


def small(tmp_path, text, lang="zh", more=""):
    config = CONFIG.format(lang=lang, title="Small").replace(", tools.qmd", "") + more
    (tmp_path / "_quarto.yml").write_text(config, "utf-8")
    (tmp_path / "index.qmd").write_text(f"# One\n\n{text}\n", "utf-8")
    return tmp_path


def test_three_hundred_faults_of_one_kind_are_told_as_one_with_their_places(tmp_path):
    lines = "\n\n".join(f"![x](https://example.org/{n}.png)" for n in range(60))
    told = [f for f in book.check(small(tmp_path, lines + "\n\n<div>\n\nx\n\n</div>"), "") if "index.qmd" in str(f)]
    outside = [f for f in told if f.kind == "image-outside"]
    assert len(outside) == 1 and "59 more like it" in str(outside[0]) and "同类还有59处" in outside[0].text("zh")
    assert str(outside[0].place) == "index.qmd, line 3" and len(told) == 3  # the div is opened and closed


def test_annotations_may_be_taken_out_or_left(tmp_path):
    root = small(tmp_path, "```python\nx = 1  # <1>\n```\n\n1. one", more="code-annotations: none\n")
    book.render(root, "", to=["html"], engine="pandoc")
    page = (root / "out" / "index.html").read_text("utf-8")
    assert "①" not in page and "&lt;1&gt;" not in page


def test_a_file_that_code_includes_must_be_there(tmp_path):
    told = book.check(small(tmp_path, "```python\n{{< include none.py >}}\n```"), "")
    assert [f.kind for f in told] == ["include"] and "no none.py" in str(told[0])


def test_an_include_inside_a_line_is_told_to_stand_alone(tmp_path):
    told = [str(f) for f in book.check(small(tmp_path, "words {{< include a.qmd >}} words"), "")]
    assert len(told) == 1 and "on a line of its own" in told[0] and "did you mean" not in told[0]


def test_hints_do_not_change_from_run_to_run():
    code = "from research.core.faults import nearest; print(nearest('zzz', frozenset('qwertyuiopasd')))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": str(n)}, capture_output=True, text=True, check=True
        ).stdout
        for n in range(3)
    }
    assert runs == {str(nearest("zzz", sorted("qwertyuiopasd"))) + "\n"}


def test_a_setting_that_quartos_schema_refuses_is_refused(tmp_path):
    root = small(tmp_path, "x")
    path = root / "_quarto.yml"
    text = path.read_text("utf-8").replace("  keyword: 书", "  keywords: [书]\n  number-sections: true")
    path.write_text(text, "utf-8")
    assert sorted(str(f.found) for f in book.check(root, "")) == ["'keywords'", "'number-sections'"]


def test_the_frame_of_an_english_book_says_nothing_in_chinese(tmp_path):
    text = (
        "---\nkeywords: [income, wealth]\n---\n\n# One\n\nText.[^a] See @tbl-a.\n\n## Two\n\n| a | b |\n|---|---|\n"
        "| 1 | 2 |\n\n: Caption {#tbl-a}\n\n[^a]: A note.\n\n```{.python code-fold=true}\n1\n```\n"
    )
    root = small(tmp_path, "", lang="en")
    (root / "index.qmd").write_text(text, "utf-8")
    book.render(root, "", to=["html", "docx"], engine="pandoc")
    said = {
        p.name: re.findall("[\u4e00-\u9fff]+", re.sub(r"/\*.*?\*/", "", p.read_text("utf-8"), flags=re.S))
        for p in (root / "out").rglob("*")
        if p.suffix in (".html", ".js") and p.name != "cases.js"
    }
    said["book.js"] = [w for w in said["book.js"] if w not in ("万", "亿")]  # units of numbers that it sorts by
    assert {name: words for name, words in said.items() if words} == {}
    page = (root / "out" / "index.html").read_text("utf-8")
    assert '<meta name="keywords" content="income, wealth">' in page
    assert "Keywords:</strong> income; wealth" in page and "Skip to the text" in page
    with zipfile.ZipFile(next((root / "out").glob("*.docx"))) as word:
        assert "income; wealth" in re.sub(r"<[^>]+>", "", word.read("word/document.xml").decode())


def test_keywords_are_not_said_twice(tmp_path):
    root = small(tmp_path, "")
    (root / "index.qmd").write_text("---\nkeywords: 甲；乙\n---\n\n# 前言\n\n**关键词：** 丙\n", "utf-8")
    book.render(root, "", to=["html"], engine="pandoc")
    assert (root / "out" / "index.html").read_text("utf-8").count("关键词") == 1


def test_a_book_of_front_matter_alone_is_a_whole_word_file(tmp_path):
    """Every header and footer that a section names is there."""
    root = small(tmp_path, "")
    (root / "index.qmd").write_text("---\nfront-matter: true\n---\n\n# 前言\n\n## 编委会\n\n文。\n", "utf-8")
    book.render(root, "", to=["docx"], engine="pandoc")
    with zipfile.ZipFile(next((root / "out").glob("*.docx"))) as word:
        document, relations = (word.read(f"word/{n}").decode() for n in ("document.xml", "_rels/document.xml.rels"))
        named = set(re.findall(r'<w:(?:header|footer)Reference[^>]*r:id="(\w+)"', document))
        lines = re.findall(r"<Relationship [^>]*bb\w+\.xml[^>]*>", relations)
        files = {re.search(r'Id="(\w+)"', r)[1]: re.search(r'Target="(\w+\.xml)"', r)[1] for r in lines}
        assert named and {f"word/{files[i]}" for i in named} <= set(word.namelist())
