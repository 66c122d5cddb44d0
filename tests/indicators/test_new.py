"""From an exploration to a theme or a case; a page to each department; what came late and what was revised."""

import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

from research.errors import DataError, UsageError
from research.indicators import open_edition
from research.indicators.quality import reply
from research.indicators.quality import report as quality_report
from research.indicators.store import store
from research.runs.templates import read_template
from research.starter.from_notebook import new_case, new_theme

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def writable(own_project):
    for part in ("notebooks/explore", "notebooks/themes", "reports/cases"):
        shutil.copytree(ROOT / part, own_project.root / part)
    (own_project.root / "data/sample").mkdir()
    for name in ("observations.csv", "meta.yml"):
        shutil.copy(ROOT / "data/sample" / name, own_project.root / "data/sample")
    return own_project


@pytest.mark.parametrize("source", sorted(p.stem for p in (ROOT / "notebooks/explore").glob("*.ipynb")))
def test_every_starter_becomes_a_theme(writable, source):
    path = writable.root / f"notebooks/explore/{source}.ipynb"
    template, chapter = new_theme(writable, "housing", path, title="住房")
    read = read_template(template)  # what the runs demand of a template
    assert read is not None
    notebook = nbformat.read(template, as_version=4)
    nbformat.validate(notebook)
    first = next(c for c in notebook.cells if c.cell_type == "code")
    assert first.metadata["tags"] == ["parameters"] and 'edition = "2024"' in first.source
    text = chapter.read_text("utf-8")
    labels = [c.source.split()[2] for c in notebook.cells if c.source.startswith("#| label:")]
    assert text.startswith("# 住房 {#sec-housing}") and all(f"housing.ipynb#{label} >" in text for label in labels)
    assert "ipywidgets" not in template.read_text("utf-8")


def test_a_case_from_an_exploration(writable):
    text, notebook = new_case(
        writable,
        "try-case",
        writable.root / "notebooks/explore/income.ipynb",
        title="试",
        kind="创新型",
        domain="income",
    )
    assert "notebooks/cases/try-case.ipynb" in text.read_text("utf-8")
    cells = nbformat.read(notebook, as_version=4).cells
    assert any("fig-try-case-1" in c.source for c in cells)


PLAIN = [
    ("markdown", "# 住房的一点探索"),
    ("code", "import matplotlib.pyplot as plt\nimport pandas as pd"),
    ("markdown", "## 住房面积"),
    ("code", "#| label: fig-area\n#| fig-cap: 人均住房面积\nplt.plot([2021, 2022], [40, 41])\nplt.show()"),
    ("code", "plt.bar(['a', 'b'], [1, 2])"),
    ("code", "frame = pd.DataFrame({'年份': [2021], '面积': [40]})\nframe"),
    ("code", "print(f'面积增加{41 - 40}平方米。')"),
    ("code", "total = 1"),
    ("code", "import ipywidgets"),
]


@pytest.fixture(params=["never run", "run"])
def plain(request, tmp_path):
    """An ordinary notebook that knows nothing of this project."""
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    book = nbformat.v4.new_notebook(cells=[make[kind](text) for kind, text in PLAIN])
    path = tmp_path / "plain.ipynb"
    nbformat.write(book, path)
    if request.param == "run":
        NotebookClient(book, kernel_name="python3").execute()
        nbformat.write(book, path)
    return path


def test_an_ordinary_notebook_keeps_its_labels_and_loses_nothing_unnamed(writable, plain):
    shutil.copytree(ROOT / "reports/bluebook", writable.root / "reports/bluebook")
    said = []
    template, chapter = new_theme(writable, "housing", plain, tell=said.append)
    cells = {
        c.source.splitlines()[0]: c.source
        for c in nbformat.read(template, as_version=4).cells
        if c.source.startswith("#| label")
    }
    assert list(cells) == [
        "#| label: fig-area",
        "#| label: fig-housing-2",
        "#| label: tbl-housing-3",
        "#| label: text-housing-4",
    ]
    assert "#| fig-cap: 人均住房面积\n" in cells["#| label: fig-area"]
    assert "#| fig-cap: 住房面积\n" in cells["#| label: fig-housing-2"]
    assert "plt.bar" in cells["#| label: fig-housing-2"]
    assert "#| tbl-cap: 住房面积\n" in cells["#| label: tbl-housing-3"]
    assert "#| output: asis\n" in cells["#| label: text-housing-4"]
    assert said[0].startswith("left out, cell 9: a widget") and any("_place.qmd" in line for line in said[1:])
    text = chapter.read_text("utf-8")
    assert text.startswith("# 住房的一点探索 {#sec-housing}") and "**执笔：** （待填）" in text
    assert all(f"housing.ipynb#{label.split()[-1]} >" in text for label in cells)
    portrait = (writable.root / "reports/bluebook/_place.qmd").read_text("utf-8")
    assert portrait.endswith("{{< embed housing-@@code@@.ipynb#text-housing-4-@@code@@ >}}\n")


def test_a_notebook_that_shows_nothing_makes_no_empty_chapter(writable, tmp_path):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("a = 1")]), tmp_path / "x.ipynb")
    with pytest.raises(DataError, match="draws, tabulates or prints"):
        new_theme(writable, "housing", tmp_path / "x.ipynb")
    assert not (writable.root / "notebooks/themes/housing.ipynb").exists()


@pytest.mark.parametrize(
    "name, source, error",
    [("Housing", "income", UsageError), ("income", "income", UsageError), ("ok", "none", UsageError)],
)
def test_names_that_will_not_do(writable, name, source, error):
    with pytest.raises(error):
        new_theme(writable, name, writable.root / f"notebooks/explore/{source}.ipynb")


def test_no_notebook(writable, tmp_path):
    (tmp_path / "x.ipynb").write_text("{}")
    with pytest.raises(DataError, match="a notebook"):
        new_theme(writable, "ok", tmp_path / "x.ipynb")


def row(value, place="331003", accepted=""):
    return {
        "place": place,
        "year": 2025,
        "indicator": "SRV-4-01",
        "value": value,
        "unit": "%",
        "status": "reported",
        "source": "民政统计",
        "n": None,
        "survey_date": None,
        "method": None,
        "se": None,
        "supplier": "区民政局",
        "file": "a.xlsx",
        "sha256": "0" * 64,
        "sheet": "填报",
        "row": 2,
        "accepted": accepted,
    }


@pytest.fixture
def handed_in(project, tmp_path):
    """Two values in time, one late, one of them revised with a reason."""
    folder, meta = tmp_path / "own", {"title": "t", "status": "reported", "source": "部门填报"}
    with store.locked(folder):
        store.append(folder, pd.DataFrame([row(50), row(40, "331003001")]), meta, datetime(2026, 3, 1, tzinfo=UTC))
        store.append(
            folder,
            pd.DataFrame([row(60, "331003002"), row(52, accepted="更正笔误")]),
            meta,
            datetime(2026, 6, 2, tzinfo=UTC),
        )
    return open_edition("2025", data=str(folder), project=project)


def test_timeliness_and_revisions(handed_in):
    late = quality_report.timeliness(handed_in).set_index("部门").loc["区民政局"]
    assert late.tolist() == ["3", "2", "1", "2026-06-02"]
    changed = quality_report.revisions(handed_in)
    assert changed[["地区", "原值", "新值", "理由"]].values.tolist() == [["黄岩区", "50", "52", "更正笔误"]]


def test_one_page_to_a_department(handed_in, tmp_path):
    (path,) = reply.write(handed_in, tmp_path / "out", "区民政局")
    with zipfile.ZipFile(path) as archive:
        text = archive.read("word/document.xml").decode()
    assert "迟报1项" in text and "更正笔误" in text and "尚缺" in text


def test_calibre_changes_name_2013_and_a_new_method(project, small):
    frame = pd.read_csv(small / "observations.csv", dtype=str, keep_default_na=False)
    twice = frame[frame["indicator"].eq("CUL-1-01") & frame["place"].eq("331003")].index
    frame.loc[twice[-1], "method"] = "网上问卷"
    frame.to_csv(small / "observations.csv", index=False)
    made = quality_report.calibre_changes(open_edition("2024", data=str(small), project=project))
    assert "2013" in set(made["年份"]) and "网上问卷" in set(made["此后"])
