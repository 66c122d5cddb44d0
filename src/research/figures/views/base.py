"""What all views share: an edition, a place, its rows, and the frames each figure stands on.

A view is what one notebook looks at. Its methods return a `Picture`, a `Sheet` or `Words`, ready for
`show`, `table` and `say`; all preparation of data is here and in its sub-classes, none in a notebook.
Where something was not measured a sentence stands in the place of the figure or table, never an error or a void.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.errors import DataError
from research.figures.display import notice
from research.figures.items import Absent, Picture, Sheet, Words
from research.wording import Side, compare, is_missing, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from research.indicators.edition import Edition

ROW = ("place", "year", "indicator", "value", "unit", "status", "source", "se", "n")


def needs(part: str, title: str = "") -> Callable[..., Any]:
    """Mark a method of a view with what it stands on; where that is missing it says so and computes nothing.

    Parameters
    ----------
    part : str
        A part that the view's `parts` knows.
    title : str
        What a figure or table would have shown, for its caption.
    """

    def mark(method):
        @wraps(method)
        def guarded(self, *args, **kwargs):
            name, rows = self.parts(part)
            if len(rows):
                return method(self, *args, **kwargs)
            return self.absent(method.__name__, title, self._lacking(name))

        return guarded

    return mark


class View:
    """One notebook's look at one place of an edition.

    Parameters
    ----------
    edition : Edition
        See `research.open_edition`.
    place : str, optional
        Code of the district (default) or of one of its places.

    Raises
    ------
    DataError
        For a place the district does not have.
    """

    def __init__(self, edition: Edition, place: str | None = None) -> None:
        self.edition = edition
        self.place = str(place or edition.district)
        self.name = edition.name(self.place)

    @property
    def is_district(self) -> bool:
        """Whether the view is of the whole district."""
        return self.place == self.edition.district

    @property
    def year(self) -> int:
        """The edition's year."""
        return self.edition.edition

    @property
    def horizon(self) -> Any:
        """Year of the targets that the trends run towards: the last year of the plan in force."""
        return self.edition.plan.end

    @property
    def plan(self) -> Any:
        """The plan in force."""
        return self.edition.plan

    @property
    def due(self) -> bool:
        """Whether the targets' year has come: what is said of them is then in the past, and no pace counts."""
        return self.year >= self.horizon

    @property
    def colour_rule(self) -> Any:
        """The rule of the targets' and tasks' colours in words, with the year's thresholds."""
        from research.assessment.colours import target_rule, task_rule
        from research.assessment.settings import rules

        held = rules(self.edition.settings, self.year, self.plan)
        return (task_rule if self.colours_of == "tasks" else target_rule)(held.yellow, held.red)

    colours_of = "targets"

    def picture(self, figure: Figure, caption: str, alt: str, data: list[pd.DataFrame]) -> Any:
        """A `Picture` whose status falls back to the edition's; the sentence alone where no frame has a row."""
        if data and not any(len(frame) for frame in data):
            return Absent(alt, caption, self.edition.status)
        return Picture(figure, caption, alt, list(data), status=self.edition.status)

    def sheet(self, frame: pd.DataFrame, caption: str, data: list[pd.DataFrame], note: str = "") -> Absent | Sheet:
        """A `Sheet` with the same fall-back; a sentence where it has no row."""
        if frame.empty:
            return Absent(f"{caption}：没有可列出的内容。", caption, self.edition.status)
        return Sheet(frame, caption, list(data), status=self.edition.status, note=note)

    def words(self, *sentences: str, data: Any = ()) -> Words:
        """`Words` with the same fall-back."""
        return Words("".join(s for s in sentences if s), list(data), self.edition.status)

    # --- what was tested ---------------------------------------------------------------------------------------

    def side(
        self,
        value: Any,
        unit: str,
        year: int | None = None,
        place: str | None = None,
        group: str = "",
        calibre: str = "",
    ) -> Any:
        """A number of this view with what it takes to compare it; default its own place and year."""
        year = self.year if year is None else year
        return Side(value, unit, None if is_missing(year) else int(year), self.place if place is None else place,
                    calibre, group)  # fmt: skip

    def held(self, one: Side, other: Side, kind: str, form: str = "tested", lead: str = "", **more: Any) -> str:
        """A comparison in words (`research.wording.compare`) after `lead`; nothing where the sides are unlike.

        What is refused falls out of the sentence, and the notebook is told by name what was asked for and why not.
        """
        try:
            text = compare(one, other, kind, form, **more)
        except DataError as refused:
            notice(refused.text("zh"))
            return ""
        return lead + text if text else ""

    # --- what is not there -------------------------------------------------------------------------------------

    def parts(self, part: Any) -> None:
        """Name and rows of what a method stands on (see `needs`); views with more parts extend it."""
        raise KeyError(part)

    def _lacking(self, name):
        """The sentence for a part that is not there."""
        return lacks(name, self.name)

    def absent(self, method: Any, title: Any, sentence: Any) -> Any:
        """What a method gives instead of an error: the sentence that says what is missing."""
        if method.endswith(("words", "lead")):
            return self.words(sentence)
        return Absent(sentence, f"{self.name}{title}", self.edition.status)

    def built(self, name: str, place: bool = True) -> Any:
        """Rows of a built table; empty when the edition has none of that name.

        Parameters
        ----------
        name : str
            Table of `bluebook build`.
        place : bool
            Keep only this place's rows and the district's.
        """
        try:
            frame = self.edition.table(name)
        except DataError as error:
            if getattr(error.faults[0], "kind", "") != "table":
                raise
            return pd.DataFrame(columns=[*ROW])
        return frame[frame["place"].isin([self.place, self.edition.district])] if place else frame


def cell(value: float | None, unit: str = "", decimals: int | None = None) -> str:
    """A number for a table cell; an empty text where there is none (the table prints a dash)."""
    return "" if is_missing(value) else plain(value, unit, decimals)


def at_most(limit: Any) -> Any:
    """What a table says of a share that stands on too few households: that it lies under a limit.

    Examples
    --------
    >>> at_most(5.0), at_most(float("nan"))
    ('不足5', '')
    """
    return "" if is_missing(limit) else f"不足{limit:g}"


def about(margin: float | None) -> str:
    """The word for a published figure that is given as 左右.

    Examples
    --------
    >>> about(0.01), about(0.0), about(None)
    ('左右', '', '')
    """
    return "" if is_missing(margin) or not margin else "左右"


def lacks(name: str, place: str) -> str:
    """The sentence for what was not measured at a place.

    Examples
    --------
    >>> lacks("家庭收入调查", "甲镇")
    '甲镇暂无家庭收入调查数据。'
    """
    return f"{place}暂无{name}数据。"
