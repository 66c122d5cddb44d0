"""A township with fewer households than may be published: withheld is a value that every step knows."""

import io
import shutil
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest

from research import open_edition
from research.assessment import answers
from research.core.scope import Project, Scope
from research.edition import onepage, onepage_chapter, summary
from research.indicators import check, export
from research.indicators.privacy.intruder.audit import Audit, attack
from research.indicators.privacy.intruder.reading import Piece
from research.indicators.privacy.scanner import scan
from research.indicators.privacy.small_cells import small_cells
from research.indicators.quality import reply, report
from tests.support import copies, notebooks
from tests.support.years import built

ROOT = Path(__file__).resolve().parents[2]
YEAR, FEW, LEFT = 2021, "331003205", 6


def with_few(folder):
    """The sample's data up to one year, with six households in one township."""
    later = [f"households-{y}.csv" for y in (2022, 2023, 2024)]
    shutil.copytree(ROOT / "data" / "sample", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__", *later))
    path = folder / f"households-{YEAR}.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    mine = rows["place"] == FEW
    rows[~mine | (rows[mine].groupby("place").cumcount().reindex(rows.index) < LEFT)].to_csv(path, index=False)
    return folder


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = with_few(tmp_path_factory.mktemp("few") / "own")
    project = Project(ROOT)
    assert check(Scope.of(project, YEAR, str(folder))) == []
    book = built(project, YEAR, str(folder))
    assert len(open_edition(str(YEAR), data=str(folder), project=project).households.query("place == @FEW")) == LEFT
    return book


def test_the_township_is_withheld_and_another_protects_it(book):
    rows = book.table("measures")
    mine = rows[rows["place"] == FEW]
    assert mine["withheld"].all() and mine[["value", "se", "lower", "upper", "n"]].isna().all(axis=None)
    others = rows[(rows["measure"] == "mean_income") & (rows["residence"] == "all") & (rows["place"] != FEW)]
    assert others["withheld"].sum() == 1  # the district's count less the others' would give six
    assert rows.loc[(rows["place"] == book.district) & (rows["measure"] == "gini"), "value"].notna().any()
    for name in ("sources", "small_area"):
        part = book.table(name)
        part = part[part["place"] == FEW]
        assert part[[c for c in ("mean", "share", "n", "direct", "gamma") if c in part]].isna().all(axis=None), name


def test_nothing_of_it_can_be_worked_out(book):
    audit = Audit(book)
    for name, frame in book._tables.items():
        audit.look(Piece(name, "frame", frame))
    assert audit.together().report()["breaches"].sum() == 0


@pytest.mark.parametrize("name", ["income", "portraits", "regional_gap", "income_gap"])
def test_its_notebooks_say_so(book, name):
    with mock.patch("research.figures.display._settle"), mock.patch("research.figures.display._source_line"), \
            mock.patch("research.figures.display.to_png", lambda figure: ""), \
            mock.patch("research.figures.display.to_svg", lambda figure: ""):  # fmt: skip
        found = notebooks.outputs(name, book, FEW if name == "income" else None)
    texts = {label: bundle.get("text/markdown", "") + facts.get("alt", "") for label, (bundle, facts) in found.items()}
    assert texts
    for label, text in texts.items():
        assert "nan" not in text.lower() and "None" not in text, label
    audit = Audit(book)
    for label, (_, facts) in found.items():
        for rows in facts.get("data", ()):
            assert small_cells(label, ".csv", rows, book.settings["min_households"]) == []
            audit.look(Piece(label, "frame", pd.read_csv(io.StringIO(rows), dtype={"place": str, "indicator": str})))
    assert audit.together().report()["breaches"].sum() == 0
    if name == "income":
        assert "不予公布" in "".join(texts.values())


def test_its_pages_stand(book):
    texts = {**summary.edition_tables(book), "portrait": onepage_chapter.brief_table(book, FEW)}
    for name, text in texts.items():
        assert "nan" not in text.lower() and "None" not in text, name
    row = next(line for line in texts["_quality-places"].splitlines() if book.name(FEW) in line)
    assert "10以下" in row and f" {LEFT} " not in row


def test_what_is_handed_out_says_nothing_of_it(book, tmp_path):
    """Exports of every kind, one-page briefs, departments' forms and replies, the list of what stands out."""
    for kind in export.FORMATS:
        export.export(book, tmp_path / kind, kind)
    onepage.write_all(book, [FEW, book.district], tmp_path / "briefs")
    answers.write(book, None, tmp_path / "answers")
    owners = book.indicators[book.indicators["id"].str.startswith("INC")]["source_department"].unique()
    assert len(owners) and all(reply.write(book, tmp_path / "replies", owner) for owner in owners)
    report.outliers(book).to_csv(tmp_path / "outliers.csv", index=False)
    assert scan(tmp_path, book.households["household"], minimum=book.settings["min_households"]) == []
    found = attack(book, tmp_path).report().set_index("attack")
    assert found["breaches"].sum() == 0 and found.loc["numerators", "tried"] > 100
    rows = pd.read_csv(tmp_path / "csv" / "measures.csv", dtype={"place": str})
    assert rows.loc[rows["place"] == FEW, "value"].isna().all()


@pytest.mark.slow
def test_the_whole_book_is_made(tmp_path):
    from tests.test_end_to_end import bluebook

    project = copies.fresh(tmp_path / "project", "tests", "benchmarks")
    with_few(project / "data" / "own")
    done = bluebook(project, "all", "--edition", str(YEAR), "--data", "own", "--to", "html", "--engine", "pandoc")
    assert done.returncode == 0, done.stderr[-4000:]
    page = (project / "reports" / "output" / "own" / "bluebook" / f"place-{FEW}.html").read_text("utf-8")
    assert "不予公布" in page
