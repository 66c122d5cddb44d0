"""Charts of what `research.measures` returns: growth, dominance, ridges, rankings.

Each takes the result as it comes, and `lang="zh"` or `"en"` for its labels. Lorenz curves are in
`lorenz`, the bars of decompositions in `decompose`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, spot
from research.figures.charts import compare as charts_compare
from research.figures.charts import distribution as charts_distribution
from research.figures.drawn import chart
from research.figures.style import BLUE, INK, MUTED, ORANGE, canvas

WORDS = {
    "equality": ("完全平均线", "Line of equality"),
    "people": ("人口累计比重（由低到高）", "Share of persons, poorest first"),
    "income_share": ("收入累计比重", "Share of income"),
    "band": ("阴影为{}%逐点置信区间", "Shaded: {}% pointwise intervals"),
    "percentile": ("收入由低到高的百分位", "Percentile of income"),
    "growth": ("年均增长（%）", "Growth a year (%)"),
    "mean": ("均值增长 {}%", "Mean {}%"),
    "median_growth": ("中位数增长 {}%", "Median {}%"),
    "poor": ("最低{}%人群 {}%", "Poorest {}%: {}%"),
    "below": ("该收入以下的人口比重", "Share of persons at or below"),
    "shortfall": ("平均缺口（元）", "Mean shortfall (yuan)"),
    "income": ("收入（元）", "Income (yuan)"),
    "a dominates": ("{a}占优于{b}", "{a} dominates {b}"),
    "b dominates": ("{b}占优于{a}", "{b} dominates {a}"),
    "curves cross": ("两条曲线交叉，没有占优关系", "The curves cross: neither dominates"),
    "no difference shown": ("未显示出差别", "No difference shown"),
    "order": ("第{}阶占优，检验的p值：{} {}，{} {}", "Order {}, p-values of the test: {} {}, {} {}"),
    "whole": ("全部", "All"),
}
"""Label -> Chinese and English."""


def word(key: Any, lang: str, *values: Any, **named: Any) -> str:
    """A label in one of the two languages.

    Raises
    ------
    DataError
        For another language than "zh" or "en".

    Examples
    --------
    >>> word("mean", "en", "4.3")
    'Mean 4.3%'
    """
    return pick(WORDS[key], lang).format(*values, **named)


def pick(pair: Any, lang: str) -> Any:
    """The Chinese or the English one of a pair; refuses other languages by name."""
    if lang not in ("zh", "en"):
        raise DataError(Fault("lang", "'zh' or 'en'", repr(lang), kind="parameter"))
    return pair[("zh", "en").index(lang)]


def need(frame: pd.DataFrame, columns: Any, what: str) -> None:
    """Refuse anything but a frame with rows and these columns.

    Raises
    ------
    DataError
        Naming the columns that are missing.
    """
    if not isinstance(frame, pd.DataFrame):
        raise DataError(Fault("frame", f"a table from {what}", type(frame).__name__, kind="shape"))
    missing = [c for c in columns if c not in frame.columns]
    if missing:
        raise DataError(Fault(spot(column=", ".join(missing)), f"a table from {what}", "none", kind="column"))
    if frame.empty:
        raise DataError(Fault("frame", "one row or more", "none", kind="empty"))


def need_result(result: Any, attributes: Any, what: str) -> None:
    """Refuse anything but the named result of `research.measures`."""
    if not all(hasattr(result, a) for a in attributes):
        raise DataError(Fault("result", f"what {what} returns", type(result).__name__, kind="shape"))


@chart
def growth_curve(result: Any, lang: str = "zh", height: float = 2.9) -> Any:
    """Growth-incidence curve with the growth of mean and median, and of the poor.

    Parameters
    ----------
    result : research.measures.dynamics.GrowthIncidence
    lang : {"zh", "en"}

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        For another language or another result.
    """
    need_result(result, ["curve", "mean_growth", "median_growth", "pro_poor", "poor"], "growth_incidence")
    figure, axes = canvas(height)
    curve = result.curve.dropna(subset=["growth"])
    axes.plot(curve["p"], 100 * curve["growth"], color=BLUE)
    axes.axvspan(0, 100 * result.poor, color=BLUE, alpha=0.07, lw=0)
    poor = word("poor", lang, f"{100 * result.poor:g}", f"{100 * result.pro_poor:.1f}")
    axes.annotate(poor, (1, 1), xycoords=("data", "axes fraction"), xytext=(0, -10), textcoords="offset points",
                  fontsize=8, color=BLUE)  # fmt: skip
    for key, value, colour, dash in (("mean", result.mean_growth, ORANGE, (4, 3)),
                                     ("median_growth", result.median_growth, MUTED, (1, 2))):  # fmt: skip
        label = word(key, lang, f"{100 * value:.1f}")
        axes.axhline(100 * value, color=colour, lw=1.1, ls=(0, dash), label=label)
    axes.set(xlim=(0, 100), xlabel=word("percentile", lang), ylabel=word("growth", lang))
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.2)
    return figure


@chart
def dominance(result: Any, names: Any = ("a", "b"), lang: str = "zh", height: float = 3.0) -> Any:
    """Two distributions of one order, and the verdict of the test.

    Parameters
    ----------
    result : research.measures.dynamics.Dominance
    names : pair of str
        What the first and the second distribution are called.
    lang : {"zh", "en"}

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        For another language or another result.
    """
    need_result(result, ["curve", "verdict", "order", "p_a_not_worse", "p_b_not_worse"], "stochastic_dominance")
    figure, axes = canvas(height)
    a, b = (str(n) for n in names)
    curve = result.curve
    axes.fill_between(curve["x"], curve["a"], curve["b"], color=INK, alpha=0.08, lw=0)
    axes.plot(curve["x"], curve["a"], color=BLUE, label=a)
    axes.plot(curve["x"], curve["b"], color=ORANGE, label=b)
    axes.set(xlabel=word("income", lang), ylabel=word("below" if result.order == 1 else "shortfall", lang))
    axes.set_ylim(bottom=0)
    note = word("order", lang, result.order, a, f"{result.p_a_not_worse:.3f}", b, f"{result.p_b_not_worse:.3f}")
    axes.set_title(word(result.verdict, lang, a=a, b=b) + "\n" + note, fontsize=8.5)
    axes.legend(loc="lower right" if result.order == 1 else "upper left")
    return figure


@chart
def density_ridge(
    frame: pd.DataFrame, by: str = "year", lang: str = "zh", scale: float = 1e4, unit: str | None = None
) -> Any:
    """Densities of the years one above the other.

    Parameters
    ----------
    frame : DataFrame
        As `research.measures.dynamics.density_evolution` makes it on its log scale.
    by : str
        Column of the years or groups.
    lang : {"zh", "en"}
    scale : float
        Incomes are divided by it before they are drawn.
    unit : str, optional
        Of the incomes after that; default 万元 or "10,000 yuan".

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        For another language or another frame.
    """
    need(frame, [by, "x", "density"], "density_evolution")
    unit = unit or pick(("万元", "10,000 yuan"), lang)
    groups = []
    for name, rows in frame.groupby(by, sort=True):
        x = rows["x"].to_numpy(float)
        mass = rows["density"].to_numpy(float) * np.gradient(np.log(x))
        share = (np.cumsum(mass) - mass / 2) / mass.sum()
        groups.append(
            {
                "label": str(name),
                "x": x / scale,
                "y": rows["density"].to_numpy(float) / x * scale,
                "median": float(np.interp(0.5, share, x / scale)),
                "end": np.interp(0.985, share, x / scale),
            }
        )
    end = max(g["end"] for g in groups)
    for g in groups:
        seen = g["x"] <= end
        g["x"], g["y"] = g["x"][seen], g["y"][seen]
    return charts_distribution.ridge(groups, unit=unit, lang=lang)


@chart
def interval_ranking(
    frame: pd.DataFrame,
    by: str,
    lang: str = "zh",
    unit: str = "",
    reference: Any = None,
    highlight: Any = (),
    decimals: int | None = None,
) -> Any:
    """Groups from first to last, each with its interval.

    Parameters
    ----------
    frame : DataFrame
        As `Design.estimate(..., by=...)` makes it, of one measure: the column `by`, `estimate`, `lower`, `upper`.
    by : str
        Column of the names.
    lang : {"zh", "en"}
    unit, reference, highlight, decimals
        As in `ranking`.

    Returns
    -------
    Figure

    Raises
    ------
    DataError
        For another language, another frame, or several measures in it.
    """
    need(frame, [by, "estimate", "lower", "upper"], "Design.estimate")
    if frame[by].duplicated().any():
        raise DataError(Fault(spot(column=by), "each name once", "a name twice", "choose one measure", "duplicate"))
    rows = frame.rename(columns={"estimate": "value"}).sort_values("value", ascending=False)
    rows = rows.assign(name=rows[by].astype(str)).reset_index(drop=True)
    figure = charts_compare.ranking(rows, unit, highlight, reference, word("whole", lang), decimals)
    if unit:
        figure.axes[0].set_xlabel(pick(("单位：{}", "Unit: {}"), lang).format(unit), fontsize=8, loc="right")
    return figure
