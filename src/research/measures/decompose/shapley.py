"""Shapley decompositions: each part's fair share, the mean of what it adds over all orders of entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault
from research.measures.decompose.groups import grouped_input
from research.measures.decompose.sources import clean_sources
from research.measures.distribution import scaled
from research.measures.registry import MEASURES, resolve

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats
    from research.measures.measure import Asked


MOST = 12  # 2^12 values of a measure are still quick


def shapley(players: Iterable[str], worth: Callable[[frozenset[str]], float]) -> dict[str, float]:
    """Shapley value of each player in a game.

    ``phi_i = sum_S |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))`` over the sets S of the others.

    Parameters
    ----------
    players : list of str
        Names, at most 12.
    worth : callable
        ``worth(frozenset of players)`` -> float; asked once for each of the 2^k sets.

    Returns
    -------
    dict of str to float
        In the unit of `worth`; they add up to ``worth(all) - worth(none)``.

    Raises
    ------
    DataError
        For no player, too many, or one named twice.

    References
    ----------
    Shapley (1953); Shorrocks (2013), J. Economic Inequality 11.

    Examples
    --------
    >>> shapley(["a", "b"], lambda s: {0: 0, 1: 1 if "a" in s else 0, 2: 3}[len(s)])
    {'a': 2.0, 'b': 1.0}
    """
    players = list(players)
    k = len(players)
    if not 1 <= k <= MOST or len(set(players)) < k:
        found = f"{k}" if len(set(players)) == k else "one twice"
        raise DataError(Fault("players", f"1 to {MOST} different names", found, kind="parameter"))
    value = {frozenset(s): float(worth(frozenset(s))) for n in range(k + 1) for s in combinations(players, n)}
    share = [factorial(n) * factorial(k - n - 1) / factorial(k) for n in range(k)]
    return {p: sum(share[len(s)] * (value[s | {p}] - v) for s, v in value.items() if p not in s) for p in players}


def shapley_sources(
    sources: pd.DataFrame | Mapping[str, ArrayLike], weights: ArrayLike | None = None, *, measure: Asked = "gini"
) -> pd.DataFrame:
    """Shapley decomposition of any measure by income source.

    A source that is left out of the game is shared out equally: each person gets its mean.

    ``phi_i = sum_S |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))`` over the sets S of the others;
    v(S) is the measure when the sources outside S are spread evenly.

    Parameters
    ----------
    sources : DataFrame or dict of array-like of shape (n,)
        One column a source (yuan a year), at most 12; losses allowed where the sums stay 0 or more.
    weights : array-like of shape (n,), optional
        Persons each row stands for.
    measure : str or tuple
        Name, or ``(name, {parameter: value})``.

    Returns
    -------
    DataFrame
        Tidy: `source`, `value`, `share`; the values add up to the measure of the sum of all sources (for
        measures that are 0 when all are alike).

    Raises
    ------
    DataError
        As `gini_sources`, and for unknown measures.

    References
    ----------
    Shorrocks (2013), J. Economic Inequality 11.

    Examples
    --------
    >>> shapley_sources({"wage": [1, 2, 6], "property": [0, 0, 3]}).round(3)["value"].tolist()
    [0.278, 0.167]
    """
    names, columns, w = clean_sources(sources, weights)
    f = _measure(measure)
    level = [np.average(c, weights=w) for c in columns]

    def worth(chosen: frozenset[str]) -> float:
        x = sum(c if n in chosen else np.full(len(w), mu) for n, c, mu in zip(names, columns, level, strict=True))
        return f(np.where(np.abs(x) < 1e-9 * abs(sum(level)), 0.0, x), w)

    return _table("source", shapley(names, worth))


def shapley_groups(
    values: ArrayLike, groups: Iterable[Any], weights: ArrayLike | None = None, *, measure: Asked = "gini"
) -> pd.DataFrame:
    """Shapley decomposition of any measure into within and between groups.

    Between alone: each person has the group's mean. Within alone: each group is scaled to the overall mean.

    ``between = (v(B) + v(all) - v(W)) / 2`` and ``within = (v(W) + v(all) - v(B)) / 2``: Shapley's two players.

    Parameters
    ----------
    values : array-like of shape (n,)
        Income per person (yuan a year); zeros allowed.
    groups : array-like of shape (n,)
        Group of each person.
    weights : array-like of shape (n,), optional
        Persons each value stands for.
    measure : str or tuple
        Name, or ``(name, {parameter: value})``.

    Returns
    -------
    DataFrame
        Tidy: `part` ("between", "within"), `value`, `share`.

    Raises
    ------
    DataError
        As `gini_dagum`; for unknown measures, or a group without income.

    References
    ----------
    Shorrocks (2013), J. Economic Inequality 11.

    Examples
    --------
    >>> shapley_groups([1, 3, 2, 6], ["r", "r", "u", "u"]).round(4)["value"].tolist()
    [0.125, 0.2083]
    """
    x, w, codes, names = grouped_input(values, groups, weights)
    shift, x = scaled(x)
    f = _measure(measure)
    means = np.bincount(codes, weights=w * x) / np.bincount(codes, weights=w)
    if means.min() == 0:
        poor = names[int(means.argmin())]
        raise DataError(Fault(f"group {poor}", "some income", "nothing but zeros", kind="undefined"))
    mean = np.average(x, weights=w)
    sets = {
        frozenset(): np.full(len(x), mean),
        frozenset(["between"]): means[codes],
        frozenset(["within"]): x * mean / means[codes],
        frozenset(["between", "within"]): x,
    }
    return _table("part", shapley(["between", "within"], lambda s: f(np.ldexp(sets[s], shift), w)))


def _measure(measure: Asked) -> Callable[[Floats, Floats], float]:
    (_, name, parameters) = resolve([measure])[0]
    return lambda x, w: MEASURES[name](x, weights=w, **parameters)


def _table(column: str, values: Mapping[str, float]) -> pd.DataFrame:
    total = sum(values.values())
    out = pd.DataFrame({column: list(values), "value": list(values.values())})
    out["share"] = out["value"] / total if total else np.nan
    return out
