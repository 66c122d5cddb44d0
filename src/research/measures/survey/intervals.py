"""From variances to intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from scipy import stats

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
    return stats.t.ppf(0.5 + level / 2, df)


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
