"""Rows of the assessment's tables as frames, and the departments' own words beside their targets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from research.assessment.rates import in_words
from research.indicators.analysis.tidy import Tidy
from research.wording import cell, is_missing, plain

Frame = TypeVar("Frame", bound=Tidy)

if TYPE_CHECKING:
    from research.indicators.edition import Edition

COUNTED = ("户", "人", "家", "个")


class Reviewed:
    """An edition's assessment of its plan as the built tables hold it.

    Parameters
    ----------
    edition : Edition
    """

    def __init__(self, edition: Edition) -> None:
        self.edition, self.place, self.year = edition, edition.place(), edition.edition
        self.plan = edition.plan

    @property
    def due(self) -> bool:
        """Whether the targets' year has come: what is said of them is then in the past, and no pace counts."""
        return self.year >= self.plan.end

    def table(self, name: str) -> pd.DataFrame:
        """A built table, with the words for its source."""
        return self.edition.table(name).assign(source=f"{self.plan.name}及主管部门填报")

    def told(self, rows: pd.DataFrame, absent: str = "", kind: type[Frame] = Tidy, **words: Any) -> Frame:
        """Rows as a frame that knows the plan, and what is said where it has none."""
        about = self.place.about("目标", end=self.plan.end, span=self.plan.span, n=len(rows), **words)
        if "status" not in rows:
            rows = rows.assign(status=self.edition.status)
        return kind(rows.reset_index(drop=True)).told(replace(about, absent=absent or about.absent))

    # --- beside a table of targets -----------------------------------------------------------------------

    def answers(self, targets: Iterable[str]) -> list[str]:
        """What the departments answered about some targets, word for word: the edition's year, else a year before."""
        items = self.edition.table("department_items")
        if "former_answer" not in items:  # tables of an earlier version
            return ["" for _ in targets]
        told = {r.target_id: in_words(r) or r.former_answer for r in items.itertuples()}
        return [told.get(target, "") for target in targets]

    def with_answers(self, frame: pd.DataFrame, targets: Iterable[str]) -> tuple[pd.DataFrame, str]:
        """A table of targets with a column of the departments' own words where any answered; and whose they are."""
        words = self.answers(targets)
        if not any(words):
            return frame, ""
        return frame.assign(部门答复=words), "“部门答复”是责任部门填报的原话，不是本书的判断。"

    def errors_note(self, rows: pd.DataFrame) -> str:
        """The standard errors of those values that a survey estimated, by the target's name; nothing without any."""
        known = self.edition.table("observations").set_index(["place", "year", "indicator"])["se"].dropna()
        keys = zip(rows["value_year"], rows["indicator"], strict=True)
        errors = [known.get((self.place.code, year, indicator)) for year, indicator in keys]
        told = [f"{n}{amount(e, u)}" for n, e, u in zip(rows["target_name"], errors, rows["unit"], strict=True) if e]
        return f"由抽样调查估计的值的标准误：{'、'.join(dict.fromkeys(told))}。" if told else ""


def counted_value(value: Any, unit: Any) -> str:
    """A target's value with its unit and no idle zeros; units in words (relative, state) are not printed."""
    return _trimmed(plain(value, "", 0 if unit in COUNTED else 2)) + _printed(unit)


def amount(value: Any, unit: Any) -> str:
    """A number with its unit and no idle zeros, for a cell of a table."""
    text = _trimmed(cell(value, "", 2))
    return text + (_printed(unit) if text else "")


def dated(value: Any, year: Any) -> str:
    """A number with its year in brackets."""
    return cell(value, "", 2) + ("" if is_missing(value) or is_missing(year) else f"（{int(year)}）")


def chance_words(chance: float) -> str:
    """A chance in per cent as far as a handful of points can tell: its ends are bounds.

    Examples
    --------
    >>> chance_words(0.0), chance_words(0.423), chance_words(1.0)
    ('低于5', '42', '高于95')
    """
    return "低于5" if chance < 0.05 else "高于95" if chance > 0.95 else cell(100 * chance, "", 0)


def _trimmed(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _printed(unit: Any) -> str:
    return "" if str(unit).isascii() and unit != "%" else str(unit)
