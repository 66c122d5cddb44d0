"""Small cells in what is about to be published: a number that too few households stand behind."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

from research.errors import Fault, say

if TYPE_CHECKING:
    from research.core.faults import Place

COUNTS = ("n", "样本户数", "样本量（户）", "样本户")
"""Headings of a column that counts the households behind a row."""
_WITH_N = {"residence", "measure"}  # a bare `n` counts households only in a table of the survey
_ROW = re.compile(r"^\s*\|(.+)\|\s*$")


def small_cells(where: str, ending: str, text: str, minimum: int) -> list[Any]:
    """Faults of tables in a text (CSV, HTML, markdown, notebook) with a row of fewer households than `minimum`.

    Parameters
    ----------
    where : str
        How the file is called.
    ending : str
        ``.csv``, ``.tsv``, ``.html``, ``.md``, ``.qmd`` or ``.ipynb``.
    text : str
    minimum : int

    Returns
    -------
    list of Fault
        One a table.

    Examples
    --------
    >>> print(small_cells("a.csv", ".csv", "place,measure,value,n\\n331003001,gini,0.3,4\\n", 10)[0])
    a.csv: expected 10 or more households behind each number, found 4 in row 2 (withhold the row's values)
    """
    if ending in (".csv", ".tsv"):
        grids = [list(csv.reader(io.StringIO(text), delimiter="\t" if ending == ".tsv" else ","))]
    elif not any(c in text for c in COUNTS[1:]):
        return []
    elif ending in (".html", ".htm"):
        grids = _html(text)
    elif ending == ".ipynb":
        grids = [grid for kind, part in _outputs(text) for grid in (_html(part) if kind == "html" else _pipes(part))]
    else:
        grids = _pipes(text)
    return [fault for grid in grids for fault in grid_faults(where, grid, minimum)]


def grid_faults(where: str | Place, grid: list[list[Any]], minimum: int) -> list[Fault]:
    """The same for one table as a list of rows, headings first."""
    if not grid:
        return []
    head = [str(h or "").strip() for h in grid[0]]
    columns = [i for i, h in enumerate(head) if h in COUNTS and (h != "n" or _WITH_N & set(head))]
    if not columns:
        return []
    values = [i for i, h in enumerate(head) if h in ("value", "mean", "share")]
    for number, row in enumerate(grid[1:], start=2):
        shown = [row[i] for i in values if i < len(row) and str(row[i] or "").strip() not in ("", "nan")]
        for i in columns:
            count = _count(row[i]) if i < len(row) else None
            if count is not None and 0 < count < minimum and (shown or not values):
                return [
                    Fault(
                        where,
                        say(f"{minimum} or more households behind each number", f"每个数背后至少{minimum}户"),
                        say(f"{count:g} in row {number}", f"第{number}行只有{count:g}户"),
                        say("withhold the row's values", "请不公布该行数值"),
                        "small-cell",
                    )
                ]
    return []


def _count(cell):
    try:
        return float(str(cell).strip().replace(",", ""))
    except ValueError:
        return None


def _outputs(text):
    """What the cells of a notebook show: (html or text, its text)."""
    try:
        cells = json.loads(text).get("cells", [])
    except (ValueError, AttributeError):
        return
    for cell in cells:
        yield "text", "".join(cell.get("source", ""))
        for output in cell.get("outputs", ()):
            for kind, part in (output.get("data") or {}).items():
                if kind in ("text/markdown", "text/html", "text/plain"):
                    yield kind.split("/")[1], "".join(part)


def _html(text):
    from lxml import html

    for table in html.fromstring(text).iter("table"):
        yield [
            [" ".join(cell.text_content().split()) for cell in row if cell.tag in ("th", "td")]
            for row in table.iter("tr")
        ]


def _pipes(text):
    grid = []
    for line in [*text.splitlines(), ""]:
        matched = _ROW.match(line.strip().strip('",').strip())
        if matched:
            cells = [c.strip() for c in matched[1].split("|")]
            if not all(set(c) <= set(":- ") for c in cells):
                grid.append(cells)
        elif grid:
            yield grid
            grid = []
