"""What every chart has in common: which columns it takes, what it stands on, what it says to who cannot see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import pandas as pd

from research.core.faults import Place
from research.errors import DataError, Fault, nearest, say
from research.indicators.privacy.microdata import Microdata, admit
from research.wording import is_missing, number

ALLOWED: set[str] = set()
"""Charts that take rows of households, and draw of them what is published."""


@dataclass
class Drawn:
    """What a figure stands on, for `show`.

    Parameters
    ----------
    data : list of DataFrame
        Each with a status.
    words : mapping
        What its caption may name.
    absent : str
        The sentence that stands in its place where it has no row.
    empty : bool
        Whether nothing was drawn.
    alt : str
        Its message in words.
    status : str, optional
        The edition's, where no frame has a row.
    """

    data: list[Any] = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    absent: str = ""
    empty: bool = False
    alt: str = ""
    status: str | None = None


def chart(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a chart of a function that draws: it refuses households, and the figure remembers its data.

    Parameters
    ----------
    function : callable
        Takes its data first and returns a matplotlib figure.

    Returns
    -------
    callable
    """

    @wraps(function)
    def drawing(data: Any, *args: Any, **options: Any) -> Any:
        drawn = (data, *args, *(part for name, part in options.items() if name != "places"))  # where, not what
        frames = [f for part in drawn for f in _frames(part)]
        if function.__name__ not in ALLOWED:
            for frame in frames:
                admit(frame, f"charts.{function.__name__}")
        figure = function(data, *args, **options)
        held = getattr(figure, "drawn", Drawn())
        figure.drawn = _remember(figure, frames, held)
        return figure

    return drawing


def _frames(part: Any) -> list[pd.DataFrame]:
    """The frames in an argument: itself, or those of a mapping or a list."""
    if isinstance(part, pd.DataFrame):
        return [part]
    if isinstance(part, Mapping):
        return [f for f in part.values() if isinstance(f, pd.DataFrame)]
    return [f for f in part if isinstance(f, pd.DataFrame)] if isinstance(part, (list, tuple)) else []


def _remember(figure: Any, frames: list[Any], held: Drawn) -> Drawn:
    """What the frames know, and what the chart itself said of it."""
    data: dict[int, Any] = {}
    words: dict[str, Any] = {}
    absent, status = held.absent, held.status
    for frame in frames:
        about = getattr(frame, "about", None)
        for own in getattr(about, "data", ()) or (frame,):
            data.setdefault(id(own), own)
        words = {**getattr(about, "words", {}), **words}
        absent = absent or getattr(about, "absent", "")
        status = status or getattr(about, "status", None)
    own = held.data or [f for f in data.values() if not isinstance(f, Microdata)]
    return Drawn(
        own,
        {**words, **held.words},
        absent,
        bool(getattr(figure, "empty", False)),
        held.alt or described(frames[0] if frames else None),
        status,
    )


def marked(data: pd.DataFrame, names: str, highlight: Any) -> set[Any]:
    """Names that a chart draws in its second colour: those given, or those of the rows that a column marks."""
    return set(data[names][data[highlight].astype(bool)] if isinstance(highlight, str) else highlight)


# --- columns -------------------------------------------------------------------------------------------------


def columns(data: Any, needed: Mapping[str, str], further: Mapping[str, str] | None = None) -> pd.DataFrame:
    """The columns that a chart draws, under the names it knows them by.

    Parameters
    ----------
    data : DataFrame
    needed : mapping
        The chart's name for it -> the column of `data`.
    further : mapping, optional
        The same for columns that may be missing.

    Returns
    -------
    DataFrame

    Raises
    ------
    DataError
        For anything but a frame, and for columns that it does not have, with those it has.

    Examples
    --------
    >>> frame = pd.DataFrame({"town": ["a"], "score": [1.0]})
    >>> columns(frame, {"name": "town", "value": "score"}).columns.tolist()
    ['name', 'value']
    """
    if not isinstance(data, pd.DataFrame):
        raise DataError(
            Fault(
                say("data of the chart", "图的数据"),
                say("a table (DataFrame)", "表（DataFrame）"),
                type(data).__name__,
                kind="shape",
            )
        )
    there = [str(c) for c in data.columns]
    faults = [
        Fault(
            Place(item=say(f"column for {role}", f"{role} 的列")),
            say("one of " + ", ".join(there), "以下之一：" + "、".join(there)),
            repr(name),
            nearest(str(name), there),
            "column",
        )
        for role, name in needed.items()
        if name not in data.columns
    ]
    if faults and len(data.columns):
        raise DataError(faults)
    chosen = {**needed, **{r: c for r, c in (further or {}).items() if c in data.columns}}
    made = {role: data[name] if name in data.columns else pd.Series(dtype=float) for role, name in chosen.items()}
    return pd.DataFrame(made).reset_index(drop=True)


def unit_in(data: Any, unit: str | None) -> str:
    """The unit given, or the only one in the data's column `unit`."""
    if unit is not None:
        return unit
    if isinstance(data, pd.DataFrame) and "unit" in data and data["unit"].nunique() == 1:
        return str(data["unit"].iloc[0])
    return ""


# --- in words ------------------------------------------------------------------------------------------------


def described(data: Any) -> str:
    """A frame's message in words: where a series began and ends, or the first and the last of a list.

    Examples
    --------
    >>> described(pd.DataFrame({"year": [2021, 2024], "name": "满意度", "value": [86.0, 89.5], "unit": "分"}))
    '满意度2021年86.0分，2024年89.5分。'
    >>> described(pd.DataFrame({"name": ["甲", "乙", "丙"], "value": [3.0, 2.0, 1.0], "unit": "%"}))
    '甲3.0%，乙2.0%，丙1.0%。'
    """
    if not isinstance(data, pd.DataFrame) or isinstance(data, Microdata) or data.empty or "value" not in data:
        return ""
    unit = unit_in(data, None)
    rows = data[data["value"].notna()]
    if "residence" in rows and rows["residence"].nunique() > 1:
        rows = rows[rows["residence"] == "all"]
    if "year" in rows and rows["year"].nunique() > 1:
        parts = [_ends(str(n) if n else "", part, unit) for n, part in _by_name(rows)]
        return "；".join(parts[:6]) + "。" if parts else ""
    if "name" not in rows or rows.empty:
        return ""
    units = rows.get("unit", [unit] * len(rows))
    values = rows["words"] if "words" in rows else [number(v, u) for v, u in zip(rows["value"], units, strict=True)]
    told = [f"{n}{v}" for n, v in zip(rows["name"], values, strict=True)]
    shown = told if len(told) <= 4 else [*told[:2], f"末位{told[-1]}"]
    return "，".join(shown) + "。"


def _by_name(rows: pd.DataFrame) -> Iterable[tuple[Any, pd.DataFrame]]:
    return rows.groupby("name", sort=False) if "name" in rows else [("", rows)]


def _ends(name: str, rows: pd.DataFrame, unit: str) -> str:
    rows = rows.sort_values("year")
    own = str(rows["unit"].iloc[0]) if not unit and "unit" in rows else unit
    first, last = rows.iloc[0], rows.iloc[-1]
    old = (
        ""
        if first["year"] == last["year"] or is_missing(first["value"])
        else (f"{int(first['year'])}年{number(first['value'], own)}，")
    )
    return f"{name}{old}{int(last['year'])}年{number(last['value'], own)}"


__all__ = ["ALLOWED", "Drawn", "chart", "columns", "described", "unit_in"]
