"""Estimates laid out as tables for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.wording import cell, is_missing, listed, ranges, share, span

if TYPE_CHECKING:
    from research.indicators.analysis.estimates import Estimates

LOSSES = {"zero": "按零计", "drop": "不计入", "keep": "照实计入", "refuse": "不予计算"}
"""What becomes of net losses, in words."""
TAKEN = {"direct": "直接", "area": "区域模型", "unit": "住户模型"}
WHY = {
    "exact": "够准",
    "smallest": "误差最小",
    "area": "误差最小",
    "unit": "误差最小",
    "alone": "没有样本",
    "unknown": "直接估计无误差可言",
    "none": "没有模型",
    "withheld": "直接估计不公布",
}
"""Which figure of a place is taken, and why: the keys of `small_areas`."""
OF_SURVEY = "家庭人均口径，按人口加权；区间考虑了分层与整群抽样。"
OF_REPORTS = "为公布或报送的汇总数，没有区间。"


def measures(estimates: Estimates) -> tuple[pd.DataFrame, str]:
    """A row a measure: number, interval, and the first year (of the district) or model and district (of a place).

    Returns
    -------
    (DataFrame, str)
        The table, and its note.
    """
    about = estimates.known()
    year, edition, place = about.edition.edition, about.edition, about.place
    now = estimates[(estimates["residence"] == "all") & (estimates["year"] == year) & (estimates["place"] == place)]
    whole = about.elsewhere(edition.district) if about.elsewhere and place != edition.district else estimates
    lines = [_line(estimates, whole, row) for _, row in now.iterrows()]
    lines = [line for line in lines if line]
    columns = ["指标", "单位", f"{year}年", f"{estimates.percent:g}%置信区间"]
    frame = pd.DataFrame(lines) if lines else pd.DataFrame(columns=columns)
    survey = len(edition.households) and (place == edition.district or place in set(edition.households["place"]))
    note = (OF_SURVEY if survey else OF_REPORTS) + _losses(edition, now) + _model(edition, now) + _caution(now)
    return frame, note


def _line(estimates: Estimates, whole: Estimates, row: pd.Series) -> dict[str, str]:
    about, unit = estimates.known(), row["unit"]
    year, edition = about.edition.edition, about.edition
    gone = is_missing(row["value"])
    if gone and is_missing(row.get("eblup")) and is_missing(row.get("below")):
        return {}
    below = "" if is_missing(row.get("below")) else f"不足{row['below']:g}"
    bounds = "" if gone or is_missing(row["lower"]) else span(row["lower"], row["upper"], unit)
    line = {
        "指标": row["name"],
        "单位": unit if unit != "系数" else "–",
        f"{year}年": below if gone else cell(row["value"], unit),
        f"{estimates.percent:g}%置信区间": bounds,
    }
    if about.place == edition.district:
        ends = estimates.ends(measure=row["measure"])
        first = estimates.row(ends[0], measure=row["measure"]) if ends else None
        return line | ({} if first is None else {f"{first['year']}年": cell(first["value"], unit)})
    wider = whole.row(year, measure=row["measure"], place=edition.district)
    model = row.get("eblup")
    used = (
        ""
        if is_missing(model) or gone
        else TAKEN.get(row["model_level"] if row["chosen"] == "model" else "direct", "直接")
    )
    return line | {
        "小域估计": cell(model, unit),
        "采用": used,
        edition.whole: "" if wider is None else cell(wider["value"], unit),
    }


def _losses(edition: Any, now: pd.DataFrame) -> str:
    """How many households have a net loss for an income, and what the measures of inequality do with them."""
    found = now.loc[now["measure"] == "gini"].reindex(columns=["n_negative", "weight_negative"]).dropna()
    if found.empty or not found["n_negative"].iloc[0]:
        return ""
    n, weight = found.iloc[0]
    rule = LOSSES[edition.settings.get("negative_incomes", "zero")]
    return f"有{n:.0f}户样本（代表{weight:,.0f}人）收入为负，计算收入差距时{rule}。"


def _model(edition: Any, now: pd.DataFrame) -> str:
    if "eblup" not in now or now["eblup"].isna().all():
        return ""
    limit = share(edition.settings["small_area_cv_limit"], 0)
    told = (
        f"小域估计借用各乡镇街道的共同规律；直接估计的变异系数不超过{limit}，或误差不大于各模型的，"
        "采用直接估计；其余采用误差最小的模型（区域层面或住户层面），首列和区间即为采用值。"
    )
    if "below" in now and now["below"].notna().any():
        told += "写“不足”的，是样本中计入的户数过少，为保护住户只公布按样本户数确定的上限，不采用任何估计。"
    return told


def _caution(now: pd.DataFrame) -> str:
    if "caution" not in now:
        return ""
    names = list(now.loc[now["caution"].fillna(False).astype(bool), "name"])
    return f"{listed(names, 3, '项')}抽样误差较大，请慎用。" if names else ""


def groups(estimates: Estimates, head: str = "来源") -> pd.DataFrame:
    """A row a measure; a column each group and year (the first and the newest), with the newest's standard error."""
    frame = pd.DataFrame({head: list(dict.fromkeys(estimates["name"]))})
    rows = estimates[estimates["value"].notna()]
    years = sorted(rows["year"].unique())
    words = {"all": "全体", "urban": "城镇", "rural": "农村"}
    for residence in [r for r in words if r in set(rows["residence"])]:
        for year in dict.fromkeys([*years[:1], *years[-1:]]):
            part = rows[(rows["residence"] == residence) & (rows["year"] == year)].set_index("name")
            if part.empty:
                continue
            heads = f"{words[residence]}{year}年"
            unit = part["unit"].iloc[0]
            frame[heads] = [cell(part["value"].get(n), unit) for n in frame[head]]
            if year == years[-1] and part["se"].notna().any():
                frame[f"{heads}标准误"] = [cell(part["se"].get(n), unit) for n in frame[head]]
    return frame if len(rows) else frame.iloc[:0]


def years(estimates: Estimates, heads: Mapping[Any, str], errors: Sequence[str]) -> pd.DataFrame:
    """A row a year with any value; see `Estimates.by_year`."""
    parts = {head: estimates.of(*((key,) if isinstance(key, str) else key)) for key, head in heads.items()}
    frame = pd.DataFrame({"年份": sorted({int(y) for rows in parts.values() for y in rows["year"]})})
    ends: dict[str, list[str]] = {}
    for head, rows in parts.items():
        at = rows.set_index("year").reindex(frame["年份"])
        unit, name = rows["unit"].iloc[0] if len(rows) else "", head.partition("（")[0]
        frame[head] = [cell(v, unit) for v in at["value"]]
        if at["lower"].notna().any() and not set(rows["measure"]) & set(errors):
            frame[f"{name}的{estimates.percent:g}%置信区间"] = ranges(at["lower"], at["upper"], unit)
        elif at["se"].notna().any():
            ends[f"{name}的标准误（{unit}）"] = [cell(v, unit) for v in at["se"]]
    return frame.assign(**ends, 年份=frame["年份"].astype(str))
