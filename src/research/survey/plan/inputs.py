"""The tables that a plan stands on: strata, what is known of each measure there, and what is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, nearest, say, spot

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats

ABOVE = say("a number above 0", "大于0的数")
WHOLE = ""
"""The `by` of a target for all strata together."""

LEARNED = ("mean_se", "sd_se", "icc_lower", "icc_upper")
"""Errors of what is known, as `learn` tells them."""
DEFAULTS = {"cost_village": 0.0, "cost_household": 1.0, "response": 1.0}


@dataclass(frozen=True)
class Stratum:
    """What is known of the strata, arrays of one length.

    Parameters
    ----------
    frame : DataFrame
        The table, with defaults filled in.
    population, villages, take, cost_village, cost_household, response : ndarray
        Households and villages there are (nan: drawn in one stage), households a village that answer, costs, and the
        share of the asked that answer.
    """

    frame: pd.DataFrame
    population: Floats
    villages: Floats
    take: Floats
    cost_village: Floats
    cost_household: Floats
    response: Floats

    @property
    def staged(self) -> Bools:
        """Which strata are drawn in two stages."""
        return np.isfinite(self.villages)

    @property
    def cost(self) -> Floats:
        """Of one more household that answers."""
        way = np.where(self.staged, self.cost_village / self.take, 0.0)
        return np.asarray(way + self.cost_household / self.response, float)

    @property
    def most(self) -> Floats:
        """Households that can answer."""
        able = self.population * self.response
        return np.asarray(np.where(self.staged, np.minimum(able, self.villages * self.take), able), float)


def read_strata(frame: pd.DataFrame) -> Stratum:
    """Strata as arrays.

    Parameters
    ----------
    frame : DataFrame
        `stratum`, `population`; and where they are known `villages` and `per_village` (two stages), `cost_village`,
        `cost_household`, `response`, `response_lower`; any further column may group strata (place, residence).

    Returns
    -------
    Stratum

    Raises
    ------
    DataError
        With all faults, by row and column.
    """
    faults = missing(frame, "strata", ["stratum", "population"])
    if faults:
        raise DataError(faults)
    frame = frame.reset_index(drop=True).assign(stratum=frame["stratum"].astype(str).to_numpy())
    twice = frame["stratum"].duplicated()
    for r in np.flatnonzero(twice):
        faults.append(
            Fault(
                spot("strata", row=int(r) + 2, column="stratum"),
                say("each stratum once", "每层一行"),
                str(frame["stratum"].iloc[r]),
                kind="twice",
            )
        )
    columns = {}
    for name in (
        "population",
        "villages",
        "per_village",
        "cost_village",
        "cost_household",
        "response",
        "response_lower",
    ):
        optional = name in ("villages", "per_village", "response_lower")
        given = frame[name] if name in frame else pd.Series(DEFAULTS.get(name, np.nan), index=frame.index)
        columns[name] = numbers(
            given,
            "strata",
            name,
            faults,
            gap=optional,
            zero=name == "cost_village",
            high=1.0 if name.startswith("response") else np.inf,
        )
    faults += _stages(columns)
    if faults:
        raise DataError(faults)
    c = columns
    take = np.where(np.isfinite(c["villages"]), c["per_village"], np.nan)
    return Stratum(frame, c["population"], c["villages"], take, c["cost_village"], c["cost_household"], c["response"])


def _stages(columns: dict[str, Floats]) -> list[Fault | str]:
    """Villages without their households, more villages than households, more taken than a village has."""
    faults: list[Fault | str] = []
    villages, take, population = (columns[k] for k in ("villages", "per_village", "population"))
    for r in np.flatnonzero(np.isfinite(villages)):
        at = int(r) + 2
        if not np.isfinite(take[r]):
            faults.append(
                Fault(
                    spot("strata", row=at, column="per_village"),
                    say("households a village", "每村户数"),
                    say("nothing", "空"),
                    say("give it, or see research.survey.plan.per_village", "请填写"),
                    kind="missing",
                )
            )
        elif population[r] > 0 and (villages[r] > population[r] or take[r] > population[r] / villages[r]):
            mean = population[r] / villages[r]
            faults.append(
                Fault(
                    spot("strata", row=at, column="per_village"),
                    say(f"at most {mean:.6g}, the households a village has", f"不超过每村户数{mean:.6g}"),
                    f"{take[r]:g}",
                    kind="range",
                )
            )
    return faults


def read_measures(frame: pd.DataFrame, strata: Stratum) -> dict[str, dict[str, Floats]]:
    """Mean, sd and icc of each measure, in the order of the strata.

    Parameters
    ----------
    frame : DataFrame
        `stratum`, `measure`, `mean`, `sd`, and `icc` where villages are drawn first.
    strata : Stratum

    Returns
    -------
    dict
        Measure to arrays "mean", "sd", "icc", and those of `LEARNED` (gaps where not told).

    Raises
    ------
    DataError
        With all faults: unknown strata, strata without values, values that cannot be.
    """
    faults = missing(frame, "measures", ["stratum", "measure", "mean", "sd"])
    if faults:
        raise DataError(faults)
    frame = frame.reset_index(drop=True)
    icc = frame["icc"].fillna(0.0) if "icc" in frame else pd.Series(0.0, index=frame.index)
    read = {
        "mean": numbers(frame["mean"], "measures", "mean", faults, low=-np.inf),
        "sd": numbers(frame["sd"], "measures", "sd", faults, zero=True),
        "icc": numbers(icc, "measures", "icc", faults, low=-1.0, high=1.0),
    }
    for name in LEARNED:  # how exact last year's data tell them: taken where they are there
        given = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
        read[name] = numbers(given, "measures", name, faults, low=-1.0, high=np.inf, gap=True)
    known = {s: h for h, s in enumerate(strata.frame["stratum"])}
    out: dict[str, dict[str, Floats]] = {}
    for r, (stratum, measure) in enumerate(
        zip(frame["stratum"].astype(str), frame["measure"].astype(str), strict=True)
    ):
        if stratum not in known:
            faults.append(
                Fault(
                    spot("measures", row=r + 2, column="stratum"),
                    say("a known stratum", "已有的层"),
                    repr(stratum),
                    nearest(stratum, known),
                    kind="unknown",
                )
            )
            continue
        own = out.setdefault(measure, {k: np.full(len(known), np.nan) for k in read})
        for name, values in read.items():
            own[name][known[stratum]] = max(values[r], 0.0) if name == "icc" else values[r]
    for measure, own in out.items():
        for stratum, h in known.items():
            if not np.isfinite(own["sd"][h]) and not faults:
                faults.append(
                    Fault(
                        spot("measures", item=measure),
                        say(f"values for stratum {stratum}", f"层{stratum}的数值"),
                        say("none", "没有"),
                        kind="missing",
                    )
                )
    if faults:
        raise DataError(faults)
    return out


@dataclass(frozen=True)
class Target:
    """One precision wanted: of a measure, in the strata of one group."""

    by: str
    group: str
    measure: str
    cv: float
    strata: Bools


def read_targets(
    frame: pd.DataFrame, strata: Stratum, measures: dict[str, dict[str, Floats]], level: float = 0.95
) -> list[Target]:
    """Targets, each with the strata it is about.

    Parameters
    ----------
    frame : DataFrame
        `measure`; `cv`, or `half_width` of the interval in the measure's own unit; and `by` (a column of the strata;
        empty: all of them together) and `group` (one of its values; empty: a target for each).
    strata : Stratum
    measures : dict
        As `read_measures` gives them.
    level : float
        Of the interval whose half-width is wanted.

    Returns
    -------
    list of Target
        Half-widths as cvs of the means that are expected.

    Raises
    ------
    DataError
        With all faults: measures, columns, groups that are not there, cvs and half-widths that cannot be,
        rows with both.
    """
    faults = missing(frame, "targets", ["measure"])
    if faults:
        raise DataError(faults)
    wanted = _wanted(frame.reset_index(drop=True), faults)
    reach = float(scipy.stats.norm.ppf(0.5 + level / 2))

    def target(by: str, group: str, measure: str, r: int, chosen: Bools) -> Target:
        part = strata.population * chosen
        mean = abs(float((part * measures[measure]["mean"]).sum() / part.sum()))
        half = wanted["half_width"][r]
        cv = wanted["cv"][r] if np.isnan(half) else half / reach / mean if mean else np.inf
        return Target(by, group, measure, float(cv), chosen)

    out: list[Target] = []
    every = np.ones(len(strata.frame), dtype=bool)
    blank = pd.Series("", index=frame.index)
    columns = [frame[c].fillna("").astype(str) if c in frame else blank for c in ("by", "group", "measure")]
    for r, (by, group, measure) in enumerate(zip(*columns, strict=True)):
        at = spot("targets", row=r + 2)
        if measure not in measures:
            faults.append(
                Fault(
                    spot(at, column="measure"),
                    say("a measure of the table measures", "表中已有的指标"),
                    repr(measure),
                    nearest(measure, measures),
                    kind="unknown",
                )
            )
        elif not by:
            out.append(target("", "", measure, r, every))
        elif by not in strata.frame:
            faults.append(
                Fault(
                    spot(at, column="by"),
                    say("a column of the strata", "层表中的一列"),
                    repr(by),
                    nearest(by, strata.frame.columns),
                    kind="unknown",
                )
            )
        else:
            values = strata.frame[by].astype(str)
            chosen = [group] if group else sorted(values.unique())
            if group and group not in set(values):
                faults.append(
                    Fault(
                        spot(at, column="group"),
                        say(f"a value of {by}", f"“{by}”的一个取值"),
                        repr(group),
                        nearest(group, values.unique()),
                        kind="unknown",
                    )
                )
                continue
            out += [target(by, g, measure, r, (values == g).to_numpy()) for g in chosen]
    if not out and not faults:
        faults.append(
            Fault("targets", say("one target or more", "至少一个精度要求"), say("none", "没有"), kind="empty")
        )
    if faults:
        raise DataError(faults)
    return out


def _wanted(frame: pd.DataFrame, faults: list[Fault | str]) -> dict[str, Floats]:
    """The cv or the half-width of each row; rows with neither or both are added to the faults."""
    blank = pd.Series(np.nan, index=frame.index)
    given = {c: numbers(frame.get(c, blank), "targets", c, faults, gap=True) for c in ("cv", "half_width")}
    told = [frame[c].notna().to_numpy() & (frame[c].astype(str) != "").to_numpy() for c in given if c in frame]
    count = np.sum(told, axis=0) if told else np.zeros(len(frame), int)
    text = say("a cv or a half-width, one of both", "变异系数或误差范围，两者之一")
    for r in np.flatnonzero(count != 1):
        found = say("both", "两个都有") if count[r] else say("none", "没有")
        faults.append(Fault(spot("targets", row=int(r) + 2, column="cv"), text, found, kind="value"))
    return given


def missing(frame: pd.DataFrame, table: str, columns: list[str]) -> list[Fault | str]:
    """Columns that a table lacks, and a table without rows, as faults."""
    faults: list[Fault | str] = [
        Fault(
            spot(table, column=c),
            say("a column of this name", "有这一列"),
            say("none", "没有"),
            nearest(c, frame.columns),
            kind="column",
        )
        for c in columns
        if c not in frame
    ]
    if not faults and not len(frame):
        faults.append(Fault(table, say("rows", "有数据行"), say("none", "没有"), kind="empty"))
    return faults


def numbers(
    column: pd.Series,
    table: str,
    name: str,
    faults: list[Fault | str],
    *,
    gap: bool = False,
    zero: bool = False,
    low: float = 0.0,
    high: float = np.inf,
) -> Floats:
    """A column as numbers; what is none, or is out of range, is added to the faults by row as a spreadsheet counts."""
    values: Floats = pd.to_numeric(column, errors="coerce").to_numpy(float)
    empty = column.isna().to_numpy() | (column.astype(str).str.strip() == "").to_numpy()
    good = np.isfinite(values) & ((values >= low) if zero or low < 0 else (values > low)) & (values <= high)
    good |= empty if gap else False
    upper = "" if np.isinf(high) else f" up to {high:g}"
    lower = "a number" if np.isinf(low) else f"a number of {low:g} or more" if zero or low < 0 else f"above {low:g}"
    zh = "数值" if np.isinf(low) else f"不小于{low:g}的数" if zero or low < 0 else f"大于{low:g}的数"
    for r in np.flatnonzero(~good):
        found = say("nothing", "空") if empty[r] else repr(column.tolist()[r])
        faults.append(
            Fault(
                spot(table, row=int(r) + 2, column=name),
                say(lower + upper, zh + ("" if np.isinf(high) else f"、不大于{high:g}")),
                found,
                kind="value",
            )
        )
    return values
