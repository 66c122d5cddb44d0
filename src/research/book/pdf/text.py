"""Small pieces of typst inside pandoc's tree."""

from __future__ import annotations

import re
from typing import Any

from research.book.tree import ast as tree

MARKER = re.compile(r"[-+=/]|\d+\.")


def quote(text: str) -> str:
    """A typst string literal.

    Examples
    --------
    >>> print(quote('a "b"'))
    "a \\"b\\""
    """
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", " ")
    return f'"{escaped}"'


def raw(text: str) -> dict[str, Any]:
    """A typst block that pandoc passes on as it is."""
    return {"t": "RawBlock", "c": ["typst", text]}


def code(text: str) -> dict[str, Any]:
    """Inline typst that pandoc passes on as it is."""
    return {"t": "RawInline", "c": ["typst", text]}


def content(inlines: list[dict[str, Any]], before: str = "", after: str = "") -> dict[str, Any]:
    """Inlines between two pieces of typst, on one line."""
    return {"t": "Plain", "c": [code(before), *guarded(inlines), code(after)]}


def guarded(inlines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Inlines at the start of a bracket: `1. ` or `- ` there is text, not the mark of a list.

    Examples
    --------
    >>> guarded(tree.string("1. 风速"))[0]["c"], guarded(tree.string("风速"))[0]["c"]
    (['typst', '#[];'], '风速')
    """
    return [code("#[];"), *inlines] if MARKER.match(tree.text(inlines[:3])) else inlines


def boolean(value: bool) -> str:
    """A typst boolean."""
    return "true" if value else "false"
