"""A measure in one place: its function, influence, kernel, interval, range, names and unit, registered beside it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

Interval = Literal["normal", "log", "logit", "woodruff"]
_NOT_ASKED = ("values", "weights", "negatives")
_ANY = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)


@dataclass(frozen=True)
class Measure:
    """All that is known of one measure; no part has a default, so that none is forgotten.

    Parameters
    ----------
    name : str
        As `table` and `survey.Design` are asked for it: the function's name.
    value : callable
        ``value(values, weights=None, **parameters)``; it takes a `Distribution` in place of the values.
    influence : callable or None
        ``influence(distribution, **parameters)``: what one more person at each value would do to it, in rising
        order of values, weighted mean 0. None: only replication gives its error.
    kernel : callable or None
        ``kernel(rows, **parameters)``: its value under many rows of weights at once (see `batch`). None: one
        after another.
    pointwise : bool
        Whether it and its influence look at each value by itself, so that nothing need be sorted.
    interval : {"normal", "log", "logit", "woodruff"}
        Scale of its "auto" interval; "woodruff": limits of the share below, read back (plain where replicated).
    range : tuple of float
        Least and largest value it can take where no value is below 0.
    keeps : bool
        Whether it is defined with values below 0 (``negatives="keep"``).
    shared : callable or None
        ``shared(population, **parameters)``: what the groups of a table have in common, such as the line of all;
        it has `value`, `influence()`, `slope(distribution, value)` and `replicated(rows, **parameters)`.
    zh, en : str
        What readers are shown as its name.
    unit : str
        Unit that readers are shown; "" for the unit of the values.
    factor : float
        From its value to that unit (100 for a share in %).

    Raises
    ------
    TypeError
        A part that is missing, or of another kind; an influence or kernel that lacks one of the parameters.

    Examples
    --------
    >>> from research.measures import MEASURES
    >>> gini = MEASURES["gini"]
    >>> gini([1, 2, 3, 4, 10]), gini.interval, gini.zh
    (0.4, 'logit', '基尼系数')
    """

    name: str
    value: Callable[..., float]
    influence: Callable[..., Any] | None
    kernel: Callable[..., Any] | None
    pointwise: bool
    interval: Interval
    range: tuple[float, float]
    keeps: bool
    shared: Callable[..., Any] | None
    zh: str
    en: str
    unit: str
    factor: float

    def __post_init__(self) -> None:
        if self.interval not in get_args(Interval):
            raise TypeError(f"measure {self.name}: interval is one of {get_args(Interval)}, not {self.interval!r}")
        if self.name != self.value.__name__ or not self.zh or not self.en:
            raise TypeError(f"measure {self.name}: its function has that name, and readers a name in zh and en")
        for part in (self.influence, self.kernel):
            taken = inspect.signature(part).parameters.values() if part else ()
            names = {p.name for p in taken}
            lacking = [p for p in self.parameters if p not in names]
            if part and lacking and not any(p.kind in _ANY for p in taken):
                raise TypeError(f"measure {self.name}: {part.__name__} does not take {', '.join(lacking)}")

    def __call__(self, *values: Any, **parameters: Any) -> float:
        return self.value(*values, **parameters)

    def common(self, population: Any, parameters: Mapping[str, Any]) -> Any:
        """What the groups of a population have in common (see `shared`).

        Raises
        ------
        TypeError
            Where they have nothing in common.
        """
        if self.shared is None:
            raise TypeError(f"measure {self.name}: its groups have nothing in common")
        return self.shared(population, **parameters)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.value)

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Parameters of its own, by name."""
        known = inspect.signature(self.value).parameters
        return {n: p for n, p in known.items() if n not in _NOT_ASKED and not n.startswith("_")}


Asked: TypeAlias = str | tuple[str, Mapping[str, Any]]
"""How one measure is asked for: by its name, or by its name and parameters."""
AskedAll: TypeAlias = Asked | Sequence[Asked] | Mapping[str, Asked]
"""How measures are asked for: one, several, or each under a label."""
Resolved: TypeAlias = tuple[str, str, dict[str, Any]]
"""Label, name and parameters of a measure."""
MEASURES: dict[str, Measure] = {}
"""Measures of one distribution, by name, in the order of the rooms that register them."""


def register(measure: Measure) -> Measure:
    """Add a measure to those that `table` and `survey.Design` know.

    Raises
    ------
    TypeError
        When another has that name.
    """
    if measure.name in MEASURES and MEASURES[measure.name].value is not measure.value:
        raise TypeError(f"measure {measure.name}: registered twice")
    MEASURES[measure.name] = measure
    return measure
