"""A given number of households over strata, by the rules of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from research.core.faults import DataError, Fault, say, spot
from research.measures import policy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from research.core.kinds import Floats, Ints

Rule = Literal["proportional", "neyman", "power", "equal"]
RULES = get_args(Rule)


def allocate(
    n: int,
    population: ArrayLike,
    rule: Rule = "proportional",
    *,
    sd: ArrayLike | None = None,
    mean: ArrayLike | None = None,
    cost: ArrayLike | None = None,
    power: float = 0.5,
    minimum: int = 2,
) -> Ints:
    """Households by stratum.

    Parameters
    ----------
    n : int
        Households in all.
    population : array-like of shape (strata,)
        Households there are.
    rule : {"proportional", "neyman", "power", "equal"}
        As the population; as population times sd over the root of cost (smallest variance of the whole); as
        (population times mean) to the `power`, times the cv (Bankier: between the whole's precision and equal
        precision of the parts); all alike.
    sd, mean, cost : array-like, optional
        By stratum; `sd` for "neyman" and "power", `mean` for "power".
    power : float
        0 gives equal cvs, 1 gives Neyman.
    minimum : int
        Households that each stratum has at least (or all it has).

    Returns
    -------
    ndarray of int of shape (strata,)
        Adds up to `n`; no stratum above its population: what it cannot take goes to the others by the same rule.

    Raises
    ------
    DataError
        With all faults; among them more households than there are, fewer than the minimum asks for.

    References
    ----------
    Neyman (1934), JRSS 97; Bankier (1988), The American Statistician 42.

    Examples
    --------
    >>> allocate(100, [600, 300, 100]).tolist()
    [60, 30, 10]
    >>> allocate(100, [600, 300, 100], "neyman", sd=[1, 2, 8]).tolist()
    [30, 30, 40]
    """
    policy.choice(rule, "rule", RULES)
    size = np.atleast_1d(np.asarray(population, float))
    share = _shares(rule, size, sd, mean, cost, power)
    least = np.minimum(minimum, size)
    _fits(n, size, least)
    return whole(_filled(float(n), share, least, size), n, size)


def _shares(
    rule: Rule, size: Floats, sd: ArrayLike | None, mean: ArrayLike | None, cost: ArrayLike | None, power: float
) -> Floats:
    faults: list[Fault | str] = _bad("population", size, size, 0, True)
    given = {"sd": sd, "mean": mean, "cost": cost}
    needed = {"neyman": {"sd"}, "power": {"sd", "mean"}}.get(rule, set())
    read: dict[str, Floats] = {}
    for name, values in given.items():
        if values is None:
            if name in needed:
                faults.append(Fault(name, say(f"values for rule {rule!r}", f"规则{rule}所需的数"), "None"))
            continue
        read[name] = np.atleast_1d(np.asarray(values, float))
        faults += _bad(name, read[name], size, 0, name != "sd")
    if faults:
        raise DataError(faults)
    dear = np.sqrt(read["cost"]) if "cost" in read else np.ones(len(size))
    if rule == "power":
        return np.asarray((size * read["mean"]) ** power * read["sd"] / read["mean"] / dear, float)
    return {"proportional": size, "equal": np.ones(len(size)), "neyman": size * read.get("sd", size) / dear}[rule]


def _bad(name: str, values: Floats, like: Floats, low: float, open_low: bool) -> list[Fault | str]:
    """Faults of an array of numbers: its length, and each number that cannot be."""
    if len(values) != len(like):
        return [Fault(name, say(f"{len(like)} numbers", f"{len(like)}个数"), str(len(values)), kind="length")]
    good = np.isfinite(values) & ((values > low) if open_low else (values >= low))
    text = say(f"a number above {low}", f"大于{low}的数") if open_low else say(f"{low} or more", f"不小于{low}的数")
    return [Fault(spot(name, index=int(i)), text, str(values[i]), kind="parameter") for i in np.flatnonzero(~good)]


def _fits(n: int, size: Floats, least: Floats) -> None:
    if n > size.sum():
        raise DataError(
            Fault("n", say(f"at most {size.sum():g}, all there are", f"不超过总体{size.sum():g}户"), str(n))
        )
    if n < least.sum():
        raise DataError(
            Fault(
                "n",
                say(
                    f"at least {least.sum():g}, the minimum of each stratum",
                    f"不少于{least.sum():g}户（各层最少户数之和）",
                ),
                str(n),
            )
        )


def _filled(n: float, share: Floats, least: Floats, most: Floats) -> Floats:
    """Numbers as the shares, within bounds, that add up to n: the level is found by halving."""
    if not (share > 0).any():
        share = np.ones(len(share))
    low, high = 0.0, 1.0
    while np.clip(high * share, least, most).sum() < n - 1e-9 and high < 1e300:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(middle * share, least, most).sum() < n else (low, middle)
    return np.asarray(np.clip(high * share, least, most), float)


def whole(exact: Floats, n: int, most: Floats) -> Ints:
    """Whole numbers near exact ones that add up to n, by the largest remainders; none above `most`."""
    out = np.floor(exact + 1e-9).astype(int)
    rest = n - int(out.sum())
    order = np.argsort(-(exact - out), kind="stable")
    while rest > 0:
        able = [h for h in order if out[h] + 1 <= most[h]][:rest]
        if not able:
            break
        out[able] += 1
        rest -= len(able)
    return out
