"""Lorenz curves with pointwise intervals, from a survey design."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.figures.charts.measures import need, word
from research.figures.drawn import chart
from research.figures.style import MUTED, PALETTE, canvas


def lorenz_points(
    design: Any, value: str = "income", points: int = 20, by: str | None = None, level: float = 0.95
) -> Any:
    """Points of the Lorenz curve with their pointwise intervals, from a survey design.

    The ordinate at p is the share of the poorest p, so each is a `bottom_share` with its linearised error.

    Parameters
    ----------
    design : research.measures.survey.Design
    value : str
        Column of incomes.
    points : int
        Inner points, evenly spaced, from 2 on; the ends are exact.
    by : str, optional
        Column of groups: one curve each.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        `group` (empty text without `by`), `p`, `share`, `lower`, `upper` (0 to 1), `level`.
    """
    inner = np.arange(1, points + 1) / (points + 1)
    asked = {f"{i:03d}": ("bottom_share", {"share": float(p)}) for i, p in enumerate(inner)}
    made = design.estimate(asked, value, by=[by] if by else None, level=level)
    made = made.assign(p=inner[made["measure"].astype(int)], group=made[by].astype(str) if by else "", level=level)
    made = made.rename(columns={"estimate": "share"})[["group", "p", "share", "lower", "upper", "level"]]
    ends = [{"group": g, "p": e, "share": e, "lower": e, "upper": e, "level": level}
            for g in made["group"].unique() for e in (0.0, 1.0)]  # fmt: skip
    return pd.concat([made, pd.DataFrame(ends)]).sort_values(["group", "p"], ignore_index=True)


@chart
def lorenz_intervals(frame: pd.DataFrame, lang: str = "zh", height: float = 3.6) -> Any:
    """Lorenz curves with pointwise intervals.

    Parameters
    ----------
    frame : DataFrame
        As `lorenz_points` makes it; at most six groups.
    lang : {"zh", "en"}

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        For another language, another frame, or more than six groups.
    """
    need(frame, ["group", "p", "share", "lower", "upper"], "lorenz_points")
    names = list(frame["group"].unique())
    if len(names) > len(PALETTE):
        raise DataError(Fault(spot(column="group"), f"{len(PALETTE)} groups at most", str(len(names)), kind="shape"))
    figure, axes = canvas(height, width=4.4)
    axes.plot([0, 1], [0, 1], color="#9aa5ae", lw=0.9, label=word("equality", lang))
    for name, colour in zip(names, PALETTE, strict=False):
        rows = frame[frame["group"] == name].sort_values("p")
        axes.fill_between(rows["p"], rows["lower"], rows["upper"], color=colour, alpha=0.22, lw=0)
        axes.plot(rows["p"], rows["share"], color=colour, label=str(name) or word("whole", lang))
    level = 100 * frame["level"].iloc[0] if "level" in frame else 95
    axes.text(0.99, 0.02, word("band", lang, f"{level:g}"), ha="right", fontsize=7.5, color=MUTED)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=word("people", lang), ylabel=word("income_share", lang))
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axes.set_xticks(ticks, [f"{t:.0%}" for t in ticks])
    axes.set_yticks(ticks, [f"{t:.0%}" for t in ticks])
    axes.set_aspect("equal")
    axes.legend(loc="upper left")
    return figure
