"""Bars of decompositions: what each part adds to a Gini coefficient or a Theil index."""

from __future__ import annotations

from typing import Any

import numpy as np

from research.errors import DataError, Fault
from research.figures.charts.measures import pick
from research.figures.drawn import chart
from research.figures.style import BLUE, INK, MUTED, ORANGE, canvas

WORDS = {
    "within": ("组内", "Within groups"),
    "between": ("组间", "Between groups"),
    "net": ("组间净值", "Between groups (net)"),
    "transvariation": ("重叠", "Overlap"),
    "group": ("{}（组内）", "{} (within)"),
    "gini": ("基尼系数", "Gini"),
    "index": ("广义熵指数（α={:g}）", "Generalised entropy ({:g})"),
    "theil": ("泰尔指数", "Theil index"),
    "mld": ("平均对数偏差", "Mean log deviation"),
    "total": ("{} {:.3f}；数字为各部分及其占比", "{} {:.3f}; each part and its share"),
}


@chart
def decomposition(result: Any, lang: str = "zh", names: Any = None) -> Any:
    """The parts of a decomposition as bars, with their shares of the whole.

    Parameters
    ----------
    result : Dagum, Sources or Groups
        What `gini_dagum`, `gini_sources` or `theil_groups` of `research.measures.decompose` returns.
    lang : {"zh", "en"}
    names : dict, optional
        Names to print for sources or groups.

    Returns
    -------
    Figure
        A part below zero (a source that makes incomes more equal) is drawn to the left in the second colour.

    Raises
    ------
    DataError
        For another language or another result.
    """
    title, parts = parts_of(result, lang, names or {})
    total = float(result.total)
    figure, axes = canvas(max(1.5, 0.32 * len(parts) + 0.9))
    values = np.array([v for _, v in parts], float)
    rows = np.arange(len(parts))
    axes.barh(rows, values, color=[BLUE if v >= 0 else ORANGE for v in values], height=0.64)
    axes.axvline(0, color=INK, lw=0.8)
    axes.set_yticks(rows, [n for n, _ in parts])
    axes.set_ylim(len(parts) - 0.4, -0.6)
    axes.grid(visible=False)
    for row, value in zip(rows, values, strict=True):
        text = f"{value:.3f}"
        if total > 0:
            text += pick(("（{:.1%}）", " ({:.1%})"), lang).format(value / total)
        axes.annotate(text, (max(value, 0), row), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
    low, high = min(values.min(), 0), max(values.max(), 0)
    axes.set_xlim(low - 0.03 * (high - low), high + 0.28 * (high - low) or 1)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.set_title(pick(WORDS["total"], lang).format(title, total), fontsize=8.5, color=MUTED)
    return figure


def parts_of(result: Any, lang: str, names: Any) -> Any:
    """Title and parts (name, value) of one of the three results; the parts add up to `result.total`.

    Raises
    ------
    DataError
        For another result.
    """
    kind = type(result).__name__
    gini = pick(WORDS["gini"], lang)
    if kind == "Dagum":
        return gini, [
            (pick(WORDS[k], lang), getattr(result, a))
            for k, a in (("within", "within"), ("net", "between"), ("transvariation", "transvariation"))
        ]
    if kind == "Sources":
        pairs = zip(result.table["source"], result.table["contribution"], strict=True)
        return gini, [(str(names.get(n, n)), v) for n, v in pairs]
    if kind == "Groups":
        title = {1.0: "theil", 0.0: "mld"}.get(float(result.alpha), "index")
        pairs = zip(result.table["group"], result.table["within"], strict=True)
        within = [(pick(WORDS["group"], lang).format(names.get(n, n)), v) for n, v in pairs]
        return pick(WORDS[title], lang).format(result.alpha), [*within, (pick(WORDS["between"], lang), result.between)]
    raise DataError(Fault("result", "what gini_dagum, gini_sources or theil_groups returns", kind, kind="shape"))
