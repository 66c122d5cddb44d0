"""The tables of the assessment of one edition, in the shape the notebooks and chapters read."""

from __future__ import annotations

import pandas as pd
import yaml

from research.assessment import scorecards as cards
from research.assessment import targets as goals
from research.assessment import tasks as register
from research.assessment.settings import rules as read_rules
from research.errors import DataError, Fault


def assessment_settings(edition):
    """The `assessment` section of `index.yml`.

    Raises
    ------
    DataError
        The file or the section is missing.
    """
    path = edition.project.reference / "index.yml"
    section = yaml.safe_load(path.read_text("utf-8")).get("assessment") if path.is_file() else None
    if not isinstance(section, dict):
        raise DataError(Fault("data/reference/index.yml", "a section 'assessment'", "none", kind="settings"))
    return section


def target_table(edition):
    """`target_indicators.csv`, checked against the targets and the indicators."""
    path = edition.project.reference / "target_indicators.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if faults := goals.check_rules(table, edition.targets, edition.indicators):
        raise DataError(faults)
    return table


def build(edition):
    """All tables of the assessment.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict of DataFrame
        attainment, attainment_history, attainment_2022, changes, scorecards, task_status and more; their
        columns are listed in the module that makes each.
    """
    year, district = int(edition.edition), edition.district
    rules = read_rules(edition.settings, year, edition.about)
    table, observations = target_table(edition), edition.observations
    observations = observations[observations["year"].astype(int) <= year]

    def attain(at, horizon=None):
        return goals.attain_targets(edition.targets, table, observations, district, at, rules, edition.published,
                                    horizon, edition.target_values)

    tables = {"attainment": attain(year), "attainment_2022": attain(year, 2022)}
    years = sorted(y for y in observations["year"].astype(int).unique() if y >= rules.base_year)
    tables["attainment_history"] = pd.concat([attain(y, 2025).query("rule != ''") for y in years])
    tables["changes"] = cards.changes(observations, edition.indicators)
    tables["scorecards"] = cards.scorecards(observations, edition.indicators, district, tables["changes"])
    grades = assessment_settings(edition).get("warnings", [])
    tables["task_status"] = register.task_status(edition.tasks, f"{year}-12-31", rules, grades)
    return tables
