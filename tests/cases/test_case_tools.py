"""What people do with a case: a brief of two pages, numbers compared by name, a trace, a page of bundles."""

import hashlib
import json
import re
import shutil
import subprocess
import zipfile

import pytest

from research import open_project
from research.cases import brief as case_brief
from research.cases import library as cases
from research.cases import numbers as case_numbers
from research.cases import trace as case_trace
from research.cases.bundles import index as bundle_index
from research.core.scope import Project
from research.errors import DataError

IDS = [p.stem for p in cases.files(open_project())]


def notebook(**texts):
    return {
        "cells": [
            {
                "cell_type": "code",
                "source": f"#| label: {label.replace('_', '-')}\nshow()",
                "outputs": [{"data": {"text/markdown": text}}],
            }
            for label, text in texts.items()
        ]
    }


def test_each_number_has_a_name_and_a_moved_one_is_told_with_its_change():
    old = case_numbers.numbers(notebook(text_a="2021年为1,200元，比值-0.5", tbl_b="| 1 | 2.50 |"))
    assert old == {"text-a#1": 2021, "text-a#2": 1200, "text-a#3": -0.5, "tbl-b#1": 1, "tbl-b#2": 2.5}
    new = old | {"text-a#2": 1260.0}
    assert case_numbers.compared(old, new) == [("text-a#2", 1200.0, 1260.0, 0.05)]
    assert case_numbers.compared(old, old | {"text-a#2": 1200 * (1 + 1e-12)}) == []
    assert case_numbers.compared({"a#1": 1.0}, {}) == [("a#1", 1.0, None, None)]
    assert case_numbers.worded("text-a#2", 1200.0, 1260.0, 0.05) == "text-a#2: 1200 then, 1260 now (+5.000%)"


@pytest.mark.parametrize("case_id", IDS)
def test_a_brief_has_at_most_two_pages_and_says_all_of_the_text(case_id, tmp_path):
    pytest.importorskip("typst")
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext")
    made = case_brief.write(open_project(), case_id, tmp_path / "x.pdf")
    out = subprocess.run(["pdftotext", "-layout", made, "-"], capture_output=True, text=True, check=True).stdout
    assert 1 <= out.count("\f") <= 2
    words = re.sub(r"\s", "", out)
    assert all(section in words for section in cases.SECTIONS)
    case, text, _ = cases.read(open_project(), open_project().reports / "cases" / f"{case_id}.qmd")
    assert re.sub(r"\s", "", case.title) in words and "{{<" not in out and "embed" not in out
    assert ("示例数据，非真实统计" in words) == ("_sample.md" in text)


def test_the_same_brief_has_the_same_bytes_and_an_unknown_case_names_the_nearest(tmp_path):
    pytest.importorskip("typst")
    one, two = (case_brief.write(open_project(), "little-orange-house", tmp_path / f"{n}.pdf") for n in "ab")
    assert one.read_bytes() == two.read_bytes()
    with pytest.raises(DataError, match="little-orange-house"):
        case_brief.write(open_project(), "little-orange-hous", tmp_path / "c.pdf")


def test_a_trace_leads_to_the_cell_the_status_and_the_way_to_compute_it_again():
    found = dict(case_trace.trace(open_project(), "text-engel-gini"))
    assert found["notebook"] == "notebooks/cases/engel-households.ipynb"
    code = [
        c
        for c in json.loads((open_project().root / found["notebook"]).read_text("utf-8"))["cells"]
        if c["cell_type"] == "code"
    ]
    assert "label: text-engel-gini" in "".join(code[int(found["cell"].split()[-1]) - 1]["source"])
    assert found["status"] == "published" and "0.255" in found["text"] and "case run" in found["again"]
    with pytest.raises(DataError, match="text-engel-gini"):
        case_trace.trace(open_project(), "text-engel-gin")


def test_the_page_of_bundles_lists_each_with_its_checksum_and_how_to_verify(tmp_path):
    (tmp_path / "reports" / "bundles").mkdir(parents=True)
    path = tmp_path / "reports" / "bundles" / "a<b.case.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"title": "<甲>", "year": 2024, "status": "sample"}))
    (tmp_path / "reports" / "bundles" / "broken.zip").write_bytes(b"x")
    text = bundle_index.write(Project(tmp_path)).read_text("utf-8")
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text and "bluebook case verify" in text
    assert "&lt;甲&gt;" in text and "<甲>" not in text and "<b.case" not in text and "broken.zip" in text
    assert "&lt;甲&gt;（示例数据，非真实统计）" in text
    assert bundle_index.write(Project(tmp_path)).read_text("utf-8") == text
