"""How firm scores and ranks are: thousands of variants, and which choice moves them most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from research.composite.aggregate import MEANS
from research.composite.options import Normalisation
from research.composite.spread import flat
from research.composite.variants import shaker
from research.core.faults import DataError, Fault, nearest

if TYPE_CHECKING:
    from research.composite.options import Mean
    from research.composite.result import IndexResult
    from research.composite.variants import Shaker
    from research.core.kinds import Floats


NORMALISE: tuple[Normalisation, ...] = ("goalposts", "minmax", "percentile")
FACTORS = ("normalise", "aggregate", "weight_mix", "weight_noise", "inputs")
FACTORS_ZH = dict(zip(FACTORS, ("标准化方法", "合成方法", "赋权方案", "权重扰动", "抽样误差"), strict=True))
_BATCH = 400  # variants at a time: 400 x 19 x 64 numbers stay in the cache


def simulate(
    result: IndexResult,
    year: int,
    variants: int = 2000,
    seed: int = 0,
    weight_noise: float = 0.25,
    normalise: Sequence[Normalisation] = NORMALISE,
    aggregate: Sequence[Mean] = MEANS,
) -> Floats:
    """Index of every unit of a year in many variants.

    Each variant draws a normalisation, a mean for the last step (among the domains), a mix of the version's
    weights and equal ones (0 to 1), noise on every weight (lognormal), and the indicators' own errors
    (normal, by their standard errors).

    Parameters
    ----------
    result : IndexResult
        With goalposts.
    year : int
    variants : int
    seed : int
        The same seed gives the same variants.
    weight_noise : float
        Standard deviation of the logarithm of each weight.
    normalise, aggregate : sequence of str
        What is drawn from.

    Returns
    -------
    ndarray of shape (variants, units)
        Units in the order of the panel.

    Raises
    ------
    DataError
        Unknown choices; fewer than 1 variant.
    """
    _known(normalise, aggregate, variants)
    s, rng = shaker(result, year), np.random.default_rng(seed)
    equal = result.tree.spread()[0]
    which = rng.integers(len(normalise) * len(aggregate), size=variants)
    out = np.empty((variants, len(s.places)))
    noisy = bool((s.errors > 0).any())
    for choice in range(len(normalise) * len(aggregate)):
        at = np.flatnonzero(which == choice)
        method, mean = normalise[choice % len(normalise)], aggregate[choice // len(normalise)]
        for batch in np.array_split(at, max(1, -(-len(at) // _BATCH))) if len(at) else []:
            mix = rng.random((len(batch), 1))
            weights = mix * s.weights + (1 - mix) * equal
            weights = weights * np.exp(weight_noise * rng.standard_normal((len(batch), len(equal))))
            noise = rng.standard_normal((len(batch), *s.raw.shape)) if noisy else None
            out[batch] = s.scores(method, mean, weights / weights.sum(axis=1, keepdims=True), noise)
    return out


def ranks_of(scores: Floats) -> Floats:
    """Ranks in each variant, the best 1, equals sharing the better one; NaN stays NaN."""
    rank = np.empty(scores.shape)
    for u in range(scores.shape[1]):
        with np.errstate(invalid="ignore"):
            rank[:, u] = 1 + (scores > scores[:, u : u + 1]).sum(axis=1)
    return np.where(np.isnan(scores), np.nan, rank)


def intervals(result: IndexResult, year: int, level: float = 0.9, **choices: Any) -> pd.DataFrame:
    """Interval of score and rank of each place of a year over the variants.

    Ranks are taken over all variants, scores over as many variants with the fixed goalposts.

    Parameters
    ----------
    result : IndexResult
    year : int
    level : float
        Share of the variants inside, above 0 and below 1.
    **choices :
        For `simulate`.

    Returns
    -------
    DataFrame
        place, year, score, score_lower, score_median, score_upper, rank, rank_lower, rank_median,
        rank_upper (lower is better), n, variants, level, status, version.

    Raises
    ------
    DataError
        As `simulate`; a level outside 0 to 1.
    """
    if not 0 < level < 1:
        raise DataError(Fault("robustness, level", "above 0 and below 1", repr(level), kind="robustness"))
    scores, ends = simulate(result, year, **choices), [(1 - level) / 2, 0.5, (1 + level) / 2]
    ranks = ranks_of(scores)
    # Scores compare only on one scale: their interval is taken over the variants with the fixed goalposts.
    scores = simulate(result, year, **{**choices, "normalise": ("goalposts",)})
    top = result.ranks[(result.ranks["level"] == result.tree.levels[-1]) & (result.ranks["year"] == int(year))]
    at = np.flatnonzero(result.panel.years == int(year))
    frame = pd.DataFrame({"place": result.panel.places[at], "year": int(year)}).merge(
        top[["place", "score", "rank", "n", "status"]], on="place", how="left", validate="one_to_one"
    )
    kinds: tuple[tuple[str, Floats, Literal["linear", "nearest"]], ...] = (
        ("score", scores, "linear"),
        ("rank", ranks, "nearest"),
    )
    for name, values, method in kinds:
        low, middle, high = np.nanquantile(values, ends, axis=0, method=method)
        frame[f"{name}_lower"], frame[f"{name}_median"], frame[f"{name}_upper"] = low, middle, high
    return frame.assign(variants=len(scores), level=level, version=result.spec.version)


def sobol(
    result: IndexResult,
    year: int,
    n: int = 256,
    seed: int = 0,
    weight_noise: float = 0.25,
    normalise: Sequence[Normalisation] = NORMALISE,
    aggregate: Sequence[Mean] = MEANS,
) -> pd.DataFrame:
    """Shares of the variation of scores and ranks that each choice makes (Sobol indices, SALib).

    Parameters
    ----------
    result, year, seed, weight_noise, normalise, aggregate :
        As for `simulate`.
    n : int
        Base sample, a power of 2; n x 7 variants are computed.

    Returns
    -------
    DataFrame
        output (`rank_shift`: mean absolute rank shift of all places; or a place: its score), factor,
        factor_zh, first, first_conf, total, total_conf, year, version.

    Raises
    ------
    DataError
        As `simulate`.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sample

    _known(normalise, aggregate, n)
    problem = {"num_vars": len(FACTORS), "names": list(FACTORS), "bounds": [[0, 1]] * len(FACTORS)}
    design = sample.sample(problem, n, calc_second_order=False, seed=seed)
    s = shaker(result, year)
    scores = _by_design(s, result.tree.spread()[0], design, seed, weight_noise, normalise, aggregate)
    base = ranks_of(s.scores(normalise[0], aggregate[0], s.weights[None], None))
    outputs = {"rank_shift": np.abs(ranks_of(scores) - base).mean(axis=1)}
    outputs |= {str(p): scores[:, u] for u, p in enumerate(s.places)}
    rows = []
    for name, y in outputs.items():
        if np.isnan(y).any() or flat(y):
            continue
        got = analysis.analyze(problem, y, calc_second_order=False, seed=seed, num_resamples=50)
        for i, factor in enumerate(FACTORS):
            rows.append(
                {
                    "output": name,
                    "factor": factor,
                    "factor_zh": FACTORS_ZH[factor],
                    "first": got["S1"][i],
                    "first_conf": got["S1_conf"][i],
                    "total": got["ST"][i],
                    "total_conf": got["ST_conf"][i],
                }
            )
    columns = ["output", "factor", "factor_zh", "first", "first_conf", "total", "total_conf"]
    return pd.DataFrame(rows, columns=columns).assign(year=int(year), version=result.spec.version)


def _by_design(
    s: Shaker,
    equal: Floats,
    design: Floats,
    seed: int,
    weight_noise: float,
    normalise: Sequence[Normalisation],
    aggregate: Sequence[Mean],
) -> Floats:
    """Scores of a Sobol design; noise is one of 64 stored draws, so that a factor is one number."""
    rng = np.random.default_rng(seed)
    w_draws = np.exp(weight_noise * rng.standard_normal((64, len(equal))))
    x_draws = rng.standard_normal((64, *s.raw.shape))
    pick = [
        np.minimum((design[:, i] * k).astype(int), k - 1)
        for i, k in ((0, len(normalise)), (1, len(aggregate)), (3, 64), (4, 64))
    ]
    weights = (design[:, 2:3] * equal + (1 - design[:, 2:3]) * s.weights) * w_draws[pick[2]]
    weights /= weights.sum(axis=1, keepdims=True)
    out = np.empty((len(design), len(s.places)))
    for a, method in enumerate(normalise):
        for b, mean in enumerate(aggregate):
            at = np.flatnonzero((pick[0] == a) & (pick[1] == b))
            for batch in np.array_split(at, max(1, -(-len(at) // _BATCH))) if len(at) else []:
                out[batch] = s.scores(method, mean, weights[batch], x_draws[pick[3][batch]])
    return out


def _known(normalise: Sequence[Normalisation], aggregate: Sequence[Mean], variants: int) -> None:
    faults = [
        Fault("robustness, normalise", "one of " + ", ".join(NORMALISE), repr(m), nearest(m, NORMALISE), "robustness")
        for m in normalise
        if m not in NORMALISE
    ]
    faults += [
        Fault("robustness, aggregate", "one of " + ", ".join(MEANS), repr(m), nearest(m, MEANS), "robustness")
        for m in aggregate
        if m not in MEANS
    ]
    if variants < 1 or not len(normalise) or not len(aggregate):
        faults.append(
            Fault("robustness", "at least one variant and one choice of each", str(variants), kind="robustness")
        )
    if faults:
        raise DataError(faults)
