"""The page that an editor reads and signs, and the same in a few lines for the terminal."""

from __future__ import annotations

from pathlib import Path

from research.core.plain import template
from research.edition.changes.change import Change
from research.edition.changes.moves import Move
from research.edition.changes.names import Names

__all__ = ["change_text", "page", "short"]

MOST = 60
"""Rows of a table on the page; what must be looked at is listed to the last row."""
TABLES = {
    "observations": "指标值",
    "scores": "指数得分",
    "ranks": "名次",
    "attainment": "目标状态",
    "attainment_rates": "达成率",
}
COLOURS = {"green": "绿", "yellow": "黄", "red": "红", "grey": "不能评估"}
TEMPLATE = Path(__file__).with_suffix(".html")


def change_text(change: Change, names: Names) -> str:
    """A change in one line.

    Examples
    --------
    >>> change_text(Change("reference/indicators.csv", ("A-1",), "direction", "1", "-1", "方向反转"), Names())
    '方向反转：reference/indicators.csv A-1 direction：1 → -1'
    """
    where = " ".join(filter(None, [change.file, *map(names.word, change.key), names.word(change.what)]))
    values = f"：{_cut(change.before)} → {_cut(change.now)}" if change.before or change.now else ""
    return f"{change.kind}：{where}{values}"


def _cut(text, most=60):
    return "（空）" if text == "" else text if len(text) <= most else text[: most - 1] + "…"


def short(changes: list[Change], moves: list[Move], names: Names, most: int = 5) -> list[str]:
    """What a terminal shows: what must be looked at, then what moved most, each with its nearest input.

    Parameters
    ----------
    changes : list of Change
    moves : list of Move
    names : Names
    most : int
        Lines of each kind.

    Returns
    -------
    list of str
    """
    look = [c for c in changes if c.look]
    lines = [change_text(c, names) for c in (look or changes)[:most]]
    rest = len(changes) - len(lines)
    lines += [f"另有{rest}处输入改动"] if rest > 0 else []
    for table in TABLES:
        here = [m for m in moves if m.table == table]
        if here:
            cause = f"（{change_text(here[0].causes[0], names)}）" if here[0].causes else ""
            lines.append(f"{TABLES[table]}变动{len(here)}处，最大：{_move_text(here[0], names)}{cause}")
    return lines


def _move_text(move, names):
    return f"{'，'.join(names.word(k) for k in move.key)}：{_value(move.before)} → {_value(move.now)}"


def _value(value):
    return "无" if value is None else COLOURS.get(value, value) if isinstance(value, str) else f"{value:.6g}"


def page(about: dict, sections: list, annual: list[Move], names: Names) -> str:
    """The whole page, as HTML that stands alone.

    Parameters
    ----------
    about : dict
        `edition`, `data`, `inputs` and `key` of the build.
    sections : list of (str, list of Change or None, list of Move)
        Heading, inputs and results of each comparison; None where there is nothing to compare with.
    annual : list of Move
        What is farthest from the year before.
    names : Names

    Returns
    -------
    str
    """
    return template(TEMPLATE.read_text("utf-8")).render(
        about=about,
        sections=[_section(h, c, m, names) for h, c, m in sections],
        annual=_move_rows(annual, names),
        most=MOST,
        inputs=("改动", "文件", "位置", "原为", "现为"),
        results=("结果", "原为", "现为", "相关的输入"),
    )


def _section(heading, changes, moves, names):
    by_table = [(words, _move_rows([m for m in moves if m.table == table], names)) for table, words in TABLES.items()]
    return {
        "heading": heading,
        "comparable": changes is not None,
        "look": _change_rows([c for c in changes or () if c.look], names),
        "others": _change_rows([c for c in changes or () if not c.look], names),
        "moves": [] if changes is None else [(words, rows) for words, rows in by_table if rows],
    }


def _change_rows(changes, names):
    return [
        (
            c.kind,
            c.file,
            " ".join(filter(None, [*map(names.word, c.key), names.word(c.what)])),
            _cut(c.before, 200),
            _cut(c.now, 200),
        )
        for c in changes
    ]


def _move_rows(moves, names):
    return [
        (
            "，".join(map(names.word, m.key)),
            _value(m.before),
            _value(m.now),
            "；".join(change_text(c, names) for c in m.causes) or "–",
        )
        for m in moves
    ]
