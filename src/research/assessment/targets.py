"""Every target of a plan against its observations: value, rate, yes or no, colour, reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from research.assessment.attain import Attainment, Comparator, Kind, attainment
from research.assessment.colours import Colour, status
from research.assessment.series import (
    Series,
    flow,
    margin_of,
    measured,
    path,
    reference_series,
    series_of,
    target_value,
)
from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.status import weakest

if TYPE_CHECKING:
    from research.assessment.settings import Rules
    from research.indicators.reference.plans import Plan


RULES = (
    "level",
    "floor",
    "ceiling",
    "mean",
    "growth",
    "growth_of",
    "cumulative",
    "increase",
    "relative",
    "relative_growth",
    "both",
    "external",
)
"""How a target's value is made from a series; see `series.measured`."""

NO_SERIES = "无数据序列：所述内容不在监测指标之内，也没有报送"
NO_VALUE = "暂无观测值"
NO_REFERENCE = "缺少同年同口径的参照值"
VAGUE_REFERENCE = "参照值为约数（左右），差距在其精度之内"
NOT_YET = "目标年的数值尚未报送，不以往年数代替"
NO_REFERENCE_YET = "目标年的参照值尚未公布"
EXTERNAL = "目标由上级下达，未载明数值"
QUALITATIVE = "目标为定性表述，未给数值"
COLUMNS = (
    "target_id",
    "clause",
    "action",
    "action_no",
    "target_name",
    "indicator",
    "kind",
    "rule",
    "horizon",
    "comparator",
    "target",
    "target_text",
    "unit",
    "value",
    "value_year",
    "base",
    "base_year",
    "expected",
    "rate",
    "rate_rule",
    "progress",
    "behind",
    "scale",
    "due",
    "attained",
    "colour",
    "colour_by",
    "reason",
    "department",
    "place",
    "year",
    "status",
    "source",
)


def check_rules(table: pd.DataFrame, targets: pd.DataFrame, indicators: pd.DataFrame) -> list[Fault]:
    """Faults of the table that joins targets with indicators; an empty list when it is whole.

    Parameters
    ----------
    table : DataFrame
        Columns target, indicator, rule, comparator, reference, reference_indicator, note.
    targets, indicators : DataFrame
        The reference tables, with a column `id` each.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> t = pd.DataFrame({"target": ["T1"], "indicator": ["X"], "rule": ["levle"]})
    >>> print(check_rules(t, pd.DataFrame({"id": ["T1"]}), pd.DataFrame({"id": ["X"]}))[0])
    target_indicators.csv, row 2, column rule: expected a known rule, found 'levle' (did you mean 'level'?)
    """
    faults = []
    known = {"target": set(targets["id"]), "indicator": set(indicators["id"]), "rule": set(RULES)}
    for number, row in enumerate(table.itertuples(), start=2):
        for column, names in known.items():
            word = getattr(row, column)
            if word not in names:
                faults.append(
                    Fault(
                        spot("target_indicators.csv", row=number, column=column),
                        say(f"a known {column}", f"已知的 {column}"),
                        repr(word),
                        nearest(word, sorted(names)),
                        kind="target rule",
                    )
                )
    for name in table["target"][table["target"].duplicated()].unique():
        faults.append(
            Fault(
                spot("target_indicators.csv", column="target"),
                say("each target once", "每个目标只出现一次"),
                say(f"{name} twice", f"{name}出现两次"),
                kind="target rule",
            )
        )
    return faults


def horizon_of(stated: Collection[int], year: int) -> int | None:
    """The year whose target counts in an edition: the nearest not yet past, else the last one; None without any."""
    ahead = [y for y in stated if y >= year]
    return min(ahead) if ahead else (max(stated) if stated else None)


def stated_by(years: pd.DataFrame, plan: Plan) -> dict[str, dict[int, tuple[Any, str]]]:
    """What each target states, as ``{target: {year: (value, kind)}}``; later years are outlook only."""
    out: dict[str, dict[int, tuple[Any, str]]] = {}
    for name, year, value, kind in zip(years["target"], years["year"], years["value"], years["kind"], strict=True):
        if plan.start <= year <= plan.end and value not in ("", None):
            out.setdefault(name, {})[int(year)] = (value, kind or "")
    return out


def attain_targets(
    targets: pd.DataFrame,
    years: pd.DataFrame,
    table: pd.DataFrame,
    observations: pd.DataFrame,
    place: str,
    year: int,
    rules: Rules,
    published: pd.DataFrame | None = None,
    horizon: int | None = None,
    reported: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Attainment of each target by one place, one row a target.

    Parameters
    ----------
    targets : DataFrame
        As `data/reference/targets.csv`.
    years : DataFrame
        As `target_years.csv`: target, year, value, kind.
    table : DataFrame
        As `target_indicators.csv`: which indicator measures which target, and by what rule.
    observations : DataFrame
        Tidy: place, year, indicator, value, status, source.
    place : str
        Whose values; usually the district.
    year : int
        The edition: nothing later is looked at.
    rules : settings.Rules
        Thresholds, and the plan.
    published : DataFrame, optional
        Published series, for targets relative to the province.
    horizon : int, optional
        A milestone of the plan: hold against that year's targets only. Default: the horizon that counts in `year`.
    reported : DataFrame, optional
        Values handed in for targets that no indicator measures: target, place, year, value, status, source.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; `attained` is yes, no or unassessed, `due` whether the horizon has come,
        `behind` points behind, of what `scale` says (`colours.SCALES`): a steady pace, or the whole number where there
        is no start to reckon one from. `colour_by` is what made the colour (`colours.BY_ZH`).

    Raises
    ------
    DataError
        Faults of the joining table, all at once; a horizon that is none of the plan's.
    """
    plan = rules.in_force
    if horizon not in (None, *plan.milestones):
        raise DataError(
            Fault(
                "assessment, horizon",
                say(" or ".join(map(str, plan.milestones)), "或".join(map(str, plan.milestones))),
                str(horizon),
                kind="year",
            )
        )
    table = table.fillna("")
    targets = targets.replace({"": None})  # blank cells of the reference tables
    if table["target"].duplicated().any():
        raise DataError(check_rules(table, targets, pd.DataFrame({"id": table["indicator"]})))
    by_target = table.set_index("target").to_dict("index")
    series = series_of(observations, place)
    direct = (
        {}
        if reported is None or not len(reported)
        else series_of(reported.rename(columns={"target": "indicator"}), place)
    )
    rows, numbers = [], stated_by(years, plan)
    for row in targets.to_dict("records"):
        row["stated"] = numbers.get(row["id"], {})
        at = horizon or horizon_of(row["stated"], year)
        if horizon and horizon not in row["stated"]:
            continue
        join, own = by_target.get(row["id"]), series
        if join is None and row["id"] in direct:
            join, own = _reported_rule(row), direct
        rows.append(_one(row, join, own, place, year, at, rules, published))
    out = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = ("action_no", "horizon", "value_year", "base_year")
    return out.astype({c: "Int64" for c in whole}).astype({c: float for c in ("target", "value", "base", "rate")})


def _reported_rule(row: dict[str, Any]) -> dict[str, Any]:
    """How a value handed in for a target itself is read: by the target's own kind."""
    rule = {"cumulative": "cumulative", "annual growth": "growth"}.get(row["kind"], "level")
    comparator = {"=": ">="}.get(row["comparator"], row["comparator"])  # 100% is reached from below
    return {"indicator": row["id"], "rule": rule, "comparator": comparator, "reference": "", "reference_indicator": ""}


def _one(
    row: dict[str, Any],
    join: dict[str, Any] | None,
    series: Mapping[str, Series],
    place: str,
    year: int,
    horizon: int | None,
    rules: Rules,
    published: pd.DataFrame | None,
) -> dict[str, Any]:
    stated, own_kind = row["stated"][horizon] if horizon else (None, "")
    out = dict.fromkeys(COLUMNS)
    out.update({name: np.nan for name in ("target", "value", "base", "expected", "rate", "progress", "behind")})
    out.update(scale="", colour_by="")
    out.update(
        target_id=row["id"],
        clause=str(row["clause"]),
        action=row["action"],
        action_no=_whole(row.get("action_no")),
        target_name=row["indicator"],
        kind=row["kind"],
        horizon=horizon,
        comparator=row["comparator"],
        target_text="" if stated is None else str(stated),
        unit=row["unit"],
        place=place,
        year=year,
        due=bool(horizon and horizon <= year),
        attained="unassessed",
        colour="grey",
        indicator="",
        rule="",
        rate_rule="",
        department=row.get("department"),
        status="published",
        source=_clause(rules.in_force, row["clause"]),
    )
    numeric = target_value("level", stated, {}, None)
    out["target"] = np.nan if numeric is None else numeric
    if rules.in_force.phase(year) == "before":
        return out | {"reason": f"{rules.in_force.name}自{rules.in_force.start}年起实施"}
    if join is None:
        return out | {"reason": QUALITATIVE if row.get("class") == "relative" and numeric is None else NO_SERIES}
    rule = join["rule"]
    if rule == "cumulative" and own_kind == "flow per year":
        rule = "flow"  # this number is one year's amount, the series is a running total
    out.update(indicator=join["indicator"], rule=rule, comparator=join["comparator"] or row["comparator"])
    return _assess(out, row, join, series.get(join["indicator"], Series({}, {}, {})), rules, published)


def _whole(x: Any) -> int | None:
    return None if x is None or pd.isna(x) else int(float(x))


def _clause(plan: Plan, clause: object) -> str:
    text = str(clause)
    return f"{plan.name}第{text}条" if text[:1].isdigit() else f"{plan.name}{text}"


def _assess(
    out: dict[str, Any],
    row: dict[str, Any],
    join: dict[str, Any],
    series: Series,
    rules: Rules,
    published: pd.DataFrame | None,
) -> dict[str, Any]:
    rule, horizon, year = out["rule"], out["horizon"], out["year"]
    if rule == "external":
        return out | {"reason": EXTERNAL}
    reference = reference_series(published, join["reference"], join["reference_indicator"])
    if rule == "flow":
        value, at, used = flow(series, min(horizon, year))
    else:
        value, at, used = measured(rule, series, year, horizon, reference, rules.in_force)
    target = target_value(rule, out["target_text"], reference, at)
    if value is None or target is None or at is None:
        lacks = rule.startswith("relative") and series.values
        return out | {"reason": NO_REFERENCE if lacks else NO_VALUE}
    if out["due"] and at < horizon and not (rule == "floor" and value < target):  # a broken floor stays broken
        return out | {
            "reason": NO_REFERENCE_YET if rule.startswith("relative") else NOT_YET,
            "value": value,
            "value_year": at,
            "target": target,
        }
    margin = margin_of(published, join["reference"], join["reference_indicator"], at) if rule == "relative" else 0.0
    if margin and abs(value - target) <= margin + 1e-9:
        return out | {"reason": VAGUE_REFERENCE, "value": value, "value_year": at, "target": target}
    points = path(rule, series, row["stated"], horizon, target, rules.in_force)
    result = _rated(rule, value, target, points, out["comparator"], rules)
    sources = [out["source"], *(series.sources[y] for y in used if series.sources[y])]
    out.update(
        value=value,
        value_year=at,
        target=target,
        rate=result.rate,
        rate_rule=result.rule,
        attained="yes" if result.attained else "no",
        reason="",
        status=weakest([series.statuses[y] for y in used]),
        source="；".join(dict.fromkeys(sources)),
    )
    if points:
        out.update(base=points[0][1], base_year=points[0][0])
    return out | _paced(out, result, points, at, rules)


def _rated(
    rule: str, value: float, target: float, points: list[tuple[int, float]], comparator: str, rules: Rules
) -> Attainment:
    paced = rule == "level" or (rule == "ceiling" and target == 0)  # a ratio to zero says nothing
    base = points[0][1] if points and paced and points[0][1] != target else None
    # A base beyond the target leaves no way to cover: the ratio says more than a distance of the wrong sign.
    if base is not None and (base > target) == (comparator in (">=", ">", "~", "=")):
        base = None
    kind = cast(
        "Kind",
        {
            "mean": "annual",
            "growth_of": "growth",
            "flow": "annual",
            "relative_growth": "growth",
            "both": "ratio",
            "increase": "cumulative",
        }.get(rule, rule),
    )
    tolerance = rules.approximate if comparator == "~" else 0.0
    return attainment(
        value,
        target,
        kind,
        cast("Comparator", comparator),
        base,
        "distance" if base is not None else "ratio",
        tolerance,
    )


def _paced(
    out: dict[str, Any], result: Attainment, points: list[tuple[int, float]], at: int, rules: Rules
) -> dict[str, Any]:
    """Expected value by now, points behind and of what, colour and what made it."""
    expected, share, scale = np.nan, 1.0, "goal"
    if points and result.rate is not None:
        years, values = zip(*points, strict=True)
        expected = float(np.interp(at, years, values))
        if result.rule == "distance":
            share, scale = (expected - points[0][1]) / (points[-1][1] - points[0][1]), "way"
        elif out["rule"] in ("cumulative", "increase") and out["target"]:
            share, scale = expected / out["target"], "total"
    progress = result.rate
    colour, by = _coloured(out, result, status(progress, min(share, 1.0), rules.yellow, rules.red, False,
                                               result.attained), scale)  # fmt: skip
    behind = np.nan if progress is None else max(0.0, 100 * (min(share, 1.0) - progress))
    return {
        "expected": expected,
        "progress": progress,
        "behind": 0.0 if result.attained else behind,
        "scale": scale,
        "colour": colour,
        "colour_by": by,
    }


def _coloured(out: dict[str, Any], result: Attainment, colour: Colour, scale: str) -> tuple[Colour, str]:
    """The colour by the printed rule (`colours.target_rule`) and the clause of it that decides."""
    if result.attained or colour == "grey":
        return colour, "met" if result.attained else ""
    if out["due"]:
        return "red", "due"  # its day has come: it is missed, and no pace excuses it
    if colour == "green" and out["rule"] in ("floor", "ceiling"):
        return "yellow", "floor"  # it has to hold every year: a miss is never green
    return colour, "goal" if scale == "goal" else "pace"
