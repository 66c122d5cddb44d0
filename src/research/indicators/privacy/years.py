"""Year on year: what changed between two rounds of a survey is a cell as well, and may stand on few households.

Where the same households are asked every year, or last year's answers are carried forward, nearly all rows of two
years can be the same. The difference of the two published totals is then what the few add that are not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.indicators.privacy import disclosure

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.privacy.disclosure import Rules

AMOUNTS = ("income", "consumption")
"""Columns of households whose totals are published year by year."""
Leaves = Collection[tuple[str, str]]
"""Places and residences that make a cell up."""


def why(new: np.ndarray, old: np.ndarray, rule: Rules | None = None) -> str:
    """Why the difference of two years must not be known: as `disclosure.reason`, "" where nothing changed.

    Parameters
    ----------
    new, old : array-like of shape (n,)
        What the households that are not the same in both years add to the cell.
    rule : Rules, optional

    Returns
    -------
    str

    Examples
    --------
    >>> why([500], []), why([500] * 12, [400] * 12), why([], [])
    ('count', '', '')
    """
    rule = rule or disclosure.Rules()
    if not len(new) and not len(old):
        return ""
    few = max(len(new), len(old)) < rule.min_count
    return "count" if few else disclosure.reason(np.concatenate([new, old]), rule)


class Changes:
    """What changed in one year against each year before it, cell by cell.

    Two households are the same where place, residence, persons, weight and amount are: ids may be given anew each year.

    Parameters
    ----------
    edition : Edition
    year : int
    columns : iterable of str
        Amounts that are published; those that the survey does not ask for are left out.
    """

    def __init__(self, edition: Edition, year: int, columns: Collection[str] = AMOUNTS) -> None:
        self.rule, frame = disclosure.rules(edition.settings), edition.households
        here = [c for c in columns if c in frame]
        now = [_round(frame, year, c) for c in here]
        self.pairs = {
            before: [_apart(new, _round(frame, before, c)) for c, new in zip(here, now, strict=True)]
            for before in edition.survey_years
            if before < year
        }

    def why(self, leaves: Leaves, shown: Iterable[int]) -> str:
        """Why a cell's change must not be known, against one of the years before in which it is shown.

        Parameters
        ----------
        leaves : collection of (str, str)
        shown : iterable of int
            The years before in which the cell is published.

        Returns
        -------
        str
            "years", or "" where every change may be known.
        """
        pairs = (pair for before in shown for pair in self.pairs[before])
        found = (why(_within(new, leaves), _within(old, leaves), self.rule) for new, old in pairs)
        return "years" if any(found) else ""

    def tells(self, leaves: Leaves, hidden: Iterable[int]) -> str:
        """Why a cell stays withheld: too few changed since a year in which it was, so that it would say what it was.

        Parameters
        ----------
        leaves : collection of (str, str)
        hidden : iterable of int
            The years before in which the cell is withheld.

        Returns
        -------
        str
            "years", or "" where enough households are others.
        """
        pairs = (pair for before in hidden for pair in self.pairs[before])
        few = (max(len(_within(part, leaves)) for part in pair) < self.rule.min_count for pair in pairs)
        return "years" if any(few) else ""

    def parts(self, leaves: Leaves) -> list[np.ndarray]:
        """What the households that changed add to a cell, an array for each amount and year before with any.

        Of the two years the one with more of them: a household that is in both is one household.
        """
        pairs = ([_within(part, leaves) for part in pair] for pairs in self.pairs.values() for pair in pairs)
        return [longer for pair in pairs if len(longer := max(pair, key=len))]


def _round(frame, year, column):
    """Households of a year with an amount: what tells them apart, and what they add."""
    frame = pd.DataFrame(frame[frame["year"].eq(year) & frame[column].notna()])
    key = ["place", "residence", "size", "weight", column]
    alike = pd.util.hash_pandas_object(frame[key], index=False)
    copies = pd.DataFrame({"row": alike, "copy": alike.groupby(alike).cumcount()})
    marks = pd.util.hash_pandas_object(copies, index=False)
    return frame[["place", "residence"]].assign(amount=frame[column].abs() * frame["weight"], mark=marks.to_numpy())


def _apart(new, old):
    """Place and residence -> amounts of the households that are in the one year alone, for both."""
    alone = (new[~new["mark"].isin(old["mark"])], old[~old["mark"].isin(new["mark"])])
    return [
        {leaf: rows.to_numpy(float) for leaf, rows in part.groupby(["place", "residence"])["amount"]} for part in alone
    ]


def _within(part, leaves):
    held = [part[leaf] for leaf in leaves if leaf in part]
    return np.concatenate(held) if held else np.array([])
