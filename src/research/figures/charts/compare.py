"""Charts that compare: rankings with intervals, composition bars, profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from research.figures.drawn import Drawn, chart, columns, described, marked, unit_in
from research.figures.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    PALETTE,
    STATUS_COLOURS,
    TALLY_COLOURS,
    canvas,
    note_empty,
)
from research.wording import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from research.indicators.analysis.tidy import Tidy


def height_of(count: int, row: float = 0.24, extra: float = 0.75, least: float = 1.6) -> float:
    """Height in inches of a chart with so many rows."""
    return max(least, row * count + extra)


def name_rows(axes: Axes, names: list[str], strong: Any = ()) -> None:
    """Names at the left, the first on top; the strong ones in colour."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(visible=False)
    axes.tick_params(axis="y", pad=4)
    for label, name in zip(axes.get_yticklabels(), names, strict=True):
        label.set_color(ORANGE if name in strong else INK)


@chart
def ranking(
    data: pd.DataFrame | Tidy,
    unit: Any = None,
    highlight: Any = (),
    reference: float | None = None,
    reference_words: str = "总体",
    decimals: int | None = None,
    height: float | None = None,
    *,
    x: str = "value",
    y: str = "name",
    lower: str = "lower",
    upper: str = "upper",
) -> Figure:
    """Places from first to last, each with its interval.

    Parameters
    ----------
    data : DataFrame
        A row a place, in the order wanted.
    unit : str, optional
        Of the values; default that of the column `unit`.
    highlight : iterable of str, or str
        Names to draw in the second colour, or the column that says which.
    reference : float, optional
        An upright line (the district, the country), named by `reference_words`.
    decimals : int, optional
        Of the labels; default those of the unit.
    x, y, lower, upper : str
        Columns of the values, the names, and the ends of the intervals (where there are any).

    Returns
    -------
    Figure
    """
    unit = unit_in(data, unit)
    frame = columns(data, {"name": y, "value": x}, {"lower": lower, "upper": upper}).dropna(subset=["value"])
    figure, axes = canvas(height or height_of(len(frame), 0.205))
    if frame.empty:
        note_empty(axes)
        return figure
    strong = marked(data, y, highlight)
    colours = [ORANGE if n in strong else BLUE for n in frame["name"]]
    rows = np.arange(len(frame))
    bounds = "lower" in frame and frame["lower"].notna().any()
    low = frame["lower"].fillna(frame["value"]) if bounds else frame["value"]
    high = frame["upper"].fillna(frame["value"]) if bounds else frame["value"]
    axes.hlines(rows, low, high, color=colours, lw=2.2, alpha=0.35)
    axes.scatter(frame["value"], rows, c=colours, s=26, zorder=3)
    name_rows(axes, list(frame["name"]), strong)
    ends = [low.min(), high.max(), *([] if reference is None else [reference])]  # the upright line is always in sight
    axes.hlines(rows, *_left_right(axes, min(ends), max(ends)), color=FAINT, lw=0.6, zorder=0)
    for row, value in zip(rows, frame["value"], strict=True):
        axes.annotate(plain(value, unit, decimals), (1, row), xycoords=("axes fraction", "data"), xytext=(4, 0),
                      textcoords="offset points", va="center", fontsize=8, color=colours[row])  # fmt: skip
    if reference is not None:
        axes.axvline(reference, color=INK, lw=0.9, ls=(0, (4, 3)))
        words = f"{reference_words} {plain(reference, unit, decimals)}"
        axes.annotate(words, (reference, 1), xycoords=("data", "axes fraction"), xytext=(0, 3), ha="center",
                      textcoords="offset points", fontsize=8, annotation_clip=False)  # fmt: skip
    _bottom_unit(axes, unit)
    figure.drawn = Drawn(alt=described(frame.assign(unit=unit)))
    return figure


def _bottom_unit(axes, unit):
    if unit:
        axes.set_xlabel(f"单位：{unit}", fontsize=8, loc="right")


def _left_right(axes, low, high):
    pad = (high - low) * 0.08 or abs(high) * 0.05 or 1
    axes.set_xlim(low - pad, high + pad)
    return axes.get_xlim()


@chart
def stacked(
    data: Tidy,
    unit: str = "%",
    decimals: int = 1,
    colours: str | None = None,
    least: float | None = None,
    row: float = 0.34,
    *,
    x: str = "",
    y: str = "",
    hue: str = "",
    words: dict[str, str] | None = None,
) -> Figure:
    """Composition bars: one row a group, one colour a part, the numbers inside.

    Parameters
    ----------
    data : DataFrame
        Wide (index: the rows' names; columns: the parts, in the order of the legend), or long with `x`, `y`, `hue`.
    colours : sequence of str, or str, optional
        One a part; "tally" for better, as before and worse, "status" for parts that are colours of status.
    words : dict, optional
        What parts are called in the legend, where that is not their name.
    least : float, optional
        Parts smaller than this are drawn without a number; default 5% of the longest bar.
    row : float
        Inches a row.
    x, y, hue : str
        Columns of a long table: the values, the rows' names, the parts; both in the order of their first row.

    Returns
    -------
    Figure
    """
    frame = _wide(data, x, y, hue) if x else data
    figure, axes = canvas(height_of(len(frame), row, 0.85))
    if frame.empty or not (frame.fillna(0).to_numpy(float) > 0).any():
        note_empty(axes)
        return figure
    colours = _colours(colours, frame.columns)
    values = frame.fillna(0).to_numpy(float)
    ends = values.cumsum(axis=1)
    least = ends.max() * 0.045 if least is None else least
    for j, part in enumerate(frame.columns):
        axes.barh(range(len(frame)), values[:, j], left=ends[:, j] - values[:, j], color=colours[j], height=0.68,
                  label=(words or {}).get(part, part), edgecolor="white", linewidth=0.8)  # fmt: skip
        for i, value in enumerate(values[:, j]):
            if value >= least:
                axes.text(ends[i, j] - value / 2, i, plain(value, unit, decimals), ha="center", va="center",
                          fontsize=8, color=_on(colours[j]))  # fmt: skip
    name_rows(axes, list(frame.index))
    axes.set_xlim(0, ends.max())
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=min(len(frame.columns), 6), handlelength=0.9,
                handleheight=0.9, borderaxespad=0.2, columnspacing=1.2)  # fmt: skip
    figure.drawn = Drawn(alt=_stack_words(frame, unit, decimals, words or {}))
    if unit:
        axes.annotate(f"单位：{unit}", (1, 1), xycoords="axes fraction", xytext=(0, 6), textcoords="offset points",
                      ha="right", fontsize=8, color=MUTED)  # fmt: skip
    return figure


def _stack_words(frame, unit, decimals, words):
    """The parts of each row that are there; of many rows the first and the last."""
    told = []
    for name, row in frame.iterrows():
        parts = [f"{words.get(p, p)}{plain(v, unit, decimals)}{unit}" for p, v in row.items() if v > 0]
        told.append(f"{name}：{'、'.join(parts)}")
    return "；".join(told if len(told) <= 6 else [*told[:3], "……", told[-1]]) + "。"


def _colours(colours, parts):
    """One colour a part."""
    if colours == "status":
        return [STATUS_COLOURS[p] for p in parts]
    return list(TALLY_COLOURS if colours == "tally" else colours or PALETTE)


def _wide(data, x, y, hue):
    """A long table as rows and parts, in the order in which they come."""
    frame = columns(data, {"value": x, "row": y, "part": hue})
    table = frame.pivot_table(index="row", columns="part", values="value", sort=False)
    return table.reindex(index=list(dict.fromkeys(frame["row"])), columns=list(dict.fromkeys(frame["part"])))


def _on(colour):
    """White or ink, whichever reads on this ground."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 165 else INK


@chart
def profile(
    data: Tidy,
    unit: Any = "分",
    limit: float = 100,
    reference_words: str = "总体",
    decimals: int = 1,
    height: float | None = None,
    *,
    x: str = "value",
    y: str = "name",
    reference: str = "reference",
    label: str = "words",
) -> Figure:
    """A place's profile over a few dimensions: bars, with the district as a tick.

    Parameters
    ----------
    data : DataFrame
        A row a dimension.
    limit : float
        End of the axis.
    x, y : str
        Columns of the values and the names.
    reference, label : str
        Columns of the tick, and of the words printed right instead of the value, where there are any.

    Returns
    -------
    Figure
    """
    frame = columns(data, {"name": y, "value": x}, {"reference": reference, "words": label})
    figure, axes = canvas(height or height_of(len(frame), 0.33, 0.7))
    if frame.empty or frame["value"].isna().all():
        note_empty(axes)
        return figure
    rows = range(len(frame))
    axes.barh(rows, np.full(len(frame), float(limit)), color=FAINT, height=0.5, alpha=0.5)
    axes.barh(rows, frame["value"].fillna(0), color=BLUE, height=0.5)
    if "reference" in frame and frame["reference"].notna().any():
        axes.plot(frame["reference"], rows, "|", color=ORANGE, ms=15, mew=2.2)
        axes.annotate(f"| {reference_words}", (0, 1), xycoords="axes fraction", xytext=(0, 4),
                      textcoords="offset points", fontsize=8.5, color=ORANGE, annotation_clip=False)  # fmt: skip
    for i, row in enumerate(frame.itertuples()):
        text = row.words if "words" in frame else plain(row.value, unit, decimals)
        axes.annotate(text, (1.015, i), xycoords=("axes fraction", "data"), va="center", fontsize=8.5)
    name_rows(axes, list(frame["name"]))
    axes.set_xlim(0, limit)
    _bottom_unit(axes, unit)
    figure.drawn = Drawn(alt=described(frame.assign(unit=unit)))
    return figure


@chart
def bars(
    data: pd.DataFrame | Tidy,
    unit: Any = None,
    highlight: Any = (),
    decimals: int | None = None,
    height: float | None = None,
    colour: Any = BLUE,
    *,
    x: str = "value",
    y: str = "name",
    inner: Any = "inner",
    label: str = "words",
    reference: int | None = None,
) -> Figure:
    """Plain bars from the longest to the shortest, as given, the value at each end.

    Parameters
    ----------
    data : DataFrame
        A row a bar.
    highlight : iterable of str
        Names to draw in the second colour.
    x, y : str
        Columns of the values and the names.
    inner, label : str
        Columns of a darker bar inside (such as the part solved), and of words instead of the value, where there are
        any.
    reference : float, optional
        An upright dashed line.

    Returns
    -------
    Figure
    """
    unit = unit_in(data, unit)
    frame = columns(data, {"name": y, "value": x}, {"inner": inner, "words": label}).dropna(subset=["value"])
    figure, axes = canvas(height or height_of(len(frame), 0.26, 0.6))
    if frame.empty:
        note_empty(axes)
        return figure
    strong = set(highlight)
    colours = [ORANGE if n in strong else colour for n in frame["name"]]
    inner = "inner" in frame
    axes.barh(range(len(frame)), frame["value"], color=colours, height=0.62, alpha=0.35 if inner else 1)
    if inner:
        axes.barh(range(len(frame)), frame["inner"], color=colours, height=0.62)
    for i, row in enumerate(frame.itertuples()):
        text = row.words if "words" in frame else plain(row.value, unit, decimals)
        axes.annotate(text, (row.value, i), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8,
                      annotation_clip=False)  # fmt: skip
    name_rows(axes, list(frame["name"]), strong)
    axes.set_xlim(min(0, frame["value"].min()), frame["value"].max() * 1.02)
    if reference is not None:
        axes.axvline(reference, color=INK, lw=0.9, ls=(0, (4, 3)))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    _bottom_unit(axes, unit)
    figure.drawn = Drawn(alt=described(frame.assign(unit=unit)))
    return figure
