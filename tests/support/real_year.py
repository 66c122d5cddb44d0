"""A year as a centre lives it: its own past, forms filled in by departments, a survey from three programs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from research.indicators.forms.forms import HEADINGS
from tests.support import copies
from tests.support.years import ROOT, generate

YEAR = 2025
MAPPED = {2022: ".dta", 2023: ".sav", 2024: ".csv", 2025: ".dta"}
"""Where the survey of each year comes from: Stata, SPSS, or a table with headings of its own."""
NAMES = {
    "household": "hhid",
    "place": "town",
    "residence": "urban",
    "village": "vill",
    "stratum": "strata",
    "weight": "wt",
    "size": "n_person",
    "wage_income": "inc_wage",
    "business_income": "inc_busi",
    "property_income": "inc_prop",
    "transfer_income": "inc_tran",
    "income": "inc_total",
    "consumption": "cons",
}


def lay_out(root):
    """What a clone holds, without its tests."""
    return copies.fresh(root, "tests", "benchmarks", "findings")


def gathered(desk, households=True):
    """What lies on the desk of a centre before the year turns: tables as they came, and what departments will say.

    Parameters
    ----------
    desk : Path
        A folder outside of the project.
    households : bool

    Returns
    -------
    (list of Path, dict)
        The files of the past, and by table the rows of the new year.
    """
    made = desk / "made"
    for name in ("reference", "sample"):
        shutil.copytree(
            ROOT / "data" / name, made / "data" / name, ignore=shutil.ignore_patterns("__pycache__", "households-*")
        )
    generate(made, YEAR, households)
    files, new = [], {}
    for path in sorted((made / "data" / "sample").glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        for column in ("source", "method"):
            if column in frame:
                frame[column] = frame[column].str.replace("（示例数据）", "").str.replace("（示例）", "")
        frame["status"] = "survey" if path.stem.startswith("households") else "reported"
        if path.stem.startswith("households"):
            files.append(_foreign(desk, frame, int(path.stem[-4:])))
            continue
        if path.stem == "tasks":  # no year of its own: brought up to date
            later = (frame["progress"].astype(float) + 0.15).clip(upper=1).map("{:.2f}".format)
            new["tasks"], past = frame.assign(progress=later, updated=f"{YEAR}-12-20"), frame
        elif "year" not in frame:  # a register of all years
            past = frame
        else:
            this = frame["year"] == str(YEAR)
            new[path.stem], past = frame[this], frame[~this]
        past.to_csv(desk / path.name, index=False, lineterminator="\n")
        files.append(desk / path.name)
    return files, new


def _foreign(desk, frame, year):
    """A year of the survey as its program keeps it, with a mapping beside it; the first year is a plain table."""
    ending = MAPPED.get(year)
    path = desk / f"households-{year}.csv"
    if ending is None:
        frame.to_csv(path, index=False, lineterminator="\n")
        return path
    told = frame.drop(columns=["year", "status"]).rename(columns=NAMES)
    told["urban"] = told["urban"].map({"rural": 0, "urban": 1})
    for column in [c for c in told if c.startswith(("inc_", "cons", "wt", "n_"))] + ["town", "vill"]:
        told[column] = pd.to_numeric(told[column])  # codes too: these programs keep numbers
    path = desk / f"survey{year}{ending}"
    if ending == ".dta":
        told.astype({"town": float, "vill": float}).to_stata(path, write_index=False, version=118)
    elif ending == ".sav":
        import pyreadstat

        pyreadstat.write_sav(told, path)
    else:
        told["inc_total"] = told["inc_total"].map(lambda v: "" if pd.isna(v) else f"{v:,.0f}")
        told.to_csv(path, index=False, lineterminator="\n")
    columns = "".join(f"  {ours}: {theirs}\n" for ours, theirs in NAMES.items())
    path.with_name(f"{path.stem}.map.yml").write_text(
        f"note: 住户调查{year}\ntable: households\ncolumns:\n{columns}constants: {{year: {year}, status: survey}}\n"
        "codes:\n  residence: {0: rural, 1: urban}\n",
        "utf-8",
    )
    return path


KEYS = {
    "observations": ("indicator", "place"),
    "target-values": ("target", "place"),
    "tasks": ("id",),
    "demands": ("place", "quarter", "topic"),
    "aspects": ("unit", "aspect"),
}
NUMBERS = {"value", "n", "se", "count", "resolved", "satisfied", "score", "progress"}


def fill(folder, new):
    """Fill in the forms of a folder as departments would, each cell that has an answer.

    Parameters
    ----------
    folder : Path
        Forms as the command lays them out.
    new : dict
        As `gathered` gives it.

    Returns
    -------
    list of Path
        The forms with something in them; the others are thrown away, as departments that owe nothing do.
    """
    told = {
        table: {tuple(row[k] for k in keys): row for row in new[table].to_dict("records")}
        for table, keys in KEYS.items()
    }
    filled = []
    for path in sorted(Path(folder).glob("*.xlsx")):
        book = load_workbook(path)
        sheet = book["填报"]
        names = [HEADINGS.get(cell.value) for cell in sheet[1]]
        table = next(t for t, keys in KEYS.items() if set(keys) <= set(names))
        count = sum(_fill_row(sheet[n], names, told[table], KEYS[table]) for n in range(2, sheet.max_row + 1))
        if count:
            book.save(path)
            filled.append(path)
        else:
            path.unlink()
    return filled


def _fill_row(cells, names, told, keys):
    """One printed row: what is asked is written where nothing stands; tasks are brought up to date."""
    at = dict(zip(names, cells, strict=True))
    found = told.get(tuple(str(at[k].value) for k in keys))
    for name in (n for n in names if found and found.get(n) not in (None, "")):
        if at[name].value is None or name in ("progress", "updated"):
            at[name].value = float(found[name]) if name in NUMBERS else found[name]
    return found is not None
