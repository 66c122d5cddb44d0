"""How far a target is attained: one number, one yes or no, and the rule that made them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

from research.errors import DataError, Fault, nearest, say

Kind: TypeAlias = Literal[
    "level", "ratio", "cumulative", "annual", "growth", "floor", "ceiling", "relative", "both", "range"
]
Comparator: TypeAlias = Literal[">=", ">", "<=", "<", "=", "~", "range"]
RateRule: TypeAlias = Literal["ratio", "distance"]
Goal: TypeAlias = float | tuple[float, float]
"""A number to reach, or a range to stay in."""
KINDS = get_args(Kind)
COMPARATORS = get_args(Comparator)
RATE_RULES = get_args(RateRule)
_SLACK = 1e-9  # sums of decimals such as 0.1 + 0.2 must not miss a target by a rounding error


@dataclass(frozen=True)
class Attainment:
    """A target's attainment.

    Parameters
    ----------
    rate : float or None
        1 is the target reached; above 1 is beyond it, below 0 is further away than the base. None when
        it cannot be said.
    attained : bool or None
        Whether the comparison holds; None is *unassessed*, never counted as a no.
    rule : str
        `ratio` (value over target), `distance` (way covered from the base) or `test` (only yes or no).
    reason : str
        Why it is unassessed, or why another rule than the asked one was used; else empty.
    """

    rate: float | None
    attained: bool | None
    rule: str = ""
    reason: str = ""


def attainment(
    value: float | Sequence[float | None] | None,
    target: Goal | Sequence[float | None] | None,
    kind: Kind = "level",
    comparator: Comparator | None = None,
    base: float | None = None,
    rule: RateRule = "ratio",
    tolerance: float = 0.0,
    cap: float | None = None,
) -> Attainment:
    """Attainment of one target by one value.

    Parameters
    ----------
    value : float or None
        What was observed, in the unit of the target; for ``kind="both"`` one value a condition.
    target : float, pair or None
        The target; ``(low, high)`` for ``kind="range"``; for ``kind="both"`` one target a condition.
    kind : str
        level, ratio, cumulative, annual, growth, floor, ceiling, relative, both or range.
    comparator : str, optional
        One of >=, >, <=, <, = and ~ (about). Default <= for a ceiling, else >=.
    base : float, optional
        Value in the base year; needed for ``rule="distance"``.
    rule : str
        `ratio`: value / target (target / value where less is better). `distance`: share of the way from
        base to target. Both are in use and differ (0.75 against 0.5 for 100, 150, 200).
    tolerance : float
        Share of the target that "about" allows, 0 to 1; used with ~ only.
    cap : float, optional
        Largest rate given, such as 1.0.

    Returns
    -------
    Attainment

    Raises
    ------
    DataError
        Unknown kind, comparator or rule; text or infinity for a number; a tolerance outside 0 to 1.

    Examples
    --------
    >>> attainment(150, 200, base=100).rate, attainment(150, 200, base=100, rule="distance").rate
    (0.75, 0.5)
    >>> attainment(3.9, 4, comparator="~", tolerance=0.05).attained
    True
    >>> attainment(None, 90).attained is None
    True
    """
    compare = comparator or {"ceiling": "<=", "range": "range"}.get(kind, ">=")
    _check_words(kind, compare, rule, tolerance)
    if kind == "both":
        pairs = zip(cast("Sequence[float | None]", value), cast("Sequence[float | None]", target), strict=True)
        return joint(
            [attainment(v, t, "level", cast("Comparator", compare), None, rule, tolerance, cap) for v, t in pairs]
        )
    reached, goal, start = _number(value, "value"), _goal(target, "target"), _number(base, "base")
    if reached is None or goal is None:
        return Attainment(None, None, reason="value is missing" if reached is None else "target is missing")
    met = _compare(reached, goal, compare, tolerance)
    rate, used, reason = _rate(reached, goal, compare, start, rule, met)
    return Attainment(rate if cap is None else min(rate, cap), met, used, reason)


def joint(parts: Sequence[Attainment]) -> Attainment:
    """Several conditions at once: attained only when all are, as good as the weakest.

    Parameters
    ----------
    parts : list of Attainment

    Returns
    -------
    Attainment
        Unassessed when any part is, unless another part already fails.

    Raises
    ------
    DataError
        When there are no parts.

    Examples
    --------
    >>> joint([attainment(32, 30), attainment(12, 15)])
    Attainment(rate=0.8, attained=False, rule='ratio', reason='')
    """
    if not parts:
        raise DataError(
            Fault("joint target", say("at least one condition", "至少一个条件"), say("none", "没有"), kind="attainment")
        )
    known = [p for p in parts if p.attained is not None]
    met = True if len(known) == len(parts) else None
    met = False if any(p.attained is False for p in known) else met  # one failure settles it
    rates = [p.rate for p in parts if p.rate is not None]
    rate = min(rates) if len(rates) == len(parts) else None
    reason = "" if len(known) == len(parts) else f"{len(parts) - len(known)} of {len(parts)} conditions have no value"
    return Attainment(rate, met, parts[0].rule, reason)


def _check_words(kind: str, comparator: str, rule: str, tolerance: float) -> None:
    faults = [
        Fault(
            name,
            say("one of " + ", ".join(known), "以下之一：" + "、".join(known)),
            repr(word),
            nearest(word, known),
            kind="attainment",
        )
        for name, word, known in (
            ("kind", kind, KINDS),
            ("comparator", comparator, COMPARATORS),
            ("rule", rule, RATE_RULES),
        )
        if word not in known
    ]
    if not 0 <= tolerance <= 1:
        faults.append(Fault("tolerance", say("a share from 0 to 1", "0至1的比重"), repr(tolerance), kind="attainment"))
    if faults:
        raise DataError(faults)


def _goal(x: Any, name: str) -> Goal | None:
    if not isinstance(x, (tuple, list)):
        return _number(x, name)
    low, high = (_number(v, name) for v in x)
    if low is None or high is None or low > high:
        raise DataError(Fault(name, say("a range from low to high", "由低到高的范围"), repr(x), kind="attainment"))
    return low, high


def _number(x: Any, name: str) -> float | None:
    if x is None:
        return None
    try:
        x = float(x)
    except (TypeError, ValueError):
        raise DataError(Fault(name, say("a number", "数值"), repr(x), kind="attainment")) from None
    if math.isinf(x):
        raise DataError(Fault(name, say("a finite number", "有限的数"), repr(x), kind="attainment"))
    return None if math.isnan(x) else x


def _compare(value: float, target: Goal, comparator: str, tolerance: float) -> bool:
    if isinstance(target, tuple):
        return target[0] - _SLACK <= value <= target[1] + _SLACK
    slack = _SLACK * max(1.0, abs(target))
    return {
        ">=": value >= target - slack,
        ">": value > target + slack,
        "<=": value <= target + slack,
        "<": value < target - slack,
        "=": abs(value - target) <= slack,
        "~": value >= target - tolerance * abs(target) - slack,
    }[comparator]


def _rate(
    value: float, target: Goal, comparator: str, base: float | None, rule: str, met: bool
) -> tuple[float, str, str]:
    if isinstance(target, tuple):
        return (1.0, "test", "") if met else _range_rate(value, target, base)
    if rule == "distance":
        if base is not None and base != target:
            return (value - base) / (target - base), "distance", ""
        reason = "no base value" if base is None else "base equals target"
        rate, used, _ = _rate(value, target, comparator, None, "ratio", met)
        return rate, used, f"{reason}: ratio used instead"
    less_is_better = comparator in ("<=", "<")
    top, bottom = (target, value) if less_is_better else (value, target)
    if target <= 0 or bottom <= 0 or top < 0:  # a ratio to zero, or between signs, says nothing
        return (1.0 if met else 0.0), "test", "ratio to zero or to a negative number is undefined"
    return top / bottom, "ratio", ""


def _range_rate(value: float, target: tuple[float, float], base: float | None) -> tuple[float, str, str]:
    edge = target[0] if value < target[0] else target[1]
    if base is not None and base != edge:
        return (value - base) / (edge - base), "distance", ""
    return 0.0, "test", "outside the range, no base value"
