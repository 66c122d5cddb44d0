"""Captioned tables as markdown, for pages that are made from tables."""

from __future__ import annotations

import pandas as pd

from research.core.status import mark
from research.figures.pipes import escape, markdown

__all__ = ["table"]

NOTHING = "没有可列出的内容。"
"""The only row of a table that would have none."""


def table(
    frame: pd.DataFrame,
    caption: str,
    label: str,
    status: str | None = None,
    source: str = "",
    note: str = "",
    widths: tuple[int, ...] | None = None,
) -> str:
    """One captioned pipe table in Quarto markdown.

    Parameters
    ----------
    frame : DataFrame
        Cells ready to read.
    caption, label : str
        The label starts with ``tbl-``.
    status : str, optional
        Weakest status of the cells; sample data is marked in the caption.
    source, note : str
        Printed under the table.
    widths : sequence of int, optional
        Relative widths of the columns; by default those of the longest cells.

    Returns
    -------
    str

    Examples
    --------
    >>> print(table(pd.DataFrame({"名称": ["甲"]}), "名单", "tbl-a"))
    | 名称 |
    |:-----|
    | 甲 |
    <BLANKLINE>
    : 名单 {#tbl-a}
    <BLANKLINE>
    """
    if frame.empty:  # the label stays, so that what refers to the table holds
        frame, widths = pd.DataFrame({"说明": [NOTHING]}), None
    text = markdown(frame)
    if widths:
        head, rule, *rows = text.split("\n")
        ends = [part[-1] == ":" and part[0] != ":" for part in rule.strip("|").split("|")]
        rule = "|".join("-" * w + ":" if right else ":" + "-" * w for w, right in zip(widths, ends, strict=True))
        text = "\n".join([head, f"|{rule}|", *rows])
    lines = [text, "", f": {escape(mark(caption, status))} {{#{label}}}", ""]
    lines += [f"注：{escape(note)}", ""] if note else []
    lines += [f"资料来源：{escape(source)}", ""] if source else []
    return "\n".join(lines)
