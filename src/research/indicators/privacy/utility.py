"""What protection costs: cells withheld and rounded, under the plain rule and under all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.indicators.privacy.quantiles import STEPPED, step_of

if TYPE_CHECKING:
    from research.indicators.edition import Edition

COLUMNS = ["measure", "cells", "plain", "withheld", "bounded", "rounded", "step"]


def utility(edition: Edition, measures: pd.DataFrame) -> pd.DataFrame:
    """Cells of each measure, how many of them are withheld, bounded or rounded, and by how much.

    Parameters
    ----------
    edition : Edition
    measures : DataFrame
        As published (`release.measures`).

    Returns
    -------
    DataFrame
        measure, cells, plain (withheld by the count of a cell's households alone, with what protects it), withheld,
        bounded (of these: those with a limit that says how high it is at most), rounded, step (the middle one, in
        standard errors; a gap where nothing is rounded).
    """
    gone = pd.MultiIndex.from_frame(edition.withheld[["place", "year", "residence"]])
    rows, survey = [], measures[measures["n"].notna() | measures["withheld"]]
    for measure, part in survey.groupby("measure"):
        plain = pd.MultiIndex.from_frame(part[["place", "year", "residence"]]).isin(gone)
        shown = part[part["se"] > 0] if measure in STEPPED else part.head(0)
        steps = [step_of(se) / se for se in shown["se"]]
        bounded = int(part["below"].notna().sum()) if "below" in part else 0
        rows.append(
            (
                measure,
                len(part),
                int(plain.sum()),
                int(part["withheld"].sum()),
                bounded,
                len(steps),
                float(np.median(steps)) if steps else np.nan,
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)
