"""Differences and ratios of a measure between groups, with what the groups share taken into account."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, spot
from research.measures import policy
from research.measures.survey.intervals import limits, t_value, two_sided

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints
    from research.measures.survey.run import Run


def contrasts(
    run: Run,
    by: Sequence[str],
    over: str,
    pairs: str | Sequence[tuple[Any, Any]],
    level: float,
    kind: str = "difference",
) -> pd.DataFrame:
    """The tidy table of `Design.contrast`."""
    level = policy.number(level, "level", 0, 1, open_low=True, open_high=True)
    levels = sorted(run.keys[over].unique())
    rows = _rows(run, by, over, _pairs(levels, pairs, over))
    if not rows:
        raise DataError(Fault(spot(column=over), "two groups to compare", f"{len(levels)}", kind="empty"))
    i, j = np.array([r[3] for r in rows]), np.array([r[4] for r in rows])
    out = pd.DataFrame([r[0] for r in rows], columns=by) if by else pd.DataFrame(index=range(len(rows)))
    out["measure"] = run.specs[0][0]
    out["from"], out["to"] = [r[1] for r in rows], [r[2] for r in rows]
    df = np.minimum(run.df[i], run.df[j])  # the group on fewer clusters bounds what is known of the error
    found = _differences(run, i, j, df, level) if kind == "difference" else _ratios(run, i, j, df, level)
    p_value = two_sided(found["statistic"], df)
    return out.assign(**found, p_value=p_value, df=df, method=run.method)


def _rows(
    run: Run, by: Sequence[str], over: str, chosen: list[tuple[Any, Any]]
) -> list[tuple[tuple[Any, ...], Any, Any, int, int]]:
    """Pairs that are there: the outer groups, from, to, and the positions of both."""
    index = {tuple(key): g for g, key in enumerate(run.keys[[*by, over]].itertuples(index=False))}
    rows = []
    for rest in dict.fromkeys(k[:-1] for k in index):
        for a, b in chosen:
            if (*rest, a) in index and (*rest, b) in index:
                rows.append((rest, a, b, index[(*rest, a)], index[(*rest, b)]))
    return rows


def _differences(run: Run, i: Ints, j: Ints, df: Ints, level: float) -> dict[str, Floats]:
    difference = run.estimate[j, 0] - run.estimate[i, 0]
    se = np.sqrt(run.engine.difference(run.spread[0], i, j, difference))
    t = t_value(level, df)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = difference / se
    return dict(difference=difference, se=se, lower=difference - t * se, upper=difference + t * se, statistic=statistic)


def _ratios(run: Run, i: Ints, j: Ints, df: Ints, level: float) -> dict[str, Floats]:
    low, high = run.estimate[i, 0], run.estimate[j, 0]
    if (low == 0).any():
        raise policy.undefined("contrast", "a ratio to 0", "ask for kind='difference'")
    ratio = high / low
    se = np.sqrt(run.engine.ratio(run.spread[0], i, j, low, high))
    lower, upper = limits(ratio, se, df, level, "log")
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(ratio > 0, np.log(np.where(ratio > 0, ratio, 1)) * ratio / se, np.nan)
    return dict(ratio=ratio, se=se, lower=lower, upper=upper, statistic=statistic)


def _pairs(levels: list[Any], pairs: str | Sequence[tuple[Any, Any]], over: str) -> list[tuple[Any, Any]]:
    if isinstance(pairs, str):
        policy.choice(pairs, "pairs", ("last-first", "consecutive", "all"))
        if pairs == "all":
            return list(combinations(levels, 2))
        return list(zip(levels[:-1], levels[1:], strict=True)) if pairs == "consecutive" else [(levels[0], levels[-1])]
    unknown = [v for pair in pairs for v in pair if v not in levels]
    if unknown:
        found = repr(unknown[0])
        raise DataError(Fault(spot(column=over), "one of its groups", found, nearest(unknown[0], levels), kind="group"))
    return [tuple(p) for p in pairs]
