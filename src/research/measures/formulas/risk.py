"""The at-risk-of-poverty rate: persons below a line that is itself estimated, of all or of their own group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from research.core.kinds import Floats
from research.measures import policy
from research.measures.batch import Rows
from research.measures.distribution import Distribution, Values, Weights
from research.measures.formulas.parts import average, centred, defined, density, quantile, restored
from research.measures.measure import Measure, register
from research.measures.policy import Negatives

Of = Literal["median", "mean"]
LineOf = str | Sequence[str]


def at_risk_of_poverty(
    values: Values,
    weights: Weights = None,
    *,
    share: float = 0.6,
    of: Of = "median",
    line_of: LineOf = "all",
    negatives: Negatives = "refuse",
    _line: float | None = None,
) -> float:
    """Share of persons below a relative line: `share` of the median (or of the mean) of all.

    ``sum_{i: x_i < z} w_i / W`` with the line ``z = share * median`` (or mean). An income within rounding of the
    line is on it, not below.

    Parameters
    ----------
    values : array-like of shape (n,), or Distribution
        Income per person (yuan a year); zeros allowed.
    weights : array-like of shape (n,), optional
        Persons each value stands for; only their proportions matter.
    share : float
        Above 0; Eurostat takes 0.6, the OECD 0.5.
    of : {"median", "mean"}
        What the line is a share of.
    line_of : {"all", "group"}, or list of str
        Where groups are asked for (`table`, `survey.Design`): whose line it is. "all": everybody's, as Eurostat,
        R's laeken (arpr) and convey (svyarpr) take it - of the same year, where `year` is one of the groups'
        columns; "group": each group's own; a list of some of the groups' columns: everybody's within these.
    negatives : {"refuse", "zero", "drop", "keep"}
        What becomes of values below 0: see `policy`.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    DataError
        As `headcount`; or when the line comes out as 0.

    References
    ----------
    Eurostat, at-risk-of-poverty rate (EU-SILC); Osier (2009), Survey Research Methods 3, on the line's error.

    Examples
    --------
    >>> at_risk_of_poverty([1, 2, 3, 4, 10])
    0.2
    >>> at_risk_of_poverty([55, 55, 100, 100, 100, 200, 200], share=0.55)
    0.0
    """
    share = policy.number(share, "share", 0, open_low=True)
    policy.choice(of, "of", ("median", "mean"))
    d = defined(values, weights, "at_risk_of_poverty", negatives)
    line = _inner_line(d, share, of) if _line is None else d.inner(_line)
    if line <= 0:
        raise policy.undefined("at_risk_of_poverty", f"a {of} of 0 or less")
    return d.average(policy.below(d.x, line).astype(float))


def _inner_line(d: Distribution, share: float, of: Of) -> float:
    return share * (d.quantile(0.5) if of == "median" else d.mean)


class CommonLine:
    """The line of a whole population, for the groups within it; `survey.Design` and `table` ask for it.

    Parameters
    ----------
    population : Distribution
    share, of :
        As in `at_risk_of_poverty`.
    """

    def __init__(self, population: Distribution, share: float = 0.6, of: Of = "median", **_: Any) -> None:
        self.value = population.restore(_inner_line(population, share, of))
        self._population, self._share, self._of = population, share, of

    def influence(self) -> Floats:
        """What one more person at each sorted value of the population would do to the line."""
        d = self._population
        z = quantile(d, 0.5) if self._of == "median" else d.x_sorted - d.mean
        return restored(d, self._share * centred(d, z))

    @staticmethod
    def replicated(r: Rows, share: float = 0.6, of: Of = "median", **_: Any) -> Floats:
        """The line under each row of weights."""
        return restored(r.d, share * (r.quantile(0.5) if of == "median" else r.mean))

    @staticmethod
    def slope(d: Distribution, line: float) -> float:
        """By how much a group's rate grows for a unit of the line: the density of its values there."""
        z = d.inner(line)
        below = average(d, policy.below(d.x_sorted, z).astype(float))
        near = density(d, below) if 0 < below < 1 else 0.0
        return float(np.ldexp(near, -d.shift)) if np.isfinite(near) else 0.0


def _risk_influence(
    d: Distribution, share: float = 0.6, of: Of = "median", line_of: LineOf = "all", _line: float | None = None
) -> Floats:
    """Of the rate for a line that is given (`_line`), or for the group's own, whose error is then carried too."""
    line = _inner_line(d, share, of) if _line is None else d.inner(_line)
    z = centred(d, policy.below(d.x_sorted, line).astype(float))
    if _line is not None:
        return z
    own = CommonLine(d, share, of)
    return z + CommonLine.slope(d, own.value) * own.influence()


def _risk_kernel(
    r: Rows, share: float = 0.6, of: Of = "median", line_of: LineOf = "all", _line: Floats | None = None
) -> Floats:
    """`_line`: the line in each replicate, where it is not the group's own."""
    if _line is None:
        line = share * (r.quantile(0.5) if of == "median" else r.mean)
    else:
        line = np.ldexp(_line[r.which], -r.d.shift)
    j = np.searchsorted(r.x, line - policy.ON_LINE * np.abs(line), side="left") - 1
    return np.where(j < 0, 0.0, r.at(r.cum, j.clip(0)) / r.total)


register(
    Measure(
        "at_risk_of_poverty",
        at_risk_of_poverty,
        influence=_risk_influence,
        kernel=_risk_kernel,
        pointwise=False,
        interval="logit",
        range=(0.0, 1.0),
        keeps=True,
        shared=CommonLine,
        zh="相对贫困发生率",
        en="At-risk-of-poverty rate",
        unit="%",
        factor=100,
    )
)
