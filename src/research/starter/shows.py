"""What a cell of an exploration shows, as a book needs to know it: a figure, a table or words, by label and caption."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from research.book.source.notebook import split_options

_OURS = (
    (re.compile(r"\bfigures\.show\(|(?<![\w.])show\(charts\."), "fig"),
    (re.compile(r"\bfigures\.table\(|(?<![\w.])show\("), "tbl"),
    (re.compile(r"(?<![\w.])(?:figures\.)?say\("), "text"),
)
_DRAWS = re.compile(r"\b(plt|sns|ax|axes|fig|figure)\b\.|\.plot(\.\w+)?\(|\.hist\(|\.boxplot\(")
_KINDS = {"fig-": "fig", "tbl-": "tbl"}
LEFT_OUT = {
    "ipywidgets": "a widget, which needs a running kernel",
    ".browse(": "a widget, which needs a running kernel",
    "itables": "a table for clicking through; show the frame itself",
}
"""Words of a cell that cannot be part of a book, and why."""


@dataclass
class Shown:
    """One code cell.

    Attributes
    ----------
    body : str
        Its code without options.
    options : dict
        Its `#|` lines.
    kind : str
        `fig`, `tbl`, `text`, or empty for a cell that shows nothing.
    printed : bool
        Whether its words come from `print`.
    """

    body: str
    options: dict = field(default_factory=dict)
    kind: str = ""
    printed: bool = False


def shown(source: str, outputs: list[dict], ran: bool) -> Shown:
    """Judge one cell by its label, by our own calls, by its outputs, and only then by its code.

    Parameters
    ----------
    source : str
        The cell as it stands.
    outputs : list of dict
        As in a notebook.
    ran : bool
        Whether the notebook has been run: then a cell without an output shows nothing.

    Returns
    -------
    Shown

    Examples
    --------
    >>> shown("#| label: fig-ages\\nplt.hist(ages)", [], False).kind
    'fig'
    >>> shown("total = 1", [], False).kind
    ''
    """
    options, body = split_options(source.strip(), "", [])
    label = str(options.get("label", ""))
    named = next((kind for start, kind in _KINDS.items() if label.startswith(start)), "text" if label else "")
    called = next((kind for call, kind in _OURS if call.search(body)), "")
    found = called or _by_outputs(outputs) or ("" if ran else _by_code(body))
    printed = not called and found == "text" and "print(" in body
    return Shown(body, options, named or found, printed)


def _by_outputs(outputs):
    kinds = set()
    for output in outputs:
        data = output.get("data", {})
        if any(mime.startswith("image/") for mime in data):
            kinds.add("fig")
        elif "<table" in "".join(data.get("text/html", "")) or re.search(
            r"^\s*\|.*\|\s*$", "".join(data.get("text/markdown", "")), re.M
        ):
            kinds.add("tbl")
        elif data or output.get("name") == "stdout":
            kinds.add("text")
    return next((kind for kind in ("fig", "tbl", "text") if kind in kinds), "")


def _by_code(body):
    """A guess for a cell that was never run: drawing, printing, or a value in its last line."""
    if _DRAWS.search(body):
        return "fig"
    if re.search(r"^\s*print\(", body, re.M):
        return "text"
    try:
        last = ast.parse(body).body[-1:]
    except SyntaxError:
        return ""
    quiet = not last or not isinstance(last[0], ast.Expr) or body.rstrip().endswith(";")
    return "" if quiet or isinstance(last[0].value, ast.Constant) else "tbl"
