"""Registers kept by hand go out as Excel forms in Chinese and come back, hostile rows and all."""

from datetime import datetime

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from research.cli.app import app
from research.core.scope import open_project
from research.indicators.forms import registers
from research.indicators.forms.cleaning import STATUS_WORDS
from research.indicators.registers.columns import KEPT
from research.indicators.store import store
from tests.support.years import project_until

REPORTED = next(zh for zh, key in STATUS_WORDS.items() if key == "reported")
OPEN = ["policies", "lists", "pairs", "grids", "topics", "claims"]
ROWS = {
    "policies": {"编号": "P9", "类别": "专项", "文件名称": "示例文件", "文号": "示例〔2024〕9号",
                 "部门": "区发改局", "印发日期": datetime(2024, 3, 1), "施行日期": datetime(2024, 4, 1),
                 "条文": "64；65",
                 "状态": REPORTED, "来源": "示例"},
    "lists": {"年份": 2024, "清单": "重点工作", "事项编号": "Z9", "名称": "示例事项",
              "部门": "区发改局", "进展": "推进中",
              "状态": REPORTED, "来源": "示例"},
    "pairs": {"编号": "J9", "类别": "多对一", "帮扶方": "示例企业", "受助方": "331003200",
              "开始": datetime(2024, 1, 1),
              "状态": REPORTED, "来源": "示例"},
    "grids": {"地区代码": "331003200", "年份": 2024, "覆盖网格": "八个一", "网格事项": "兴村领富强基书记",
              "名称": "示例", "状态": REPORTED, "来源": "示例"},
    "topics": {"编号": "R9", "研究问题": "示例问题？", "课题负责": "示例组",
               "所用数据": "households",
               "笔记本": "notebooks/district/pairs.ipynb", "完成期限": datetime(2024, 12, 1),
               "状态": REPORTED},
    "claims": {"申报的试点": "示例试点", "级别": "省级", "主张": "示例主张",
               "相关指标编号": "INC-3-03", "状态": REPORTED},
}  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return project_until(tmp_path_factory.mktemp("forms") / "p", 2024, households=False)


def run(project, *words, code=0):
    result = CliRunner().invoke(app, [*map(str, words), "--project", str(project.root)])
    if not code:
        assert result.exit_code == 0, getattr(result.exception, "text", lambda _: result.output)("zh")
    return result


def form(project, table, folder="forms"):
    whose = () if table in registers.WHOLE else ("--department", "区发改局")
    run(project, "template", "--edition", 2024, "--table", table, *whose, "--data", "sample",
        "--output", project.root / folder)  # fmt: skip
    return sorted((project.root / folder).glob(f"*{registers.TITLES[table]}-2024.xlsx"))


def fill(path, rows):
    """Rows written below what stands there, by heading, as a clerk would."""
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    heads = {c.value: c.column for c in sheet[1]}
    first = next(r for r in range(2, sheet.max_row + 2) if sheet.cell(r, 1).value is None)
    for k, row in enumerate(rows):
        for head, value in row.items():
            sheet.cell(first + k, heads[head]).value = value
    book.save(path)
    return path


def test_every_register_that_is_kept_has_a_form():
    assert set(KEPT) <= set(registers.TITLES)


@pytest.mark.parametrize("table", [pytest.param(t, marks=[pytest.mark.slow] if t != "policies" else []) for t in OPEN])
def test_a_row_goes_out_and_comes_back(project, table):
    paths = form(project, table)
    path = next((p for p in paths if "区发改局" in p.name), paths[0])
    run(project, "import", fill(path, [ROWS[table]]), "--to", f"own-{table}")
    kept = store.register(project.root / "data" / f"own-{table}", table)
    assert len(kept) == 1 and kept["status"].tolist() == ["reported"]
    wanted = {str(v) for v in ROWS[table].values() if isinstance(v, str)} - {"示例", REPORTED}
    assert {v.replace("；", ";") for v in wanted} <= {str(v).replace("；", ";") for v in kept.iloc[0]}


@pytest.mark.slow
def test_values_of_villages_are_asked_for_by_village_and_item(project):
    path = form(project, "village-values")[0]
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    heads = [c.value for c in sheet[1]]
    villages = pd.read_csv(open_project().reference / "villages.csv", dtype=str)
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    items = {r[heads.index("村级指标")] for r in rows}
    assert {"集体经营性收入", "户数"} <= items and len(rows) == len(villages) * len(items)
    line = next(i for i, r in enumerate(rows, start=2) if r[heads.index("村级指标")] == "户数")
    for head, value in {"数值": 321, "状态": REPORTED, "来源": "示例"}.items():
        sheet.cell(line, heads.index(head) + 1).value = value
    book.save(path)
    run(project, "import", path, "--to", "own-villages")
    kept = store.register(project.root / "data" / "own-villages", "village-values")
    assert kept[["village_item", "value"]].values.tolist() == [["户数", "321"]] and len(kept) == 1


@pytest.mark.slow
def test_quantities_of_the_index_in_money_go_out_by_place_and_item_and_come_back(project):
    """Each place and each item of the tree has a line; what is filled in is stored, what is left empty is not."""
    path = form(project, "quantities")[0]
    book = openpyxl.load_workbook(path)
    sheet = book["填报"]
    heads = [c.value for c in sheet[1]]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    places = pd.read_csv(open_project().reference / "places.csv", dtype=str)
    items = {r[heads.index("实物量")] for r in rows}
    assert {"水源涵养量", "固碳量"} <= items and len(rows) == len(places) * len(items)
    told = " ".join(str(c.value) for row in book["说明"] for c in row if c.value)
    assert "水源涵养量：万立方米" in told, "a number without its unit cannot be filled in"
    line = next(i for i, r in enumerate(rows, start=2) if r[heads.index("实物量")] == "水源涵养量")
    for head, value in {"数值": 12.5, "状态": REPORTED, "来源": "示例"}.items():
        sheet.cell(line, heads.index(head) + 1).value = value
    book.save(path)
    run(project, "import", path, "--to", "own-quantities")
    kept = store.register(project.root / "data" / "own-quantities", "quantities")
    assert kept[["place", "quantity", "value"]].values.tolist() == [[rows[line - 2][0], "水源涵养量", "12.5"]]


@pytest.mark.slow
def test_a_strangers_bad_rows_are_told_together_by_row(project):
    """Ends before it begins, another kind, a formula, an unknown target, a policy that replaces itself, a twin."""
    bad = ROWS["policies"]
    rows = [
        bad | {"编号": "P1", "终止日期": datetime(2020, 1, 1)},
        bad | {"编号": "P2", "类别": "随便"},
        bad | {"编号": "P3", "服务的目标编号": "T999"},
        bad | {"编号": "P4", "替代的文件编号": "P4"},
        bad | {"编号": "P5", "印发日期": "不知道"},
        bad | {"编号": "P5"},
    ]
    paths = form(project, "policies", "forms-bad")
    path = fill(next(p for p in paths if "区发改局" in p.name), rows)
    result = run(project, "import", path, "--to", "own-bad", code=1)
    text = result.exception.text("zh") if hasattr(result.exception, "text") else result.output
    for row, said in ((2, "2020-01-01"), (3, "随便"), (4, "T999"), (5, "P4"), (6, "不知道"), (7, "P5")):
        assert f"第{row}行" in text and said in text, (row, said, text)
    assert not (project.root / "data" / "own-bad" / "policies.csv").exists()
