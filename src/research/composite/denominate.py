"""Totals into rates: one indicator divided by another of the same place and year."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd  # noqa: F401  (the example uses it)

from research.core.faults import DataError, Fault
from research.core.status import weakest


def denominate(observations: pd.DataFrame, denominators: Mapping[str, str], factor: float = 1.0) -> pd.DataFrame:
    """Divide some indicators by others.

    Parameters
    ----------
    observations : DataFrame
        Tidy: place, year, indicator, value, and where present status.
    denominators : dict
        Indicator -> indicator it is divided by.
    factor : float
        Multiplied in, such as 10000 for "per 10,000 people".

    Returns
    -------
    DataFrame
        The same rows, the named ones divided; the status is the weaker of the two.

    Raises
    ------
    DataError
        Each value with a denominator of 0. Where the denominator is missing the rate is missing too.

    Examples
    --------
    >>> o = pd.DataFrame({"place": "p", "year": 1, "indicator": ["sales", "people"], "value": [6.0, 3.0]})
    >>> denominate(o, {"sales": "people"})["value"].tolist()
    [2.0, 3.0]
    """
    keys = ["place", "year", "_d"]
    frame = observations.assign(_d=observations["indicator"].map(denominators))
    below = observations.rename(columns={"indicator": "_d", "value": "_below", "status": "_weak"})
    below = below[[c for c in (*keys, "_below", "_weak") if c in below]]
    frame = frame.merge(below, on=keys, how="left", validate="many_to_one").set_axis(frame.index)
    asked = frame["_d"].notna() & frame["value"].notna()
    bad = frame[asked & (frame["_below"] == 0)]
    if len(bad):
        raise DataError(
            [
                Fault(f"{i}, {p} {y}", f"a value of {d} other than 0", str(v), kind="denominator")
                for i, p, y, d, v in bad[["indicator", "place", "year", "_d", "_below"]].to_numpy()
            ]
        )
    value = frame["value"].where(~asked, frame["value"] / frame["_below"] * factor)
    out = observations.assign(value=value)
    if "status" in observations:
        pairs = zip(frame["status"], frame["_weak"], asked, strict=True)
        out["status"] = [weakest(a, b) if both else a for a, b, both in pairs]
    return out
