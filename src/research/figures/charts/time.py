"""Charts over years: a trend with its projection and target, several lines, slopes between two years."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.ticker import MaxNLocator

from research.figures.drawn import Drawn, chart, columns, marked, unit_in
from research.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    PALETTE,
    canvas,
    note_empty,
    spread,
    unit_label,
)
from research.wording import decimals_of, number, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from research.assessment.projection import Projection
    from research.indicators.analysis.estimates import Estimates
    from research.indicators.analysis.facts import Goal
    from research.indicators.analysis.tidy import Tidy

QUARTERS = {1: "一季度", 2: "二季度", 3: "三季度", 4: "四季度"}


@chart
def trend(
    data: pd.DataFrame | Estimates,
    projection: Projection | None = None,
    target: float | Goal | None = None,
    unit: str | None = None,
    target_words: str = "目标",
    height: float = 2.9,
    *,
    x: str = "year",
    y: str = "value",
) -> Figure:
    """One indicator over years, its projection with interval, and the target it runs towards.

    Parameters
    ----------
    data : DataFrame
        A row a year; `lower`, `upper` where the values are estimates.
    projection : DataFrame, optional
        Columns `year`, `value`, `lower`, `upper`: the years ahead (the band starts at the last value seen).
    target : float, optional
        Drawn as a dashed line with its value.
    unit, target_words : str
        Printed beside the axis and the line; the unit by default that of the column `unit`.
    x, y : str
        Columns of the years and the values.

    Returns
    -------
    Figure
    """
    unit = unit_in(data, unit)
    figure, axes = canvas(height)
    history = columns(data, {"year": x, "value": y}, {"lower": "lower", "upper": "upper"}).dropna(subset=["value"])
    if history.empty:
        note_empty(axes)
        return figure
    years, values = history["year"].to_numpy(), history["value"].to_numpy(float)
    if projection is not None and len(projection):
        _project(axes, years[-1], values[-1], projection, unit)
    if "lower" in history and history["lower"].notna().any():
        axes.fill_between(years, history["lower"], history["upper"], color=BLUE, alpha=0.14, lw=0)
    axes.plot(years, values, "-o", color=BLUE)
    _point_label(axes, years[0], values[0], plain(values[0], unit), BLUE)
    if len(years) > 1:
        _point_label(axes, years[-1], values[-1], plain(values[-1], unit), BLUE, "left", values[-1] < values[-2])
    last = int(projection["year"].max()) if projection is not None and len(projection) else int(years[-1])
    if target is not None:
        _target(axes, target, f"{target_words} {plain(target, unit)}", last)
    _years(axes, int(years[0]), last)
    axes.margins(y=0.22)
    unit_label(axes, unit)
    return figure


def _project(axes, year, value, projection, unit):
    years = np.r_[year, projection["year"]]
    middle = np.r_[value, projection["value"]]
    axes.fill_between(
        years, np.r_[value, projection["lower"]], np.r_[value, projection["upper"]], color=ORANGE, alpha=0.16, lw=0
    )
    axes.plot(years, middle, "--", color=ORANGE, lw=1.5)
    axes.plot(years[-1], middle[-1], "o", color=ORANGE, mfc="white", mew=1.4)
    axes.annotate(f"趋势值\n{plain(middle[-1], unit)}", (years[-1], middle[-1]), xytext=(8, 0), va="center",
                  textcoords="offset points", fontsize=8.5, color=ORANGE, annotation_clip=False)  # fmt: skip


def _target(axes, target, words, last):
    axes.axhline(target, color=INK, lw=0.9, ls=(0, (4, 3)))
    axes.annotate(words, (0, target), xycoords=("axes fraction", "data"), xytext=(2, 3),
                  textcoords="offset points", fontsize=8, color=INK)  # fmt: skip


def _point_label(axes, x, y, text, colour, side="center", falling=False):
    """A value beside its point, on the side where the line is not."""
    shift = (0, 7) if side == "center" else (1, 7) if falling else (1, -13)
    axes.annotate(text, (x, y), xytext=shift, textcoords="offset points", ha=side, fontsize=8.5, color=colour)


def _years(axes, first, last):
    axes.set_xlim(first - 0.35, last + 0.55)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
    axes.set_xticks(range(first, last + 1) if last - first < 12 else range(first, last + 1, 2))
    axes.spines["left"].set_visible(False)


@chart
def lines(
    data: pd.DataFrame | Tidy | dict[str, pd.DataFrame],
    unit: str | None = None,
    height: float = 2.9,
    decimals: int | None = None,
    target: Any = None,
    target_words: str = "目标",
    zero: bool = False,
    *,
    quarters: bool = False,
    x: str = "year",
    y: str = "value",
    hue: str = "name",
) -> Figure:
    """Several lines over years, each labelled at its right end.

    Parameters
    ----------
    data : DataFrame, or dict of str to DataFrame
        A row a year and line (`lower`, `upper` where the values are estimates), or each line's rows by its name; at
        most six lines.
    unit : str, optional
        One unit for all; default that of the column `unit`.
    decimals : int, optional
        Of the labels; default those of the unit.
    target : float, optional
        Drawn as a dashed line.
    zero : bool
        Whether the value axis starts at zero.
    quarters : bool
        Whether `x` holds quarters of a year, 1 to 4.
    x, y, hue : str
        Columns of the years, the values, and the lines' names.

    Returns
    -------
    Figure
    """
    unit = unit_in(data, unit)
    figure, axes = canvas(height)
    series = _series(data, x, y, hue)
    series = {name: s for name, s in series.items() if len(s)}
    if not series:
        note_empty(axes)
        return figure
    for colour, frame in zip(PALETTE, series.values(), strict=False):
        if "lower" in frame and frame["lower"].notna().any():
            axes.fill_between(frame["year"], frame["lower"], frame["upper"], color=colour, alpha=0.13, lw=0)
        axes.plot(frame["year"], frame["value"], "-o", color=colour, ms=4)
    first = int(min(s["year"].min() for s in series.values()))
    last = int(max(s["year"].max() for s in series.values()))
    _years(axes, first, last)
    if target is not None:
        _target(axes, target, f"{target_words} {plain(target, unit)}", last)
    if quarters:
        axes.set_xticks(list(QUARTERS), list(QUARTERS.values()))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=7, steps=[1, 2, 5, 10], integer=decimals_of(unit) == 0))
    axes.margins(y=0.12)
    if zero:
        axes.set_ylim(bottom=0)
    _end_labels(axes, series, unit, decimals)
    unit_label(axes, unit)
    if quarters or len(series) > 1:
        ends = {n: (int(s["year"].iloc[-1]), number(s["value"].iloc[-1], unit)) for n, s in series.items()}
        told = [f"{n}{QUARTERS[at] if quarters else f'{at}年'}{value}" for n, (at, value) in ends.items()]
        figure.drawn = Drawn(alt="，".join(told) + "。")
    return figure


def _series(data, x, y, hue):
    """Each line's rows by its name, in the order in which they come."""
    further = {"lower": "lower", "upper": "upper"}
    if not isinstance(data, pd.DataFrame):
        return {n: columns(f, {"year": x, "value": y}, further).dropna(subset=["value"]) for n, f in data.items()}
    frame = columns(data, {"year": x, "value": y, "name": hue}, further).dropna(subset=["value"])
    return {str(n): part.sort_values("year") for n, part in frame.groupby("name", sort=False)}


def _end_labels(axes, series, unit, decimals):
    low, high = axes.get_ylim()
    room = (high - low) * 13 / (72 * axes.figure.get_figheight() * 0.72)
    ends = [float(s["value"].iloc[-1]) for s in series.values()]
    starts = [float(s["value"].iloc[0]) for s in series.values()]
    for (name, frame), y, end, colour in zip(series.items(), spread(ends, room), ends, PALETTE, strict=False):
        first = float(frame["value"].iloc[0])
        crowded = sum(abs(first - other) < room for other in starts) > 1
        axes.annotate(
            f"{name} {plain(end, unit, decimals)}", (frame["year"].iloc[-1], y), xytext=(8, 0),
            textcoords="offset points", va="center", fontsize=8.5, color=colour, annotation_clip=False,
        )  # fmt: skip
        if len(series) <= 3 and len(frame) > 1 and not crowded:
            axes.annotate(
                plain(first, unit, decimals), (frame["year"].iloc[0], first), xytext=(0, 6),
                textcoords="offset points", ha="center", fontsize=8, color=colour,
            )  # fmt: skip


@chart
def slope(
    data: Tidy,
    years: Any = None,
    unit: str | None = None,
    highlight: Any = (),
    height: float | None = None,
    decimals: int | None = None,
    words: str | None = None,
    *,
    y: str = "name",
    old: str = "old",
    new: str = "new",
) -> Figure:
    """Many places between two years: who rose, who fell, who changed places.

    Parameters
    ----------
    data : DataFrame
        A row a place.
    years : (int, int), optional
        Heads of the two sides; default those of the columns `first_year` and `year`.
    highlight : iterable of str, or str
        Names drawn in colour, or the column that says which; the rest is grey.
    words : str, optional
        What the coloured lines are, written above them.
    y, old, new : str
        Columns of the names and of the two values.

    Returns
    -------
    Figure
    """
    unit = unit_in(data, unit)
    frame = columns(data, {"name": y, "old": old, "new": new})
    frame = frame.dropna(subset=["old", "new"])
    figure, axes = canvas(height or max(2.6, 0.2 * len(frame) + 0.9))
    if frame.empty:
        note_empty(axes)
        return figure
    highlight = marked(data, y, highlight)
    years = years or (int(data["first_year"].iloc[0]), int(data["year"].iloc[0]))
    for row in frame.itertuples():
        strong = row.name in highlight
        axes.plot([0, 1], [row.old, row.new], "-o", color=ORANGE if strong else BLUE, ms=3,
                  lw=1.5 if strong else 0.9, alpha=1 if strong else 0.6)  # fmt: skip
    axes.set_xlim(-0.75, 1.75)
    axes.margins(y=0.03)
    _slope_labels(axes, frame, highlight, unit, decimals)
    for x, year in zip((0, 1), years, strict=True):
        axes.annotate(f"{year}年", (x, 1), xycoords=("data", "axes fraction"), xytext=(0, 6), ha="center",
                      textcoords="offset points", fontsize=9.5, color=MUTED)  # fmt: skip
        axes.axvline(x, color=FAINT, lw=1, zorder=0)
    axes.set_axis_off()
    if words:
        axes.annotate(words, (0.5, 1), xycoords=("data", "axes fraction"), xytext=(0, 6), ha="center",
                      textcoords="offset points", fontsize=8.5, color=ORANGE)  # fmt: skip
    unit_label(axes, unit)
    return figure


def _slope_labels(axes, frame, highlight, unit, decimals):
    low, high = axes.get_ylim()
    room = (high - low) * 11.5 / (72 * axes.figure.get_figheight() * 0.82)
    placed = {column: spread(list(frame[column]), room) for column in ("old", "new")}
    axes.set_ylim(min(low, *map(min, placed.values())) - room / 2, max(high, *map(max, placed.values())) + room / 2)
    for x, column, side, shift in ((0, "old", "right", -0.05), (1, "new", "left", 0.05)):
        for row, y in zip(frame.itertuples(), placed[column], strict=True):
            at = getattr(row, column)
            axes.plot([x, x + 0.8 * shift], [at, y], color="#b9c1c8", lw=0.6)  # a label may stand off its point
            value = plain(at, unit, decimals)
            text = f"{row.name} {value}" if side == "right" else f"{value} {row.name}"
            axes.text(x + shift, y, text, ha=side, va="center", fontsize=7.8,
                      color=ORANGE if row.name in highlight else INK)  # fmt: skip
