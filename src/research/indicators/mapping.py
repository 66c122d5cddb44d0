"""Tables in somebody else's shape: a small YAML file beside the table says which column is what.

`收入.map.yml` beside `收入.xlsx` (or .csv, .parquet, .dta)::

    table: observations        # or households
    sheet: Sheet1              # workbooks only
    header: 3                  # row of the headings, default 1
    columns: {place: 乡镇}      # our column: their heading
    constants: {year: 2025, source: 住户调查}
    wide: {人均可支配收入: ECO-1-02}   # their heading: indicator, one column an indicator
    units: {人均可支配收入: 万元}      # where their unit is not the indicator's
    codes: {residence: {1: urban, 2: rural}}   # their code: ours
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from research import tables
from research.errors import DataError, Fault, nearest
from research.indicators import reference
from research.indicators.schemas import SCHEMAS
from research.indicators.sheets import FACTORS, Filled, clean
from research.indicators.tables import read_csv, read_yaml

KEYS = ("table", "sheet", "header", "columns", "constants", "wide", "units", "codes")
ENDINGS = (".xlsx", ".csv", ".parquet", ".dta")


def mapping_of(path):
    """The mapping file beside a table, or None.

    Examples
    --------
    >>> mapping_of("no/such/table.csv") is None
    True
    """
    path = Path(path)
    beside = path.with_name(f"{path.stem}.map.yml")
    return beside if beside.is_file() else None


def read_mapped(project, path, mapping=None):
    """A table in a foreign shape as `observations` or `households`.

    Parameters
    ----------
    project : Project
    path : str or Path
        .xlsx, .csv, .parquet or .dta (Stata).
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
            frame = _frame(path, rules)
            filled.faults += _column_faults(frame, rules, filled)
    except DataError as error:
        filled.faults += error.faults
    if filled.faults:
        return filled
    filled.headings = {ours: str(theirs) for ours, theirs in (rules.get("columns") or {}).items()}
    filled.rows = _shaped(project, frame, rules, filled)
    return filled


def _rule_faults(rules, name):
    if not isinstance(rules, dict):
        return [Fault(name, "entries like `columns: {place: 乡镇}`", type(rules).__name__, kind="mapping")]
    faults = [Fault(f"{name}, {k}", "a known entry", repr(k), nearest(k, KEYS), "mapping")
              for k in rules if k not in KEYS]
    table = rules.get("table", "observations")
    if table not in ("observations", "households"):
        return [*faults, Fault(f"{name}, table", "observations or households", repr(table), kind="mapping")]
    known = [c.name for c in SCHEMAS[table]]
    for part in ("columns", "constants", "codes"):
        given = rules.get(part) or {}
        if not isinstance(given, dict):
            faults.append(Fault(f"{name}, {part}", "pairs", type(given).__name__, kind="mapping"))
            continue
        faults += [Fault(f"{name}, {part}", "a column of ours", repr(c), nearest(c, known), "mapping")
                   for c in given if c not in known]
    return faults


def _frame(path, rules):
    """The foreign table; cells as they are, rows counted from the headings."""
    skip, ending = int(rules.get("header", 1)) - 1, path.suffix.lower()
    if ending == ".csv":
        frame = read_csv(path)
        if skip:
            head = frame.iloc[skip - 1]
            frame = frame.iloc[skip:].set_axis([str(h) for h in head], axis=1)
        return frame
    if ending == ".parquet":
        return tables.read_table(path)
    if ending == ".dta":
        return pd.read_stata(path, convert_categoricals=False)
    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    name = rules.get("sheet") or book.sheetnames[0]
    if name not in book.sheetnames:
        raise DataError(Fault(f"{path.name}, sheet {name}", "a sheet of the workbook", "none",
                              nearest(name, book.sheetnames), "sheet"))
    lines = list(book[name].iter_rows(values_only=True))[skip:]
    head = [str(h).strip() if h is not None else "" for h in (lines[0] if lines else ())]
    frame = pd.DataFrame(lines[1:], columns=head, dtype=object)
    return frame.set_axis(range(skip, skip + len(frame)), axis=0)


def _column_faults(frame, rules, filled):
    wanted = [*(rules.get("columns") or {}).values(), *(rules.get("wide") or {}), *(rules.get("units") or {})]
    return [Fault(f"{filled.where}, headings", f"a column {w}", "none", nearest(w, frame.columns), "column")
            for w in dict.fromkeys(map(str, wanted)) if w not in frame.columns]


def _shaped(project, frame, rules, filled):
    """Rename, unpivot, translate names and codes, convert units: the table in our columns, as text."""
    columns, constants = rules.get("columns") or {}, rules.get("constants") or {}
    base = pd.DataFrame({ours: frame[str(theirs)] for ours, theirs in columns.items()}, index=frame.index, dtype=object)
    for column, value in constants.items():
        base[column] = value
    if rules.get("wide"):
        base = _unpivoted(project, base, frame, rules)
    for column, codes in (rules.get("codes") or {}).items():
        table = {_plain(k): v for k, v in codes.items()}
        base[column] = [table.get(_plain(v), v) for v in base[column]]
    names = _names(project)
    for column in base.columns.intersection(["place", "indicator"]):
        base[column] = [names[column].get(str(v).strip(), v) for v in base[column]]
    base = base.reindex(columns=[c.name for c in SCHEMAS[filled.table]])
    for column in base:
        base[column] = pd.Series([clean(v, column) for v in base[column]], index=base.index, dtype=object)
    return base[base.drop(columns=list(base.columns.intersection(list(constants)))).notna().any(axis=1)]


def _unpivoted(project, base, frame, rules):
    units = reference.load(project, "indicators").set_index("id")["unit"]
    parts = []
    for heading, indicator in rules["wide"].items():
        given = (rules.get("units") or {}).get(heading)
        wanted = units.get(indicator, "").split("/")[0]
        factor = FACTORS.get((given, wanted), 1.0) if given else 1.0
        cells = frame[str(heading)]
        if factor != 1.0:
            number = pd.to_numeric(cells, errors="coerce")
            cells = (number * factor).where(number.notna(), cells)
        parts.append(base.assign(indicator=indicator, value=cells)[cells.notna()])
    return pd.concat(parts).sort_index(kind="stable") if parts else base


def _plain(value):
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _names(project):
    places, about = reference.load(project, "places"), reference.district(project)
    short = dict(zip(places["name_short"], places["code"], strict=True))
    full = {about["name"]: str(about["code"]), **dict(zip(places["name"], places["code"], strict=True))}
    indicators = reference.load(project, "indicators")
    return {"place": {**short, **full}, "indicator": dict(zip(indicators["name_zh"], indicators["id"], strict=True))}
