"""From variances to intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from research.measures.registry import MEASURES

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats


Scale = Literal["auto", "normal", "logit", "log"]
INTERVALS = get_args(Scale)


def scale_of(name: str) -> str:
    """Scale of the "auto" interval of a measure: "normal", "log" or "logit".

    Examples
    --------
    >>> scale_of("gini"), scale_of("theil"), scale_of("mean")
    ('logit', 'log', 'normal')
    """
    scale = MEASURES[name].interval
    return "normal" if scale == "woodruff" else scale


def t_value(level: float, df: ArrayLike) -> Any:
    """Half the width of a two-sided t interval, in standard errors.

    Examples
    --------
    >>> round(float(t_value(0.95, 9)), 4)
    2.2622
    """
    from scipy import special  # nothing heavier is needed: scipy.stats takes longer to import than all of this package

    df = np.asarray(df, float)
    share = 0.5 + level / 2
    return np.where(np.isinf(df), special.ndtri(share), special.stdtrit(df, share))[()]


def two_sided(statistic: ArrayLike, df: ArrayLike) -> Any:
    """Chance of a t statistic at least as far from 0, under the hypothesis that nothing differs.

    Examples
    --------
    >>> round(float(two_sided(2.2622, 9)), 4)
    0.05
    """
    from scipy import special

    df, below = np.asarray(df, float), -np.abs(np.asarray(statistic, float))
    return 2 * np.where(np.isinf(df), special.ndtr(below), special.stdtr(df, below))[()]


def limits(estimate: Floats, se: Floats, df: ArrayLike, level: float, scale: str) -> tuple[Floats, Floats]:
    """Lower and upper ends, symmetric on the scale asked for; plain where that scale is not defined."""
    t = t_value(level, df)
    low, high = estimate - t * se, estimate + t * se
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if scale == "log":
            ok, reach = estimate > 0, np.exp(t * se / estimate)
            low, high = np.where(ok, estimate / reach, low), np.where(ok, estimate * reach, high)
        elif scale == "logit":
            ok = (estimate > 0) & (estimate < 1)
            centre, reach = np.log(estimate / (1 - estimate)), t * se / (estimate * (1 - estimate))
            low = np.where(ok, 1 / (1 + np.exp(-(centre - reach))), low)
            high = np.where(ok, 1 / (1 + np.exp(-(centre + reach))), high)
    return low, high
