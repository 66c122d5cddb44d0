"""One look for every chart: Chinese font by path, colours the colour-blind tell apart, quiet axes.

The style is set once per process by `use_style` (every chart asks for it), so a notebook never
touches matplotlib's settings. Sizes are in inches; the text column of the books is 6.3 inches wide.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from research.errors import MissingError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 6.3
INK, MUTED, FAINT, PAPER = "#22303c", "#66717c", "#dde3e8", "#ffffff"
BLUE, ORANGE, TEAL, PURPLE, OLIVE, ROSE = "#1f5f99", "#d9782d", "#11a885", "#35145c", "#6b5a1e", "#8a3a58"
PALETTE = (BLUE, ORANGE, TEAL, PURPLE, OLIVE, ROSE)
STATUS_COLOURS = {"green": "#2b8f73", "yellow": "#e7b53c", "red": "#c4432f", "grey": "#b9c1c8"}
TALLY_COLOURS = (TEAL, "#c9d0d6", ORANGE)  # better, as before, worse
STATUS_WORDS = {"green": "绿", "yellow": "黄", "red": "红", "grey": "灰"}
SEQUENTIAL = ("#eaf1f7", "#b9d2e6", "#7fabd0", "#437fb4", "#1f5f99", "#123f69")

_RC = {
    "font.size": 9.0, "axes.labelsize": 9.0, "xtick.labelsize": 8.5, "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5, "axes.titlesize": 9.5, "axes.titlelocation": "left", "axes.titlepad": 8.0,
    "text.color": INK, "axes.labelcolor": MUTED, "axes.edgecolor": "#9aa5ae", "axes.linewidth": 0.7,
    "xtick.color": MUTED, "ytick.color": MUTED, "xtick.major.size": 3, "ytick.major.size": 0,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
    "axes.grid": True, "axes.grid.axis": "y", "axes.axisbelow": True, "grid.color": FAINT,
    "grid.linewidth": 0.7, "lines.linewidth": 1.8, "lines.markersize": 4.5, "patch.linewidth": 0.0,
    "legend.frameon": False, "figure.facecolor": PAPER, "axes.facecolor": PAPER,
    "axes.unicode_minus": False, "svg.hashsalt": "bluebook", "svg.fonttype": "path",
    "path.simplify": True, "path.simplify_threshold": 0.2, "axes.formatter.useoffset": False,
}  # fmt: skip


def _font_path():
    try:
        from research.core.fonts import sans_path
    except ImportError:
        try:
            return str(resources.files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf")
        except ModuleNotFoundError:
            raise MissingError(
                "no Chinese font for charts: expected the package pylopdf-fonts-zh-cn "
                "(install it with: pip install pylopdf-fonts-zh-cn)"
            ) from None
    return str(sans_path())


@cache
def font_name() -> str:
    """Family name of the Chinese font, registered with matplotlib by its path.

    Returns
    -------
    str

    Raises
    ------
    MissingError
        When no Chinese font can be found; a chart is never drawn with empty boxes.

    Examples
    --------
    >>> font_name()
    'Noto Sans SC'
    """
    path = _font_path()
    font_manager.fontManager.addfont(path)
    return font_manager.FontProperties(fname=path).get_name()


def use_style() -> None:
    """Make the books' look the current matplotlib settings; safe to call again and again.

    Examples
    --------
    >>> use_style()
    >>> matplotlib.rcParams["svg.hashsalt"]
    'bluebook'
    """
    matplotlib.rcParams.update(_RC)  # type: ignore[arg-type]
    matplotlib.rcParams["font.family"] = [font_name()]
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=PALETTE)


def canvas(
    height: float = 3.2, width: float = WIDTH, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Any, Any]:
    """An empty figure in the books' style, and its axes.

    Parameters
    ----------
    height, width : float
        Inches. The width is the books' text column.
    rows, columns : int
        Grid of axes.
    **options
        Handed to `Figure.subplots` (`sharex`, `width_ratios` ...).

    Returns
    -------
    (Figure, Axes or array of Axes)

    Examples
    --------
    >>> figure, axes = canvas(2.5)
    >>> float(figure.get_figwidth())
    6.3
    """
    use_style()
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.05)  # type: ignore[union-attr,call-arg]
    return figure, figure.subplots(rows, columns, **options)


def note_empty(axes: Any, text: str = "暂无可用数据") -> None:
    """Turn an axes into a plain notice, so that a gap in the data is a message and not a crash."""
    axes.figure.empty = True
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=MUTED, fontsize=11)


def unit_label(axes: Axes, unit: str) -> None:
    """Write `单位：...` above the left end of the axes, where Chinese readers look for it."""
    if unit:
        axes.annotate(
            f"单位：{unit}", (0, 1), xycoords="axes fraction", xytext=(0, 7), textcoords="offset points",
            fontsize=8, color=MUTED, annotation_clip=False,
        )  # fmt: skip


def spread(positions: list[float], gap: Any) -> list[float]:
    """Move label positions apart to at least `gap`, keeping their order and their middle.

    Parameters
    ----------
    positions : sequence of float
        Where the labels would like to be.
    gap : float
        Smallest distance between two labels, in the same unit; zero or more.

    Returns
    -------
    list of float

    Examples
    --------
    >>> spread([1.0, 1.0, 5.0], 1.0)
    [0.5, 1.5, 5.0]
    """
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    groups: list[list[Any]] = []  # runs of labels that touch: [sum of wishes, count]
    for i in order:
        groups.append([positions[i], 1])
        while len(groups) > 1 and _top(groups[-2], gap) + gap > _bottom(groups[-1], gap):
            total, count = groups.pop()
            groups[-1][0] += total
            groups[-1][1] += count
    placed = [_bottom(g, gap) + k * gap for g in groups for k in range(g[1])]
    result = [0.0] * len(positions)
    for i, value in zip(order, placed, strict=True):
        result[i] = float(value)
    return result


def _bottom(group, gap):
    return group[0] / group[1] - gap * (group[1] - 1) / 2


def _top(group, gap):
    return group[0] / group[1] + gap * (group[1] - 1) / 2
