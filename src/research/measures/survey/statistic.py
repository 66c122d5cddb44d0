"""Standard errors of any function of a sample, by replication."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError
from research.measures import policy
from research.measures.survey.intervals import t_value

if TYPE_CHECKING:
    from research.core.kinds import Floats
    from research.measures.survey.replicates import Replicates


def statistic(
    function: Callable[[pd.DataFrame, Floats], Any],
    frame: pd.DataFrame,
    w: Floats,
    degrees: int,
    engine: Replicates,
    level: float,
) -> pd.DataFrame:
    """The tidy table of `Design.statistic`."""
    level = policy.number(level, "level", 0, 1, open_low=True, open_high=True)
    name = getattr(function, "__name__", "statistic")
    names, estimate = _values(function, frame, w, name)
    policy.moderate(estimate, name)
    count = len(engine.factor)
    table = np.full((len(names), count), np.nan)
    for r in range(count):
        weights = engine.weights(r, w)
        keep = weights > 0
        try:
            table[:, r] = _values(function, frame[keep], weights[keep], name)[1]
        except DataError:  # a replicate on which it has no value
            continue
    se = np.sqrt(engine.variance(table, estimate))
    reach = t_value(level, degrees) * se
    out = pd.DataFrame({"statistic": names, "estimate": estimate, "se": se})
    out = out.assign(lower=estimate - reach, upper=estimate + reach, n=len(frame), df=degrees)
    return out.assign(method=engine.method)


def _values(
    function: Callable[[pd.DataFrame, Floats], Any], frame: pd.DataFrame, weights: Floats, name: str
) -> tuple[list[str], Floats]:
    found = function(frame, weights)
    if isinstance(found, (Mapping, pd.Series)):
        return list(map(str, found.keys())), np.array(list(found.values) if isinstance(found, pd.Series)
                                                      else list(found.values()), dtype=float)  # fmt: skip
    return [name], np.array([found], dtype=float)
