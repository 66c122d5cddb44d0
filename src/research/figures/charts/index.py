"""Charts of how firm an index is and what moves it: rank ranges, gains and losses, many small states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.figures.charts.compare import name_rows
from research.figures.charts.grid import MARKS, _states, key
from research.figures.drawn import chart, columns, marked
from research.figures.style import BLUE, FAINT, INK, MUTED, ORANGE, STATUS_WORDS, TEAL, canvas, note_empty
from research.wording import rounded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from research.composite.reviewing.index import Townships
    from research.indicators.analysis.tidy import Tidy


@chart
def rank_ranges(
    data: Townships,
    others: Any = (),
    highlight: Any = (),
    words: str = "各版本的位次",
    strong_words: str = "",
    *,
    x: str = "rank",
    y: str = "name",
    lower: str = "lower",
    upper: str = "upper",
) -> Figure:
    """Rank of each place with its interval, and the ranks that other versions give it.

    Parameters
    ----------
    data : DataFrame
        A row a place, in the order wanted.
    others : sequence of sequence of float
        For each row the ranks by other versions, drawn as hollow dots.
    highlight : iterable of str, or str
        Names in the second colour, or the column that says which.
    words, strong_words : str
        What the hollow dots and the second colour are.
    x, y, lower, upper : str
        Columns of the ranks, the names, and the ends of the ranks' intervals.

    Returns
    -------
    Figure
    """
    frame = columns(data, {"name": y, "rank": x, "lower": lower, "upper": upper})
    figure, axes = canvas(max(1.8, 0.205 * len(frame) + 0.85))
    if frame.empty:
        note_empty(axes)
        return figure
    strong, rows = marked(data, y, highlight), np.arange(len(frame))
    colours = [ORANGE if n in strong else BLUE for n in frame["name"]]
    most = int(max(frame["upper"].max(), len(frame)))
    axes.hlines(rows, 0.5, most + 0.5, color=FAINT, lw=0.6, zorder=0)
    axes.hlines(rows, frame["lower"] - 0.18, frame["upper"] + 0.18, color=colours, lw=6, alpha=0.28)
    for row, ranks in zip(rows, others, strict=False):
        axes.plot(ranks, [row] * len(ranks), "o", ms=6.5, mfc="none", mec=MUTED, mew=0.9, zorder=3)
    axes.scatter(frame["rank"], rows, c=colours, s=24, zorder=4)
    name_rows(axes, list(frame["name"]), strong)
    axes.set_xlim(0.4, most + 0.6)
    axes.set_xticks([k for k in range(1, most + 1) if k == 1 or k % 3 == 0 or k == most])
    axes.set_xlabel("位次（1为最高）", fontsize=8, loc="right")
    parts = [("● 位次", BLUE), ("■ 区间", "#9db9d3"), *([(f"○ {words}", MUTED)] if len(others) else [])]
    if strong and strong_words:
        parts.append((f"● {strong_words}", ORANGE))
    for k, (text, colour) in enumerate(parts):
        axes.annotate(text, (0, 1), xycoords="axes fraction", xytext=((0, 58, 116, 210)[k], 5),
                      textcoords="offset points", fontsize=8.5, color=colour, annotation_clip=False)  # fmt: skip
    return figure


@chart
def gains(
    data: Tidy, unit: str = "分", decimals: int = 2, total: str | None = None, *, x: str = "value", y: str = "name"
) -> Figure:
    """Bars to the right for what was gained, to the left for what was lost.

    Parameters
    ----------
    data : DataFrame
        A row a bar.
    total : str, optional
        A line above the bars, such as the sum.
    x, y : str
        Columns of the values and the names.

    Returns
    -------
    Figure
    """
    frame = columns(data, {"name": y, "value": x})
    frame = frame.dropna(subset=["value"])
    figure, axes = canvas(max(1.6, 0.29 * len(frame) + 0.7))
    if frame.empty:
        note_empty(axes)
        return figure
    values, rows = frame["value"].to_numpy(float), np.arange(len(frame))
    axes.barh(rows, values, color=[TEAL if v >= 0 else ORANGE for v in values], height=0.62)
    axes.axvline(0, color=INK, lw=0.8)
    span = np.abs(values).max() or 1
    for row, value in zip(rows, values, strict=True):
        shown = rounded(value, decimals)
        text = f"{shown:+}" if shown else "0"
        axes.annotate(text, (value, row), xytext=(4 if value >= 0 else -4, 0), textcoords="offset points", fontsize=8,
                      va="center", ha="left" if value >= 0 else "right")  # fmt: skip
    name_rows(axes, list(frame["name"]))
    axes.set_xlim(min(values.min(), 0) - (0.16 * span if values.min() < 0 else 0), max(values.max(), 0) + 0.16 * span)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    if total:
        axes.annotate(total, (0, 1), xycoords="axes fraction", xytext=(0, 5), textcoords="offset points", fontsize=8.5,
                      color=MUTED, annotation_clip=False)  # fmt: skip
    axes.set_xlabel(f"单位：{unit}", fontsize=8, loc="right")
    return figure


@chart
def small_states(
    data: Tidy, groups: list[str] | None = None, words: dict[str, str] = STATUS_WORDS, row: float = 0.172
) -> Figure:
    """Many rows by many columns of states, small: indicators by places.

    Parameters
    ----------
    data : DataFrame
        Index: rows; columns: heads (short); cells: green, yellow, red, grey or missing.
    groups : sequence of str, optional
        Group of each row; a thin line parts the groups, their names stand at the right.
    words : dict
        What each colour is called in the key.
    row : float
        Inches a row.

    Returns
    -------
    Figure
    """
    frame = pd.DataFrame(data)
    figure, axes = canvas(max(1.8, row * len(frame) + 0.85))
    if frame.empty:
        note_empty(axes)
        return figure
    axes.set(xlim=(0, frame.shape[1]), ylim=(len(frame), 0))
    corners: dict[str, list[Any]] = {state: [] for state in MARKS}
    for i, cells in enumerate(frame.to_numpy()):
        for j, state in enumerate(cells):
            corners[state if state in MARKS else "grey"].append((j + 0.05, i + 0.08))
    _states(axes, corners, 0.9, 0.84, plain_green=True)
    axes.set_yticks(np.arange(len(frame)) + 0.5, [_short(n) for n in frame.index], fontsize=7)
    axes.set_xticks(np.arange(frame.shape[1]) + 0.5, frame.columns, fontsize=7)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK, pad=2)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    groups = list(groups or [])
    for k in range(1, len(groups)):
        if groups[k] != groups[k - 1]:
            axes.axhline(k, color=INK, lw=0.7)
    key(axes, [s for s in MARKS if (frame == s).to_numpy().any()], words)
    return figure


def _short(name, most=16):
    return name if len(name) <= most else name[: most - 1] + "…"
