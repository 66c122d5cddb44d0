"""Direct, area or unit level: which estimate of each place was taken this year, and why, in words and in figures."""

from __future__ import annotations

from typing import Any

import pandas as pd

from research.indicators.analysis import measured
from research.indicators.analysis.tables import TAKEN, WHY
from research.wording import cell, is_missing, listed, number, share

LONG = {"direct": "直接估计", "area": "区域层面模型", "unit": "住户层面模型"}
COLUMNS = {
    "直接估计的变异系数": ("direct", "se_direct"),
    "区域层面模型的变异系数": ("area", "se_area"),
    "住户层面模型的变异系数": ("unit_level", "se_unit"),
}
NONE = "没有住户逐户数据，各地的数值照公布或报送的采用，不另作估计"
"""What stands in place of the choice where there is nothing to choose from."""
NEEDED = ["place", "status", "level", "reason", "lacking", "chosen", "eblup", "gamma", "se", "value", "residual",
          "factor", "mix_factor", *(c for pair in COLUMNS.values() for c in pair)]  # fmt: skip


def rows(edition: Any, measure: str) -> pd.DataFrame:
    """This year's rows of a measure in the table of small areas, with `level`: direct, area or unit."""
    table = measured.table_of(edition, "small_area")
    if "model_level" not in table:
        return pd.DataFrame(columns=NEEDED)
    table = table[(table["year"] == edition.edition) & (table["measure"] == measure)].sort_values("place")
    level = table["model_level"].where(table["chosen"].eq("model"), "direct")
    return table.assign(level=level).reset_index(drop=True)


def by_place(found: pd.DataFrame) -> dict[str, str]:
    """What was taken for each place, and why: 住户模型（误差最小）."""
    return {
        str(p): f"{TAKEN.get(level, '直接')}（{WHY.get(reason, '')}）"
        for p, level, reason in zip(found["place"], found["level"], found["reason"], strict=True)
    }


def told(found: pd.DataFrame) -> str:
    """How many places take which estimate, and why."""
    return listed(
        [
            f"{len(part)}个采用{LONG.get(str(level), '直接估计')}（{WHY.get(str(reason), '')}）"
            for (level, reason), part in found.groupby(["level", "reason"], sort=True)
        ],
        9,
        "种",
    )


def table(found: pd.DataFrame, edition: Any) -> pd.DataFrame:
    """The coefficients of variation of the three estimates of every place, which is taken and why."""
    errors = {
        head: [cell(100 * v, "%") for v in (found[se].astype(float) / found[value].astype(float)).abs()]
        for head, (value, se) in COLUMNS.items()
    }
    return pd.DataFrame(
        {
            "乡镇街道": [edition.name(p) for p in found["place"]],
            **{head: cells for head, cells in errors.items() if any(cells)},
            "采用": [LONG.get(v, "直接估计") for v in found["level"]],
            "理由": [WHY.get(v, "") for v in found["reason"]],
        }
    )


def diagnostics(found: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """A row a place whose direct estimate is published: what the pictures of a model show."""
    found = found[found["direct"].notna() & found["eblup"].notna()].reset_index(drop=True)
    return pd.DataFrame(
        {
            "place": found["place"],
            "direct": found["direct"],
            "estimate": found["eblup"],
            "gamma": found["gamma"],
            "n": found["place"].map(every.set_index("place")["n"]).astype(float),
            "cv_direct": found["se_direct"] / found["direct"],
            "cv": found["se"] / found["value"],
            "residual": found["residual"],
            "status": found["status"],
        }
    )


def rule(found: pd.DataFrame, edition: Any) -> str:
    """By which rule a figure is adopted, what there is no model for, and the benchmark's factors."""
    if found.empty or found["eblup"].isna().all():
        return "样本不足以建立小域模型，均采用直接估计。"
    limit, whole = share(edition.settings["small_area_cv_limit"], 0), edition.whole
    lacking = [t for t in found["lacking"].dropna().unique() if t]
    models = f"{lacking[0]}。" if lacking else "区域层面和住户层面两种模型中，小域估计取误差较小的一种。"
    factors = [found[c].dropna() for c in ("factor", "mix_factor")]
    before, mix = ("" if f.empty or is_missing(f.iloc[0]) else number(f.iloc[0], "", 3) for f in factors)
    compared = f"（区域层面模型校准前两者之比{before}，误差越小移动越少；" if before else "（"
    return (f"直接估计的变异系数不超过{limit}（够准），或误差不大于各模型的（误差最小），采用直接估计，不作移动；"
            f"其余采用误差最小的模型。{models}小域估计按误差平方校准到{whole}直接估计{compared}"
            f"采用值与{whole}之比的倒数为{mix}）。标准误已计入校准的移动。")  # fmt: skip
