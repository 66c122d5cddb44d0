"""Influence functions: what one more person at each income would do to a measure.

Each stands beside its measure, takes a `Distribution` and returns, in rising order of values, numbers whose
weighted mean is zero and whose design variance (as a mean) is that of the measure. References: Deville (1999),
Survey Methodology 25; Osier (2009), Survey Research Methods 3; Langel & Tillé (2013), J. Royal Stat. Society A 176.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from research.core.faults import DataError, Fault
from research.core.kinds import Floats
from research.measures.distribution import Distribution
from research.measures.registry import MEASURES


def influence(name: str, d: Distribution, parameters: Mapping[str, Any]) -> Floats:
    """Influence of each value on a measure, in rising order of values.

    Parameters
    ----------
    name : str
        One of `MEASURES`.
    d : Distribution
        The data.
    parameters : dict
        The measure's parameters.

    Returns
    -------
    ndarray of shape (n,)
        In the unit of the measure.

    Raises
    ------
    DataError
        When the measure has no influence function: the ratio of the extremes, and the asymmetry of a Lorenz
        curve, which jumps between two values. Bootstrap and jackknife take every measure.

    Examples
    --------
    >>> from research.measures import Distribution
    >>> influence("mean", Distribution([1, 2, 6]), {}).tolist()
    [-2.0, -1.0, 3.0]
    """
    made = MEASURES[name].influence
    if made is None:
        way_out = "take method='bootstrap' or 'jackknife'"
        raise DataError(Fault(name, "a measure with an influence function", "none", way_out, kind="method"))
    z: Floats = made(d, **parameters)
    return z
