"""Paths side by side: what a plan asks for by year, what was covered, and where the trend leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.ticker import MaxNLocator

from research.figures.drawn import chart, columns
from research.figures.style import BLUE, INK, MUTED, ORANGE, canvas, note_empty
from research.wording import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from research.indicators.analysis.tidy import Tidy

ACROSS = 3


@chart
def pathways(
    data: Tidy,
    unit: str = "%",
    decimals: int = 0,
    words: Any = ("规划进度", "实际进度", "趋势"),
    *,
    x: str = "year",
    y: str = "covered",
    hue: str = "name",
) -> Figure:
    """Small pictures of one scale, one a group: the plan's curve, what came, and the trend with its interval.

    Parameters
    ----------
    data : DataFrame
        A row a group and year: `asked` (the plan's curve), the value where the year has come, `projection`, `lower`
        and `upper` where it has not.
    unit : str
        Of all of them.
    decimals : int
        Of the labels.
    words : (str, str, str)
        What the three lines are called.
    x, y, hue : str
        Columns of the years, the values and the groups.

    Returns
    -------
    Figure
    """
    further = {"projection": "projection", "lower": "lower", "upper": "upper"}
    frame = columns(data, {"year": x, "value": y, "name": hue, "asked": "asked"}, further)
    groups = {name: part.sort_values("year") for name, part in frame.groupby("name", sort=False)}
    if not groups:
        figure, axes = canvas(2.0)
        note_empty(axes)
        return figure
    rows = -(-len(groups) // ACROSS)
    figure, grid = canvas(0.4 + 1.75 * rows, rows=rows, columns=ACROSS, sharey=True, squeeze=False)
    for axes, (name, part) in zip(grid.flat, groups.items(), strict=False):
        _one(axes, str(name), part, unit, decimals)
    for axes in list(grid.flat)[len(groups) :]:
        axes.set_axis_off()
    _key(figure, list(grid.flat)[0], words, unit)
    return figure


def _one(axes, name, part, unit, decimals):
    seen, ahead = part.dropna(subset=["value"]), part
    axes.plot(part["year"], part["asked"], color=INK, lw=0.9, ls=(0, (4, 3)))
    if "projection" in part and part["projection"].notna().any():
        ahead = part.dropna(subset=["projection"])
        first = seen.iloc[[-1]].assign(projection=seen["value"].iloc[-1], lower=seen["value"].iloc[-1])
        ahead = pd.concat([first.assign(upper=first["lower"]), ahead])
        axes.fill_between(ahead["year"], ahead["lower"], ahead["upper"], color=ORANGE, alpha=0.18, lw=0)
        axes.plot(ahead["year"], ahead["projection"], "--", color=ORANGE, lw=1.4)
    axes.plot(seen["year"], seen["value"], "-o", color=BLUE, ms=3.2, lw=1.5)
    if len(seen):
        end = float(seen["value"].iloc[-1])
        axes.annotate(f"{plain(end, unit, decimals)}{unit}", (seen["year"].iloc[-1], end), xytext=(-3, 5),
                      textcoords="offset points", ha="right", fontsize=8, color=BLUE)  # fmt: skip
    axes.set_title(name, fontsize=8.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    axes.margins(x=0.06, y=0.08)


def _key(figure, axes, words, unit):
    """The three lines explained once, under all the pictures."""
    from matplotlib.lines import Line2D

    lines = [
        Line2D([], [], color=INK, lw=0.9, ls=(0, (4, 3))),
        Line2D([], [], color=BLUE, marker="o", ms=3.2, lw=1.5),
        Line2D([], [], color=ORANGE, lw=1.4, ls="--"),
    ]
    figure.legend(lines, words, loc="lower center", ncols=3, fontsize=8, bbox_to_anchor=(0.5, -0.06), labelcolor=MUTED)
    axes.annotate(f"单位：{unit}", (0, 1), xycoords="axes fraction", xytext=(-24, 20), textcoords="offset points",
                  fontsize=8, color=MUTED, annotation_clip=False)  # fmt: skip
