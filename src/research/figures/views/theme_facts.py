"""The facts of one theme at one place: its indicators, their change, and how far they are from the targets."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.figures.views.base import View
from research.figures.views.facts import better_or_worse, pace_of, percent_change

COMPARABLE = ("%", "分", "元", "元/人", "倍")  # units in which a township and the district can stand side by side


class ThemeFacts(View):
    """What is known of one theme at one place.

    Parameters
    ----------
    theme : str
        One of `research.core.scope.THEMES`.
    edition : Edition
    place : str, optional
        Default: the district.
    """

    def __init__(self, theme, edition, place=None):
        super().__init__(edition, place)
        self.theme = theme
        row = edition.themes.set_index("theme").loc[theme]
        self.domain, self.title = row["domain_code"], row["name_zh"]
        self.phrase = row["phrase_zh"] or row["name_zh"]
        self.leading, self.panel = tuple(row["lead"].split()), tuple(row["panel"].split())
        self.panel_title = row["panel_title"] or f"{self.title}主要指标"

    @cached_property
    def indicators(self):
        """Indicators asked of this place: all of the theme's, for a township those of both levels."""
        rows = self.edition.indicators
        rows = rows[rows["domain_code"] == self.domain]
        return rows if self.is_district else rows[rows["level"] == "both"]

    # --- facts -------------------------------------------------------------------------------------------

    @cached_property
    def facts(self):
        """One row an indicator with data: first and last value, change, better, and the district's change."""
        rows = [self._fact(i) for i in self.indicators.itertuples()]
        columns = ["id", "name", "unit", "direction", "first_year", "first", "year", "value", "se", "change", "better",
                   "moved", "reference", "reference_se", "apart", "reference_change", "status", "source"]  # fmt: skip
        return pd.DataFrame([r for r in rows if r], columns=columns)

    def _fact(self, indicator):
        seen = self.series(indicator.id)
        if seen.empty:
            return None
        first, last, unit = seen.iloc[0], seen.iloc[-1], seen["unit"].iloc[-1]
        other = self.series(indicator.id, self.edition.district).set_index("year")
        wider = None if self.is_district or last["year"] not in other.index else other  # side by side in one year
        moved = self._verdict("since", indicator.id, last["year"], first["year"])
        return {
            "id": indicator.id, "name": indicator.name_zh, "unit": unit, "direction": int(indicator.direction),
            "first_year": int(first["year"]), "first": first["value"],
            "year": int(last["year"]), "value": last["value"],
            "se": last.get("se"), "change": percent_change(first, last),
            "better": better_or_worse(first, last, indicator.direction, unit, moved), "moved": moved,
            "reference": np.nan if wider is None else wider["value"][last["year"]],
            "reference_se": np.nan if wider is None else wider["se"][last["year"]],
            "apart": None if wider is None else self._verdict("district", indicator.id, last["year"]),
            "reference_change": np.nan if wider is None or first["year"] not in wider.index
            else percent_change(wider.loc[first["year"]], wider.loc[last["year"]]),
            "status": weakest(seen["status"].unique()), "source": last["source"],
        }  # fmt: skip

    def _now(self, row):
        """The latest value of a row of facts, as a side of a comparison."""
        return self.side(row["value"], row["unit"], row["year"])

    def _first(self, row):
        """Its first value."""
        return self.side(row["first"], row["unit"], row["first_year"])

    def _beside_district(self, row, lead=""):
        """The place beside the district in the row's year; a survey score with its test."""
        wider = self.side(row["reference"], row["unit"], row["year"], self.edition.district)
        return self.held(self._now(row), wider, "place", lead=lead, name=row["name"], than=self.whole_name,
                         significant=row["apart"])  # fmt: skip

    @cached_property
    def _verdicts(self):
        """Verdicts by kind, year and indicator of this place: what it is held against, and whether it differs."""
        from research.indicators.comparisons import verdicts

        table = self.built("comparisons", place=False)
        table = table[table["place"] == self.place] if "kind" in table else table
        kinds = ("since", "district") if len(table) else ()
        return {(k, r.year, r.indicator): (r.against_year, r.significant)
                for k in kinds for r in verdicts(self.edition, table, k).itertuples()}  # fmt: skip

    def _verdict(self, kind, indicator, year, against=None):
        found = self._verdicts.get((kind, year, indicator))
        if found is None or pd.isna(found[1]) or (against is not None and found[0] != against):
            return None
        return bool(found[1])

    @cached_property
    def targets(self):
        """Attainment of the theme's numbers for the plan's last year, one row an indicator (`indicator_targets`)."""
        rows = self.built("indicator_targets")
        if "domain" not in rows:
            return rows.reindex(columns=_ATTAINMENT)
        rows = rows[(rows["place"] == self.place) & (rows["domain"] == self.domain)].copy()
        rows["pace"] = [pace_of(r) for r in rows.itertuples()]
        sources = self.facts.set_index("id")["source"]
        rows["source"] = rows["indicator"].map(sources).fillna(rows["source"])
        return rows.reset_index(drop=True)

    @cached_property
    def beside(self):
        """Rates and means of a township as percent of the district's; empty for the district itself."""
        rows = self.facts[self.facts["unit"].isin(COMPARABLE) & self.facts["reference"].notna()]
        rows = rows[rows["reference"] > 0]
        return rows.assign(ratio=100 * rows["value"] / rows["reference"])


_ATTAINMENT = ["indicator", "progress", "colour", "attained", "target", "value", "base", "expected", "rate_rule",
               "rule", "status", "source", "value_year", "behind", "due", "scale", "colour_by", "name", "pace", "unit",
               "comparator"]  # fmt: skip
