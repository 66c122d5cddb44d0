"""One place of an edition, as a notebook looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.errors import DataError
from research.indicators.analysis import measured, registers
from research.indicators.analysis.district import gaps as between
from research.indicators.analysis.district.gaps import Gaps, Parts
from research.indicators.analysis.district.townships import Townships, townships
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.tidy import About, Tidy
from research.indicators.analysis.topics import Topic
from research.indicators.privacy.microdata import Microdata
from research.indicators.reference.schemas import SCHEMAS
from research.indicators.survey_tables import SOURCE_NAMES

if TYPE_CHECKING:
    from research.indicators.edition import Edition


HOUSEHOLDS = (*(c.name for c in SCHEMAS["households"]), "person_weight", "income_pc")
"""Columns of the households, where there are none."""


class Place:
    """A place of an edition; make it with `Edition.place`.

    Parameters
    ----------
    edition : Edition
    code : str
        Code or name.
    """

    def __init__(self, edition: Edition, code: str) -> None:
        by_name = {name: key for key, name in zip(edition.places["code"], edition.places["name"], strict=True)}
        self.edition = edition
        code = code or edition.district
        self.code = {edition.about["name"]: edition.district, **by_name}.get(code, code)
        self.name = edition.name(self.code)

    def __repr__(self) -> str:
        return f"Place({self.code!r}, {self.name!r}, {self.edition!r})"

    @property
    def is_district(self) -> bool:
        """Whether it is the whole district."""
        return self.code == self.edition.district

    @cached_property
    def words(self) -> dict[str, Any]:
        """What sentences and captions about it may name."""
        return measured.words_of(self.edition, self.code)

    def about(self, what: str, **words: Any) -> About:
        """What a frame of this place knows; `what` is said to be lacking where there is no row."""
        return About(
            {**self.words, **words},
            self.edition.status,
            f"{self.name}暂无{what}数据。",
            edition=self.edition,
            place=self.code,
        )

    # --- households --------------------------------------------------------------------------------------

    def households(self) -> pd.DataFrame:
        """Its households with an income, all years: to be looked at and computed with, not to be published.

        A chart or an estimate made of them passes the rules of disclosure by itself.

        Returns
        -------
        DataFrame
            A row a household and year; its `attrs` say the status.
        """
        rows = self.edition.households
        if not len(rows.columns):  # no survey: no row, and the columns that a cell may name
            rows = Microdata({c: pd.Series(dtype=float) for c in HOUSEHOLDS})
        rows = rows if self.is_district or rows.empty else rows[rows["place"] == self.code]
        rows = rows[rows["income_pc"].notna() & rows["person_weight"].notna()] if len(rows) else rows
        rows = rows.copy()
        rows.about = self.about("住户逐户调查")
        rows.attrs["status"] = self.edition.status
        return rows

    def estimate(self, measure: str | Sequence[str], column: str = "income_pc", **options: Any) -> Estimates:
        """As `Edition.estimate`, of this place."""
        return self.edition.estimate(measure, column, **{"place": self.code, **options})

    def sources(self, kind: str = "share") -> Estimates:
        """Income by source over the years, all residents, town and country.

        Parameters
        ----------
        kind : {"share", "mean"}
            Of income in per cent, or yuan a head with the standard error.
        """
        found = self.estimate([f"{kind}_{s}" for s in SOURCE_NAMES], by=["year", "residence"])
        absent = found.known().absent.replace(next(iter(SOURCE_NAMES.values())), "居民收入来源")
        return found.told(replace(found.known(), absent=absent))

    # --- indicators --------------------------------------------------------------------------------------

    def theme(self, name: str) -> Topic:
        """Its indicators of one theme, with their change and how far they are from the targets.

        Parameters
        ----------
        name : str
            A theme of `themes.csv`.

        Raises
        ------
        DataError
            For an unknown theme, with the nearest known one.
        """
        return Topic(self, name)

    def scorecards(self) -> registers.Cards:
        """How many indicators of each theme improved on the year before; one row a theme."""
        rows = measured.table_of(self.edition, "scorecards")
        if "domain" in rows:
            mine = (rows["place"] == self.code) & (rows["year"] == self.edition.edition) & (rows["domain"] != "ALL")
            rows = rows[mine]
        order = self.edition.themes.set_index("domain_code")["name_zh"]
        rows = rows.assign(name=[order.get(d, d) for d in rows.get("domain", [])])
        rank = {name: k for k, name in enumerate(order)}
        rows = rows.iloc[sorted(range(len(rows)), key=lambda k: rank.get(rows["name"].iloc[k], 99))]
        return registers.Cards(rows.reset_index(drop=True)).told(self.about("各领域指标"))

    # --- gaps, of the district ---------------------------------------------------------------------------

    def gap(self, name: str) -> Gaps:
        """One gap over the years: `income_max_min`, `group_ratio`, `urban_rural_ratio`, ... (table `gaps`)."""
        return between.gaps(self, gap=name)

    def gaps(self, dimension: str) -> Gaps:
        """All gaps of a dimension: `region`, `urban_rural` or `income`."""
        return between.gaps(self, dimension=dimension)

    def parts(self, kind: str) -> Parts:
        """What a gap is made of, with errors: `theil` (nested), `excess`, `gapshare`, `sourceratio` (by source)."""
        return between.parts(self, kind)

    def by_source(self) -> Tidy:
        """Share of each source in income and in the Gini coefficient, in the year surveyed last, in per cent."""
        return between.by_source(self)

    def distance_by_source(self) -> Tidy:
        """The distance between town and country by source of income this year: name, value, words."""
        return between.distance(self)

    def townships(self, measure: str) -> Townships:
        """One measure in all places of the district this year, the highest first."""
        return townships(self, measure)

    # --- registers ---------------------------------------------------------------------------------------

    def demands(self) -> registers.Demands:
        """Citizens' demands of the edition's year by topic, the most frequent first."""
        return registers.demands(self)

    def handling(self) -> Estimates:
        """Shares of demands that were settled, and of these that satisfied, by year."""
        return registers.handling(self)

    def tasks(self) -> registers.Tasks:
        """The task register: all of the district's, or those of this place."""
        return registers.tasks(self)


def built(place: Place, name: str) -> pd.DataFrame:
    """Rows of a built table about a place; without a row where the edition has none of that name.

    Raises
    ------
    DataError
        Where the edition is not built.
    """
    rows = measured.table_of(place.edition, name)
    return rows[rows["place"] == place.code] if "place" in rows else rows


__all__ = ["DataError", "Place", "built"]
