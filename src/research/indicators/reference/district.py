"""A district in a given year: its reference tables as attributes, read when first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from research.errors import DataError, Fault, nearest, say
from research.indicators.reference import reference
from research.indicators.reference.complete import whole_of
from research.indicators.reference.goals import goals, plan_of, plans_with
from research.indicators.reference.plans import in_force
from research.wording import shared
from research.wording.shared import Sentences

if TYPE_CHECKING:
    import pandas as pd

    from research.core.scope import Project
    from research.indicators.reference.plans import Plan


class District:
    """The reference tables as they stand in one year.

    Parameters
    ----------
    project : Project
    edition : int
        Year whose settings and group memberships are in force.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> District(open_project(), 2024).settings["low_income_line"]
    10000
    """

    def __init__(self, project: Project, edition: int | str) -> None:
        self.project, self.edition = project, int(edition)

    @cached_property
    def about(self) -> dict[str, Any]:
        """Facts of the district: names, plans, book titles."""
        return reference.district(self.project)

    @property
    def district(self) -> str:
        """Code of the district."""
        return str(self.about["code"])

    @cached_property
    def places(self) -> pd.DataFrame:
        """The places of the district, with the group each is in this year (empty where none)."""
        frame = reference.load(self.project, "places")
        member = {code: name for name, codes in self.groups.items() for code in codes}
        return frame.assign(group=[member.get(code, "") for code in frame["code"]])

    def name(self, code: object) -> str:
        """Chinese name of the district or of one of its places.

        Raises
        ------
        DataError
            For an unknown code, with the nearest known one.
        """
        if str(code) == self.district:
            return self.about["name"]
        if str(code) not in self._names:
            raise DataError(
                Fault("place", say("a known code", "已知的代码"), repr(code), nearest(code, self._names), "place")
            )
        return self._names[str(code)]

    @cached_property
    def _names(self) -> dict[str, str]:
        return dict(zip(self.places["code"], self.places["name"], strict=True))

    @cached_property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Members of each group in this year: dict of name -> place codes."""
        return reference.groups(self.project, self.edition)

    @cached_property
    def focus(self) -> str:
        """The group whose income is held against the whole district (`focus: true` in groups.yml); empty without."""
        return reference.focus(self.project)

    @property
    def whole(self) -> str:
        """How running text calls the whole district: 全区, 全县, 全市."""
        return whole_of(self.about["name"])

    @cached_property
    def table_origin(self) -> str:
        """What the table of indicators is where it is not the official one (`table1_status`); empty where it is."""
        return "、".join(dict.fromkeys(w for w in self.indicators["table1_status"] if w))

    @property
    def origin_note(self) -> str:
        """The sentence that says so; empty for an official table."""
        return f"指标体系为{self.table_origin}。" if self.table_origin else ""

    @cached_property
    def words(self) -> dict[str, str]:
        """The district's own words for what computed sentences name.

        Returns
        -------
        dict
            whole, plan, group (in focus), band and line (limits of the middle and of low incomes, in 万元).
        """
        s = self.settings
        low, high, line = (f"{s[k] / 1e4:g}" for k in ("middle_band_lower", "middle_band_upper", "low_income_line"))
        return {
            "whole": self.whole,
            "plan": self.plan.name,
            "group": self.group_names.get(self.focus, ""),
            "band": f"{low}—{high}万元",
            "line": f"{line}万元",
        }

    @cached_property
    def group_names(self) -> dict[str, str]:
        """Chinese names of the groups."""
        return reference.group_names(self.project)

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Settings in force this year: dict of key -> value."""
        return reference.settings(self.project, self.edition)

    @cached_property
    def settings_table(self) -> pd.DataFrame:
        """Settings with name, unit, date, source and note, for the assumptions page."""
        return reference.settings_table(self.project, self.edition)

    @cached_property
    def assumptions(self) -> pd.DataFrame:
        """The assumptions log, rated for quality and effect."""
        return reference.assumptions(self.project)

    @cached_property
    def index_versions(self) -> dict[str, Any]:
        """Versions of the composite index."""
        return reference.index_versions(self.project)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicators of the plan in force (column `plan`; an empty cell is every plan's)."""
        rows = reference.load(self.project, "indicators")
        return rows[plans_with(rows, self.plan.id)].reset_index(drop=True)

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        """All plans of the district, the oldest first."""
        return reference.plans(self.project)

    @cached_property
    def plan(self) -> Plan:
        """The plan that this edition stands under."""
        return in_force(self.plans, self.edition)

    @cached_property
    def outline(self) -> str:
        """The whole text of the plan in force."""
        return reference.outline(self.project, self.plan)

    @cached_property
    def targets(self) -> pd.DataFrame:
        """Targets of the plan in force with their exact quotes; their numbers stand in `target_years`."""
        return self._of_plan(reference.load(self.project, "targets"))

    @cached_property
    def target_years(self) -> pd.DataFrame:
        """The number of each target in each year: target, year, value, kind."""
        rows = reference.load(self.project, "target_years")
        mine = rows["target"].isin(self.targets["id"]) | rows["target"].isin(self.indicators["id"])
        return rows[mine & rows["year"].ge(self.plan.start)].reset_index(drop=True)

    @cached_property
    def target_indicators(self) -> pd.DataFrame:
        """Which indicator measures which target of the plan in force, and by what rule."""
        rows = reference.load(self.project, "target_indicators")
        return rows[rows["target"].isin(self.targets["id"])].reset_index(drop=True)

    @cached_property
    def goals(self) -> pd.DataFrame:
        """The numbers that all plans set for each indicator: indicator, year, value, operator, kind, rule, target."""
        return goals(
            reference.load(self.project, "targets"),
            reference.load(self.project, "target_years"),
            reference.load(self.project, "target_indicators"),
            reference.load(self.project, "indicators"),
        )

    def goals_of(self, indicator: str) -> pd.DataFrame:
        """Numbers of the plan in force for one indicator, by year."""
        rows = self.goals
        within = rows["year"].between(self.plan.start, self.plan.end)
        return rows[within & (rows["indicator"] == indicator)].set_index("year")

    def _of_plan(self, table: pd.DataFrame) -> pd.DataFrame:
        return table[plan_of(table, self.plans) == self.plan.id].reset_index(drop=True)

    @cached_property
    def milestones(self) -> pd.DataFrame:
        """Dated projects of the plan in force without a number."""
        return self._of_plan(reference.load(self.project, "milestones"))

    @cached_property
    def directional(self) -> pd.DataFrame:
        """Indicators that the plan in force names with a direction only."""
        return self._of_plan(reference.load(self.project, "directional"))

    @cached_property
    def clauses(self) -> pd.DataFrame:
        """Clauses of the plan in force: part, clause, title, chapters, out_of_reach, note."""
        return self._of_plan(reference.load(self.project, "clauses"))

    @cached_property
    def grids(self) -> pd.DataFrame:
        """Grids of what each place is to have under the plan in force: grid, cell, clause, quote."""
        return self._of_plan(reference.load(self.project, "grids"))

    @cached_property
    def published(self) -> pd.DataFrame:
        """Real published series, a source a row (not cut at the edition's year)."""
        return reference.load(self.project, "published")

    @cached_property
    def counties(self) -> pd.DataFrame:
        """County-level units of the province."""
        return reference.load(self.project, "counties")

    @cached_property
    def villages(self) -> pd.DataFrame:
        """Villages and communities with their codes."""
        return reference.load(self.project, "villages")

    @cached_property
    def departments(self) -> pd.DataFrame:
        """Departments that own indicators and targets."""
        return reference.load(self.project, "departments")

    @cached_property
    def passages(self) -> dict[str, str]:
        """Passages of the plan in force that chapters quote: dict of slot -> text."""
        return reference.passages(self.project, self.plan.id)

    @cached_property
    def sentences(self) -> Sentences:
        """Sentences that several chapters share, by name (`data/reference/sentences.yml`)."""
        return shared.read(self.project)

    @cached_property
    def themes(self) -> pd.DataFrame:
        """The themes with the domain and the Chinese name of each."""
        return reference.load(self.project, "themes")
