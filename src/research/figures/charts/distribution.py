"""Charts of distributions: Lorenz curves and densities of incomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.figures.charts import households
from research.figures.drawn import ALLOWED, Drawn, chart
from research.figures.style import BLUE, INK, MUTED, PALETTE, canvas, note_empty, spread
from research.wording import plain, span

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from research.indicators.privacy.microdata import Microdata

ALLOWED |= {"lorenz", "density", "ridge"}


@chart
def lorenz(
    data: Microdata, x: str = "", *, weight: str | None = None, hue: str | None = None, height: float = 3.3
) -> Figure:
    """Lorenz curves beside their Gini coefficients.

    Parameters
    ----------
    data : DataFrame, or list of dict
        A row a person or household. Of an edition's households the published curves are drawn, those of groups of
        households. Or curves: keys `label`, `p`, `share` (cumulative shares of persons and income, 0 to 1), `gini`;
        perhaps `lower`, `upper` of the coefficient at `percent` (default 95). At most six; the first is shaded.
    x : str
        Column of the incomes.
    weight, hue : str, optional
        Columns of the weights and of the groups; of an edition's households `residence` or `year`.

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        For a column that is not there, and for a part of an edition's households of which no curve is published.
    """
    curves, drawn = households.lorenz(data, x, weight, hue) if isinstance(data, pd.DataFrame) else (data, Drawn())
    figure = _lorenz(curves, height)
    figure.drawn = drawn
    return figure


def _lorenz(curves, height):
    figure, (axes, side) = canvas(height, columns=2, width_ratios=[1.25, 1])
    side.set_axis_off()
    if not curves:
        note_empty(axes)
        return figure
    axes.plot([0, 1], [0, 1], color="#9aa5ae", lw=0.9)
    axes.annotate("完全平均线", (0.5, 0.5), xytext=(-5, 4), textcoords="offset points", ha="right", fontsize=8,
                  color=MUTED)  # fmt: skip
    for i, (curve, colour) in enumerate(zip(curves, PALETTE, strict=False)):
        p, share = thin(curve["p"], curve["share"])
        if i == 0:
            axes.fill_between(p, p, share, color=colour, alpha=0.10, lw=0)
        axes.plot(p, share, color=colour, lw=1.8 if i == 0 else 1.4)
        _lorenz_label(side, i, curve, colour)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel="人口累计比重（由低到高）", ylabel="收入累计比重")
    axes.set_aspect("equal")
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axes.set_xticks(ticks, [f"{t:.0%}" for t in ticks])
    axes.set_yticks(ticks, [f"{t:.0%}" for t in ticks])
    side.set(xlim=(0, 1), ylim=(0, 1))
    side.text(0.02, 0.93, "基尼系数", fontsize=9, color=MUTED)
    return figure


def _lorenz_label(side, row, curve, colour):
    y = 0.80 - 0.19 * row
    side.plot([0.02, 0.14], [y, y], color=colour, lw=2.2)
    side.text(0.18, y, f"{curve['label']}  {plain(curve['gini'], '系数')}", va="center", fontsize=10, color=colour)
    if curve.get("lower") is not None:
        words = f"{curve.get('percent', 95):g}%区间 {span(curve['lower'], curve['upper'], '系数')}"
        side.text(0.18, y - 0.075, words, va="center", fontsize=7.5, color=MUTED)


def thin(x: np.ndarray, y: np.ndarray, points: int = 80) -> tuple[np.ndarray, np.ndarray]:
    """The same curve with at most `points` points, so that a picture stays small.

    Examples
    --------
    >>> x, y = thin(range(1000), range(1000), points=5)
    >>> [float(v) for v in x]
    [0.0, 249.75, 499.5, 749.25, 999.0]
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if len(x) <= points:
        return x, y
    grid = np.linspace(x[0], x[-1], points)
    return grid, np.interp(grid, x, y)


@chart
def density(
    data: Any,
    x: str = "",
    *,
    weight: str | None = None,
    hue: str | None = None,
    unit: str = "万元",
    scale: float = 1e4,
    height: float = 2.8,
    reference: Any = None,
    words: str = "",
) -> Figure:
    """Densities of a few groups over one axis, each labelled at its peak with its median.

    Parameters
    ----------
    data : DataFrame, or list of dict
        A row a person or household; of an edition's households the published densities are drawn. Or densities: keys
        `label`, `x` (in `unit`), `y` (density), `median`.
    x : str
        Column of the incomes.
    weight, hue : str, optional
        Columns of the weights and of the groups; of an edition's households `year`.
    unit, scale : str, float
        Unit that is printed, and by what the incomes are divided for it.
    reference : float, optional
        A line drawn upright, in `unit`, named by `words`.

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        As `lorenz`.
    """
    groups, drawn = (
        households.density(data, x, weight, hue, scale) if isinstance(data, pd.DataFrame) else (data, Drawn())
    )
    figure = _density(groups, unit, height, reference, words)
    figure.drawn = drawn
    return figure


def _density(groups, unit, height, reference, words):
    figure, axes = canvas(height)
    if not groups:
        note_empty(axes)
        return figure
    top = max(float(np.max(g["y"])) for g in groups)
    for group, colour in zip(groups, PALETTE, strict=False):
        axes.fill_between(group["x"], group["y"], color=colour, alpha=0.10, lw=0)
        axes.plot(group["x"], group["y"], color=colour)
        height_at = float(np.interp(group["median"], group["x"], group["y"]))
        axes.plot([group["median"]] * 2, [0, height_at], color=colour, lw=0.9, ls=(0, (3, 2)))
    _density_labels(axes, groups, top, unit)
    if reference is not None:
        axes.axvline(reference, color=INK, lw=0.9, ls=(0, (4, 3)))
        axes.annotate(words, (reference, top * 1.12), xytext=(3, 0), textcoords="offset points", fontsize=8)
    axes.set(ylim=(0, top * 1.25), xlabel=f"家庭人均可支配收入（{unit}）", xlim=(0, max(g["x"][-1] for g in groups)))
    axes.set_yticks([])
    axes.grid(visible=False)
    return figure


def _density_labels(axes, groups, top, unit):
    peaks = [float(np.max(g["y"])) for g in groups]
    lefts = [float(g["x"][int(np.argmax(g["y"]))]) for g in groups]
    wide = max(g["x"][-1] for g in groups)
    for group, colour, y, peak, left in zip(groups, PALETTE, spread(peaks, top * 0.13), peaks, lefts, strict=False):
        text = f"{group['label']}：中位数 {plain(group['median'], unit, 2)}{unit}"
        axes.annotate(
            text, (left, peak), xytext=(max(left + wide * 0.13, wide * 0.42), y), fontsize=8.5, color=colour,
            va="center", arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6, "shrinkB": 2},
        )  # fmt: skip


@chart
def ridge(
    data: Any,
    x: str = "",
    *,
    weight: str | None = None,
    hue: str | None = None,
    unit: str = "万元",
    scale: float = 1e4,
    height: float | None = None,
    lang: str = "zh",
) -> Figure:
    """Densities one above the other, for many years or places.

    Parameters
    ----------
    data : DataFrame, or list of dict
        As in `density`; densities from top to bottom.
    x, weight, hue, unit, scale
        As in `density`.
    lang : {"zh", "en"}
        Of the labels.

    Returns
    -------
    Figure
    """
    groups, drawn = data, Drawn()
    if isinstance(data, pd.DataFrame):
        groups, drawn = households.density(data, x, weight, hue, scale)
        groups = groups[::-1]  # the first year on top
    figure, axes = canvas(height or max(2.4, 0.52 * len(groups) + 0.9))
    figure.drawn = drawn
    if not groups:
        note_empty(axes)
        return figure
    top = max(float(np.max(g["y"])) for g in groups)
    count = len(groups)
    median = "中位数" if lang == "zh" else "median"
    label = "家庭人均可支配收入（{}，竖线为中位数）" if lang == "zh" else "Income a head ({}; the strokes are medians)"
    for i, group in enumerate(groups):
        base = count - 1 - i
        y = base + np.asarray(group["y"]) / top * 1.35
        axes.fill_between(group["x"], base, y, color=BLUE, alpha=0.25 + 0.5 * i / max(1, count - 1), lw=0, zorder=i + 1)
        axes.plot(group["x"], y, color="white", lw=1.0, zorder=i + 1)
        axes.plot(group["median"], base + 0.09, "|", color=INK, ms=9, mew=1.4, zorder=count + 2)
        axes.annotate(f"{group['label']}", (0, base), xycoords=("axes fraction", "data"), xytext=(-4, 2),
                      textcoords="offset points", ha="right", fontsize=9)  # fmt: skip
        axes.annotate(f"{median} {plain(group['median'], unit, 2)}", (1, base), xycoords=("axes fraction", "data"),
                      xytext=(-2, 4), textcoords="offset points", ha="right", fontsize=8, color=MUTED)  # fmt: skip
    axes.set(ylim=(-0.05, count + 0.55), xlabel=label.format(unit))
    axes.set_xlim(0, max(g["x"][-1] for g in groups))
    axes.set_yticks([])
    axes.grid(visible=False)
    return figure
