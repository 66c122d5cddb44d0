"""Township figures by the Fay-Herriot model, beside the direct estimates: clause 70 asks for better precision.

Means, ratios and head-counts: `TARGETS` says on which scale each is modelled. A head-count of 0 in a small sample
has a standard error of 0, so the sampling variances of the low-income head-count are smoothed: all places are given
the district's variance of one household, design effect included, over their own number of households.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.errors import DataError
from research.indicators.privacy import release, withholding
from research.measures.small_area import fay_herriot
from research.measures.survey.intervals import limits

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


def small_area(edition, measures):
    """Means, ratios and head-counts of each place and year: direct, by the model, and the one chosen.

    The model's covariate is the share of village committees among a place's villages and communities, from the
    register and not from the sample. Its estimates are moved, the least exact most, until their mean over persons (or
    households) is that of the direct estimates, which for means and head-counts is the district's. A direct estimate
    is kept, unmoved, where its coefficient of variation is at most the setting `small_area_cv_limit`, and wherever
    the model's error (the move counted in) is not the smaller one.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As `survey_tables.measures` makes it.

    Returns
    -------
    DataFrame
        place, year, measure, direct, se_direct, eblup (benchmarked), se_eblup, gamma (weight of the direct estimate,
        0 to 1), chosen ("direct" or "model"), value and se (of the chosen one), factor (the benchmark's: the
        district's mean over the model's before it is moved), mix_factor (the same over the chosen figures), unit,
        status, source. In a year with too few places for a model `eblup`, `se_eblup`, `gamma` and the factors are
        gaps, and the direct estimate is chosen.
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
    for measure, target in TARGETS.items():
        stock = edition.households.dropna(subset=["income_pc"]).groupby(["place", "year"])[target.weight].sum()
        for year, part in rows[rows["measure"] == measure].groupby("year", sort=True):
            frame = part.assign(persons=part["place"].map(stock.xs(year, level="year")), rural=part["place"].map(rural))
            spread = smoothed(frame, whole.loc[(measure, year)]) if target.smooth else frame["se"]
            parts.append(one_year(frame, limit, target.transform, spread.to_numpy(), share=target.share))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def published(edition, raw, measures):
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


def smoothed(frame, whole):
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


def one_year(frame, limit, transform="none", spread=None, share=False):
    """The table of one measure and year.

    Parameters
    ----------
    frame : DataFrame
        A row a place: place, year, measure, value, se, persons (its weight), rural (0 to 1), unit, status, source.
    limit : float
        Largest coefficient of variation of a direct estimate that is kept.
    transform : {"none", "log", "logit"}
        Scale of the model.
    spread : ndarray, optional
        Standard errors for the model and for the rule; default: those of the direct estimates.
    share : bool
        Whether values are shares, from 0 to 1.

    Returns
    -------
    DataFrame
        As `small_area`, but of one measure and year.
    """
    frame = frame.reset_index(drop=True)
    made = frame.rename(columns={"value": "direct", "se": "se_direct"})
    spread = made["se_direct"] if spread is None else pd.Series(spread)
    usable = made["direct"].notna() & (spread > 0) & np.isfinite(spread)
    asked = made.assign(
        estimate=made["direct"].where(usable),
        spread=spread.where(usable),
        persons=made["persons"].where(usable & (made["persons"] > 0), 1.0),
    )
    try:
        found = fay_herriot(
            asked, ["rural"], estimate="estimate", se="spread", transform=transform, benchmark="persons", cv_limit=limit
        )
    except DataError as error:  # too few places, or a register that cannot explain: the direct estimates stand alone
        if not {getattr(fault, "kind", "") for fault in error.faults} <= {"empty", "rank", "missing"}:
            raise
        return made.assign(
            eblup=np.nan,
            se_eblup=np.nan,
            gamma=np.nan,
            chosen="direct",
            value=made["direct"],
            se=made["se_direct"],
            factor=np.nan,
            mix_factor=np.nan,
        )
    table = found.table
    made = made.assign(
        eblup=table["benchmarked"],
        se_eblup=table["benchmarked_rmse"],
        gamma=table["gamma"],
        chosen=table["chosen"],
        value=table["value"],
        se=table["se"],
        factor=found.diagnostics["benchmark_factor"],
    )
    weights = asked["persons"].where(usable, 0.0)
    if share:
        made["eblup"] = bounded(made["eblup"], weights)
        made["value"] = made["eblup"].where(made["chosen"] == "model", made["direct"])
    made["mix_factor"] = (made["direct"].fillna(0) * weights).sum() / (made["value"].fillna(0) * weights).sum()
    made["status"] = [
        weakest([s, "estimated"]) if c == "model" else s for s, c in zip(made["status"], made["chosen"], strict=True)
    ]
    return made


def bounded(values, weights):
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


def adopted(measures, small, df, level):
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
