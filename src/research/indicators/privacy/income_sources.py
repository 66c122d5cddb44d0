"""Income by source: which cells place x residence x source may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.indicators.privacy import disclosure
from research.indicators.privacy.withholding import keys, laid_out, leaves, still, totals
from research.indicators.privacy.years import Changes
from research.indicators.reference.schemas import INCOME_SOURCES

if TYPE_CHECKING:
    from research.indicators.edition import Edition


def pattern(edition: Edition, base: pd.DataFrame) -> pd.DataFrame:
    """Cells place x residence whose sources are withheld besides those of `base`.

    A cell is withheld where fewer households than the least count have any of some source, or one or two of them
    most of it; and where that holds for what changed against a year before. All sources go together, as they add up
    to the income that is shown; and with them as many other cells as it takes. What was withheld in a year before
    stays so while fewer households changed.

    Parameters
    ----------
    edition : Edition
    base : DataFrame
        As `withholding.pattern` gives it.

    Returns
    -------
    DataFrame
        place, year, residence, withheld.
    """
    columns = ["place", "year", "residence", "withheld"]
    if not set(INCOME_SOURCES.values()) <= set(edition.households.columns):  # a survey may ask for the total alone
        return pd.DataFrame(columns=columns)
    parts: list[pd.DataFrame] = []
    for year in edition.survey_years:
        parts += [p for p in [_year(edition, year, base, keys(parts))] if len(p)]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _year(edition, year, base, former):
    rule, frame = disclosure.rules(edition.settings), edition.households
    frame = frame[frame["year"].eq(year) & frame["income"].notna()].dropna(subset=[*INCOME_SOURCES.values()])
    frame = frame.reset_index(drop=True)
    held = [(frame[column].abs() * frame["weight"]).to_numpy(float) for column in INCOME_SOURCES.values()]
    laid = laid_out(edition, frame, grouped=False)
    gone = base[base["year"].eq(year)].set_index(["place", "residence"])["withheld"]

    changes, of = Changes(edition, year, INCOME_SOURCES.values()), leaves(edition)

    def together(positions):
        rows = np.concatenate([laid[i].rows for i in positions])
        every = {leaf for i in positions for leaf in of(laid[i].place, laid[i].residence)}
        changed = [part[part > 0] for part in changes.parts(every)]
        return [*(part[rows][part[rows] > 0] for part in held), *(part for part in changed if len(part))]

    rows = [
        (
            c.place,
            year,
            c.residence,
            len(c.rows),
            gone.get((c.place, c.residence))
            or _why(together([i]), rule)
            or still(changes, of, former, c.place, c.residence),
        )
        for i, c in enumerate(laid)
    ]
    table = pd.DataFrame(rows, columns=["place", "year", "residence", "n", "why"])
    if not table["why"].ne("").any():
        return table.iloc[:0].assign(withheld="")
    made = disclosure.protect(table, "n", "why", totals(edition, grouped=False), rule, together)
    return made[made["withheld"].ne("")]


def _why(parts, rule):
    """ "few" rather than "count": it is not the cell's own count that is small."""
    why = next((w for part in parts if (w := disclosure.reason(part, rule))), "")
    return "few" if why == "count" else why
