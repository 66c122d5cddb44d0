"""From variances to intervals and contrasts."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from research.errors import DataError, Fault, nearest
from research.measures import policy

INTERVALS = ("auto", "normal", "logit", "log")
_LOG = {
    "theil",
    "mean_log_deviation",
    "generalized_entropy",
    "quintile_ratio",
    "percentile_ratio",
    "palma_ratio",
    "max_min_ratio",
    "coefficient_of_variation",
    "watts",
}
_PLAIN = {"mean", "median", "quantile", "der_polarization"}


def scale_of(name):
    """Scale of the "auto" interval of a measure: "normal", "log" or "logit".

    Examples
    --------
    >>> scale_of("gini"), scale_of("theil"), scale_of("mean")
    ('logit', 'log', 'normal')
    """
    return "normal" if name in _PLAIN else "log" if name in _LOG else "logit"


def limits(estimate, se, df, level, scale):
    """Lower and upper ends, symmetric on the scale asked for; plain where that scale is not defined."""
    t = stats.t.ppf(0.5 + level / 2, df)
    low, high = estimate - t * se, estimate + t * se
    with np.errstate(divide="ignore", invalid="ignore"):
        if scale == "log":
            ok, reach = estimate > 0, np.exp(t * se / estimate)
            low, high = np.where(ok, estimate / reach, low), np.where(ok, estimate * reach, high)
        elif scale == "logit":
            ok = (estimate > 0) & (estimate < 1)
            centre, reach = np.log(estimate / (1 - estimate)), t * se / (estimate * (1 - estimate))
            low = np.where(ok, 1 / (1 + np.exp(-(centre - reach))), low)
            high = np.where(ok, 1 / (1 + np.exp(-(centre + reach))), high)
    return low, high


def contrasts(run, by, over, pairs, level):
    """The tidy table of `Design.contrast`."""
    level = policy.number(level, "level", 0, 1, open_low=True, open_high=True)
    levels = sorted(run.keys[over].unique())
    chosen = _pairs(levels, pairs, over)
    index = {tuple(key): g for g, key in enumerate(run.keys[[*by, over]].itertuples(index=False))}
    rows = []
    for rest in dict.fromkeys(k[:-1] for k in index):
        for a, b in chosen:
            if (*rest, a) in index and (*rest, b) in index:
                rows.append((rest, a, b, index[(*rest, a)], index[(*rest, b)]))
    if not rows:
        raise DataError(Fault(f"column {over}", "two groups to compare", f"{len(levels)}", kind="empty"))
    i, j = np.array([r[3] for r in rows]), np.array([r[4] for r in rows])
    difference = run.estimate[j, 0] - run.estimate[i, 0]
    se = np.sqrt(run.engine.difference(run.spread[0], i, j, difference))
    df = np.maximum(run.df[i], run.df[j])
    out = pd.DataFrame([r[0] for r in rows], columns=by) if by else pd.DataFrame(index=range(len(rows)))
    out["measure"] = run.specs[0][0]
    out["from"], out["to"] = [r[1] for r in rows], [r[2] for r in rows]
    t = stats.t.ppf(0.5 + level / 2, df)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = difference / se
    out = out.assign(difference=difference, se=se, lower=difference - t * se, upper=difference + t * se)
    return out.assign(statistic=statistic, p_value=2 * stats.t.sf(np.abs(statistic), df), df=df, method=run.method)


def _pairs(levels, pairs, over):
    if isinstance(pairs, str):
        policy.choice(pairs, "pairs", ("last-first", "consecutive", "all"))
        if pairs == "all":
            return list(combinations(levels, 2))
        return list(zip(levels[:-1], levels[1:], strict=True)) if pairs == "consecutive" else [(levels[0], levels[-1])]
    unknown = [v for pair in pairs for v in pair if v not in levels]
    if unknown:
        found = repr(unknown[0])
        raise DataError(Fault(f"column {over}", "one of its groups", found, nearest(unknown[0], levels), kind="group"))
    return [tuple(p) for p in pairs]
