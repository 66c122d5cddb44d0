"""Estimates by place, year and group: one row each with value, error, interval and status, and their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from research.indicators.analysis import tables
from research.indicators.analysis.rows import RESIDENCE, Rows
from research.indicators.analysis.tidy import limit
from research.wording import Side, compare, growth_ends, is_missing, is_total, listed, number, rounded
from research.wording.compose import Composed, compose
from research.wording.values import Value


class Estimates(Rows):
    """Rows of one or more measures: place, year, residence, measure, name, value, se, lower, upper, n, unit, status.

    Values are in the unit that they are printed in. What is not given is of the place asked for, the newest year
    with a value, all residents, and the first measure.

    Examples
    --------
    >>> from research.indicators.analysis.tidy import About
    >>> rows = {"place": "1", "residence": "all", "measure": "gini", "name": "基尼系数", "n": 900, "unit": "系数",
    ...         "status": "survey", "year": [2021, 2024], "value": [0.35, 0.32], "se": 0.01, "lower": [0.33, 0.3],
    ...         "upper": [0.37, 0.34]}
    >>> gini = Estimates(rows).told(About(place="1", words={"place": "甲镇"}))
    >>> str(gini.at(2024)), str(gini.change())
    ('0.320（95%置信区间0.300～0.340）', '比2021年下降0.030（统计上显著）')
    """

    @property
    def _constructor(self):
        return Estimates

    # --- two rows ----------------------------------------------------------------------------------------

    def change(self, since: int | None = None, *, form: str = "moved", **where: Any) -> Value:
        """The newest value against an earlier one (default: the first), in the words of the adopted test.

        Parameters
        ----------
        since : int, optional
            The earlier year.
        form : {"moved", "relative", "change", "tested"}
            How much more or less; how many per cent; verb and amount alone; as a level beside a level.
        measure, residence, place : str, optional
        """
        rows = self.of(**where)
        new = rows.iloc[-1] if len(rows) else None
        rows = rows[rows["year"] == since] if since is not None else rows
        old = rows.iloc[0] if len(rows) else None
        if new is None or old is None or old["year"] >= new["year"]:
            return self._value("", absent="")
        kind = "since" if since is None or old["year"] < new["year"] - 1 else "change"
        held = self._test(kind, new, int(old["year"]))
        told = self._compared(new, old, "since", form, held, f"{int(old['year'])}年")
        told = replace(told, words={**told.words, "since": f"{int(old['year'])}年"})
        if not told or form != "relative" or held is None:
            return told
        ends = held.get("growth_lower"), held.get("growth_upper")
        return replace(told, text=growth_ends(told.text, *ends, told.significant, self.percent))

    def moves(self, **where: Any) -> dict[str, Value]:
        """A number and its change, for a sentence that claims the change or says that it cannot be claimed.

        Returns
        -------
        dict
            now (with interval), change; moved (verb and amount, beyond the error only), inside (only within it).
        """
        told = self.change(form="change", **where)
        return {
            "now": self.at(**where),
            "change": self.change(**where),
            "moved": told.clear,
            "inside": told.unclear,
        }

    def compare(
        self, one: str, other: str, *, than: str = "", form: str = "tested", year: int | None = None, **where: Any
    ) -> Value:
        """One group or place beside another in the same year, in the words of the adopted test.

        Parameters
        ----------
        one, other : str
            Two kinds of residence (`rural`, `urban`, `all`), or two codes of places.
        than : str
            What the other is called.
        form : str
            As in `change`.
        year : int, optional
        """
        column = "residence" if {one, other} <= set(RESIDENCE) else "place"
        if one == other:
            return self._value("", absent="")
        first = self.row(year, **{**where, column: one})
        if first is None:
            return self._value("", absent="")
        edition, asked = self.known().edition, self
        if column == "place" and other not in set(self["place"]) and self.known().elsewhere:
            asked = self.known().elsewhere(other)
        second = asked.row(first["year"], **{"measure": first["measure"], **where, column: other})
        if second is None:
            return self._value("", absent="")
        kind = "residence" if column == "residence" else "district"
        if column == "place" and edition is not None and edition.district in (one, other) and is_total(first["unit"]):
            return self._value("", absent="")  # a part's total is always less than the whole's
        tested = first if column == "place" or one == "rural" else second
        held = self._test(kind, tested) if other == getattr(edition, "district", "") or kind == "residence" else None
        than = than or (
            RESIDENCE[other]
            if column == "residence"
            else edition.whole
            if other == edition.district
            else edition.name(other)
        )
        return self._compared(first, second, "group" if column == "residence" else "place", form, held, than)

    def news(
        self, place: str, whole: str, *, than: str = "", form: str = "moved", error: bool = True
    ) -> dict[str, Value]:
        """A number, its change and its distance from the whole's; nothing where both lie inside their errors.

        Parameters
        ----------
        place, whole : str
            Codes. Of the whole itself everything is told.
        than, form, error
            As in `compare`, `change` and `at`.

        Returns
        -------
        dict
            now, change, beside.
        """
        change, beside = self.change(form=form), self.compare(place, whole, than=than)
        if beside and not change.clear and not beside.clear:
            return dict.fromkeys(("now", "change", "beside"), self._value("", absent=""))
        return {"now": self.at(error=error), "change": change, "beside": beside}

    def _test(self, kind: str, row: pd.Series, against: int | None = None) -> pd.Series | None:
        """The adopted comparison of a row, where one was made."""
        edition = self.known().edition
        return (
            None
            if edition is None
            else edition.tested(kind, row["measure"], row["residence"], row["place"], int(row["year"]), against)
        )

    def _compared(
        self, one: pd.Series, other: pd.Series, kind: str, form: str, held: pd.Series | None, than: str
    ) -> Value:
        verdict = None if held is None or pd.isna(held["significant"]) else bool(held["significant"])
        if held is None:
            verdict = self._untested(one, other)
        sides = [
            Side(r["value"], r["unit"], int(r["year"]), r["place"], group=RESIDENCE.get(r["residence"], ""))
            for r in (one, other)
        ]
        text = compare(sides[0], sides[1], kind, form, name=one["name"], than=than, significant=verdict)
        gap = rounded(one["value"] - other["value"], 12)
        sign = 0 if "持平" in text or "误差之内" in text else int(gap > 0) - int(gap < 0)
        row = {**self._key(one), "against": f"{other['place']} {int(other['year'])} {other['residence']}"}
        return Value(text, sign, verdict, row=row, **{**self._said(one), "absent": ""})

    def _untested(self, one: pd.Series, other: pd.Series) -> bool | None:
        """Whether two rows differ beyond their errors, where no comparison was adopted; as if no sample were shared."""
        errors = [one.get("se"), other.get("se")]
        if any(is_missing(e) for e in errors):
            return None
        return bool(abs(one["value"] - other["value"]) > limit(self.percent) * (errors[0] ** 2 + errors[1] ** 2) ** 0.5)

    def per(self, other: Estimates, **where: Any) -> Value:
        """The newest value as per cent of another estimate's of that year."""
        one = self.row(**where)
        two = None if one is None else other.row(one["year"], **where)
        if one is None or two is None:
            return self._value("", absent=self.known().absent)
        return Value(number(100 * one["value"] / two["value"], "%"), unit="%", row=self._key(one), **self._said(one))

    # --- many rows ---------------------------------------------------------------------------------------

    def top(self, year: int | None = None, **where: Any) -> Any:
        """The rows of the measure with the highest value in a year."""
        row = self[self["value"].notna()]
        for column, wanted in {"residence": "all", "place": self.known().place, **where}.items():
            row = row[row[column] == wanted]
        row = row[row["year"] == (row["year"].max() if year is None else year)]
        best = row.loc[row["value"].idxmax(), "measure"] if len(row) else ""
        return self[self["measure"] == best]

    @property
    def title(self) -> Value:
        """The name of the first measure."""
        return self._value(self["name"].iloc[0] if len(self) else "")

    def each(
        self,
        template: str,
        order: Sequence[str] = (),
        alike: str = "",
        lead: str = "",
        **values: Callable[[Any], Any] | Any,
    ) -> Composed:
        """The same sentence for each measure.

        Parameters
        ----------
        template : str
            May name `name`, `now`, `number` (without interval), `change`, `year`, and what else is given.
        order : sequence of str
            Measures; default: as they come.
        alike : str
            One sentence, with `names`, for the measures whose `beside` lies within its error; without it each has its
            own.
        lead : str
            Words before the first; all of them are then one sentence.
        **values
            Further values, or what makes one of the rows of one measure.
        """
        text, used, within = "", {}, []
        for k, measure in enumerate(order or dict.fromkeys(self["measure"])):
            rows = self[self["measure"] == measure]
            known = {
                "name": rows.title,
                "now": rows.at(),
                "number": rows.at(error=False),
                "change": rows.change(),
                **rows._further(),
                **{n: v(rows) if callable(v) else v for n, v in values.items()},
            }
            if alike and getattr(known.get("beside"), "significant", None) is False:
                within.append(known["name"])
                continue
            made = compose(template, known)
            text = f"{text[:-1]}；{made.text}" if lead and text and made.text else text + made.text
            used.update({f"{name}{k}": held for name, held in made.used.items()})
        if lead and text:
            begun = compose(lead, {"name": self.title})
            text, used = begun.text + text, {**begun.used, **used}
        if within:
            made = compose(alike, {"names": self._value(listed(within))})
            text += made.text
            used.update(made.used)
        if not text and self.known().absent:
            text, used = self.known().absent, {"absent": self._value(self.known().absent)}
        return Composed(text, used)

    def _further(self) -> dict[str, Value]:
        """Further values that the sentences of `each` may name."""
        return {}

    def moved(self, none: str, template: str = "{}{}") -> Value:
        """The measures whose change lies beyond its error, with it; other words, or none, where there is none."""
        found = []
        for measure in dict.fromkeys(self["measure"]):
            rows = self[self["measure"] == measure]
            held = rows.change(form="change")
            found += [template.format(rows.title, held)] if held.significant else []
        years = self.ends(measure=self["measure"].iloc[0]) if len(self) else []  # none where all are withheld
        told = "、".join(found) or none
        text = f"与{years[0]}年相比，{told}" if told and len(years) > 1 and years[0] < years[-1] else ""
        return self._value(text, absent="")

    def beside_district(self) -> Any:
        """The newest value of each measure here and in the district: `label` says whose, `own` which is the place's.

        Without a row for the district itself.
        """
        about = self.known()
        edition, parts = about.edition, []
        wider = about.elsewhere(edition.district) if about.elsewhere and about.place != edition.district else None
        for own, frame in ((True, self), (False, wider)) if wider is not None else ():
            for measure in dict.fromkeys(self["measure"]):
                year = self.year_of(measure=measure)
                rows = frame[(frame["measure"] == measure) & (frame["year"] == year) & frame["value"].notna()]
                who = edition.name(about.place) if own else edition.whole
                parts.append(rows.assign(own=own, label=[f"{n}（{who}）" for n in rows["name"]]))
        made = pd.concat(parts, ignore_index=True) if parts else self[:0].assign(own=[], label=[])
        return Estimates(made).told(about)

    def first_and_newest(self) -> Any:
        """All residents in the first and the newest year, town and country in the newest; `group` says which."""
        rows = self[self["value"].notna()]
        years = sorted(rows["year"].unique())
        asked = [("all", y) for y in dict.fromkeys([*years[:1], *years[-1:]])]
        asked += [(r, y) for r in ("urban", "rural") for y in years[-1:]]
        parts = [
            rows[(rows["residence"] == r) & (rows["year"] == y)].assign(group=f"{RESIDENCE[r]} {y}年") for r, y in asked
        ]
        return pd.concat(parts, ignore_index=True).told(self.known()) if parts else rows.assign(group="")

    # --- as a table --------------------------------------------------------------------------------------

    def table(self) -> Any:
        """A row a measure: number, interval; the first year of the district, or model and district beside a place."""
        frame, note = tables.measures(self)
        return self.readable(frame, note)

    def by_residence(self) -> Any:
        """The rows with a value, each with the word for its residents: `group`."""
        rows = self[self["value"].notna()]
        rank = {r: k for k, r in enumerate(RESIDENCE)}
        order = rows["residence"].map(rank).sort_values(kind="stable").index
        return rows.loc[order].assign(group=[RESIDENCE[r] for r in rows.loc[order, "residence"]])

    def by_year(self, heads: Mapping[Any, str], errors: Sequence[str] = (), note: str = "") -> Any:
        """A row a year, a column each measure with its interval.

        Parameters
        ----------
        heads : mapping
            A measure, or a measure and a kind of residence, to its heading.
        errors : sequence of str
            Measures whose standard errors stand in columns at the end, instead of their intervals.
        note : str
            Printed under the table.
        """
        return self.readable(tables.years(self, heads, errors), note)

    def by_group(self, head: str = "来源", note: str = "") -> Any:
        """A row a measure; a column each group of residents, in the first and the newest year.

        Parameters
        ----------
        head : str
            Heading of the names.
        note : str
            Printed under the table.
        """
        return self.readable(tables.groups(self, head), note)
