"""Columns of a table that asks for more than the line: names and numbers stay whole, long texts get the room."""

import json

import pytest

from research.book.paper.tables import read_grid
from research.book.tree import pandoc

ROWS = [
    "类别 文件 部门 施行 应修订 状态 条文 预算科目",
    "--- --- --- --- --- --- --- ---",
    "统领 关于高质量推进全面建设共同富裕区域标杆的意见（甲发〔2022〕1号） "
    "发展改革局 2022-06-01 2026-06-30 施行中 第64条 –",
    "专项 产业发展专项政策（甲政办发〔2022〕3号） 经信局 2022-09-01 2024-08-31 "
    "已被替代：《产业发展专项政策（2024年版）》 "
    "第65条、第11条、第13条 产业发展专项",
    "特色 共同富裕研究中心组建章程 自然资源和规划局 2022-08-01 2025-07-31 施行中 第66条 –",
]
POLICIES = "\n".join(f"| {' | '.join(row.split())} |" for row in ROWS)
ROOM = 1.5  # em, both sides of a cell


def columns(text, line):
    """Room for text in each column, in em, on a line of so many."""
    blocks = json.loads(pandoc.run(["-f", "markdown", "-t", "json"], text))["blocks"]
    (table,) = (b for b in blocks if b["t"] == "Table")
    return [f * line - ROOM for f in read_grid(table).fractions(line)]


@pytest.fixture(scope="module")
def policies():
    return columns(POLICIES, 58.9)  # 442 pt in type of 7.5 pt


def test_dates_and_short_names_are_not_broken(policies):
    assert min(policies[3:5]) >= 10 * 0.55  # ten digits and dashes of about half an em
    assert policies[0] >= 2 and policies[2] >= 5 and policies[5] >= 3


def test_the_long_texts_get_the_room_that_is_left(policies):
    title = policies[1]
    assert title > 1.5 * (58.9 / 8 - ROOM) and title > max(policies[2:])  # half as much again as an equal share
    assert 34 / title <= 4  # the longest title takes at most four lines; six, where all columns are alike
    assert sum(policies) + 8 * ROOM == pytest.approx(58.9)


def test_an_interval_stays_whole_beside_a_long_text():
    words = "很长的一段说明文字，" * 12
    rows = [f"| 出口额 | 295.68～318.34 | {words} |", f"| 零售额 | 333.26～354.71 | {words} |"]
    text = "\n".join(["| 项 | 区间 | 说明 |", "|---|---|---|", *rows])
    one, interval, long = columns(text, 30)
    assert one >= 3 and interval >= 12 * 0.55 + 1 and long > 13


def test_a_table_without_room_for_its_words_still_fills_the_line():
    cells = " | ".join(f"{n}2345678901" for n in range(9))
    found = columns(f"| {cells} |\n|{'---|' * 9}\n| {cells} |\n", 30)
    assert len(found) == 9 and sum(found) + 9 * ROOM == pytest.approx(30)
    assert max(found) == pytest.approx(min(found))
