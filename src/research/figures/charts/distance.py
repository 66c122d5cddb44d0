"""Charts of ways: how far targets are reached, and by how much things changed, each in its direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from research.figures.charts.compare import height_of, name_rows
from research.figures.drawn import Drawn, chart, columns
from research.figures.style import (
    FAINT,
    INK,
    MUTED,
    ORANGE,
    STATUS_COLOURS,
    TEAL,
    canvas,
    note_empty,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from research.indicators.analysis.facts import Facts
    from research.indicators.analysis.tidy import Tidy


@chart
def ways(
    data: Tidy,
    words: dict[str, str] | None = None,
    height: float | None = None,
    right: str = "现值 / 目标",
    empty: str = "没有可与定量目标对照的指标",
    *,
    x: str = "share",
    y: str = "name",
    hue: str = "colour",
    label: str = "words",
    pace: str = "pace",
) -> Figure:
    """How far each indicator has come on the way to its target, as bars up to 100%.

    Parameters
    ----------
    data : DataFrame
        A row an indicator.
    words : dict, optional
        What the colours mean, for the key.
    right, empty : str
        What the words on the right are; the notice where there is no row.
    x, y, hue, label : str
        Columns of the share of the way (0 to 1 and more), the names, the colours (green, yellow, red, grey), and the
        words printed right, such as `92.1 / 95%`.
    pace : str or None
        Column of the share that a steady pace had covered by now: a tick.

    Returns
    -------
    Figure
    """
    frame = columns(data, {"name": y, "share": x, "colour": hue, "words": label}, {"pace": pace} if pace else {})
    frame = frame.dropna(subset=["share"])
    frame["share"] = frame["share"].clip(lower=0)
    figure, axes = canvas(height or height_of(len(frame), 0.29, 0.95))
    if frame.empty:
        note_empty(axes, empty)
        return figure
    rows = range(len(frame))
    axes.barh(rows, np.full(len(frame), 1.0), color=FAINT, height=0.52, alpha=0.55)
    axes.barh(rows, frame["share"].clip(0.004, 1), color=[STATUS_COLOURS[c] for c in frame["colour"]], height=0.52)
    if "pace" in frame and frame["pace"].notna().any():
        axes.plot(frame["pace"].clip(0, 1), rows, "|", color=INK, ms=13, mew=1.6)
    for i, row in enumerate(frame.itertuples()):
        axes.annotate(row.words, (1.02, i), va="center", fontsize=8, color=INK, annotation_clip=False)
    name_rows(axes, list(frame["name"]))
    axes.set_xlim(0, 1.0)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25%", "50%", "75%", "100%"])
    paced = "pace" in frame and bool(frame["pace"].notna().any())
    _colour_key(axes, frame["colour"].unique(), words or {}, right, paced)
    figure.drawn = Drawn(alt=_way_words(frame))
    return figure


def _way_words(frame):
    """How many have come to the end, and who is farthest from it."""
    done = int((frame["share"] >= 1).sum())
    last = frame.loc[frame["share"].idxmin()]
    return f"{len(frame)}项中{done}项走完全程；离目标最远的是{last['name']}（{last['words']}）。"


def _colour_key(axes, found, words, right, paced=True):
    parts = [(f"■ {w}", STATUS_COLOURS[c]) for c, w in words.items() if c in found]
    x = 0
    for text, colour in [*parts, *([("| 匀速时间进度", INK)] if paced else []), (f"右侧：{right}", MUTED)]:
        axes.annotate(text, (0.012, 1), xycoords=("figure fraction", "axes fraction"), xytext=(x, 5), fontsize=8,
                      textcoords="offset points", color=colour, annotation_clip=False)  # fmt: skip
        x += 8 * len(text) + 12


@chart
def arrows(
    data: Facts,
    words: Any = ("变好", "变差"),
    reference_words: str | None = None,
    height: float | None = None,
    *,
    x: str = "change",
    y: str = "name",
    hue: str = "better",
    label: str = "words",
    reference: str = "reference",
) -> Figure:
    """Change of each indicator since the first year, as arrows; green-blue is better, orange is worse.

    Parameters
    ----------
    data : DataFrame
        A row an indicator.
    words : (str, str)
        What the two colours mean.
    reference_words : str, optional
        What the hollow dots are.
    x, y, hue, label : str
        Columns of the change (per cent of the first value), the names, whether it is better (True, False, or None where
        both print alike), and the words printed right (first → last).
    reference : str
        Column of the district's change, where there is one.

    Returns
    -------
    Figure
    """
    frame = columns(data, {"name": y, "change": x, "better": hue, "words": label}, {"reference": reference})
    frame = frame.dropna(subset=["change"])
    figure, axes = canvas(height or height_of(len(frame), 0.3, 0.85))
    if frame.empty:
        note_empty(axes, "没有跨年可比的指标")
        return figure
    limit = _limit(frame)
    change = frame["change"].clip(-limit, limit)
    for i, (move, better) in enumerate(zip(change, frame["better"], strict=True)):
        colour = MUTED if better is None else TEAL if better else ORANGE
        axes.annotate("", (move, i), (0, i), arrowprops={"arrowstyle": "-|>,head_width=0.22,head_length=0.42",
                      "color": colour, "lw": 2.4, "shrinkA": 0, "shrinkB": 0})  # fmt: skip
        if abs(frame["change"].iloc[i]) > limit:
            axes.annotate("»" if move > 0 else "«", (move, i), xytext=(4 if move > 0 else -4, 0), va="center",
                          ha="center", textcoords="offset points", fontsize=9, color=colour)  # fmt: skip
        axes.annotate(frame["words"].iloc[i], (1.02, i), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    if "reference" in frame and frame["reference"].notna().any():
        axes.scatter(frame["reference"].clip(-limit, limit), range(len(frame)), s=26, facecolors="white",
                     edgecolors=INK, linewidths=0.9, zorder=4)  # fmt: skip
    name_rows(axes, list(frame["name"]))
    axes.axvline(0, color=INK, lw=0.8)
    low = min(0, change.min(), frame["reference"].min() if "reference" in frame else 0)
    high = max(0, change.max(), frame["reference"].max() if "reference" in frame else 0)
    axes.set_xlim(max(low, -limit) - limit * 0.06, min(high, limit) + limit * 0.06)
    axes.xaxis.set_major_formatter(lambda v, _: f"{v:+.0f}%" if v else "0")
    _arrow_key(axes, words, reference_words if "reference" in frame and frame["reference"].notna().any() else None)
    figure.drawn = Drawn(alt=_arrow_words(frame, words))
    return figure


def _arrow_words(frame, words):
    """How many became better and worse, and which moved most."""
    better = sum(b is not None and bool(b) for b in frame["better"])
    worse = sum(b is not None and not b for b in frame["better"])
    most = frame.loc[frame["change"].abs().idxmax()]
    return f"{better}项{words[0]}、{worse}项{words[1]}；相对幅度最大的是{most['name']}（{most['words']}）。"


def _limit(frame):
    values = frame["change"].abs()
    return float(max(5.0, min(values.max(), 4 * max(values.median(), 1.0)))) * 1.02


def _arrow_key(axes, words, reference_words):
    parts = [(f"→ {words[0]}", TEAL), (f"→ {words[1]}", ORANGE)]
    if reference_words:
        parts.append((f"○ {reference_words}", INK))
    for k, (text, colour) in enumerate(parts):
        axes.annotate(text, (0, 1), xycoords="axes fraction", xytext=(62 * k, 5), textcoords="offset points",
                      fontsize=8.5, color=colour, annotation_clip=False)  # fmt: skip
