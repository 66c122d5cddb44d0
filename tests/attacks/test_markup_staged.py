"""Texts that look like markup, in the pages made from reference tables and in the forms that departments get."""

import zipfile
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest
from lxml import etree, html

from research import book
from research.assessment import answers
from research.core.formulas import csv_frame
from research.core.plain import text_fault
from research.core.scope import Scope, open_project
from research.edition import tables
from research.edition.chapters.coverage import coverage
from research.indicators.forms import forms
from research.registers.pages import pages as register_pages
from tests.assessment.test_answers import edition as edition  # a fixture
from tests.attacks.hostile import FORMULAS, MARKUP
from tests.attacks.test_markup import SETTINGS, W, folded, numbered
from tests.support import copies

TEXTS = [t for t in (*MARKUP, *FORMULAS) if not text_fault(t)]
GIVEN = [f"{mark}{text}" for mark, text in numbered(TEXTS).items()]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = copies.fresh(tmp_path_factory.mktemp("staged") / "project")
    path = root / "data/reference/clauses.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.loc[: len(GIVEN) - 1, "note"] = GIVEN[: len(rows)]
    rows.to_csv(path, index=False)
    task = {
        "id": "K",
        "kind": "重大平台",
        "name": "",
        "action": 3,
        "place": "331003",
        "lead_unit": "区科技局",
        "start": "2022-05-01",
        "due": "2024-12-31",
        "milestone": "",
        "milestone_due": "2024-06-30",
        "progress": 1.0,
        "updated": "2024-12-20",
        "status": "reported",
    }
    tasks = [task | {"id": f"K{n:03}", "name": f"任务{n}", "milestone": text} for n, text in enumerate(GIVEN)]
    (root / "data/own").mkdir()
    csv_frame(pd.DataFrame(tasks)).to_csv(root / "data/own/tasks.csv", index=False)
    return open_project(root)


def test_pages_of_reference_tables_print_them_as_text(project, tmp_path):
    district = SimpleNamespace(
        plan=SimpleNamespace(name="规划"),
        milestones=pd.DataFrame([{"id": "M", "year": 2024, "milestone": t, "quote": t, "clause": "7"} for t in GIVEN]),
    )
    assumed = [
        {"id": f"A{n}", "text": t, "basis": t, "quality": "low", "effect": "high", "action": t}
        for n, t in enumerate(GIVEN)
    ]
    settings = {f"s{n}": {"name": t, "unit": t, "values": [{"from": 2020, "value": 1}]} for n, t in enumerate(GIVEN)}
    pages = {
        "a": tables.assumptions(assumed),
        "b": tables.milestones(district),
        "c": tables.settings(settings, 2024),
        "d": coverage(project, 2024).replace("@sec-", ""),
    }
    word = rendered(pages, tmp_path)
    for name in pages:
        held(tmp_path, name, GIVEN if name != "d" else GIVEN[:90], word)


def rendered(pages, root):
    """A book of these pages, as website and Word file; the words of the Word file."""
    chapters = ", ".join(f"{name}.qmd" for name in pages)
    (root / "_quarto.yml").write_text(SETTINGS.replace("a.qmd", chapters), "utf-8")
    (root / "index.qmd").write_text("# 前言 {.unnumbered}\n\n文。\n", "utf-8")
    for name, text in pages.items():
        (root / f"{name}.qmd").write_text(f"# 章{name}\n\n## 节{name}\n\n{text}\n", "utf-8")
    book.render(root, "", to=["html", "docx"], engine="pandoc")
    word = etree.fromstring(zipfile.ZipFile(next((root / "_book").glob("*.docx"))).read("word/document.xml"))
    return folded("".join(t.text or "" for t in word.iter(f"{W}t")))


def held(root, name, asked, word):
    """Every text stands on the page and in the Word file as it was given, and none of it became markup."""
    page = html.fromstring((root / "_book" / f"{name}.html").read_bytes())
    shown = folded(page.xpath("//main")[0].text_content())
    assert [t for t in asked if folded(t) not in shown] == [], name
    assert [t for t in asked if folded(t) not in word] == [], name
    assert not page.xpath("//main//*[@onerror or @onload]|//article//script")
    links = page.xpath("//main//a[contains(@href,'invalid')]/@href")
    assert [link for link in links if not link.startswith("#")] == []  # an anchor of a heading is named by its words


class Registers:
    """An edition whose registers hold nothing but such texts: in every column that is free, in headings and leads."""

    edition, status, whole = 2024, "reported", "全区"
    indicators = pd.DataFrame({"id": [], "name_zh": []})
    targets = pd.DataFrame({"id": ["T1"], "action_no": [1]})

    def __init__(self, project):
        self.project = project
        day = {"issued": "2022-01-01", "effective": "2022-01-01", "ends": "", "review": "2023-01-01", "replaces": ""}
        told = {"clauses": "", "targets": "", "action": "", "kind": "专项", "status": "reported"}
        self.held = {
            "policies": [{"id": f"P{n}", "title": t, "number": t, "department": t, "budget": t} | day | told
                         for n, t in enumerate(GIVEN)],
            "lists": [{"year": y, "list": "重点工作", "item": f"Z{n}", "name": t, "department": t, "result": "",
                       "state": "中止" if n < 5 else "推进中", "status": "reported"}
                      for n, t in enumerate(GIVEN) for y in (2023, 2024)],
            "topics": [{"id": f"R{n}", "question": t, "owner": t, "due": "2024-01-01", "finished": "2024-01-01",
                        "outcome": t, "decision": t, "unknown": t, "status": "reported"} for n, t in enumerate(GIVEN)],
            "claims": [{"application": t, "level": t, "claim": t, "indicators": "", "targets": "", "figures": "",
                        "cases": "", "status": "reported"} for t in GIVEN],
        }  # fmt: skip

    def register(self, name):
        return pd.DataFrame(self.held[name])

    def table(self, name):
        return pd.DataFrame({c: [] for c in ("target_id", "target_name", "attained", "year", "rate", "status")})


def test_pages_of_registers_print_them_as_text(project, tmp_path):
    made = register_pages(Registers(project))
    pages = {name.strip("_").removesuffix(".md"): text for name, text in made.items()}
    word = rendered(pages, tmp_path)
    for name in pages:
        held(tmp_path, name, GIVEN, word)


def cells(path):
    book = openpyxl.load_workbook(path)
    return [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]


def test_a_department_s_form_of_tasks_runs_nothing(project, tmp_path):
    (path,) = forms.write(Scope.of(project, "2024", "own"), tmp_path, department="区科技局", tables=["tasks"])
    found = cells(path)
    assert [c.value for c in found if c.data_type == "f" and "COUNT" not in str(c.value)] == []
    held = folded("\n".join(str(c.value) for c in found))
    assert [t for t in GIVEN if folded(t) not in held] == []


def test_a_form_of_answers_runs_nothing(edition, tmp_path):
    items, table = edition.table("department_items"), edition.table
    first = items[items["department"] == "区甲局"].iloc[0]
    rows = pd.DataFrame([{**first, "target_id": f"T{n}", "target_name": t, "reason": t} for n, t in enumerate(TEXTS)])
    edition.table = lambda name: rows if name == "department_items" else table(name)
    (path,) = answers.write(edition, ["区甲局"], tmp_path)
    found = cells(path)
    assert [c.value for c in found if c.data_type == "f"] == []
    held = folded("\n".join(str(c.value) for c in found))
    assert [t for t in TEXTS if folded(t) not in held] == []
