"""Curves of incomes: the published ones where the rows are an edition's households, else computed from the rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research import measures
from research.errors import DataError, Fault, say
from research.figures.drawn import Drawn, columns
from research.indicators.analysis.rows import RESIDENCE
from research.indicators.privacy.microdata import Microdata
from research.wording import interval, number

INCOME, WEIGHT = "income_pc", "person_weight"
WHOLE = say(
    "all households of a place in one year or more (and both kinds of residence)",
    "一个地方一个或几个年份的全部住户（含城镇和农村）",
)


def lorenz(data: pd.DataFrame, x: str, weight: str | None, hue: str | None) -> tuple[list[dict[str, Any]], Drawn]:
    """Curves for `charts.lorenz`, and what they stand on."""
    if not isinstance(data, Microdata):
        return [_own_lorenz(label, part) for label, part in _groups(data, x, weight, hue)], Drawn()
    found, gini, drawn = [], *_published(data, x, weight, hue, "gini")
    for label, year, residence, rows in _curves(data, hue, "lorenz"):
        fact = gini.row(year, residence=residence)
        if rows.empty or fact is None:
            continue
        bounds = (
            {} if pd.isna(fact["lower"]) else {"lower": fact["lower"], "upper": fact["upper"], "percent": gini.percent}
        )
        found.append(
            {"label": label, "gini": fact["value"], "p": rows["x"].to_numpy(), "share": rows["y"].to_numpy(), **bounds}
        )
        drawn.data.append(rows)
    told = "，".join(f"{c['label']}{number(c['gini'], '系数')}" for c in found)
    drawn.alt = f"洛伦兹曲线旁的基尼系数：{told}。" if found else ""
    drawn.data.insert(0, gini[gini["value"].notna()])
    return found, drawn


def density(
    data: pd.DataFrame, x: str, weight: str | None, hue: str | None, scale: float
) -> tuple[list[dict[str, Any]], Drawn]:
    """Densities for `charts.density`, and what they stand on."""
    if not isinstance(data, Microdata):
        return [_own_density(label, part, scale) for label, part in _groups(data, x, weight, hue)], Drawn()
    found, median, drawn = [], *_published(data, x, weight, hue, "median")
    told = []
    for label, year, residence, rows in _curves(data, hue, "density"):
        fact = median.row(year, residence=residence)
        if rows.empty or fact is None:
            continue
        found.append(
            {
                "label": label,
                "x": rows["x"].to_numpy() / scale,
                "y": rows["y"].to_numpy() * scale,
                "median": fact["value"] / scale,
            }
        )
        drawn.data.append(rows)
        told.append(f"{label}{number(fact['value'], '元')}")
    drawn.alt = f"收入的分布，中位数：{'，'.join(told)}。" if told else ""
    drawn.data.insert(0, median[(median["residence"] == "all") & median["value"].notna()])
    return found, drawn


# --- of an edition's households ------------------------------------------------------------------------------


def _published(homes: Microdata, x: str, weight: str | None, hue: str | None, measure: str) -> tuple[Any, Drawn]:
    """The estimates beside the curves; refuses what no curve is published of."""
    about = getattr(homes, "about", None)
    asked = {"x": (x, (INCOME,)), "weight": (weight, (WEIGHT, None)), "hue": (hue, ("residence", "year", None))}
    faults = [
        Fault(
            say(f"{name} of the chart of households", f"住户图的 {name}"),
            " / ".join(str(t) for t in taken),
            str(given),
            kind="disclosure",
        )
        for name, (given, taken) in asked.items()
        if given not in taken
    ]
    if about is None or getattr(about, "edition", None) is None:
        faults.append(
            Fault(
                say("households", "住户"),
                say("rows of `edition.place(...).households()`", "由 edition.place(...).households() 取得的行"),
                say("rows whose place is not known", "不知属于哪个地方的行"),
                kind="disclosure",
            )
        )
    elif not _whole(homes, about):
        faults.append(
            Fault(
                say("households of the chart", "图中的住户"),
                WHOLE,
                say("a part of them, of which no curve is published", "其中一部分，不公布其曲线"),
                say(
                    "give the edition's estimate instead: edition.estimate(...)", "可改用 edition.estimate(...) 的估计"
                ),
                "disclosure",
            )
        )
    if faults:
        raise DataError(faults)
    assert about is not None  # refused above
    estimates = about.edition.estimate(measure, INCOME, place=about.place, by=["year", "residence"])
    known = estimates.known()
    absent = about.absent if homes.empty else known.absent
    return estimates, Drawn(words=dict(known.words), absent=absent, status=known.status)


def _whole(homes: Microdata, about: Any) -> bool:
    """Whether for each of its years all households of the place are there."""
    there = about.edition.place(about.place).households()
    counts = there["year"].value_counts()
    return all(n == counts.get(year) for year, n in homes["year"].value_counts().items())


def _curves(homes: Microdata, hue: str | None, kind: str) -> list[tuple[str, int, str, pd.DataFrame]]:
    """Label, year, residence and published points of each curve that is asked for."""
    about: Any = getattr(homes, "about", None)
    years = sorted(int(y) for y in homes["year"].unique())
    if hue == "residence":
        asked = [(label, years[-1], residence) for residence, label in RESIDENCE.items()] if years else []
    else:
        asked = [(f"{y}年" if hue == "year" or len(years) > 1 else RESIDENCE["all"], y, "all") for y in years[::-1]]
    table = about.edition.table("curves") if asked else pd.DataFrame(columns=["curve"])
    made = []
    for label, year, residence in asked:
        mine = (
            (table["place"] == about.place)
            & (table["curve"] == kind)
            & (table["year"] == year)
            & (table["residence"] == residence)
        )
        made.append((label, year, residence, table[mine]))
    return made


# --- of anybody's rows ---------------------------------------------------------------------------------------


def _groups(data: pd.DataFrame, x: str, weight: str | None, hue: str | None) -> list[tuple[str, pd.DataFrame]]:
    rows = columns(data, {"x": x, **({"weight": weight} if weight else {}), **({"hue": hue} if hue else {})})
    rows = rows.dropna(subset=["x"])
    whole = [(RESIDENCE["all"], rows)] if len(rows) else []
    return whole + ([(str(n), part) for n, part in rows.groupby("hue", sort=True)] if hue else [])


def _weights(part: pd.DataFrame) -> np.ndarray | None:
    return part["weight"].to_numpy(float) if "weight" in part else None


def _own_lorenz(label: str, part: pd.DataFrame) -> dict[str, Any]:
    values, weights = part["x"].to_numpy(float), _weights(part)
    curve = measures.lorenz_curve(values, weights)
    return {"label": label, "p": curve.p, "share": curve.L, "gini": measures.gini(values, weights)}


def _own_density(label: str, part: pd.DataFrame, scale: float) -> dict[str, Any]:
    from scipy.stats import gaussian_kde

    values, weights = part["x"].to_numpy(float) / scale, _weights(part)
    grid = np.linspace(0, float(np.quantile(values, 0.99)), 200)
    median = float(measures.median(values, weights))
    return {"label": label, "x": grid, "y": gaussian_kde(values, weights=weights)(grid), "median": median}


__all__ = ["density", "interval", "lorenz"]
