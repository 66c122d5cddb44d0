"""The tutorial's change of a measure, a sentence and a chart, from the notebook to the page that a reader sees."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.support import copies
from tests.support.browser import chromium, errors

MANUAL = copies.ROOT / "reports" / "manual" / "tutorial.qmd"
CHANGE = re.compile(r"^```diff\n-(.*)\n\+(.*)\n```$", re.M)
NOTEBOOK = "notebooks/themes/income.ipynb"


def changes():
    """Lines of the notebook as the tutorial has them: before, after."""
    return CHANGE.findall(MANUAL.read_text("utf-8"))


def lines_of(path):
    return [
        line for cell in json.loads(path.read_text("utf-8"))["cells"] for line in "".join(cell["source"]).split("\n")
    ]


def changed(path):
    """The notebook with the tutorial's lines in it."""
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if "label: text-income-lorenz" in source or "label: fig-income-lorenz" in source:
            for before, after in changes():
                source = source.replace(before, after)
            cell["source"] = source
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")


def test_the_lines_that_the_tutorial_changes_stand_in_the_notebook():
    known = lines_of(copies.ROOT / NOTEBOOK)
    assert len(changes()) == 5
    for before, after in changes():
        assert known.count(before) == 1, before
        assert after not in known


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.kernel
def test_a_changed_measure_sentence_and_chart_are_on_the_page(tmp_path):
    root = copies.fresh(tmp_path / "project", keep=("data/results", "reports/runs"))
    environment = {**os.environ, "PYTHONPATH": str(root / "src"), "BLUEBOOK_PROJECT": str(root)}

    def bluebook(*words):
        done = subprocess.run(
            [sys.executable, "-m", "research", *words], cwd=root, env=environment, capture_output=True, text=True,
            timeout=1500, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-1500:]

    bluebook("all", "--edition", "2024", "--data", "sample", "--book", "bluebook", "--to", "html")
    site = root / "reports" / "output" / "bluebook"
    others = {p.name: p.read_bytes() for p in site.glob("*.html") if p.name != "income.html"}
    changed(root / NOTEBOOK)
    section = MANUAL.read_text("utf-8").partition("{#sec-tutorial-change}")[2].partition("\n## ")[0]
    for line in re.search(r"```sh\n(.*?)```", section, re.S)[1].splitlines():
        bluebook(*line.split()[1:])
    with chromium(tmp_path / "profile") as browser:
        browser.get((site / "income.html").as_uri())
        told = browser.find_element("tag name", "main").text
        figure = browser.find_element("id", "fig-income-lorenz")
        assert re.search(r"收入最高的一成居民与最低的四成居民总收入之比（帕尔马比值）为\d\.\d+（95%置信区间", told)
        assert "人均可支配收入基尼系数" not in told
        assert "城镇与农村居民人均可支配收入的分布（2024年）" in figure.text
        assert figure.find_elements("css selector", "img, svg")
        assert not errors(browser)
    assert {p.name: p.read_bytes() for p in site.glob("*.html") if p.name != "income.html"} == others
