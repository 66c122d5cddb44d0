"""HTML that a notebook printed, as tables and nothing else."""

from __future__ import annotations

from typing import Any

from research.book.tree import ast
from research.book.tree.floats import column_widths

SCHEMES = ("http://", "https://", "mailto:", "tel:")


def sanitised_tables(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tables of an HTML output and nothing else: no raw code, ids, styles, scripts or images."""
    return [ast.transform(t, _harmless) for t in ast.find(blocks, "Table")]


def _harmless(node):
    kind = node["t"]
    if kind in ("RawInline", "RawBlock"):
        return []
    if kind == "Image":
        return node["c"][1]
    if kind == "Link":
        target = node["c"][2][0]
        return ast.link(node["c"][1], target) if target.startswith(SCHEMES) else node["c"][1]
    if kind in ("Span", "Div"):
        return node["c"][1]
    if kind == "Table":
        _, caption, columns, head, bodies, foot = node["c"]
        rows = [_bare_rows(part) for part in (head, *bodies, foot)]
        return {"t": "Table", "c": [["", [], []], caption, column_widths(columns), rows[0], rows[1:-1], rows[-1]]}
    if kind in ast.BLOCK_WITH_ATTR and kind != "Figure":
        content = list(node["c"])
        content[ast.BLOCK_WITH_ATTR[kind]] = ["", [], []]
        return {"t": kind, "c": content}
    return None


def _bare_rows(part):
    """A table part with every attribute emptied."""

    def bare(value):
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], str) and isinstance(value[1], list):
            return ["", [], []]
        return [bare(v) for v in value] if isinstance(value, list) else value

    return bare(part)
