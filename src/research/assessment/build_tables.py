"""The tables of the assessment of one edition, in the shape the notebooks and chapters read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.assessment import aspects as parts
from research.assessment import distance as way
from research.assessment import indicator_targets as by_indicator
from research.assessment import notes as oddities
from research.assessment import portraits, rates
from research.assessment import scorecards as cards
from research.assessment import targets as goals
from research.assessment import tasks as register
from research.assessment.closing import balance, closing
from research.assessment.duties import duty_matches
from research.assessment.outlook import outlook
from research.assessment.settings import rules as read_rules
from research.core.texts import read_yaml
from research.errors import DataError, Fault, say
from research.indicators.aggregates import roles
from research.indicators.comparisons import verdicts

if TYPE_CHECKING:
    from research.assessment.settings import Rules
    from research.indicators.edition import Edition


def assessment_settings(edition: Edition) -> dict[str, Any]:
    """The `assessment` section of `index.yml`.

    Raises
    ------
    DataError
        The file or the section is missing.
    """
    path = edition.project.reference / "index.yml"
    section = read_yaml(path, "data/reference/index.yml").get("assessment") if path.is_file() else None
    if not isinstance(section, dict):
        raise DataError(
            Fault(
                "data/reference/index.yml",
                say("a section 'assessment'", "有 assessment 一节"),
                say("none", "没有"),
                kind="settings",
            )
        )
    return section


def target_table(edition: Edition) -> pd.DataFrame:
    """`target_indicators.csv`, checked against the targets and the indicators."""
    table = edition.target_indicators
    if faults := goals.check_rules(table, edition.targets, edition.indicators):
        raise DataError(faults)
    return table


def build(edition: Edition) -> dict[str, pd.DataFrame]:
    """All tables of the assessment.

    Parameters
    ----------
    edition : Edition
        Its tables `observations` and those of the composite index must be there.

    Returns
    -------
    dict of DataFrame
        attainment, attainment_milestones, attainment_history, closing, plan_balance, attainment_rates,
        department_items, outlook, domain_distance, domain_curves, forecasts_tried, changes,
        indicator_targets, scorecards, task_status, task_summary, duty_matches,
        aspects, aspect_totals, portrait_vertical,
        portrait_horizontal, published_comparison, demand_portrait, demand_quarters, portrait_brief,
        outline_notes; the columns are listed in the functions that make them.
    """
    year = int(edition.edition)
    rules = read_rules(edition.settings, year, edition.plan)
    observations = edition.table("observations")
    observations = observations[observations["year"].astype(int) <= year]
    tables = _targets(edition, observations, rules)
    section = assessment_settings(edition)
    tables["outlook"] = outlook(
        tables["attainment"], observations, edition.target_values, edition.district, section.get("outlook_level", 0.8)
    )
    tables |= way.build(edition, tables["attainment_history"], tables["outlook"], section.get("outlook_level", 0.8))
    told = verdicts(edition, edition.table("comparisons"), "change")
    tables["changes"] = cards.changes(observations, edition.indicators, told)
    tables["indicator_targets"] = by_indicator.table(edition, tables["attainment"], target_table(edition), observations,
                                                     rules)  # fmt: skip
    tables["scorecards"] = cards.scorecards(observations, edition.indicators, edition.district, tables["changes"],
                                            by_indicator.counts(tables["indicator_targets"]))  # fmt: skip
    tables["task_status"] = register.task_status(edition.tasks, f"{year}-12-31", rules, section.get("warnings", []))
    tables["task_summary"] = register.summary(tables["task_status"])
    tables["duty_matches"] = duty_matches(tables["attainment"], edition.tasks)
    tables |= _portraits(edition, observations, rules, tables["task_status"])
    tables |= _aspects(edition, tables["attainment"], section)
    known = oddities.known_notes(edition.project.reference / "inconsistencies.csv")
    return tables | {"outline_notes": oddities.notes(edition.outline, edition.targets, edition.target_years, known)}


def _targets(edition: Edition, observations: pd.DataFrame, rules: Rules) -> dict[str, pd.DataFrame]:
    year, table = int(edition.edition), target_table(edition)

    def attain(at: int, horizon: int | None = None) -> pd.DataFrame:
        return goals.attain_targets(
            edition.targets,
            edition.target_years,
            table,
            observations,
            edition.district,
            at,
            rules,
            edition.published,
            horizon,
            edition.target_values,
        )

    now = attain(year)
    if faults := rates.check_owners(now, edition.departments):
        raise DataError(faults)
    plan = rules.in_force
    years = sorted(y for y in observations["year"].astype(int).unique() if y >= plan.start)
    history = pd.concat([attain(y, plan.end) for y in years], ignore_index=True)
    past = [attain(y, y) for y in plan.milestones if y <= year]
    milestones = pd.concat(past, ignore_index=True) if past else now[:0]
    history = history[history["rule"] != ""].reset_index(drop=True)
    return {
        "attainment": now,
        "attainment_milestones": milestones,
        "attainment_history": history,
        "closing": closing(now, plan.end),
        "plan_balance": balance(milestones, history, plan.end),
        "attainment_rates": rates.rate_table(now, rules),
        "department_items": rates.answered(rates.department_items(now), edition.answers, year),
    }


def _portraits(
    edition: Edition, observations: pd.DataFrame, rules: Rules, tasks: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    year, district = int(edition.edition), edition.district
    vertical = portraits.results_vertical(edition.table("scores"), rules.in_force.base)
    horizontal = portraits.results_horizontal(edition.table("ranks"))
    demands = portraits.with_district(edition.demands, district)
    topics = portraits.demand_portrait(demands)
    names = {district: edition.name(district), **dict(zip(edition.places["code"], edition.places["name"], strict=True))}
    return {
        "portrait_vertical": vertical,
        "portrait_horizontal": horizontal,
        "published_comparison": portraits.compared_with_published(
            observations,
            edition.published,
            district,
            edition.name(district),
            edition.indicators,
            portraits.published_pairs(target_table(edition)),
            _own_intervals(edition),
        ),
        "demand_portrait": topics,
        "demand_quarters": portraits.demand_quarters(demands),
        "portrait_brief": portraits.brief(
            year,
            vertical,
            horizontal,
            tasks,
            topics,
            edition.table("strengths"),
            edition.table("obstacles"),
            edition.table("intervals"),
            names,
        ),
    }


def _own_intervals(edition: Edition) -> pd.DataFrame:
    """Intervals of the district's indicators that the survey gives: indicator, year, lower, upper."""
    rows = edition.table("measures").merge(roles(edition.indicators), on=["measure", "residence"], how="inner")
    rows = rows[(rows["place"] == edition.district) & rows["lower"].notna()]
    ends = {c: rows[c].astype(float) * rows["factor"] for c in ("lower", "upper")}
    return rows.assign(indicator=rows["id"], **ends)[["indicator", "year", "lower", "upper"]]


def _aspects(edition: Edition, attainment: pd.DataFrame, section: Mapping[str, Any]) -> dict[str, pd.DataFrame]:
    scores = edition.table("scores")
    top = scores[(scores["level"] == "index") & (scores["year"] == int(edition.edition))]
    top = top[top["scope"] == "township"][["place", "score", "status"]]
    handed_in = edition.aspects
    handed_in = handed_in[handed_in["year"] == int(edition.edition)]
    known = set(edition.departments["department"])
    units = parts.units_of(
        top, rates.rates(attainment, "department"), edition.places, [u for u in handed_in["unit"] if u in known]
    )
    table = parts.aspects(units, section, handed_in)
    return {"aspects": table, "aspect_totals": parts.totals(table, section.get("grades"))}
