"""Replicate weights that repeat each step: what a figure would have been, had other villages been drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy.linalg import hadamard

from research.core.faults import DataError, Fault, say, spot
from research.measures import policy
from research.measures.survey.replicates import bootstrap_multipliers, jackknife_multipliers
from research.measures.survey.units import Units, units_of

if TYPE_CHECKING:
    from research.core.kinds import Floats

Kind = Literal["JKn", "BRR", "fay", "bootstrap"]
KINDS = get_args(Kind)
Step = Callable[[pd.DataFrame, "Floats"], "Floats"]


@dataclass(frozen=True)
class ReplicateWeights:
    """Replicate weights with what a variance needs besides.

    Parameters
    ----------
    weights : ndarray of shape (rows, replicates)
    full : ndarray of shape (rows,)
        Weights of the sample itself.
    factors : ndarray of shape (replicates,)
        Of each squared deviation from the estimate of the sample itself (R's scale times rscales).
    degrees : int
        Clusters less strata.
    kind : str
    """

    weights: Floats
    full: Floats
    factors: Floats
    degrees: int
    kind: str

    def variance(self, statistic: Callable[[Floats], float]) -> tuple[float, float]:
        """Estimate and variance of a function of the weights.

        Parameters
        ----------
        statistic : callable
            Weights of all rows to a number.

        Returns
        -------
        tuple of float
        """
        middle = float(statistic(self.full))
        each = np.array([statistic(self.weights[:, r]) for r in range(self.weights.shape[1])])
        return middle, float((self.factors * (each - middle) ** 2).sum())

    def frame(self, prefix: str = "rep") -> pd.DataFrame:
        """The weights as columns, `rep_001` and so on, to hand on."""
        width = len(str(self.weights.shape[1]))
        names = [f"{prefix}_{r + 1:0{width}d}" for r in range(self.weights.shape[1])]
        return pd.DataFrame(self.weights, columns=names)


def replicate_weights(
    frame: pd.DataFrame,
    weight: str,
    strata: str | list[str] | None = None,
    psu: str | list[str] | None = None,
    kind: Kind = "JKn",
    *,
    step: Step | None = None,
    population: str | None = None,
    replicates: int = 200,
    rho: float = 0.5,
    seed: int = 20240701,
) -> ReplicateWeights:
    """Replicate weights of a design; each goes through the same steps as the weights themselves.

    Parameters
    ----------
    frame : DataFrame
    weight : str
        Column of base weights.
    strata, psu : str or list of str, optional
        Columns of the design.
    kind : {"JKn", "BRR", "fay", "bootstrap"}
        One cluster left out at a time; half-samples of strata with two clusters; the same with the other half at `rho`;
        Rao and Wu's rescaled bootstrap.
    step : callable, optional
        What is done to base weights: rows and base weights (0 for left out ones) in, weights out. Response adjustments
        and calibration belong here.
    population : str, optional
        Column with the number of clusters in the stratum (finite population).
    replicates : int
        Of the bootstrap.
    rho : float
        Fay's share, 0 up to 1.
    seed : int

    Returns
    -------
    ReplicateWeights

    Raises
    ------
    DataError
        With all faults: strata with one cluster; for half-samples strata with other than two, each named.

    References
    ----------
    Wolter (2007), "Introduction to Variance Estimation"; Judkins (1990), Journal of Official Statistics 6; Rao & Wu
    (1988), JASA 83.

    Examples
    --------
    >>> rows = pd.DataFrame({"w": 1.0, "s": list("xxyy"), "v": list("abcd"), "y": [1.0, 3, 2, 6]})
    >>> made = replicate_weights(rows, "w", "s", "v")
    >>> made.variance(lambda w: float((w * rows["y"]).sum()))
    (12.0, 20.0)
    """
    policy.choice(kind, "kind", KINDS)
    base = pd.to_numeric(frame[weight], errors="coerce").to_numpy(float)
    listed = [[] if c is None else [c] if isinstance(c, str) else list(c) for c in (strata, psu)]
    units = units_of(frame, listed[0], listed[1], population, "refuse")
    if kind == "JKn":
        multipliers, factors = jackknife_multipliers(units)
    elif kind == "bootstrap":
        multipliers = bootstrap_multipliers(units, replicates, seed).astype(float)
        factors = np.full(replicates, 1 / (replicates - 1))
    else:
        multipliers, factors = _half_samples(units, 0.0 if kind == "BRR" else rho)
    made = [multipliers[r][units.psu] * base for r in range(len(multipliers))]
    full = base
    if step is not None:
        full = step(frame, base)
        made = [step(frame, w) for w in made]
    return ReplicateWeights(np.column_stack(made), full, factors, units.degrees, kind)


def _half_samples(units: Units, rho: float) -> tuple[Floats, Floats]:
    """Multipliers and factors of balanced half-samples: one of the two clusters of each stratum counts more."""
    faults = [
        Fault(
            spot("design", item=say(f"stratum {h + 1}", f"第{h + 1}层")),
            say("two clusters", "两个群"),
            str(n),
            say("take JKn, or join strata into pairs", "请用JKn，或把层并成两群一层"),
            kind="pairs",
        )  # fmt: skip
        for h, n in enumerate(units.size)
        if n != 2
    ]
    if not 0 <= rho < 1:
        faults.append(Fault("rho", say("from 0 to below 1", "不小于0、小于1"), repr(rho), kind="parameter"))
    if faults:
        raise DataError(faults)
    strata = len(units.size)
    count = 1 << strata.bit_length()
    signs = hadamard(count)[:, 1 : strata + 1]
    first = np.zeros(len(units.stratum), dtype=bool)
    first[np.unique(units.stratum, return_index=True)[1]] = True
    side = np.where(first, 1, -1)
    multipliers = 1 + (1 - rho) * signs[:, units.stratum] * side
    return multipliers.astype(float), np.full(count, 1 / (count * (1 - rho) ** 2))
