"""What a clerk or editor is told is there in Chinese: every fault's words, marked copies, tables of reasons."""

import ast
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import research
from research.core.faults import AllFaults, DataError, Fault, say, spot
from research.indicators.checks.cells import _fault, _range_text
from research.indicators.intake.marking import marked_copy
from research.indicators.intake.reasons import write
from research.indicators.intake.sheets import Filled
from research.indicators.reference.schemas import SCHEMAS, number_faults

ROOT = Path(research.__file__).parent
FILES = sorted(
    p for room in ("indicators", "cases", "edition", "assessment", "book", "runs") for p in (ROOT / room).rglob("*.py")
)


def _bare(node):
    """English words of an expression that no call (of `say`, of a function that makes hints) carries into Chinese."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return []
    if isinstance(node, ast.FormattedValue):  # what is put in is data
        return []
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if re.search(r"[A-Za-z]{2}", node.value) else []
    if isinstance(node, ast.Subscript):
        return []
    return [word for child in ast.iter_child_nodes(node) for word in _bare(child)]


def _told(tree):
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Fault":
            named = {k.arg: k.value for k in call.keywords}
            given = dict(zip(("place", "expected", "found", "way_out"), call.args, strict=False)) | named
            yield call.lineno, [given[k] for k in ("expected", "way_out") if k in given]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_expected_and_way_out_of_every_fault_are_there_in_chinese(path):
    bare = [
        (line, w)
        for line, nodes in _told(ast.parse(path.read_text("utf-8")))
        for node in nodes
        for w in _bare(node)
        if not w.startswith(("bluebook ", "postgresql://"))
    ]
    assert bare == []


def test_the_walk_finds_what_has_no_chinese():
    tree = ast.parse('Fault(p, "a number", x)\nFault(p, say("a number", "数值"), "none", f"write {x}")')
    assert [(line, [w for n in nodes for w in _bare(n)]) for line, nodes in _told(tree)] == [
        (1, ["a number"]),
        (2, ["write "]),
    ]


def _column(table, name):
    return next(c for c in SCHEMAS[table] if c.name == name)


def test_cells_are_told_in_chinese():
    where = spot("甲.csv", row=3, column="权数")
    blank = _fault(_column("households", "weight"), "not_nullable", None, where)
    assert blank.text("zh") == "甲.csv，第3行，“权数”列：应为权数，现为空单元格（请填写）"
    assert blank.text("en") == "甲.csv, row 3, column 权数: expected 权数, found an empty cell (fill it in)"
    assert _range_text(_column("households", "weight")).zh == "大于0（户）"
    assert _range_text(_column("tasks", "progress")).zh == "0或以上、1或以下"
    number = number_faults(pd.Series({4: "3.2万"}), _column("households", "income"), "甲.csv")[0]
    assert number.text("zh") == "甲.csv，第6行，“income”列：应为数值（元/年），现为'3.2万'（请写32000）"


def _filled(folder):
    path = folder / "甲.xlsx"
    book = openpyxl.Workbook()
    for line in (["地区代码", "本年值"], ["331003", "x"]):
        book.active.append(line)
    book.save(path)
    return Filled(path, pd.DataFrame(), sheet=book.active.title)


def test_a_marked_copy_is_chinese_throughout(tmp_path):
    filled = _filled(tmp_path)
    fault = Fault(
        spot(filled.where, row=2, column="本年值"), say("a number", "数值"), "'x'", say("correct it", "请改正")
    )
    copy = openpyxl.load_workbook(marked_copy(filled, [fault]))
    assert copy.active["B2"].comment.text == "应为：数值\n现为：'x'\n办法：请改正"


def test_a_table_of_reasons_is_chinese_throughout(tmp_path):
    filled = _filled(tmp_path)
    fault = Fault(spot(filled.where, row=2, column="本年值"), say("a number", "数值"), say("nothing", "没有"))
    table = pd.read_csv(write({"jump:X@1:2024": fault}, filled.path, {}), encoding="utf-8-sig")
    assert list(table.columns) == ["提醒", "文件", "工作表", "行", "列", "应为", "现为", "理由"]
    assert table.loc[0, ["应为", "现为"]].tolist() == ["数值", "没有"]


def test_the_note_goes_with_all_faults():
    made = AllFaults([Fault("甲.csv", say("a number", "数值"), "'x'")], note=say("see there", "见那里"))
    assert made.text("zh") == "1处问题：\n  甲.csv：应为数值，现为'x'\n见那里"
    assert DataError(made.faults, say("see there", "见那里")).text("zh").endswith("\n见那里")
