"""The main job on real input: the sample district goes in, both books come out in three formats.

One copy of the project is taken through the whole way once; the tests read what came out, then break things.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support import copies

ROOT = Path(__file__).resolve().parents[1]
MARK = "示例数据"


def bluebook(project, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(project / "src")}
    environment.pop("BLUEBOOK_PROJECT", None)
    return subprocess.run(
        [sys.executable, "-m", "research", "--project", str(project), *arguments],
        env=environment,
        cwd=project.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    project = copies.fresh(tmp_path_factory.mktemp("whole") / "project", "tests", "benchmarks")
    done = bluebook(project, "all", "--engine", "pandoc", "--jobs", "2")
    assert done.returncode == 0, done.stderr[-4000:]
    return project


def pages(finished, book="bluebook"):
    return {p.stem: p.read_text("utf-8") for p in (finished / "reports" / "output" / book).glob("*.html")}


def captions(page):
    found = re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", "", text).split()) for text in found]


def test_the_book_says_what_the_sample_says(finished):
    """An auditor of its own formulas recomputes the printed numbers and judges the sentences: no contradiction."""
    from tests.truth.audit import audit

    found = audit(finished / "reports" / "output" / "bluebook", ROOT / "data" / "sample", ROOT / "data" / "reference")
    assert found.wrong == []
    assert found.numbers >= 300
    assert all(count > 0 for count in found.sentences.values()), found.sentences


def test_the_book_keeps_what_it_promises(finished):
    """Each promise that is printed is held over all pages and data files."""
    from tests.truth.promises import Promises

    book = finished / "reports" / "output" / "bluebook"
    assert Promises(book, ROOT / "data" / "reference", ROOT / "src" / "research").broken() == []


def state(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_both_books_stand_in_three_formats(finished):
    for book in ("bluebook", "cases"):
        folder = finished / "reports" / "output" / book
        assert (folder / "index.html").is_file()
        assert (folder / f"{book}.pdf").read_bytes().startswith(b"%PDF-")
        with zipfile.ZipFile(folder / f"{book}.docx") as word:
            assert "黄岩" in word.read("word/document.xml").decode("utf-8")


def test_the_long_table_of_all_numbers_has_one_shape_and_every_name_in_it_is_explained(finished):
    data = finished / "reports" / "output" / "bluebook" / "data"
    head, *body = (data / "bluebook-data.csv").read_text("utf-8-sig").splitlines()
    assert (
        head
        == (
            "float,label,caption,file,row,place,name,year,residence,indicator,item,measure,value,lower,upper,"
            "se,n,unit,status,source"
        )
        and len(body) > 10_000
    )
    words = (data / "bluebook-data-dictionary.csv").read_text("utf-8-sig")
    assert [line for line in words.splitlines() if "未说明" in line] == []


def test_every_township_and_domain_has_its_chapter(finished):
    found = pages(finished)
    assert len([name for name in found if name.startswith("place-")]) == 19
    chapters = """general targets regional-gap urban-rural-gap income-gap comparison economy income services governance
        culture environment cases appendix-indicators appendix-sources appendix-methods appendix-assumptions
        appendix-quality"""
    for name in chapters.split():
        assert name in found, name


def test_no_reference_is_left_open(finished):
    for book in ("bluebook", "cases"):
        for name, page in pages(finished, book).items():
            assert not re.search(r"\?@|\?var:|\?meta:|\{\{<", page), (book, name)


def test_sample_chapters_are_marked_in_page_and_captions_and_the_published_one_is_not(finished):
    found = pages(finished)
    for name in ("general", "income", "place-331003001"):
        marked = captions(found[name])
        assert MARK in found[name] and marked, name
        assert not [c for c in marked if MARK not in c], name
    body = found["comparison"].split("<main", 1)[1].split("</main>", 1)[0]
    assert captions(found["comparison"]) and MARK not in "".join(captions(found["comparison"]))
    assert not re.search(r'class="[^"]*(?:bb-sample|callout-warning)[^"]*"', body)


def test_no_page_asks_another_host_or_names_this_machine(finished):
    for book in ("bluebook", "cases"):
        for name, page in pages(finished, book).items():
            assert not re.search(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="(?:https?:)?//', page), name
            assert str(finished) not in page, name


def test_every_link_inside_the_site_leads_somewhere(finished):
    folder = finished / "reports" / "output" / "bluebook"
    found = pages(finished)
    for name, page in found.items():
        for target in re.findall(r'href="([^"#:?]+)(?:#[^"]*)?"', page):
            assert (folder / target).exists(), f"{name}: {target}"


def test_nothing_changed_means_nothing_to_do(finished):
    done = bluebook(finished, "run")
    assert done.returncode == 0 and "nothing to do" in done.stderr


def test_every_run_has_a_record_that_says_how_it_was_made(finished):
    records = list((finished / "reports" / "runs" / "2024").glob("*/*.json"))
    assert len(records) >= 120
    record = json.loads(records[0].read_text("utf-8"))
    assert record["status"] == "done" and {"parameters", "inputs"} <= set(record)


def test_a_release_is_refused_while_sample_figures_are_in_it(finished):
    done = bluebook(finished, "bundle", "--release")
    assert done.returncode == 1 and "示例数据，非真实统计" in done.stderr
    assert not (finished / "reports" / "bundles").exists()


@pytest.mark.slow
def test_a_bundle_holds_books_tables_and_records_with_the_mark_and_no_working_files(finished):
    done = bluebook(finished, "bundle")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(finished / "reports" / "bundles" / "bluebook-2024.zip") as pack:
        names = pack.namelist()
        about = json.loads(pack.read("manifest.json"))
    assert {
        "books/bluebook/index.html",
        "books/cases/cases.pdf",
        "tables/observations.parquet",
        "CITATION.cff",
        "data/datapackage.json",
        "data/observations.csv",
        "sources/published.csv",
    } <= set(names)
    assert not [n for n in names if "/." in n] and set(about["sha256"]) == set(names) - {"manifest.json"}
    assert MARK in about["mark"]


@pytest.mark.slow
def test_an_intruder_finds_nothing_in_anything_that_is_made(finished, tmp_path):
    """Website, Word, PDF's text, data files, notebooks, records, tables, briefs and bundle, all held together."""
    from research import open_edition
    from research.indicators.privacy.intruder.audit import Audit

    for command in (["bundle"], ["brief", "331003205"]):
        done = bluebook(finished, *command)
        assert done.returncode == 0, done.stderr
    audit, made = Audit(open_edition("2024", project=finished)), finished / "reports"
    for folder in (made / "output", made / "runs" / "2024", finished / "data" / "results" / "2024"):
        audit.read(folder)
    with zipfile.ZipFile(next((made / "bundles").glob("*.zip"))) as pack:
        names = pack.namelist()
        pack.extractall(tmp_path / "bundle")
    assert not [n for n in names if "briefs" in n or "replies" in n or "answers" in n.rpartition("/")[2]]
    audit.read(tmp_path / "bundle")
    report = audit.together().report().set_index("attack")
    assert report["breaches"].sum() == 0
    assert not audit.unread or not shutil.which("pdftotext")
    assert (report.loc[["curves", "quantiles", "numerators", "counts", "sums", "words", "hidden"], "tried"] > 100).all()
    print(report[["tried", "breaches"]].to_string())


@pytest.mark.slow
def test_a_household_anywhere_in_an_edition_keeps_it_from_being_packed(finished):
    lines = (finished / "data" / "sample" / "households-2024.csv").read_text("utf-8").splitlines()
    first = lines[1].split(",")[lines[0].split(",").index("household")]
    leak = finished / "reports" / "runs" / "2024" / "income" / "note.json"
    leak.write_text(json.dumps({"seen": first}), "utf-8")
    try:
        done = bluebook(finished, "bundle")
    finally:
        leak.unlink()
    assert done.returncode == 1 and first in done.stderr and "note.json" in done.stderr


def test_faults_in_data_are_all_named_and_the_former_books_stay(finished, tmp_path):
    data = tmp_path / "broken"
    shutil.copytree(finished / "data" / "sample", data)
    lines = (data / "observations.csv").read_text("utf-8").splitlines()
    header = lines[0].split(",")
    cells = lines[1].split(",")
    cells[header.index("value")] = "很多"
    unknown = lines[2].split(",")
    unknown[header.index("place")] = "999999999"
    lines[1:3] = [",".join(cells), ",".join(unknown)]
    (data / "observations.csv").write_text("\n".join([*lines, lines[3]]) + "\n", "utf-8")
    before = state(finished / "reports" / "output"), state(finished / "data" / "results")
    done = bluebook(finished, "all", "--data", str(data))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    for said in ("第2行", "很多", "第3行", "999999999"):
        assert said in done.stderr, said
    assert (state(finished / "reports" / "output"), state(finished / "data" / "results")) == before


@pytest.mark.parametrize(
    "old, new, said",
    [
        ('"parameters"', '"parametres"', "parameters"),
        ('edition = \\"2024\\"', 'editon = \\"2024\\"', "edition"),
    ],
)
def test_a_notebook_without_right_parameters_is_refused_before_anything_runs(finished, old, new, said):
    notebook = finished / "notebooks" / "themes" / "income.ipynb"
    whole = notebook.read_text("utf-8")
    assert old in whole
    notebook.write_text(whole.replace(old, new), "utf-8")
    try:
        done = bluebook(finished, "run")
        assert done.returncode == 1 and "income.ipynb" in done.stderr and said in done.stderr
    finally:
        notebook.write_text(whole, "utf-8")


def test_a_broken_chapter_list_is_named_by_file_and_line(finished):
    profile = finished / "_quarto-bluebook.yml"
    whole = profile.read_text("utf-8")
    profile.write_text(whole.replace("reports/bluebook/general.qmd", "reports/bluebook/genral.qmd"), "utf-8")
    try:
        done = bluebook(finished, "check")
        assert done.returncode == 1 and "_quarto-bluebook.yml" in done.stderr and "genral.qmd" in done.stderr
    finally:
        profile.write_text(whole, "utf-8")


@pytest.mark.slow
def test_one_failing_notebook_stops_no_other_and_is_recapped(finished):
    notebook = finished / "notebooks" / "themes" / "culture.ipynb"
    whole = notebook.read_text("utf-8")
    broken = json.loads(whole)
    broken["cells"][-1]["source"] = "raise ValueError('故意的错误')"
    notebook.write_text(json.dumps(broken, ensure_ascii=False), "utf-8")
    try:
        done = bluebook(finished, "run", "--place", "331003", "--place", "东城街道")
        assert done.returncode == 1
        for said in ("culture", "331003001", "故意的错误", "raise ValueError"):
            assert said in done.stderr, said
    finally:
        notebook.write_text(whole, "utf-8")
