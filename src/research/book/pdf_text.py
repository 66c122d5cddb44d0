"""Small pieces of typst inside pandoc's tree."""

from __future__ import annotations


def quote(text):
    """A typst string literal.

    Examples
    --------
    >>> print(quote('a "b"'))
    "a \\"b\\""
    """
    escaped = str(text).replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", " ")
    return f'"{escaped}"'


def raw(text):
    """A typst block that pandoc passes on as it is."""
    return {"t": "RawBlock", "c": ["typst", text]}


def code(text):
    """Inline typst that pandoc passes on as it is."""
    return {"t": "RawInline", "c": ["typst", text]}


def content(inlines, before="", after=""):
    """Inlines between two pieces of typst, on one line."""
    return {"t": "Plain", "c": [code(before), *inlines, code(after)]}


def boolean(value):
    """A typst boolean."""
    return "true" if value else "false"
