"""The page that an editor reads and signs, and the same in a few lines for the terminal."""

from __future__ import annotations

from html import escape

from research.edition.changes.change import Change
from research.edition.changes.moves import Move
from research.edition.changes.names import Names

__all__ = ["change_text", "page", "short"]

MOST = 60
"""Rows of a table on the page; what must be looked at is listed to the last row."""
TABLES = {"observations": "指标值", "scores": "指数得分", "ranks": "名次", "attainment": "目标状态",
          "attainment_rates": "达成率"}
COLOURS = {"green": "绿", "yellow": "黄", "red": "红", "grey": "不能评估"}
STYLE = ("body{font-family:'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:62em;margin:2em auto;"
         "padding:0 1em}table{border-collapse:collapse;width:100%;margin:.6em 0 1.6em}"
         "td,th{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top;"
         "overflow-wrap:break-word}th{background:#eee}.look td:first-child{"
         "font-weight:bold}footer{border-top:2px solid;margin-top:3em;padding-top:1em}")


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
    title = f"{about['edition']}年版变动说明"
    parts = [f"<h1>{title}</h1>", f"<p>数据：{escape(str(about['data']))}。输入的校验和：{about['inputs'][:16]}；"
             f"结果的校验和：{about['key'][:16]}。请逐项核对标为“须核对”的改动，再看变动最大的结果，确认无误后签署。</p>"]
    for heading, changes, moves in sections:
        parts.append(f"<h2>{escape(heading)}</h2>")
        parts += ["<p>没有可比的一次。</p>"] if changes is None else _section(changes, moves, names)
    parts.append(f"<h2>{about['edition']}年与上年相差最大的指标值</h2>")
    parts.append(_moves_table(annual, names) if annual else "<p>没有上年的值。</p>")
    way = f"bluebook sign --edition {about['edition']} --data {about['data']} --by 姓名"
    parts.append(f"<footer><p>签署人：____________　日期：____________</p><p>核对后运行 <code>{escape(way)}</code>；"
                 "此后输入或程序一有改动，签署即作废。</p></footer>")
    return (f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
            f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n")


def _section(changes, moves, names):
    look, others = [c for c in changes if c.look], [c for c in changes if not c.look]
    if not changes and not moves:
        return ["<p>输入与结果都没有变动。</p>"]
    parts = [f"<h3>须核对的输入改动（{len(look)}处）</h3>", _changes_table(look, names, "look")] if look else []
    if others:
        parts += [f"<h3>其他输入改动（{len(others)}处）</h3>", _changes_table(others[:MOST], names), _rest(others)]
    for table, words in TABLES.items():
        here = [m for m in moves if m.table == table]
        if here:
            heading = f"<h3>{words}的变动（{len(here)}处，大的在前）</h3>"
            parts += [heading, _moves_table(here[:MOST], names), _rest(here)]
    return parts


def _rest(rows):
    return f"<p>另有{len(rows) - MOST}处较小的，未列。</p>" if len(rows) > MOST else ""


def _changes_table(changes, names, kind=""):
    rows = [(c.kind, c.file, " ".join(filter(None, [*map(names.word, c.key), names.word(c.what)])), _cut(c.before, 200),
             _cut(c.now, 200)) for c in changes]
    return _table(("改动", "文件", "位置", "原为", "现为"), rows, kind)


def _moves_table(moves, names):
    rows = [("，".join(map(names.word, m.key)), _value(m.before), _value(m.now),
             "；".join(change_text(c, names) for c in m.causes) or "–") for m in moves]
    return _table(("结果", "原为", "现为", "相关的输入"), rows)


def _table(head, rows, kind=""):
    cells = "".join(f"<th>{escape(h)}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in row) + "</tr>\n" for row in rows)
    return f'<table class="{kind}"><tr>{cells}</tr>\n{body}</table>'
