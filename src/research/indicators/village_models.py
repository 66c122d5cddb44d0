"""Township figures by a model of households, where the village register tells what all of the district is like.

The register is the table `village-values`: for each village its households, its persons and what the model may stand
on, under the names that the settings `village_households`, `village_persons` and `village_covariates` give. A sampled
household has what its village has, so that a covariate means the same in the sample and in the district.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from research.core.faults import gathered
from research.core.status import weakest
from research.errors import DataError
from research.indicators.registers.rules import parts
from research.measures.small_area import ebp

if TYPE_CHECKING:
    from research.core.kinds import Floats

REPLICATES = 50
PERSONS = ("mean_income", "low_income")
HOMES = ("band_share",)
"""Measures over persons by income a head, and over households by their income; a ratio of two means is neither."""
NO_MEASURE = "该指标是两个均值之比，只用区域层面模型"
NO_REGISTER = "没有登记各村户数、人口和协变量的村级数据表，未用住户层面模型"
COLUMNS = ["place", "estimate", "rmse", "gamma"]


class Modelled(NamedTuple):
    """A table of each measure (place, estimate, rmse, gamma), why there are none, and the register's status."""

    tables: dict[str, pd.DataFrame]
    lacking: str = ""
    status: str = ""

    def why(self, measure: str) -> str:
        """Why a measure has no figure by households; empty where it has one."""
        if measure in self.tables:
            return ""
        return self.lacking if measure in (*PERSONS, *HOMES) else NO_MEASURE


def modelled(edition: Any, year: int) -> Modelled:
    """Means, head-counts and band shares of the places in a year, by empirical best prediction.

    Parameters
    ----------
    edition : Edition
    year : int

    Returns
    -------
    Modelled
        Errors count in what incomes of one village have in common: the model knows places, not villages.

    Examples
    --------
    >>> from research import open_edition
    >>> sorted(modelled(open_edition("2021"), 2021).tables)
    ['band_share', 'low_income', 'mean_income']
    """
    villages, covariates, lacking = register(edition, year)
    if lacking:
        return Modelled({}, lacking)
    rows = edition.households
    rows = rows[(rows["year"] == year) & rows["income_pc"].notna()].merge(
        villages[["village", *covariates]], on="village", how="left", validate="many_to_one"
    )
    if strange := sorted(set(rows.loc[rows[covariates].isna().any(axis=1), "village"].astype(str))):
        return Modelled({}, f"样本中有{len(strange)}个村不在村级登记中，未用住户层面模型")
    s = edition.settings
    band = {"lower": s["middle_band_lower"], "upper": s["middle_band_upper"], "closed": s["middle_band_closed"]}
    heads = {"mean_income": "mean", "low_income": ("headcount", {"line": s["low_income_line"]})}
    asked = (
        ("income_pc", "person_weight", "persons", heads),
        ("income", "weight", "households", {HOMES[0]: ("band_share", band)}),
    )  # fmt: skip
    tables: dict[str, pd.DataFrame] = {}
    try:
        for value, weight, size, measures in asked:
            tables |= _predicted(rows, value, weight, size, measures, villages, covariates)
    except DataError as error:  # too few households, covariates that follow from others or are of another unit
        told = "；".join(line for line, _ in gathered(error.faults, "zh")[:2])
        return Modelled({}, f"住户层面模型不能建立（{told}）")
    return Modelled(tables, status=villages.attrs["status"])


def register(edition: Any, year: int) -> tuple[pd.DataFrame, list[str], str]:
    """The newest register not after a year (else the oldest): a row a village, the covariates, and what is lacking."""
    s = edition.settings
    names = {"households": s.get("village_households"), "persons": s.get("village_persons")}
    covariates = parts(s.get("village_covariates"))
    none = pd.DataFrame(columns=["village"])
    values = edition.register("village-values")
    if not all(names.values()) or not covariates or values.empty:
        return none, covariates, NO_REGISTER
    wide = pd.DataFrame(index=pd.Index(edition.villages["code"].astype(str), name="village"))
    seen: set[str] = set()
    for name, item in {**names, **{c: c for c in covariates}}.items():
        rows = values[values["village_item"] == item]
        if rows.empty:
            return none, covariates, NO_REGISTER
        before = rows.loc[rows["year"] <= year, "year"]
        rows = rows[rows["year"] == (before.max() if len(before) else rows["year"].min())]
        seen |= set(rows["status"].dropna())
        wide[name] = rows.set_index("village")["value"].astype(float)
    gaps = int(wide.isna().any(axis=1).sum())
    if gaps:
        return none, covariates, f"村级登记缺{gaps}个村的户数、人口或协变量，未用住户层面模型"
    wide["place"] = edition.villages.set_index("code")["place"]
    wide[["households", "persons"]] = wide[["households", "persons"]].round()
    wide = wide[wide["households"] > 0].reset_index()
    wide.attrs["status"] = weakest(seen)
    return wide, covariates, ""


def _predicted(
    rows: pd.DataFrame, value: str, weight: str, size: str, measures: dict[str, Any], villages: pd.DataFrame,
    covariates: list[str],
) -> dict[str, pd.DataFrame]:  # fmt: skip
    alike = villages.groupby(["place", *covariates], as_index=False)[size].sum()  # villages of one kind are one row
    found = ebp(
        rows, value, "place", covariates, alike, measures,
        weight=weight, households=size, draws=0, replicates=REPLICATES,
    )  # fmt: skip
    wider = clustering(found.residuals, rows["place"].to_numpy(), rows["village"].to_numpy())
    table = found.table.merge(found.areas[["place", "gamma"]], on="place").assign(rmse=lambda t: wider * t["rmse"])
    return {m: part[COLUMNS].reset_index(drop=True) for m, part in table.groupby("measure")}


def clustering(residuals: Floats, places: Any, villages: Any) -> float:
    """By how much errors grow because residuals of one village are alike: the root of ``1 + (m - 1) icc``.

    Parameters
    ----------
    residuals : ndarray
    places, villages : array-like
        Of each household; villages within places.

    Returns
    -------
    float
        At least 1.

    References
    ----------
    Kish (1965), "Survey Sampling", section 5.4.

    Examples
    --------
    >>> clustering(np.array([1.0, 1, -1, -1]), ["p"] * 4, list("aabb")).__round__(4)  # icc 1, two households each
    1.4142
    >>> clustering(np.array([1.0, -1, 1, -1]), ["p"] * 4, list("aabb"))
    1.0
    """
    frame = pd.DataFrame({"r": residuals, "place": places, "village": villages})
    off = frame["r"] - frame.groupby("place")["r"].transform("mean")
    by = off.groupby(frame["village"])
    m = by.size().to_numpy(float)
    freedom = len(m) - frame["place"].nunique()
    if freedom < 1 or len(off) <= len(m):
        return 1.0
    between = float((m * by.mean().to_numpy() ** 2).sum() / freedom)
    within = float(((off - by.transform("mean")) ** 2).sum() / (len(off) - len(m)))
    typical = float((m.sum() - (m**2).sum() / m.sum()) / max(len(m) - 1, 1))
    icc = (between - within) / (between + (typical - 1) * within) if between + (typical - 1) * within > 0 else 0.0
    return float(np.sqrt(1 + ((m**2).sum() / m.sum() - 1) * min(max(icc, 0.0), 1.0)))
