"""One theme at one place: its indicators, their change, and how far they are from the targets."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.status import weakest
from research.errors import DataError, Fault, nearest, say
from research.indicators.analysis import measured
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.facts import (
    Beside,
    Facts,
    Goal,
    Targets,
    better_or_worse,
    pace_of,
    percent_change,
    to_target_words,
)
from research.indicators.analysis.unusual import COMPARABLE
from research.wording import plain

if TYPE_CHECKING:
    from research.indicators.analysis.places import Place

FACTS = [
    "id",
    "name",
    "unit",
    "direction",
    "first_year",
    "first",
    "year",
    "value",
    "se",
    "change",
    "better",
    "moved",
    "verdict",
    "reference",
    "reference_se",
    "apart",
    "reference_change",
    "kind",
    "subdomain",
    "status",
    "source",
]
TARGETS = [
    "indicator",
    "progress",
    "colour",
    "attained",
    "target",
    "value",
    "base",
    "expected",
    "rate_rule",
    "rule",
    "status",
    "source",
    "value_year",
    "behind",
    "due",
    "scale",
    "colour_by",
    "name",
    "pace",
    "unit",
    "comparator",
]


class Topic:
    """A theme of `themes.csv` at a place; make it with `Place.theme`.

    Parameters
    ----------
    place : Place
    name : str
    """

    def __init__(self, place: Place, name: str) -> None:
        self.place, self.edition, self.name = place, place.edition, name
        themes = self.edition.themes.set_index("theme")
        if name not in themes.index:
            known = list(themes.index)
            raise DataError(
                Fault("theme", say("a known theme", "themes.csv 中的领域"), repr(name), nearest(name, known), "theme")
            )
        row = themes.loc[name]
        self.domain, self.title = row["domain_code"], row["name_zh"]
        self.phrase = row["phrase_zh"] or row["name_zh"]
        self.leading, self._panel = tuple(row["lead"].split()), tuple(row["panel"].split())
        self.panel_title = row["panel_title"] or f"{self.title}主要指标"
        self.words = {"title": self.title, "phrase": self.phrase, "panel": self.panel_title}

    # --- indicators --------------------------------------------------------------------------------------

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """Indicators asked of this place: all of the theme's, for a township those of both levels."""
        rows = self.edition.indicators
        rows = rows[rows["domain_code"] == self.domain]
        return rows if self.place.is_district else rows[rows["level"] == "both"]

    @cached_property
    def facts(self) -> Facts:
        """One row an indicator with data: first and newest value, change, whether better, the district beside it."""
        rows = [r for r in map(self._fact, self.indicators.itertuples()) if r]
        frame = pd.DataFrame(rows, columns=FACTS)
        return Facts(frame).of(self.place.about(f"{self.title}指标", **self.words), self)

    def _fact(self, indicator: Any) -> dict[str, Any] | None:
        seen = self.series(indicator.id)
        if seen.empty:
            return None
        district = self.edition.district
        first, last, unit = seen.iloc[0], seen.iloc[-1], seen["unit"].iloc[-1]
        other = self.series(indicator.id, district).set_index("year")
        beside = not self.place.is_district and last["year"] in other.index  # side by side in one year
        moved = self._verdict("since", indicator.id, last["year"], first["year"])
        better = better_or_worse(first, last, indicator.direction, unit, moved)
        return {
            "id": indicator.id,
            "name": indicator.name_zh,
            "unit": unit,
            "direction": int(indicator.direction),
            "first_year": int(first["year"]),
            "first": first["value"],
            "year": int(last["year"]),
            "value": last["value"],
            "se": last.get("se"),
            "change": percent_change(first, last),
            "better": better,
            "moved": moved,
            "verdict": _verdict_of(better, moved),
            "reference": other["value"][last["year"]] if beside else np.nan,
            "reference_se": other["se"][last["year"]] if beside else np.nan,
            "apart": self._verdict("district", indicator.id, last["year"]) if beside else None,
            "reference_change": percent_change(other.loc[first["year"]], other.loc[last["year"]])
            if beside and first["year"] in other.index
            else np.nan,
            "kind": indicator.target_type,
            "subdomain": indicator.subdomain_zh,
            "status": weakest(seen["status"].unique()),
            "source": last["source"],
        }

    def series(self, indicator: str, place: str = "") -> pd.DataFrame:
        """An indicator's rows with a value, in order of year."""
        at = self._by_indicator
        return at.get((indicator, place or self.place.code), self._none)

    @cached_property
    def _by_indicator(self) -> dict[tuple[str, str], pd.DataFrame]:
        rows = self.edition.observations
        rows = rows[rows["value"].notna() & rows["place"].isin([self.place.code, self.edition.district])]
        rows = rows.assign(**{c: np.nan for c in ("se", "n") if c not in rows}).sort_values("year")
        return {k: part.reset_index(drop=True) for k, part in rows.groupby(["indicator", "place"], sort=False)}

    @cached_property
    def _none(self) -> pd.DataFrame:
        rows = self.edition.observations.iloc[:0]
        return rows.assign(**{c: [] for c in ("se", "n") if c not in rows})

    def _verdict(self, kind: str, indicator: str, year: int, against: int | None = None) -> bool | None:
        held = self.edition.tested(kind, indicator, "all", self.place.code, year, against)
        return None if held is None or pd.isna(held["significant"]) else bool(held["significant"])

    @property
    def main(self) -> Estimates:
        """The indicator the theme is first asked for (`lead` of `themes.csv`), over the years."""
        have = list(self.facts["id"])
        wanted = next((i for i in (*self.leading, *have) if i in have), (*self.leading, "")[0])
        if not wanted:
            return Estimates(pd.DataFrame(columns=measured.COLUMNS)).told(self.place.about(self.title, **self.words))
        found = self.edition.estimate(wanted, place=self.place.code)
        return found.saying(**self.words)

    @property
    def shown_together(self) -> tuple[str, ...]:
        """The indicators of `panel`."""
        return self._panel

    @property
    def panel(self) -> Estimates:
        """The indicators that the theme shows together (`panel` of `themes.csv`), over the years."""
        if not self._panel:
            return Estimates(pd.DataFrame(columns=measured.COLUMNS)).told(
                self.place.about(self.panel_title, **self.words)
            )
        found = self.edition.estimate(list(self._panel), place=self.place.code)
        about = self.place.about(self.panel_title, **self.words)
        return found.told(replace(about, elsewhere=found.known().elsewhere))

    def goal(self, indicator: Any) -> Goal | None:
        """The plan's number for an indicator at its last year; None where there is none here.

        Parameters
        ----------
        indicator : str or Estimates
        """
        if isinstance(indicator, pd.DataFrame):
            indicator = indicator["measure"].iloc[0] if len(indicator) else ""
        rows = self.targets[self.targets["indicator"] == indicator]
        if rows.empty or pd.isna(rows["target"].iloc[0]):
            return None
        direction = self.edition.indicators.set_index("id")["direction"][indicator]
        return Goal(rows["target"].iloc[0], int(direction))

    def limits(self, main: Estimates) -> tuple[float, float] | None:
        """Bounds that a share or a score cannot leave."""
        return (0, 100) if len(main) and main["unit"].iloc[0] in ("%", "分") else None

    # --- targets -----------------------------------------------------------------------------------------

    @cached_property
    def targets(self) -> Targets:
        """Attainment of the plan's numbers for its last year; one row an indicator with a target here."""
        rows = measured.table_of(self.edition, "indicator_targets")
        if "domain" in rows:
            rows = rows[(rows["place"] == self.place.code) & (rows["domain"] == self.domain)].copy()
            sources = self.facts.set_index("id")["source"]
            rows["source"] = rows["indicator"].map(sources).fillna(rows["source"])
            late = self.edition.edition >= self.edition.plan.end  # no pace is left to keep
            rows["pace"] = [np.nan if late else pace_of(r) for r in rows.itertuples()]
            rows["told"] = [to_target_words(r) for r in rows.itertuples()]
        else:
            rows = rows.reindex(columns=[*TARGETS, "told"])
        absent = f"{self.place.name}没有可与{self.edition.plan.end}年定量目标对照的{self.title}指标。"
        end = self.edition.plan.end
        ended = self.edition.edition >= end
        distance = f"{end}年目标的达成情况" if ended else f"距{end}年目标的进度"
        about = self.place.about("", **self.words, distance=distance)
        made = Targets(rows.reset_index(drop=True)).told(replace(about, absent=absent))
        made.attrs["ended"] = ended
        return made

    @cached_property
    def beside(self) -> Beside:
        """Rates and means of a township as per cent of the district's, the highest first; none for the district."""
        rows = self.facts[self.facts["unit"].isin(COMPARABLE) & self.facts["reference"].notna()]
        rows = rows[rows["reference"] > 0]
        rows = rows.assign(ratio=100 * rows["value"] / rows["reference"]).sort_values("ratio", ascending=False)
        rows["told"] = [plain(r, decimals=1) for r in rows["ratio"]]
        return Beside(rows.reset_index(drop=True)).told(
            self.place.about(f"可与{self.edition.whole}比较的指标", **self.words)
        )


def _verdict_of(better: float, moved: bool | None) -> str:
    """better, worse, same, or unsure where the change lies inside its error; an empty text with one year only."""
    if pd.isna(better):
        return ""
    if better:
        return "better" if better > 0 else "worse"
    return "unsure" if moved is False else "same"
