"""What the errors of last year's figures make of a plan: the cvs that may come out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints
    from research.survey.plan.inputs import Stratum, Target

DRAWS, SEED = 400, 20240701


def possible(
    targets: list[Target], known: dict[str, dict[str, Floats]], strata: Stratum, n: Ints, villages: Ints
) -> Floats:
    """Cvs of a plan under values of mean, sd and icc drawn by their errors.

    Parameters
    ----------
    targets : list of Target
    known : dict
        Of each measure the arrays that `read_measures` gives; a gap in an error: taken as known.
    strata : Stratum
    n, villages : ndarray
        Households and villages of each stratum.

    Returns
    -------
    ndarray of shape (targets, draws)
        The same values of a stratum stand behind all targets; repeated the same by a fixed seed.
    """
    rng = np.random.default_rng(SEED)
    values = {measure: _drawn(own, rng) for measure, own in known.items()}
    s = strata
    drawn = np.where(s.staged, villages, 1)
    with np.errstate(invalid="ignore"):
        inner = np.clip(np.where(s.staged, 1 - n / drawn * s.villages / s.population, 1 - n / s.population), 0, 1)
    outer = np.where(s.staged, np.maximum(1 / drawn - 1 / np.where(s.staged, s.villages, 1), 0.0), 0.0)
    out = []
    for t in targets:
        part = np.where(t.strata, s.population, 0.0) / s.population[t.strata].sum()
        mean, sd, icc = values[t.measure]
        icc = np.where(s.staged, icc, 0.0)
        variance = ((sd * part) ** 2 * (icc * outer + inner * (1 - icc) / n)).sum(axis=1)
        out.append(np.sqrt(variance) / np.maximum(np.abs((part * mean).sum(axis=1)), 1e-300))
    return np.array(out)


def _drawn(own: dict[str, Floats], rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Means (normal), sds (lognormal), icc (by the width of its interval), a row a draw."""
    shape = (DRAWS, len(own["mean"]))
    mean = own["mean"] + np.nan_to_num(own["mean_se"]) * rng.standard_normal(shape)
    off = np.nan_to_num(own["sd_se"]) / np.where(own["sd"] > 0, own["sd"], 1.0)
    sd = own["sd"] * np.exp(off * rng.standard_normal(shape))
    z = rng.standard_normal(shape)
    reach = float(scipy.stats.norm.ppf(0.975))
    up, down = (np.nan_to_num(np.abs(own[k] - own["icc"])) / reach for k in ("icc_upper", "icc_lower"))
    icc = np.clip(own["icc"] + np.where(z > 0, up, down) * z, 0.0, 1.0)
    return np.asarray(mean, float), np.asarray(sd, float), np.asarray(icc, float)
