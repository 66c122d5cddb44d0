"""Influence functions: what one more person at each income would do to a measure.

Each function takes a `Distribution` and returns, in rising order of values, numbers whose weighted mean is
zero and whose design variance (as a mean) is that of the measure. References: Deville (1999), Survey
Methodology 25; Osier (2009), Survey Research Methods 3; Langel & Tillé (2013), J. Royal Stat. Society A 176.
"""

from __future__ import annotations

from research.errors import DataError, Fault
from research.measures import influence_inequality as of
from research.measures import influence_polarization as polarization
from research.measures import influence_poverty as poverty


def influence(name, d, parameters):
    """Influence of each value on a measure, in rising order of values.

    Parameters
    ----------
    name : str
        A measure of `LINEAR`.
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
    if name not in LINEAR:
        way_out = "take method='bootstrap' or 'jackknife'"
        raise DataError(Fault(name, "a measure with an influence function", "none", way_out, kind="method"))
    return LINEAR[name](d, **parameters)


LINEAR = {
    "mean": of.mean,
    "median": of.quantile_restored,
    "quantile": of.quantile_restored,
    "top_share": of.top_share,
    "bottom_share": of.bottom_share,
    "gini": of.gini,
    "extended_gini": of.extended_gini,
    "theil": lambda d, zeros="keep": of.generalized_entropy(d, 1.0),
    "mean_log_deviation": lambda d, zeros="refuse": of.generalized_entropy(d, 0.0),
    "generalized_entropy": of.generalized_entropy,
    "atkinson": of.atkinson,
    "hoover": of.hoover,
    "coefficient_of_variation": of.coefficient_of_variation,
    "quintile_ratio": of.quintile_ratio,
    "percentile_ratio": of.percentile_ratio,
    "palma_ratio": of.palma_ratio,
    "wolfson": polarization.wolfson,
    "zenga": polarization.zenga,
    "der_polarization": polarization.der_polarization,
    "kolm": of.kolm,
    "relative_deprivation": polarization.relative_deprivation,
    "headcount": poverty.headcount,
    "poverty_gap": lambda d, line: poverty.fgt(d, line, 1),
    "fgt": poverty.fgt,
    "watts": poverty.watts,
    "sen": poverty.sen,
    "sen_shorrocks_thon": poverty.sen_shorrocks_thon,
    "at_risk_of_poverty": poverty.at_risk_of_poverty,
    "band_share": poverty.band_share,
}
"""Measures with an influence function: name -> function of (Distribution, **parameters)."""

POINTWISE = frozenset({
    "mean", "theil", "mean_log_deviation", "generalized_entropy", "atkinson", "hoover", "coefficient_of_variation",
    "kolm", "headcount", "poverty_gap", "fgt", "watts", "band_share",
})  # fmt: skip
"""Measures that look at each value by itself: for them and their influence nothing needs to be sorted."""
