"""Township figures by models of places and of households, beside the direct estimates: clause 70 asks for them.

Which of the three is taken for a place is `research.measures.small_area.choose`'s: by estimated error, reason told.

Means, ratios and head-counts: `TARGETS` says on which scale each is modelled. A head-count of 0 in a small sample
has a standard error of 0, so the sampling variances of the low-income head-count are smoothed: all places are given
the district's variance of one household, design effect included, over their own number of households.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.errors import DataError
from research.indicators.privacy import release, withholding
from research.indicators.village_models import Modelled, modelled
from research.measures.small_area import choose, fay_herriot
from research.measures.small_area.inputs import agree
from research.measures.survey.intervals import limits

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.microdata import Microdata, MicrodataColumn

KEY = ["place", "year", "residence", "measure"]
FEW = 2
"""Direct estimates that may be shown beside a model that saw them all: fewer than the model has unknowns."""
COLUMNS = [
    "place",
    "year",
    "measure",
    "direct",
    "se_direct",
    "eblup",
    "se_eblup",
    "gamma",
    "chosen",
    "value",
    "se",
    "factor",
    "mix_factor",
    "area",
    "se_area",
    "unit_level",
    "se_unit",
    "model_level",
    "reason",
    "lacking",
    "residual",
    "unit",
    "status",
    "source",
]


class Target(NamedTuple):
    """How one measure is modelled."""

    transform: str
    """Scale of the model: see `fay_herriot`."""
    weight: str
    """Column of households whose sum weights the places: persons, or households."""
    share: bool = False
    """Whether values are shares, from 0 to 1."""
    smooth: bool = False
    """Whether sampling variances are smoothed over the places."""


TARGETS = {
    "mean_income": Target("none", "person_weight"),
    "urban_rural_ratio": Target("log", "person_weight"),
    "low_income": Target("none", "person_weight", share=True, smooth=True),
    "band_share": Target("none", "weight", share=True),
}


def small_area(edition: Edition, measures: pd.DataFrame | Microdata) -> pd.DataFrame | Microdata:
    """Means, ratios and head-counts of each place and year: direct, by the model, and the one chosen.

    The model of places stands on the share of village committees among a place's villages and communities, from the
    register and not from the sample; the model of households (`village_models`) on the register of villages, where
    there is one. Estimates of both are moved, the least exact most, until their mean over persons (or households) is
    that of the direct estimates, which for means and head-counts is the district's. A direct estimate is kept,
    unmoved, where its coefficient of variation is at most the setting `small_area_cv_limit`, and wherever neither
    model's error (the move counted in) is the smaller one; else the model with the smaller error is taken.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As `survey_tables.measures` makes it.

    Returns
    -------
    DataFrame
        place, year, measure, direct, se_direct, eblup (of the better model, benchmarked), se_eblup, gamma (weight of
        the place's own sample, 0 to 1), chosen ("direct" or "model"), value and se (of the chosen one), factor (the
        benchmark's: the district's mean over the area model's before it is moved), mix_factor (the same over the
        chosen figures), area, se_area, unit_level, se_unit (both models), model_level ("area", "unit": which is the
        better one), reason (a key of `small_area.choice.REASONS`, "none" without a model, "unknown" where the direct
        estimate has no error), lacking (why there is no model of households), residual (of the area model,
        standardised), unit, status, source. Without a model the columns of models are gaps.
    """
    rows = measures[measures["measure"].isin(TARGETS) & (measures["residence"] == "all")]
    whole = rows[rows["place"] == edition.district].set_index(["measure", "year"])
    rows = rows[rows["place"].isin(edition.places["code"])]
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    register = edition.places.set_index("code")
    rural = register["n_village_committees"].astype(float) / register["n_villages"].astype(float)
    limit = float(edition.settings["small_area_cv_limit"])
    parts = []
    homes = {year: modelled(edition, year) for year in sorted(rows["year"].unique())}
    for measure, target in TARGETS.items():
        stock = edition.households.dropna(subset=["income_pc"]).groupby(["place", "year"])[target.weight].sum()
        for year, part in rows[rows["measure"] == measure].groupby("year", sort=True):
            frame = part.assign(persons=part["place"].map(stock.xs(year, level="year")), rural=part["place"].map(rural))
            spread = smoothed(frame, whole.loc[(measure, year)]) if target.smooth else frame["se"]
            parts.append(one_year(frame, limit, target.transform, spread.to_numpy(), target.share, homes[year]))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def published(edition: Edition, raw: pd.DataFrame | Microdata, measures: pd.DataFrame) -> pd.DataFrame:
    """The small-area estimates that may be published.

    The model sees the direct estimates that are published. Where hardly any is (a rare thing, counted in few
    households of each place), it sees them all, and neither a direct estimate nor a weight is printed: with two
    shown ones at most nobody can solve for the others.

    Parameters
    ----------
    edition : Edition
    raw : DataFrame
        As `survey_tables.measures` estimates it.
    measures : DataFrame
        As `privacy.release.measures` publishes it.

    Returns
    -------
    DataFrame
        As `small_area` makes it, with a column `withheld`: whether the direct estimate is.
    """
    if raw.empty:
        return release.small_area(small_area(edition, raw), measures)
    gone = measures["withheld"].to_numpy(bool)
    shown = (
        ~gone
        & measures["residence"].eq("all")
        & measures["place"].ne(edition.district)
        & measures["measure"].isin(TARGETS)
        & measures["value"].notna()
    )
    many = shown.groupby([measures["measure"], measures["year"]]).transform("sum") > FEW
    hidden = withholding.withhold(raw, edition.withheld)["value"].isna().to_numpy() | (gone & many.to_numpy())
    columns = ["value", "se", "lower", "upper"]
    seen = raw.copy()
    seen.loc[hidden, columns] = np.nan
    return release.small_area(small_area(edition, seen), measures)


def smoothed(frame: Microdata, whole: MicrodataColumn) -> MicrodataColumn:
    """Standard errors of a share, from the district's, by each place's number of households.

    Parameters
    ----------
    frame : DataFrame
        A row a place: value, n.
    whole : Series
        The district's se and n.

    Returns
    -------
    Series
        ``se_district * sqrt(n_district / n)``; a gap where the value is one.

    Examples
    --------
    >>> frame = pd.DataFrame({"value": [0.0, 0.2, np.nan], "n": [25, 100, 4]})
    >>> smoothed(frame, pd.Series({"se": 0.01, "n": 400.0})).tolist()
    [0.04, 0.02, nan]
    """
    return (whole["se"] * np.sqrt(whole["n"] / frame["n"])).where(frame["value"].notna())


def one_year(
    frame: pd.DataFrame | Microdata,
    limit: float,
    transform: str = "none",
    spread: Any = None,
    share: bool = False,
    homes: Modelled | None = None,
) -> pd.DataFrame | Microdata:
    """The table of one measure and year.

    Parameters
    ----------
    frame : DataFrame
        A row a place: place, year, measure, value, se, persons (its weight), rural (0 to 1), unit, status, source.
    limit : float
        Largest coefficient of variation of a direct estimate that is kept.
    transform : {"none", "log", "logit"}
        Scale of the model of places.
    spread : ndarray, optional
        Standard errors for the models and for the rule; default: those of the direct estimates.
    share : bool
        Whether values are shares, from 0 to 1.
    homes : Modelled, optional
        The model of households.

    Returns
    -------
    DataFrame
        As `small_area`, but of one measure and year.
    """
    made = frame.reset_index(drop=True).rename(columns={"value": "direct", "se": "se_direct"})
    spread = made["se_direct"] if spread is None else pd.Series(spread)
    usable = made["direct"].notna() & (spread > 0) & np.isfinite(spread)
    asked = made.assign(
        estimate=made["direct"].where(usable),
        spread=spread.where(usable),
        persons=made["persons"].where(usable & (made["persons"] > 0), 1.0),
    )
    weights = asked["persons"].where(usable, 0.0)
    homes = homes or Modelled({})
    measure = str(made["measure"].iloc[0])
    models = {"area": _of_places(asked, transform), "unit": _of_households(asked, homes.tables.get(measure), weights)}
    models = {name: table for name, table in models.items() if table is not None}
    if share:
        for table in models.values():
            table["estimate"] = bounded(table["estimate"], weights)
    made = _taken(made, asked, models, limit).assign(lacking=homes.why(measure))
    made["mix_factor"] = np.nan
    if models:
        made["mix_factor"] = (made["direct"].fillna(0) * weights).sum() / (made["value"].fillna(0) * weights).sum()
    states = {"area": "estimated", "unit": weakest([s for s in ("estimated", homes.status) if s])}
    made["status"] = [
        weakest([s, states[m]]) if c == "model" else s
        for s, c, m in zip(made["status"], made["chosen"], made["model_level"], strict=True)
    ]
    return made


def _of_places(asked, transform):
    """Estimates of the model of places with their errors; None where there are too few, or nothing explains them."""
    try:
        found = fay_herriot(
            asked, ["rural"], estimate="estimate", se="spread", transform=transform, benchmark="persons"
        )
    except DataError as error:
        if not {getattr(fault, "kind", "") for fault in error.faults} <= {"empty", "rank", "missing"}:
            raise
        return None
    table = found.table
    return pd.DataFrame({
        "place": asked["place"], "estimate": table["benchmarked"], "rmse": table["benchmarked_rmse"],
        "gamma": table["gamma"], "factor": found.diagnostics["benchmark_factor"],
        "residual": asked["place"].map(found.diagnostics["residuals"]),
    })  # fmt: skip


def _of_households(asked, table, weights):
    """The same of the model of households; a place whose direct estimate is not to be seen has none."""
    if table is None:
        return None
    rows = table.set_index("place").reindex(asked["place"]).reset_index()
    seen = (asked["estimate"].notna() & rows["estimate"].notna() & (weights > 0)).to_numpy()
    if not seen.any():
        return None
    level, rmse = rows.loc[seen, "estimate"].to_numpy(float), rows.loc[seen, "rmse"].to_numpy(float)
    w = weights.to_numpy()[seen]
    moved = agree(level, rmse, w, (w * asked["estimate"].to_numpy()[seen]).sum())
    rows.loc[~seen, ["estimate", "rmse", "gamma"]] = np.nan
    rows.loc[seen, "estimate"], rows.loc[seen, "rmse"] = moved, np.hypot(rmse, moved - level)
    return rows


def _taken(made, asked, models, limit):
    """Which figure of each place is taken, and why."""
    made = made.assign(**dict.fromkeys(("area", "se_area", "unit_level", "se_unit", "factor", "residual"), np.nan))
    if not models:
        return made.assign(eblup=np.nan, se_eblup=np.nan, gamma=np.nan, model_level="", reason="none",
                           chosen="direct", value=made["direct"], se=made["se_direct"])  # fmt: skip
    for name, value, se in (("area", "area", "se_area"), ("unit", "unit_level", "se_unit")):
        if name in models:
            made[value], made[se] = models[name]["estimate"], models[name]["rmse"]
    if "area" in models:
        made["factor"], made["residual"] = models["area"]["factor"], models["area"]["residual"]
    unit = made["se_unit"].lt(made["se_area"]) | (made["area"].isna() & made["unit_level"].notna())
    made["model_level"] = np.where(unit, "unit", np.where(made["area"].notna(), "area", ""))
    made["eblup"] = made["unit_level"].where(unit, made["area"])
    made["se_eblup"] = made["se_unit"].where(unit, made["se_area"])
    weight = {name: models[name]["gamma"] if name in models else np.nan for name in ("area", "unit")}
    # of households: no more than its error leaves room for, or differences of two years would have none at all
    own = np.minimum(weight["unit"], (made["se_unit"] / asked["spread"]) ** 2)
    made["gamma"] = np.where(unit, own, weight["area"])
    direct = pd.DataFrame({"place": asked["place"], "estimate": asked["estimate"], "se": asked["spread"]})
    rule = choose(direct, {n: t[["place", "estimate", "rmse"]] for n, t in models.items()}, cv_limit=limit)
    model = rule["chosen"].isin(models)
    made["chosen"] = np.where(model, "model", "direct")
    made["reason"] = rule["reason"].where(~(rule["reason"].eq("alone") & made["direct"].notna()), "unknown")
    made["value"] = made["eblup"].where(model, made["direct"])
    made["se"] = made["se_eblup"].where(model, asked["spread"].fillna(made["se_direct"]))
    return made


def bounded(values: pd.Series, weights: pd.Series | MicrodataColumn) -> pd.Series:
    """Shares held between 0 and 1, then scaled so that their weighted sum is what it was.

    Examples
    --------
    >>> bounded(pd.Series([-0.01, 0.03, 0.02]), pd.Series([1.0, 1, 0])).round(4).tolist()
    [0.0, 0.02, 0.0133]
    """
    held = values.clip(0, 1)
    if (held == values).all():
        return values
    return held * ((values * weights).sum() / (held * weights).sum())


ADOPTED = ["direct", "se_direct", "model", "se_model", "gamma", "adopted"]
INTERVALS = {"mean_income": "normal", "urban_rural_ratio": "normal", "low_income": "logit", "band_share": "logit"}


def adopted(measures: pd.DataFrame, small: pd.DataFrame, df: Microdata, level: float) -> pd.DataFrame:
    """The measures with one figure for each place and year: the model's where it was chosen, in every book and table.

    Parameters
    ----------
    measures : DataFrame
        As `survey_tables.measures` makes them: direct estimates, withheld cells as gaps.
    small : DataFrame
        As `small_area` makes it.
    df : DataFrame
        place, year, residence, measure, df: degrees of freedom of the direct estimates.
    level : float
        Of the intervals.

    Returns
    -------
    DataFrame
        `measures`, their value, se, lower and upper the adopted ones, with `direct`, `se_direct`, `model`, `se_model`,
        `gamma` and `adopted` ("direct" or "model"). A cell that is withheld stays a gap: the model's figure stands
        beside it where it may be published, and not in its place.
    """
    rows = small.rename(columns={"eblup": "model", "se_eblup": "se_model"}).assign(residence="all")
    rows = rows[[*KEY, "model", "se_model", "gamma", "chosen", "withheld"]].rename(columns={"withheld": "alone"})
    made = measures.merge(rows, on=KEY, how="left", validate="one_to_one").merge(df, on=KEY, how="left")
    made = made.assign(direct=made["value"], se_direct=made["se"])
    model = made["chosen"].eq("model") & made["value"].notna()
    made.loc[made["value"].isna() & ~made["alone"].eq(True), ["model", "se_model", "gamma"]] = np.nan
    made["adopted"] = np.where(model, "model", "direct")
    for name, scale in INTERVALS.items():
        at = model & made["measure"].eq(name)
        value, se = made.loc[at, "model"].astype(float), made.loc[at, "se_model"].astype(float)
        low, high = limits(value.to_numpy(), se.to_numpy(), made.loc[at, "df"].to_numpy(float), level, scale)
        made.loc[at, ["value", "se", "lower", "upper"]] = np.column_stack([value, se, low, high])
    made["status"] = [weakest([s, "estimated"]) if m else s for s, m in zip(made["status"], model, strict=True)]
    return made.drop(columns=["chosen", "df", "alone"])
