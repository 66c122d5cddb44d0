"""A frame that knows whose it is, what is said where it has no row, and how its rows are counted and named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any, Self

import pandas as pd

from research.errors import DataError, Fault, nearest, say
from research.wording import number, plain
from research.wording.values import Value, names


def percent(edition: Any) -> float:
    """Level of an edition's intervals, in per cent."""
    return round(100 * float(edition.settings["confidence_level"]), 6)


def limit(percent: float) -> float:
    """Standard errors on either side of an estimate, for an interval of this level in per cent.

    Examples
    --------
    >>> round(limit(95), 6), round(limit(90), 6)
    (1.959964, 1.644854)
    """
    return NormalDist().inv_cdf((1 + percent / 100) / 2)


@dataclass(frozen=True)
class About:
    """What a tidy frame knows beside its rows.

    Parameters
    ----------
    words : mapping
        What sentences and captions may name: place, year, whole, plan, horizon, title.
    status : str
        The edition's: that of a frame without a row.
    absent : str
        The sentence that stands where there is no row.
    data : tuple of DataFrame
        What the frame was made of, where that is not itself.
    edition : Edition, optional
    place : str
        Code of the place it is first of all about.
    elsewhere : callable, optional
        Makes the same frame of another place.
    """

    words: Mapping[str, Any] = field(default_factory=dict)
    status: str | None = None
    absent: str = ""
    data: tuple[Any, ...] = ()
    edition: Any = None
    place: str = ""
    elsewhere: Any = None

    def __deepcopy__(self, memo: Any) -> About:
        return self  # pandas copies what it carries along; an edition is not copied


class Tidy(pd.DataFrame):
    """One row a thing, one column a fact; what is cut out of it knows the same.

    Examples
    --------
    >>> frame = Tidy({"name": ["甲", "乙", "丙"], "late": [True, False, True]})
    >>> str(frame.count_of("late")), str(frame.names("late")), str(frame.count_of("name == '丁'"))
    ('2项', '甲和丙', '没有一项')
    """

    _metadata = ["about"]

    @property
    def _constructor(self):
        return Tidy

    def known(self) -> About:
        """What it knows; nothing for a frame that nobody told anything."""
        found = getattr(self, "about", None)
        return found if isinstance(found, About) else About()

    def told(self, about: About) -> Self:
        """The same rows, with what is known of them."""
        made = self.copy()
        made.about = about
        if about.status:
            made.attrs["status"] = about.status
        return made

    def saying(self, **words: Any) -> Self:
        """The same rows, with further words for sentences and captions."""
        about = self.known()
        return self.told(replace(about, words={**about.words, **words}))

    @property
    def percent(self) -> float:
        """Level of the edition's intervals in per cent (its setting `confidence_level`); 95 without an edition."""
        edition = self.known().edition
        return 95.0 if edition is None else percent(edition)

    # --- rows in words -----------------------------------------------------------------------------------

    def rows(self, query: str = "") -> Self:
        """The rows for which a condition holds, as pandas writes it: ``"better == 1"``.

        Raises
        ------
        DataError
            For a condition that names no column, with the columns there are.
        """
        if not query:
            return self
        try:
            return self.query(query)
        except Exception as error:
            there = [str(c) for c in self.columns]
            raise DataError(
                Fault(
                    say("condition", "条件"),
                    say(f"columns {', '.join(there)}", f"列{'、'.join(there)}"),
                    query,
                    nearest(query.split()[0], there),
                    "column",
                )
            ) from error

    def count_of(self, query: str = "", unit: str = "项", none: str = "没有一") -> Value:
        """How many rows; a frame without any row has no count.

        Parameters
        ----------
        query : str
            As in `rows`.
        unit : str
            The measure word.
        none : str
            Said with the measure word where no row fits; an empty text makes the clause fall away.
        """
        if self.empty:
            return self._value("")
        n = len(self.rows(query))
        return self._value(f"{n}{unit}" if n else none and none + unit)

    def names(self, query: str = "", most: int = 4, measure: str = "项", column: str = "name") -> Value:
        """The names of the rows that fit; beyond `most` the rest is counted."""
        rows = self.rows(query)
        held = names(rows.get(column, rows.index), most, measure)
        return self._value(held.text)

    def only(self, mask: Any) -> Self:
        """The rows where a mask is true, or the rows of a slice."""
        made: Self = self[mask]
        return made

    def or_else(self, item: Any) -> Any:
        """Something that is said where this has no row; else nothing."""
        return item if self.empty else ""

    def tally(self, column: str, words: Mapping[Any, str], unit: str = "项") -> Value:
        """How many rows have each of some values: 6项改善、2项退步.

        Parameters
        ----------
        column : str
        words : mapping
            Value of the column to the word for it, in the order wanted; what has no row is left out.
        """
        counts = self[column].value_counts()
        return self._value("、".join(f"{counts[k]}{unit}{w}" for k, w in words.items() if counts.get(k, 0)))

    def extreme(self, by: str, highest: bool = True, unit: str = "", template: str = "{}（{}）") -> Value:
        """The row with the most or the least of something, by name with its number."""
        rows = self[self[by].notna()]
        if rows.empty:
            return self._value("")
        row = rows.loc[rows[by].idxmax() if highest else rows[by].idxmin()]
        text = template.format(row["name"], plain(row[by], unit) + (unit if unit != "系数" else ""))
        return Value(text, extreme=1 if highest else -1, row={"name": row["name"]}, **self._around())

    def items(self, by: str = "value", unit: str = "", most: int | None = None) -> Value:
        """The rows by name, each with its number: 经济发展72.0分、收入分配70.1分."""
        rows = self[self[by].notna()].head(len(self) if most is None else most)
        return self._value("、".join(f"{n}{number(v, unit)}" for n, v in zip(rows["name"], rows[by], strict=True)))

    def sum_of(self, by: str = "value", unit: str = "") -> Value:
        """The sum of a column, with its unit."""
        return self._value("" if self.empty else number(self[by].sum(), unit), unit=unit)

    def values_of(self, **texts: Any) -> dict[str, Value]:
        """Words made of these rows as values of a sentence; a text that is empty makes its clause fall away."""
        return {name: t if isinstance(t, Value) else self._value(t) for name, t in texts.items()}

    def when_none(self, query: str, text: str) -> Value:
        """Words that stand where no row fits."""
        return self._value("" if self.empty or len(self.rows(query)) else text)

    def _around(self) -> dict[str, Any]:
        about = self.known()
        absent = about.absent if self.empty else ""  # what was looked for in rows that are there is not missing
        return {"data": about.data or (self,), "words": about.words, "absent": absent, "status": about.status}

    def _value(self, text: str, **more: Any) -> Value:
        return Value(text, **{**self._around(), **more})

    # --- rows in other shapes ----------------------------------------------------------------------------

    def spread(self, index: str, column: str, words: Mapping[Any, str]) -> Tidy:
        """A count for each pair of values, wide: a row for each of `index` in its order, a column for each word."""
        made = {
            word: self[self[column].isin([k] if not isinstance(k, tuple) else k)].groupby(index).size()
            for k, word in words.items()
        }
        frame = pd.DataFrame(made).fillna(0).astype(int)
        frame = frame.reindex([n for n in dict.fromkeys(self[index]) if n in frame.index])
        return Tidy(frame).told(replace(self.known(), data=self.known().data or (self,)))

    def readable(self, frame: pd.DataFrame, note: str = "") -> Tidy:
        """A table made of this one's rows, as readers see it; it stands on what this one stands on."""
        made = Tidy(frame).told(replace(self.known(), data=self.known().data or (self,)))
        return made.saying(note=note) if note else made


__all__ = ["About", "Tidy", "limit", "percent"]
