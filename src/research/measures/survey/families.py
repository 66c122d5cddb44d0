"""Many comparisons at once: p-values adjusted so that a family of them errs no more than one comparison may."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from research.core.kinds import Floats
from research.measures import policy

Rule = Literal["holm", "benjamini-hochberg", "none"]
RULES = get_args(Rule)
"""Rules by name: Holm (the chance of even one false finding), Benjamini-Hochberg (the share of false ones), none."""


def adjusted(p_values: ArrayLike, rule: Rule = "holm") -> Floats:
    """p-values of one family of comparisons, adjusted for their number.

    Parameters
    ----------
    p_values : array-like
        Of all comparisons of the family; nan where none could be made, which does not count.
    rule : {"holm", "benjamini-hochberg", "none"}
        Holm holds the chance of one false finding or more, whatever the comparisons share; Benjamini and Hochberg's
        holds the expected share of false ones among the findings.

    Returns
    -------
    ndarray
        To be held against the level, in the order given.

    Raises
    ------
    DataError
        For an unknown rule.

    References
    ----------
    Holm (1979), Scand. J. Statistics 6; Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57.

    Examples
    --------
    >>> adjusted([0.01, 0.04, 0.03, float("nan")]).round(2).tolist()
    [0.03, 0.06, 0.06, nan]
    >>> adjusted([0.01, 0.04, 0.03], "benjamini-hochberg").round(2).tolist()
    [0.03, 0.04, 0.04]
    """
    policy.choice(rule, "rule", RULES)
    p = np.asarray(p_values, float)
    out, known = p.copy(), ~np.isnan(p)
    if rule == "none" or not known.any():
        return out
    if rule == "benjamini-hochberg":
        from scipy import stats

        out[known] = stats.false_discovery_control(p[known])
        return out
    order = np.argsort(p[known], kind="stable")
    steps = np.maximum.accumulate(p[known][order] * np.arange(len(order), 0, -1))
    held = np.empty(len(order))
    held[order] = np.minimum(steps, 1.0)
    out[known] = held
    return out
