"""Tables in somebody else's shape: a small YAML file beside the table says which column is what.

`收入.map.yml` beside `收入.xlsx` (or .csv, .parquet, .dta of Stata, .sav of SPSS)::

    table: observations        # or households, quarters
    sheet: Sheet1              # workbooks only
    header: 3                  # row of the headings, default 1
    columns: {place: 乡镇}      # our column: their heading; several headings are added up
    constants: {year: 2025, source: 住户调查}
    wide: {人均可支配收入: ECO-1-02}   # their heading: indicator, one column an indicator
    units: {人均可支配收入: 万元}      # where their unit is not the indicator's
    missing: [-1, -2, -8, -9]  # codes that mean "no answer", in every column
    labels: [residence]        # our columns that take the value labels of Stata or SPSS instead of the codes
    codes: {residence: {1: urban, 2: rural}}   # their code (or label): ours
    encoding: gb18030          # of an old Stata or SPSS file whose Chinese cannot be read

Examples for CFPS, CHIP and CGSS lie in `data/sample/mappings`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.texts import read_yaml
from research.indicators.forms.cleaning import NUMBERS, clean, clean_column, factor
from research.indicators.intake import grid
from research.indicators.intake.foreign import read_foreign
from research.indicators.intake.sheets import Filled, runaway
from research.indicators.reference import reference
from research.indicators.reference.schemas import SCHEMAS

if TYPE_CHECKING:
    from research.core.scope import Project

TABLES = ("observations", "households", "quarters")
KEYS = (
    "table",
    "sheet",
    "header",
    "columns",
    "constants",
    "wide",
    "units",
    "codes",
    "missing",
    "labels",
    "encoding",
    "note",
)


def mapping_of(path: Path) -> Path | None:
    """The mapping file beside a table, or None.

    Examples
    --------
    >>> mapping_of("no/such/table.csv") is None
    True
    """
    path = Path(path)
    beside = path.with_name(f"{path.stem}.map.yml")
    return beside if beside.is_file() else None


def read_mapped(project: Project, path: Path, mapping: Any = None) -> Filled:
    """A table in a foreign shape as `observations` or `households`.

    Parameters
    ----------
    project : Project
    path : str or Path
        .xlsx, .csv, .parquet, .dta (Stata) or .sav (SPSS).
    mapping : str or Path, optional
        Default: `<name>.map.yml` beside it.

    Returns
    -------
    Filled
        With the table's name in `table`; its `faults` say what the mapping or the file lacks.
    """
    path = Path(path)
    mapping = Path(mapping) if mapping else mapping_of(path)
    filled = Filled(path, pd.DataFrame(), supplier=path.stem)
    try:
        rules = read_yaml(mapping, mapping.name)
        filled.faults += _rule_faults(rules, mapping.name)
        if not filled.faults:
            filled.table = rules.get("table", "observations")
            filled.sheet = str(rules.get("sheet", ""))
            filled.header = rules.get("header", 1)
            frame, labels = read_foreign(path, rules)
            filled.faults += _column_faults(frame, rules, filled) + _lacking(rules, mapping.name)
    except DataError as error:
        filled.faults += error.faults
    if filled.faults:
        return filled
    filled.headings = {ours: " + ".join(_listed(theirs)) for ours, theirs in (rules.get("columns") or {}).items()}
    used = frame[[c for c in _wanted(rules) if c in frame]]
    filled.faults += _nested(used, filled) or runaway(used, Filled(path, used, filled.sheet))
    if not filled.faults:
        filled.rows = _shaped(project, frame, labels, rules, filled)
    return filled


def _lacking(rules, name):
    """Columns of ours that no entry of the mapping gives and that each row needs: one fault each, not one a row."""
    table = rules.get("table", "observations")
    given = {*(rules.get("columns") or {}), *(rules.get("constants") or {})}
    given |= {"status"} if table != "households" else set()  # a figure without one is reported
    given |= {"indicator", "value"} if rules.get("wide") else set()
    return [
        Fault(
            spot(name, item="columns"),
            say(f"an entry for {c.name}", f"有 {c.name}（{c.label}）一项"),
            say("none", "没有"),
            say("add it to columns or to constants", "请在 columns 或 constants 中补上"),
            "mapping",
        )
        for c in SCHEMAS[table]
        if not c.blank and not c.optional and c.name not in given
    ]


def _nested(used, filled):
    """Faults of cells that hold a list or a record: a table has one value in a cell."""
    faults = []
    for column in used.columns[used.dtypes.map(lambda d: d.kind == "O")]:
        odd = used[column].map(lambda v: isinstance(v, (list, dict, tuple, set, bytes, np.ndarray)))
        faults += [
            Fault(
                spot(filled.where, row=row + 2, column=column),
                say("one value in a cell", "一格一个值"),
                say("a list or record", "列表或结构"),
                say("write it as columns of their own", "请拆成单独的列"),
                "cell",
            )
            for row in odd[odd].index[:20]
        ]
    return faults


def _rule_faults(rules, name):
    if not isinstance(rules, dict):
        return [
            Fault(
                name,
                say("entries like `columns: {place: 乡镇}`", "“columns: {place: 乡镇}”这样的条目"),
                type(rules).__name__,
                kind="mapping",
            )
        ]
    faults = [
        Fault(f"{name}, {k}", say("a known entry", "已知的条目"), repr(k), nearest(str(k), KEYS), "mapping")
        for k in rules
        if k not in KEYS
    ]
    table = rules.get("table", "observations")
    if table not in TABLES:
        return [
            *faults,
            Fault(
                f"{name}, table",
                say("observations or households (or quarters)", "observations 或 households（或 quarters）"),
                repr(table),
                kind="mapping",
            ),
        ]
    known = [c.name for c in SCHEMAS[table]]
    whole = rules.get("header", 1)
    if not isinstance(whole, int) or not 1 <= whole <= 1000:
        faults.append(
            Fault(
                f"{name}, header",
                say("the row of the headings, 1 or more", "表头所在行，1或以上"),
                repr(whole),
                kind="mapping",
            )
        )
    faults += [
        Fault(f"{name}, {k}", say("a list", "列表"), type(rules[k]).__name__, kind="mapping")
        for k in ("missing", "labels")
        if k in rules and not isinstance(rules[k], list)
    ]
    faults += [
        Fault(f"{name}, {k}", say("pairs", "成对的条目"), type(rules[k]).__name__, kind="mapping")
        for k in ("wide", "units")
        if k in rules and not isinstance(rules[k], dict)
    ]
    for part in ("columns", "constants", "codes"):
        given = rules.get(part) or {}
        if not isinstance(given, dict):
            faults.append(Fault(f"{name}, {part}", say("pairs", "成对的条目"), type(given).__name__, kind="mapping"))
            continue
        faults += [
            Fault(f"{name}, {part}", say("a column of ours", "本系统的列名"), repr(c), nearest(c, known), "mapping")
            for c in given
            if c not in known
        ]
    return faults


def _listed(value):
    return [grid.heading(v) for v in value] if isinstance(value, list) else [grid.heading(value)]


def _wanted(rules):
    """Their headings that the mapping names, each once."""
    columns = [h for theirs in (rules.get("columns") or {}).values() for h in _listed(theirs)]
    return list(dict.fromkeys([*columns, *map(str, rules.get("wide") or {}), *map(str, rules.get("units") or {})]))


def _column_faults(frame, rules, filled):
    names, wanted = [str(c) for c in frame.columns], _wanted(rules)
    return [
        Fault(
            spot(filled.where, item="headings"),
            say(f"a column {w}", f"有“{w}”列"),
            say("none", "没有"),
            nearest(w, names),
            "column",
        )
        for w in wanted
        if w not in names
    ] + grid.twice([n for n in names if n in wanted], filled.where, filled.header)


def _shaped(project, frame, labels, rules, filled):
    """Rename, unpivot, translate names and codes, convert units: the table in our columns, as text."""
    columns, constants = rules.get("columns") or {}, rules.get("constants") or {}
    frame = frame.assign(**{h: clean_column(frame[h], "value") for h in _numbers(rules)})
    if rules.get("missing"):
        codes = {_plain(v) for v in rules["missing"]}
        frame = frame.assign(**{c: _without(frame[c], codes) for c in _wanted(rules)})
    base = pd.DataFrame(
        {ours: _one(frame, _listed(theirs), filled) for ours, theirs in columns.items()}, index=frame.index
    )
    for column in rules.get("labels") or ():
        told = {_plain(k): v for k, v in labels.get(str(columns.get(column)), {}).items()}
        base[column] = _translated(base[column], told)
    for column, value in constants.items():
        base[column] = value
    if rules.get("wide"):
        base = _unpivoted(project, base, frame, rules)
    for column, codes in (rules.get("codes") or {}).items():
        base[column] = _translated(base[column], {_plain(k): v for k, v in codes.items()})
    names = _names(project)
    for column in base.columns.intersection(["place", "indicator"]):
        base[column] = _translated(base[column], names[column])
    base = base.reindex(columns=[c.name for c in SCHEMAS[filled.table] if not c.optional or c.name in base])
    for column in base:
        base[column] = clean_column(base[column], column)
    return base[base.drop(columns=list(base.columns.intersection(list(constants)))).notna().any(axis=1)]


def _without(cells, codes):
    """A column in which the codes for "no answer" are gaps."""
    bad = [v for v in cells.dropna().unique() if _plain(v) in codes]
    return cells.mask(cells.isin(bad)) if bad else cells


def _numbers(rules):
    """Their headings whose cells are used as numbers: cleaned before anything is reckoned with them."""
    columns = [
        h
        for ours, theirs in (rules.get("columns") or {}).items()
        for h in _listed(theirs)
        if ours in NUMBERS or isinstance(theirs, list)
    ]
    return list(dict.fromkeys([*columns, *map(str, rules.get("wide") or {}), *map(str, rules.get("units") or {})]))


def _one(frame, headings, filled):
    """One column, or the sum of several: a gap in one is a gap in the sum, what is no number is a fault."""
    if len(headings) == 1:
        return frame[headings[0]]
    parts = frame[headings].apply(pd.to_numeric, errors="coerce")
    for heading in headings:
        odd = frame[heading][frame[heading].notna() & parts[heading].isna()]
        filled.faults += [
            Fault(spot(filled.where, row=row + 2, column=heading), say("a number", "数值"), repr(cell), kind="number")
            for row, cell in odd.head(100).items()
        ]
    return parts.sum(axis=1, min_count=len(headings))


def _translated(cells, table):
    """Cells that stand in a table of codes or names, in our words; others as they are."""
    known = {v: table[_plain(v)] for v in cells.dropna().unique() if _plain(v) in table}
    return cells.astype(object).map(lambda v: known.get(v, v) if v == v else v) if known else cells


def _unpivoted(project, base, frame, rules):
    units = reference.load(project, "indicators").set_index("id")["unit"]
    parts = []
    for heading, indicator in rules["wide"].items():
        given = (rules.get("units") or {}).get(heading)
        wanted = units.get(indicator, "")
        times = factor(str(given), wanted) if given and wanted else 1.0
        cells = frame[str(heading)].astype(object)
        if times is None:
            raise DataError(
                Fault(
                    f"units, {heading}",
                    say(f"a unit like {wanted}", f"与{wanted}同类的单位"),
                    repr(given),
                    kind="mapping",
                )
            )
        if times != 1.0:
            number = pd.to_numeric(cells, errors="coerce")
            scaled = (number * times).map(lambda v: float(f"{v:.15g}"))
            cells = scaled.astype(object).where(number.notna(), cells)
        parts.append(base.assign(indicator=indicator, value=cells)[cells.notna()])
    return pd.concat(parts).sort_index(kind="stable") if parts else base


def _plain(value):
    """A code as text: 99999, 99999.0, "99,999" and "９９９９９" are one code."""
    text = clean(value, "value") or str(value).strip()
    return text[: text.index(".")] if re.fullmatch(r"-?\d+\.0+", text) else text


def _names(project):
    places, about = reference.load(project, "places"), reference.district(project)
    short = dict(zip(places["name_short"], places["code"], strict=True))
    full = {about["name"]: str(about["code"]), **dict(zip(places["name"], places["code"], strict=True))}
    indicators = reference.load(project, "indicators")
    return {"place": {**short, **full}, "indicator": dict(zip(indicators["name_zh"], indicators["id"], strict=True))}
