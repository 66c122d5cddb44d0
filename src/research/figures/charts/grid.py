"""Charts made of tiles: the places' schematic map, matrices of states, and many targets at a glance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyBboxPatch, PathPatch
from matplotlib.path import Path

from research.figures.drawn import chart, columns, unit_in
from research.figures.style import INK, MUTED, SEQUENTIAL, STATUS_COLOURS, STATUS_WORDS, canvas, note_empty
from research.wording import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from research.indicators.analysis.tidy import Tidy

MARKS = {"green": "●", "yellow": "▲", "red": "■", "grey": "–"}  # shapes: colours alone do not reach everybody


def positions(places: pd.DataFrame, columns: int = 5) -> pd.DataFrame:
    """Where each place stands in the schematic map.

    Parameters
    ----------
    places : DataFrame
        Columns `code`, and `tile_row`, `tile_column` where the district has drawn its own grid.
    columns : int
        Width of the grid that is laid out in code order where it has not.

    Returns
    -------
    DataFrame
        Columns `code`, `row`, `column`, whole numbers from 0.

    Examples
    --------
    >>> positions(pd.DataFrame({"code": ["1", "2", "3"]}), columns=2).to_numpy().tolist()
    [['1', 0, 0], ['2', 0, 1], ['3', 1, 0]]
    """
    codes = places["code"].astype(str).to_numpy()
    if {"tile_row", "tile_column"} <= set(places.columns) and places["tile_row"].notna().all():
        row, column = places["tile_row"].astype(int), places["tile_column"].astype(int)
        return pd.DataFrame({"code": codes, "row": row.to_numpy(), "column": column.to_numpy()})
    order = np.arange(len(codes))
    return pd.DataFrame({"code": codes, "row": order // columns, "column": order % columns})


@chart
def tile_map(
    data: pd.DataFrame | Tidy,
    unit: str | None = None,
    decimals: int | None = None,
    note: str = "示意图：方块只表示相对方位，不表示边界与面积",
    direction: int = 1,
    *,
    places: pd.DataFrame | None = None,
    scale: float = 1.0,
    x: str = "column",
    y: str = "row",
    value: str = "value",
    label: str = "name",
) -> Figure:
    """Schematic map of the places: one tile each, darker for more.

    Parameters
    ----------
    data : DataFrame
        A row a place; a missing value gives an empty tile.
    direction : int
        -1 makes low values dark (where less is more telling).
    places : DataFrame, optional
        All places with `code`, `name_short` and, where it is drawn, the grid: the data are then told by their `code`,
        and a place without a row is an empty tile.
    scale : float
        What values are divided by: 1e4 for 万元.
    x, y, value, label : str
        Columns of the tile's column and row (see `positions`), the value and the name.

    Returns
    -------
    Figure
    """
    unit = unit_in(data, unit)
    if places is not None:
        data = _on_map(columns(data, {"code": "code", "value": value}), places)
        x, y, value, label = "column", "row", "value", "name"
    frame = columns(data, {"name": label, "row": y, "column": x, "value": value})
    frame["value"] = frame["value"].astype(float) / scale
    rows, across = int(frame["row"].max()) + 1, int(frame["column"].max()) + 1
    figure, axes = canvas(0.74 * rows + 0.72)
    values = frame["value"].to_numpy(float)
    if np.isnan(values).all():
        note_empty(axes)
        return figure
    low, high = np.nanmin(values), np.nanmax(values)
    shade = LinearSegmentedColormap.from_list("bluebook", SEQUENTIAL[::direction])
    for row in frame.itertuples():
        depth = 0.5 if high == low else (row.value - low) / (high - low)
        _tile(axes, row, None if np.isnan(row.value) else shade(depth), unit, decimals)
    axes.set(xlim=(-0.05, across * 1.28 + 0.05), ylim=(rows + 0.02, -0.1))
    axes.set_axis_off()
    _strip(axes, shade, low, high, unit, decimals, across * 1.28, rows, note)
    return figure


def _on_map(data, places):
    """A row for every place, where it stands in the map."""
    frame = positions(places).merge(data, on="code", how="left", validate="one_to_one")
    return frame.assign(name=places["name_short"].to_numpy())


def _tile(axes, row, colour, unit, decimals):
    x, y = row.column * 1.28, row.row
    axes.add_patch(FancyBboxPatch((x + 0.05, y + 0.05), 1.18, 0.88, boxstyle="round,pad=0,rounding_size=0.08",
                                  fc=colour or "#f2f4f6", ec="white", lw=1))  # fmt: skip
    ink = INK if colour is None else readable(colour)
    axes.text(x + 0.64, y + 0.34, row.name, ha="center", va="center", fontsize=9, color=ink)
    axes.text(x + 0.64, y + 0.68, plain(row.value, unit, decimals), ha="center", va="center", fontsize=8.5, color=ink)


def readable(colour: tuple[float, float, float, float]) -> str:
    """White or black, whichever stands out more from a fill: at least 4.5 to 1 on any (WCAG 1.4.3).

    Examples
    --------
    >>> readable((0.1, 0.2, 0.4)), readable((0.5, 0.7, 0.9))
    ('white', 'black')
    """
    parts = np.array(colour[:3], float)
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return "white" if linear @ (0.2126, 0.7152, 0.0722) < 0.179 else "black"


def _strip(axes, shade, low, high, unit, decimals, width, rows, note):
    axes.text(0.05, rows + 0.12, note, fontsize=7.5, color=MUTED, va="top")
    steps, left, span = 24, width - 1.9, 1.1
    for k in range(steps):
        _cells(axes, [(left + span * k / steps, rows + 0.14)], span / steps * 1.05, 0.13, shade(k / (steps - 1)))
    for x, value, side in ((left - 0.06, low, "right"), (left + span + 0.06, high, "left")):
        axes.text(x, rows + 0.2, plain(value, unit, decimals), fontsize=7.5, color=MUTED, ha=side, va="center")
    axes.text(left + span / 2, rows + 0.3, f"单位：{unit}", fontsize=7.5, color=MUTED, ha="center", va="top")
    axes.set_ylim(rows + 0.55, -0.1)


def _cells(axes, corners, width, height, colour, shape=None):
    """Many equal cells as one path: a picture of 200 cells stays as small as one of ten."""
    outline = np.array([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)] if shape is None else shape, float)
    outline = outline * (width, height)
    paths = [Path(outline + corner, closed=True) for corner in corners]
    if paths:
        axes.add_patch(PathPatch(Path.make_compound_path(*paths), fc=colour, ec="none"))


def _states(axes, corners, width, height, plain_green=False):
    """Coloured cells with their shapes; `corners` maps each state to the cells' corners."""
    high = min(0.36 * height, 7.0 / 72 / _inches_per_row(axes))
    wide = high * _inches_per_row(axes) / _inches_per_column(axes)
    for state, places in corners.items():
        _cells(axes, places, width, height, STATUS_COLOURS[state])
        if plain_green and state == "green":
            continue
        inner = [(x + (width - wide) / 2, y + (height - high) / 2) for x, y in places]
        _cells(axes, inner, wide, high, INK if state == "yellow" else "white", _SHAPES[state])


def _inches_per_row(axes):
    return axes.figure.get_figheight() * 0.8 / abs(np.diff(axes.get_ylim())[0])


def _inches_per_column(axes):
    return axes.figure.get_figwidth() * 0.85 / abs(np.diff(axes.get_xlim())[0])


_TURN = np.linspace(0, 2 * np.pi, 13)
_SHAPES = {
    "green": np.c_[0.5 + 0.5 * np.cos(_TURN), 0.5 + 0.5 * np.sin(_TURN)],
    "yellow": [(0, 1), (1, 1), (0.5, 0), (0, 1)],
    "red": [(0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95), (0.05, 0.05)],
    "grey": [(0, 0.42), (1, 0.42), (1, 0.58), (0, 0.58), (0, 0.42)],
}


@chart
def status_matrix(data: Tidy, row: float = 0.26, words: dict[str, str] = STATUS_WORDS, group_gap: Any = None) -> Figure:
    """Places by domains (or any rows by columns), each cell a colour and a shape.

    Parameters
    ----------
    data : DataFrame
        Index: rows; columns: heads; cells: green, yellow, red, grey or missing.
    row : float
        Inches a row.
    words : dict
        What each colour is called in the key.

    Returns
    -------
    Figure
    """
    frame = pd.DataFrame(data)
    figure, axes = canvas(max(1.5, row * len(frame) + 0.95))
    if frame.empty:
        note_empty(axes)
        return figure
    axes.set(xlim=(0, frame.shape[1]), ylim=(len(frame), 0))
    corners: dict[str, list[Any]] = {state: [] for state in MARKS}
    for i, (_, cells) in enumerate(frame.iterrows()):
        for j, state in enumerate(cells):
            known = isinstance(state, str) and state in MARKS
            corners[state if known else "grey"].append((j + 0.03, i + 0.06))
    _states(axes, corners, 0.94, 0.88)
    axes.set_yticks(np.arange(len(frame)) + 0.5, frame.index)
    axes.set_xticks(np.arange(frame.shape[1]) + 0.5, frame.columns)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    key(axes, [s for s in MARKS if (frame == s).to_numpy().any()], words)
    return figure


def key(axes: Axes, states: list[str], words: dict[str, str] = STATUS_WORDS, y: int = -6) -> None:
    """The key of status colours under an axes, with the shapes."""
    x = 0.0
    for state in states:
        text = f"{MARKS[state]} {words[state]}"
        axes.annotate(text, (0, 0), xycoords="axes fraction", xytext=(x, y), textcoords="offset points", fontsize=8.5,
                      color=STATUS_COLOURS[state] if state != "grey" else MUTED, va="top",
                      annotation_clip=False)  # fmt: skip
        x += 14 + 9.5 * len(text)


@chart
def waffle(data: Any, across: Any = 24, words: dict[str, str] = STATUS_WORDS, *, y: Any = "", hue: str = "") -> Figure:
    """Many targets at a glance: one small square each, in rows by group, sorted by colour.

    Parameters
    ----------
    data : DataFrame, or dict of str to list of str
        A row a target with `y` and `hue`, or each group's colours by its name (green, yellow, red, grey).
    across : int
        Squares in one line.
    y, hue : str
        Columns of the groups and the colours.

    Returns
    -------
    Figure
    """
    groups = data
    if isinstance(data, pd.DataFrame):
        frame = columns(data, {"group": y, "colour": hue})
        groups = {str(n): list(part) for n, part in frame.groupby("group", sort=False)["colour"]}
    order = list(MARKS)
    lines = {name: -(-len(states) // across) for name, states in groups.items() if states}
    total = sum(lines.values())
    figure, axes = canvas(max(1.6, 0.2 * total + 0.11 * len(lines) + 0.75))
    if not lines:
        note_empty(axes)
        return figure
    y, ticks = 0.0, []
    corners: dict[str, list[Any]] = {state: [] for state in order}
    for name in lines:
        states = sorted(groups[name], key=order.index)
        for k, state in enumerate(states):
            corners[state].append((k % across + 0.06, y + k // across + 0.08))
        ticks.append((y + lines[name] / 2, f"{name}（{len(states)}）"))
        y += lines[name] + 0.5
    axes.set(xlim=(0, across), ylim=(y, 0))
    _states(axes, corners, 0.88, 0.84, plain_green=True)
    axes.set_yticks([t for t, _ in ticks], [n for _, n in ticks])
    axes.set_xticks([])
    axes.tick_params(length=0, labelcolor=INK)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    key(axes, [s for s in order if any(s in g for g in groups.values())], words)
    return figure
