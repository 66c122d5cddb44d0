"""Forms for what is no indicator: values of targets, tasks, demands, scores of aspects, registers kept by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from research.core.formulas import neutral
from research.core.scope import Scope
from research.indicators.forms import style as form_style
from research.indicators.forms.cleaning import STATUS_WORDS
from research.indicators.forms.priced import priced
from research.indicators.reference import calibre, reference
from research.indicators.reference.goals import plan_of
from research.indicators.reference.plans import in_force
from research.indicators.reference.schemas import ASPECTS, SCHEMAS, read_table

TITLES = {"target-values": "目标数值", "tasks": "重点任务", "demands": "群众诉求", "aspects": "考评得分",
          "policies": "政策登记", "lists": "年度清单", "pairs": "结对登记", "grids": "覆盖网格",
          "village-values": "村级指标", "quantities": "生态产品实物量", "topics": "研究课题",
          "claims": "试点主张"}  # fmt: skip
"""The registers that have a form, and what it is called."""
OPEN = ("tasks", "policies", "lists", "pairs", "grids", "topics", "claims")
"""Those to which rows are added: their form is written even where nothing is known yet."""
WHOLE = ("demands", "pairs", "grids", "village-values", "quantities", "topics", "claims")
"""Those that nobody hands in by department: one form for the district."""
DATES = ("start", "due", "milestone_due", "updated", "issued", "effective", "ends", "review", "finished")
CODES = ("place", "target", "id", "unit", "village", "giver", "receiver", "clauses", "targets", "number", "item")
SPARE = 40
"""Empty rows below the known ones, for new tasks and topics."""
_FIXED = {
    "target-values": ("target", "place", "year", "unit"),
    "tasks": (),
    "demands": ("place", "year", "quarter"),
    "aspects": ("unit", "year", "aspect"),
    "village-values": ("village", "year", "village_item"),
    "quantities": ("place", "year", "quantity"),
}
_HELP = {"target-values": ("name", "目标", 40), "demands": ("place_name", "地区", 14), "aspects": ("name", "名称", 18),
         "village-values": ("place_name", "地区", 24), "quantities": ("place_name", "地区", 14)}  # fmt: skip
_WIDTHS = {"title": 40, "question": 40, "claim": 40, "outcome": 30, "notebook": 30, "village": 16, "village_item": 18,
           "giver": 16, "receiver": 16, "application": 26, "cell": 22, "quantity": 16,
           "name": 34, "lead_unit": 18, "source": 24, "milestone": 16, "topic": 16, "unit": 14}  # fmt: skip


def rows(scope: Scope, table: str, department: str = "", place: str = "") -> pd.DataFrame:
    """The rows that a form of a register begins with.

    Parameters
    ----------
    scope : Scope
        Its edition is the year that is asked for.
    table : str
        A key of `TITLES`.
    department : str
        Only the targets that this department leads, its tasks, or its own scores.
    place : str
        Only this place, by its code.

    Returns
    -------
    DataFrame
        The register's columns, and what helps to read a row; empty where the department owes nothing of the kind.
    """
    ways = {"target-values": _targets, "tasks": _tasks, "demands": _demands, "aspects": _aspects,
            "village-values": _villages, "quantities": _quantities, "lists": _lists}  # fmt: skip
    made = ways[table](scope, department, place) if table in ways else _known(scope, table, department, place)
    names = [c.name for c in SCHEMAS[table]]
    extra = [_HELP[table][0]] if table in _HELP else []
    return pd.DataFrame(made, columns=list(dict.fromkeys([*extra, *names]))).astype(object)


def _held(scope, table):
    path = scope.data.folder / f"{table}.csv"
    return read_table(path, table) if path.is_file() else pd.DataFrame(columns=[c.name for c in SCHEMAS[table]])


def _targets(scope, department, place):
    """The targets of the plan in force that no indicator measures: their department hands the values in."""
    project, year = scope.project, scope.edition
    all_plans, district = reference.plans(project), str(reference.district(project)["code"])
    table, joins = reference.load(project, "targets"), reference.load(project, "target_indicators")
    measured = set(joins.loc[joins["rule"].ne(""), "target"])
    table = table[plan_of(table, all_plans).eq(in_force(all_plans, year).id) & ~table["id"].isin(measured)]
    if department:
        table = table[table["department"].eq(department)]
    return [
        {"target": r.id, "name": r.indicator, "place": district, "year": year, "unit": r.unit}
        for r in table.itertuples()
        if place in ("", district)
    ]


def _tasks(scope, department, place):
    """The tasks that are known already, to be brought up to date; none of the sample's."""
    if scope.data.is_sample:
        return []
    held = _held(scope, "tasks")
    held = held[held["lead_unit"].eq(department)] if department else held
    held = held[held["place"].eq(place)] if place else held
    return held.to_dict("records")


def _known(scope, table, department, place):
    """The rows of a register that stand already, to be brought up to date; none of the sample's."""
    if scope.data.is_sample:
        return []
    held = _held(scope, table)
    held = held[held["department"].eq(department)] if department and "department" in held else held
    held = held[held["place"].eq(place)] if place and "place" in held else held
    return held.to_dict("records")


def _lists(scope, department, place):
    """The year's own rows; where there are none, what the year before left open, to be gone on with."""
    held = pd.DataFrame(_known(scope, "lists", department, place), columns=[c.name for c in SCHEMAS["lists"]])
    now = held[held["year"].eq(scope.edition)]
    if len(now):
        return now.to_dict("records")
    left = held[held["year"].eq(scope.edition - 1) & ~held["state"].isin(["完成", "中止"])]
    return left.assign(year=scope.edition, state=None, result=None).to_dict("records")


def _villages(scope, department, place):
    """Every village and item that was handed in before, without the value."""
    villages, items = (
        reference.load(scope.project, "villages"),
        dict.fromkeys(_held(scope, "village-values")["village_item"]),
    )
    villages = villages[villages["place"].eq(place)] if place else villages
    return [
        {"village": v.code, "place_name": v.name, "year": scope.edition, "village_item": item}
        for v in villages.itertuples()
        for item in items
    ]


def _quantities(scope, department, place):
    """Every place with what the trees ask for, and what was handed in before."""
    names, kinds = _names(scope.project), {**priced(scope.project)}
    kinds |= dict.fromkeys(_held(scope, "quantities")["quantity"])
    return [
        {"place": code, "place_name": names[code], "year": scope.edition, "quantity": kind}
        for code in ([place] if place else list(names)[1:])
        for kind in kinds
    ]


def _demands(scope, department, place):
    """Every place, quarter and topic of the years before; a department hands none in, its centre does."""
    if department:
        return []
    names, held = _names(scope.project), _held(scope, "demands")
    topics = list(dict.fromkeys(held["topic"])) or [None]
    return [
        {"place": code, "place_name": names[code], "year": scope.edition, "quarter": q, "topic": topic}
        for code in ([place] if place else list(names)[1:])
        for q in (1, 2, 3, 4)
        for topic in topics
    ]


def _aspects(scope, department, place):
    names = _names(scope.project)
    owners = sorted(set(reference.load(scope.project, "targets")["department"]) - {""})
    units = {**{c: names[c] for c in list(names)[1:]}, **dict(zip(owners, owners, strict=True))}
    chosen = [place] if place else [department] if department else list(units)
    return [
        {"unit": u, "name": units[u], "year": scope.edition, "aspect": a} for u in chosen if u in units for a in ASPECTS
    ]


def _names(project):
    places, about = reference.load(project, "places"), reference.district(project)
    return {str(about["code"]): about["name"], **dict(zip(places["code"], places["name"], strict=True))}


def book(
    scope: Scope, table: str, given: pd.DataFrame, title: str, sheets: tuple[str, str, str], version: str
) -> Workbook:
    """A register's form: its known rows, rows to fill in, drop-downs, a page that explains it.

    Parameters
    ----------
    scope : Scope
    table : str
    given : DataFrame
        As `rows` gives it.
    title : str
        Whose form it is.
    sheets : tuple of str
        Names of the sheets of entries, of the notes, and of the hidden facts.
    version : str
        Of the forms.

    Returns
    -------
    openpyxl.Workbook
    """
    made = Workbook()
    sheet, columns = made.active, _columns(table)
    sheet.title = sheets[0]
    for number, (_, heading, width) in enumerate(columns, start=1):
        cell = sheet.cell(1, number, heading)
        form_style.heading(cell)
        sheet.column_dimensions[get_column_letter(number)].width = width
    last = len(given) + (SPARE if table in OPEN or given.empty else 0) + 1
    scales = calibre.scales(calibre.load(scope.project))
    for line, row in enumerate(given.to_dict("records"), start=2):
        _row(sheet, line, columns, row, table)
        if words := scales.get(row.get("target")):
            _drop_down(sheet, f"{_letter(columns, 'value')}{line}", list(words))
    for line in range(len(given) + 2, last + 1):
        _row(sheet, line, columns, {}, table)
    _drop_downs(sheet, table, columns, last)
    sheet.freeze_panes, sheet.auto_filter.ref = "B2", f"A1:{get_column_letter(len(columns))}{last}"
    form_style.printed(sheet, f"{scope.edition}年{TITLES[table]}填报表：{title}")
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
    units = priced(scope.project) if table == "quantities" else {}
    _notes(made.create_sheet(sheets[1]), scope.edition, table, title, units)
    hidden = made.create_sheet(sheets[2])
    for fact in (("version", version), ("edition", scope.edition), ("title", title), ("table", table)):
        hidden.append(fact)
    hidden.sheet_state = "veryHidden"
    return made


def _columns(table):
    own = [(c.name, c.label, _WIDTHS.get(c.name, 12)) for c in SCHEMAS[table]]
    return own[:1] + ([_HELP[table]] if table in _HELP else []) + own[1:]


def _letter(columns, name):
    return get_column_letter(1 + [c[0] for c in columns].index(name))


def _row(sheet, line, columns, row, table):
    for number, (name, _, _) in enumerate(columns, start=1):
        value = row.get(name)
        known = value is not None and value is not pd.NaT and value == value
        cell = sheet.cell(line, number, neutral(_plain(value)) if known else None)
        fixed = (name in _FIXED.get(table, ()) or name == _HELP.get(table, ("",))[0]) and known
        cell.protection = Protection(locked=bool(fixed))
        form_style.body(cell, name, entered=not fixed)
        if name in DATES:
            cell.number_format = "yyyy-mm-dd"
        elif name in CODES:
            cell.number_format = "@"


def _plain(value):
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    words = {v: k for k, v in STATUS_WORDS.items()}
    return words.get(value, value) if isinstance(value, str) else value


def _drop_downs(sheet, table, columns, last):
    for column in SCHEMAS[table]:
        letter = _letter(columns, column.name)
        if column.name == "status":
            _drop_down(sheet, f"{letter}2:{letter}{last}", list(STATUS_WORDS))
        elif column.choices and column.name not in _FIXED.get(table, ()):
            _drop_down(sheet, f"{letter}2:{letter}{last}", column.choices)
        if column.low is not None or column.unit:
            sheet[f"{letter}1"].comment = Comment(_range(column), "bluebook")


def _range(column):
    bounds = (
        ""
        if column.low is None
        else f"{column.low:g}至{column.high:g}"
        if column.high is not None
        else (f"{column.low:g}以上")
    )
    return "，".join(t for t in (column.label, bounds, column.unit) if t)


def _drop_down(sheet, cells, choices):
    check = DataValidation("list", formula1='"' + ",".join(choices) + '"', allow_blank=True)
    check.errorTitle, check.error = "填写不对", "请从下拉列表中选择"
    check.add(cells)
    sheet.add_data_validation(check)


def _notes(sheet, year, table, title, units):
    lines = [
        f"{year}年{TITLES[table]}填报表：{title}",
        "",
        "填报单位",
        "填报人",
        "填报日期",
        "",
        "请只填浅黄色单元格；没有内容的请留空，不要填 0、“无”或“—”。灰色单元格已锁定，请勿改动。",
        {
            "target-values": "本表列出没有指标衡量的规划目标；有下拉列表的目标请选择档次用语，其余只填数字。",
            "tasks": "已有任务请更新“进度”（0至1，或百分数）与“更新日期”；新任务填在下方空行，编号不要重复。",
            "demands": "办结件数不超过件数，满意件数不超过办结件数。",
            "aspects": "得分为0至100分；工作成效由系统计算，不在此表填报。",
            "policies": "每件一行；尚在起草的不填文号、印发和施行日期。已有的编号不要改；几个编号用分号隔开。",
            "lists": "当年各张清单的事项；上年未完成的已列出，请填本年进展。",
            "pairs": "强村弱村的两头都填村（社区）代码，多对一的受助方填乡镇街道代码；结束的请填终止日期。",
            "grids": "网格和事项的名称照 grids.csv。",
            "village-values": "请只填数值；没有的留空。是否类填 1 或 0。",
            "quantities": "请只填数值；没有的留空。",
            "topics": "每个课题一行；笔记本填本项目中的路径。",
            "claims": "一行一项主张；指标、目标、图表、案例的编号用分号隔开。",
        }[table],
        "重复交表时，同一行以最后一次为准，以前的数值保留在历史中。",
        *(["计量单位：" + "；".join(f"{k}：{u}" for k, u in units.items()) + "。"] if units else []),
    ]
    for number, line in enumerate(lines, start=1):
        sheet.cell(number, 1, line)
    for number in (3, 4, 5):
        sheet.cell(number, 2).protection = Protection(locked=False)
        sheet.cell(number, 2).fill = form_style.ENTRY
    form_style.notes(sheet, (3, 4, 5))
    form_style.printed(sheet, lines[0])
    sheet.protection.sheet = True


def path_of(folder: Path, table: str, title: str, year: int) -> Path:
    """The file of a register's form: `<title>-<register>-<year>.xlsx`."""
    return folder / f"{title}-{TITLES[table]}-{year}.xlsx"
