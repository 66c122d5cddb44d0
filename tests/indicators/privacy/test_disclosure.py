"""No withheld cell can be worked out; no household leaves the house."""

import itertools
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.errors import DataError
from research.indicators import open_edition
from research.indicators.privacy import disclosure as d
from research.indicators.privacy.scanner import scan

PLACES = ["a", "b", "c", "d"]


def cells(counts):
    """A table place x residence with all its totals, counted out plainly."""
    rows = []
    for p, r in itertools.product([*PLACES, "all"], ["urban", "rural", "all"]):
        rows.append((p, r, sum(n for (q, s), n in counts.items() if p in (q, "all") and r in (s, "all"))))
    frame = pd.DataFrame(rows, columns=["place", "residence", "value"])
    frame["why"] = np.where(frame["value"].lt(10) & frame["value"].gt(0), "count", "")
    return frame


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=8, max_size=8))
def test_no_withheld_cell_follows_from_the_rest(numbers):
    """Solved by hand: with the shown cells fixed, each withheld cell can take at least two values."""
    frame = cells(dict(zip(itertools.product(PLACES, ["urban", "rural"]), numbers, strict=True)))
    totals = {"place": "all", "residence": "all"}
    try:
        made = d.protect(frame, "value", "why", totals)
    except DataError:  # a table too poor to be protected is refused, never half shown
        return
    hidden = made["value"].isna().to_numpy()
    assert (hidden | (frame["why"] == "").to_numpy()).all()
    if hidden.any():
        system = np.array(
            [
                [(-1.0 if i == t else 1.0 if i in parts else 0.0) for i in range(len(frame))]
                for t, parts in d.relations(frame, totals)
            ]
        )[:, hidden]
        rank = np.linalg.matrix_rank(system)
        for j in range(system.shape[1]):  # a cell is determined when its column is independent of the others
            assert np.linalg.matrix_rank(np.delete(system, j, 1)) == rank


@given(st.lists(st.integers(0, 40), min_size=1, max_size=9), st.data())
def test_gaps_of_a_line_never_stand_for_few(numbers, data):
    """What total less shown gives is of two cells and of the least count, or nothing of the line is shown."""
    alone = [0 < n < 10 or data.draw(st.booleans()) for n in numbers]
    gone = d.second_gap(numbers, alone, 10)
    assert all(g for g, a in zip(gone, alone, strict=True) if a)
    shown = [n for n, g in zip(numbers, gone, strict=True) if n and not g]
    assert not gone.any() or not shown or (gone.sum() > 1 and sum(numbers) - sum(shown) >= 10)
    assert gone.any() or not any(alone)


def test_groups_by_a_further_column_do_not_tell_a_small_one():
    """Counted out of the household file: what a line's total less its shown groups leaves is never a few households."""
    book = open_edition("2024")
    homes = pd.read_csv(book.folder / "households-2024.csv", dtype={"place": str})
    homes = homes[homes["income"].notna() & homes["weight"].notna()]
    told = book.estimate("mean", "income_pc", place="*", by=["year", "residence", "size"])
    told = told[told["year"] == 2024]
    assert told["value"].isna().any() and told["value"].notna().any()
    for (place, residence), rows in told.groupby(["place", "residence"]):
        mine = homes[(place == book.district) | (homes["place"] == place)]
        mine = mine[(residence == "all") | (mine["residence"] == residence)]
        left = ~mine["size"].isin(rows.loc[rows["value"].notna(), "size"])
        few = mine.loc[left, "size"].value_counts()
        assert few.empty or few.sum() >= 10 and len(few) > 1 or len(few) == mine["size"].nunique()


def test_one_small_cell_needs_a_rectangle():
    frame = cells(
        {
            ("a", "urban"): 3,
            ("a", "rural"): 40,
            ("b", "urban"): 50,
            ("b", "rural"): 30,
            ("c", "urban"): 20,
            ("c", "rural"): 25,
            ("d", "urban"): 70,
            ("d", "rural"): 80,
        }
    )
    made = d.protect(frame, "value", "why", {"place": "all", "residence": "all"}).set_index(["place", "residence"])
    shown = made["value"].notna()
    assert not shown[("a", "urban")] and not shown[("a", "rural")]
    assert (~shown).sum() == 4  # two more in another row close the rectangle


def test_the_audit_sees_a_cell_left_open():
    frame = cells(dict.fromkeys(itertools.product(PLACES, ["urban", "rural"]), 20))
    hidden = (frame["place"].eq("a") & frame["residence"].eq("urban")).to_numpy()
    sums = d.relations(frame, {"place": "all", "residence": "all"})
    assert d.exposed(frame["value"], hidden, sums) == [0]


def test_hierarchy_of_places():
    frame = pd.DataFrame(
        {
            "place": ["all", "west", "east", "w1", "w2", "e1", "e2"],
            "value": [100, 30, 70, 4, 26, 30, 40],
            "why": ["", "", "", "count", "", "", ""],
        }
    )
    tree = {"all": ["west", "east"], "west": ["w1", "w2"], "east": ["e1", "e2"]}
    made = d.protect(frame, "value", "why", {"place": tree})
    assert made.loc[made["withheld"] != "", "place"].tolist() == ["w1", "w2"]


@pytest.mark.parametrize(
    "values, why",
    [
        ([5] * 9, "count"),
        ([5] * 10, ""),
        ([], "count"),
        ([1000, 800] + [10] * 20, "dominance"),  # 1800 of 2000 is 90%
        ([1000, 600] + [20] * 20, ""),  # 1600 of 2000 is 80%
        ([0] * 12, ""),
    ],
)
def test_primary_rules(values, why):
    assert d.reason(values) == why


def test_p_percent_rule():
    """Largest 100, second 60, rest 8: the second can guess the largest to within 8, which is under 10%."""
    assert d.reason([100, 60] + [0.8] * 10, d.Rules(n=1, k=99)) == "p_percent"
    assert d.reason([100, 60] + [1.2] * 10, d.Rules(n=1, k=99)) == ""


def test_negative_contribution():
    with pytest.raises(DataError):
        d.reason([3, -1] * 6)


def test_scanner_finds_a_household_anywhere(project, tmp_path):
    ids = open_edition("2021", project=project).households["household"]
    one = ids.iloc[7]
    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "a.html").write_text(f"<p>{one}</p>")
    (tmp_path / "book" / "clean.html").write_text("<p>2021-2022-2023, 2021-999-9999</p>")
    (tmp_path / "book" / "d.csv").write_text("household,income\nx,1\n")
    with zipfile.ZipFile(tmp_path / "book" / "b.docx", "w") as archive:
        archive.writestr("word/document.xml", f"<w:t>{one}</w:t>")
        archive.writestr("inner.zip", b"not a zip")
    faults = scan(tmp_path / "book", ids, "book")
    assert {(str(f.place), f.kind) for f in faults} == {
        ("book/a.html", "household"),
        ("book/d.csv", "microdata"),
        ("book/b.docx, word/document.xml", "household"),
        ("book/b.docx, inner.zip", "scan"),
    }


def test_measures_are_clean(project, tmp_path):
    """What the edition's own tables would publish holds no household."""
    from research.indicators import build

    edition = open_edition("2021", project=project)
    for name, frame in build(edition).items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    assert scan(tmp_path, edition.households["household"]) == []


SMALL = "331003001,2024,urban,gini,0.3,4\n"


@pytest.mark.parametrize(
    "name, text",
    [
        ("a.csv", f"place,year,residence,measure,value,n\n{SMALL}"),
        ("a.html", "<table><tr><th>地区</th><th>样本户数</th></tr><tr><td>宁溪镇</td><td>4</td></tr></table>"),
        ("a.md", "| 地区 | 样本户数 |\n|:--|--:|\n| 宁溪镇 | 4 |\n"),
        (
            "a.ipynb",
            '{"cells": [{"outputs": [{"data": {"text/markdown": ["| 地区 | 样本户数 |\\n", "|:--|--:|\\n", '
            '"| 宁溪镇 | 4 |\\n"]}}]}]}',
        ),
    ],
)
def test_scanner_finds_small_cells(tmp_path, name, text):
    (tmp_path / name).write_text(text, "utf-8")
    found = scan(tmp_path, name="out")
    assert [(f.kind, f.found[:4]) for f in found] == [("small-cell", "4 in")]
    (tmp_path / name).write_text(text.replace("4", "14"), "utf-8")
    assert scan(tmp_path, name="out") == []


def test_scanner_looks_into_tables_and_workbooks(tmp_path):
    from openpyxl import Workbook

    from research.core import tables

    frame = pd.DataFrame({"place": ["331003001"], "measure": ["gini"], "value": [0.3], "n": [4]})
    tables.write_table(frame, tmp_path / "a.parquet")
    book = Workbook()
    for row in [list(frame.columns), *frame.values.tolist()]:
        book.active.append(row)
    book.save(tmp_path / "b.xlsx")
    assert [f.kind for f in scan(tmp_path)] == ["small-cell", "small-cell"]
    tables.write_table(frame.assign(value=np.nan), tmp_path / "a.parquet")
    assert [str(f.place) for f in scan(tmp_path, name="out")] == ["out/b.xlsx, sheet Sheet"]


def test_the_rules_are_settings_with_a_source(project):
    from research.indicators.reference import reference

    table = reference.settings_table(project, 2024).set_index("setting")
    for name in ("min_households", "dominance_n", "dominance_k", "p_percent", "round_base"):
        assert table.at[name, "source"] and table.at[name, "name"]
    assert d.rules(reference.settings(project, 2024)) == d.Rules(10, 2, 85, 10)
