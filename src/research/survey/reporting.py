"""The last step of a survey: estimates by domain, what may be compared, and the tables the appendix is made of."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from research.core.faults import say
from research.core.files import write_whole
from research.core.formulas import neutral_frame
from research.core.status import weakest
from research.survey import files
from research.survey.appendix import appendix
from research.survey.estimates import Sample
from research.survey.estimates.sample import Estimates
from research.survey.release import FIGURES, publishable
from research.survey.social import item_gaps
from research.survey.steps import Told, known_totals
from research.survey.weights import Calibrated, margins_of

PUBLISHED = ("estimates", "differences", "design", "gaps", "rates", "margins")
"""Tables that say nothing of a household: what an edition takes for its appendix."""
LEVEL = 0.95
"""Of the intervals, where none is given."""
NOT_ASKED = ("village", "household", "weight", "base", "code", "note", "visitor", "status", "_given", "_value")
"""Columns of the answers that are no questions; nor are those of the draw."""


def report(
    folder: Path,
    values: tuple[str, ...],
    by: str = "place",
    strata: str = "stratum",
    look: files.Look | None = None,
    lang: str = "zh",
    status: str = "survey",
    to: Path | None = None,
    level: float = LEVEL,
    per: str | None = None,
) -> Told:
    """Means of `weights-households` by domain with their errors, and the appendix text; writes `report`.

    Parameters
    ----------
    folder : Path
    values : tuple of str
        Columns to estimate.
    by, strata : str
        Columns of the domains and of the strata.
    look : callable, optional
        Looks at each file before it is opened.
    lang : {"zh", "en"}
    status : str
    to : Path, optional
        Folder that takes the tables of the appendix besides: `survey-<year>` of an edition's data.
    level : float
        Of the intervals; differences are held against what it leaves.
    per : str, optional
        Column (persons) that each value is told per unit of: ratios of two totals, as income a head is.

    Returns
    -------
    tuple of list of Path and Words
        What was written, and how exact it is.
    """
    rows = files.read(
        folder, "weights-households", look, ("village", "weight", strata, by, *values, *filter(None, [per]))
    )
    names = {v: f"{v}/{per}" if per else v for v in values}
    answers, rows = rows, rows.assign(**{names[v]: rows[v] / rows[per] for v in values if per})
    sample = _sample(folder, rows, strata, look)
    weak_status = weakest([status, *(rows["status"].dropna().unique() if "status" in rows else ())])
    tables, pairs = [], []
    for value, v in names.items():
        parts = [_means(sample, value, g, level, per) for g in (None, by)]
        table = pd.concat(
            [e.table.assign(measure=v, status=weak_status, level=level) for e in parts], ignore_index=True
        )
        table[by] = table[by].fillna("")
        table = publishable(table[["measure", by, *FIGURES, "status", "level"]], rows, by)
        tables.append(table)
        pairs.append(_pairs(parts[1], table, v, by, level))
    made = {
        "estimates": pd.concat(tables, ignore_index=True).rename(columns={by: "place"}),
        "differences": pd.concat(pairs, ignore_index=True),
        "design": _design(folder, rows, strata, look),
        "gaps": _gaps(folder, answers, values, by, strata, look),
    }
    for name in ("rates", "margins"):
        if files.find(folder, f"weights-{name}") is not None:
            made[name] = files.read(folder, f"weights-{name}", look)
    paths = files.write(folder, "report", made, lang)
    paths.append(write_whole(folder / "report-appendix.md", "# 调查方法与精度\n\n" + appendix(made)))
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        paths += [write_whole(to / f"{k}.csv", neutral_frame(t).to_csv(index=False)) for k, t in made.items()]
    found = made["estimates"]
    weak = int((found["cv"] > 0.15).sum())
    return paths, say(
        f"{len(found)} estimates, {weak} with a cv above 15%", f"{len(found)}个估计值，其中{weak}个变异系数超过15%"
    )


def _means(sample: Sample, value: str, by: str | None, level: float, per: str | None = None) -> Estimates:
    """Means (or totals over those of `per`) of those who answered the question; of all where everybody did."""
    whole = sample.frame
    below = pd.Series(1.0, index=whole.index) if per is None else whole[per].astype(float)
    given = whole[value].notna() & below.notna()
    if given.all() and per is None:
        return sample.mean(value, by, level=level)
    sample.frame = whole.assign(_given=below.where(given, 0.0), _value=whole[value].where(given, 0.0))
    try:
        made = sample.ratio("_value", "_given", by, level=level)
    finally:
        sample.frame = whole
    count = given.groupby(whole[by].astype(str)).sum() if by else None
    made.table["n"] = int(given.sum()) if count is None else made.table[by].astype(str).map(count).astype(int)
    return made


def _gaps(
    folder: Path, rows: pd.DataFrame, values: tuple[str, ...], by: str, strata: str, look: files.Look | None
) -> pd.DataFrame:
    """Questions that households who took part did not answer, the one with the most gaps first."""
    drawn = files.read(folder, "draw-households", look) if files.find(folder, "draw-households") is not None else None
    known = {*NOT_ASKED, by, strata, *([] if drawn is None else drawn.columns)}
    asked = list(values) if drawn is None else [c for c in rows if c in values or c not in known]
    found = item_gaps(rows, asked, "weight")
    whole = found["item"].eq("")
    return pd.concat([found[~whole].sort_values("share", ascending=False, kind="stable"), found[whole]])


def _sample(folder: Path, rows: pd.DataFrame, strata: str, look: files.Look | None) -> Sample:
    """The rows with their calibration, and with both stages where the draw is there."""
    calibrated = None
    if files.find(folder, "totals") is not None and "base" in rows:
        known = known_totals(files.read(folder, "totals", look, ("margin", "level", "total")))
        weight, base = (rows[c].to_numpy(float) for c in ("weight", "base"))
        calibrated = Calibrated(weight, base, weight / base, margins_of(rows, known), "given", pd.DataFrame(), {})
    asked: dict[str, str] = {}
    if files.find(folder, "draw-villages") is not None:
        drawn = files.read(folder, "draw-villages", look, ("village", "probability", "households"))
        first = drawn.drop_duplicates("village").set_index("village")
        outer, homes = (first[c].reindex(rows["village"]).to_numpy(float) for c in ("probability", "households"))
        count = rows.groupby("village")["village"].transform("count").to_numpy(float)
        if np.isfinite(outer).all() and (count > 1).all():
            rows = rows.assign(_outer=outer, _homes=np.maximum(homes, count))
            asked = {"probability": "_outer", "ssu": "household", "ssu_population": "_homes"}
    return Sample(
        rows,
        None if calibrated is not None else "weight",
        strata=strata,
        psu="village",
        calibrated=calibrated,
        single="centered",
        **asked,
    )


def _pairs(estimates: Estimates, table: pd.DataFrame, value: str, by: str, level: float) -> pd.DataFrame:
    """Every two domains that are published: their difference, and whether it stands among all that are looked at."""
    shown = set(table.loc[~table["withheld"], by].astype(str))
    names = estimates.table[by].astype(str).tolist()
    at = [i for i, n in enumerate(names) if n in shown]
    two = list(combinations(at, 2))
    columns = ["measure", "first", "second", "difference", "se", "lower", "upper", "p_adjusted", "apart"]
    if not two:
        return pd.DataFrame(columns=columns)
    from statsmodels.stats.multitest import multipletests

    found = estimates.differences([i for i, _ in two], [j for _, j in two], level)
    adjusted = multipletests(found["p_value"].fillna(1.0), method="holm")[1]
    return pd.DataFrame(
        {
            "measure": value,
            "first": [names[i] for i, _ in two],
            "second": [names[j] for _, j in two],
            **{c: found[c].to_numpy() for c in ("difference", "se", "lower", "upper")},
            "p_adjusted": adjusted,
            "apart": adjusted < 1 - level,
        }
    )


def _design(folder: Path, rows: pd.DataFrame, strata: str, look: files.Look | None) -> pd.DataFrame:
    """Of each stratum: villages and households in the register, drawn, and what answered."""
    out = rows.groupby(strata).agg(villages_answered=("village", "nunique"), answered=("village", "size"))
    if files.find(folder, "villages") is not None:
        register = files.read(folder, "villages", look, ("village", "stratum", "households")).groupby("stratum")
        out["villages"], out["households"] = register["village"].nunique(), register["households"].sum()
    if files.find(folder, "draw-households") is not None:
        drawn = files.read(folder, "draw-households", look, ("village", "stratum"))
        role = drawn["role"] if "role" in drawn else pd.Series("main", index=drawn.index)
        out["villages_drawn"] = drawn.groupby("stratum")["village"].nunique()
        out["invited"] = role.eq("main").groupby(drawn["stratum"]).sum()
        if role.eq("reserve").any():
            out["reserves"] = role.eq("reserve").groupby(drawn["stratum"]).sum()
    return out.reset_index(names="stratum")
