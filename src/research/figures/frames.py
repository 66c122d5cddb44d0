"""The numbers under a figure or table, as they travel with it to whoever wants to have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research.core.formulas import csv_frame
from research.indicators.privacy.microdata import NAMES as MICRODATA

if TYPE_CHECKING:
    from research.indicators.analysis.tidy import Tidy

MOST_ROWS = 5_000
"""A longer frame is no figure's data but a data set, which has its own way out (`research.indicators.export`)."""


def carried(frames: list[pd.DataFrame | Tidy]) -> list[str]:
    """The frames that may leave the house, as CSV texts.

    Parameters
    ----------
    frames : iterable of DataFrame
        What a figure or table stands on.

    Returns
    -------
    list of str
        One text a frame, headings first, equal frames once. Rows of households and frames of more than
        `MOST_ROWS` rows are left out, and empty frames beside others; numbers keep ten digits, so that two
        machines give the same text.

    Examples
    --------
    >>> carried([pd.DataFrame({"year": [2024], "value": [0.1 + 0.2], "status": ["survey"]})])
    ['year,value,status\\n2024,0.3,survey\\n']
    >>> carried([pd.DataFrame({"household": ["1"], "income": [9.0]})])
    []
    """
    fit = [f for f in frames if isinstance(f, pd.DataFrame) and len(f) <= MOST_ROWS and not _about_households(f)]
    fit = [f for f in fit if len(f)] or fit[:1]
    texts = (csv_frame(f).to_csv(index=False, float_format="%.10g", lineterminator="\n") for f in fit)
    return list(dict.fromkeys(t for t in texts if t.strip()))


def _about_households(frame):
    return bool(MICRODATA & {str(c) for c in frame.columns})
