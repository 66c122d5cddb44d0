"""A Lorenz curve fitted to grouped data, and what is read off it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from research.measures import policy
from research.measures.lorenz_fits import BetaLorenz, Lorenz

if TYPE_CHECKING:
    from research.core.kinds import Floats


@dataclass(frozen=True)
class GroupedFit:
    """A Lorenz curve fitted to grouped data, and what is read off it.

    Parameters
    ----------
    kind : str
        "gq" (General Quadratic), "beta", or "none" where no curve is valid.
    valid : bool
        Whether the curve is a Lorenz curve: rising and convex throughout.
    curve : object or None
        The fitted curve: ``curve(p)`` gives shares, `curve.coefficients`, `curve.sse`.
    mean : float
        In the unit of the incomes.
    gini, median, mean_log_deviation, wolfson : float
        Read off the curve; nan where none is valid.
    lower, upper : float
        Bounds of the Gini that hold whatever the curve.
    others : dict
        Kind -> why it was not chosen.
    """

    kind: str
    valid: bool
    curve: Lorenz | None
    mean: float
    gini: float
    median: float
    mean_log_deviation: float
    wolfson: float
    lower: float
    upper: float
    others: dict[str, str]

    def _usable(self) -> Lorenz:
        if self.curve is None:
            raise policy.undefined("fit_lorenz", "no valid curve", "the bounds `lower` and `upper` hold all the same")
        return self.curve

    def quantile(self, q: float) -> float:
        """Income below which the share `q` (0 to 1) of persons stands: ``mu L'(q)``.

        Raises
        ------
        DataError
            When `q` is outside 0 to 1, or no curve is valid.

        Examples
        --------
        >>> from research.measures.grouped import fit_lorenz
        >>> fit = fit_lorenz([0.2, 0.4, 0.6, 0.8, 0.9, 1], [0.06, 0.18, 0.35, 0.58, 0.73, 1], mean=40000)
        >>> round(fit.quantile(0.5))
        33886
        """
        curve = self._usable()
        return float(self.mean * curve.slope(policy.number(q, "q", 0, 1)))

    def decile_shares(self) -> Floats:
        """Shares of income of the ten tenths, from the poorest on: ``L(k/10) - L((k-1)/10)``.

        Raises
        ------
        DataError
            When no curve is valid.

        Examples
        --------
        >>> from research.measures.grouped import fit_lorenz
        >>> fit = fit_lorenz([0.2, 0.4, 0.6, 0.8, 0.9, 1], [0.06, 0.18, 0.35, 0.58, 0.73, 1])
        >>> round(float(fit.decile_shares().sum()), 12)
        1.0
        """
        curve = self._usable()
        return np.diff(np.append(curve(np.arange(10) / 10), 1.0))

    def pip(self, line: float) -> dict[str, float]:
        """What the World Bank's PIP package prints where its numerics differ from the exact integrals.

        The beta curve falls below 0 near rank 0 where its second coefficient is below 1, so that the exact
        logarithms do not exist there; PIP leaves such steps out. PIP also ends its search for the beta curve's
        head-count early (0.2% off in its own example), and what follows from the head-count moves with it;
        `poverty` has the point where the curve's slope is the line. PIP's flag "is_normal" (numbers came out
        at all) has no counterpart here: a fit that fails raises or is named in `others`.

        Returns
        -------
        dict of str to float
            `gini`, `mean_log_deviation`, `wolfson`; `headcount`, `poverty_gap`, `poverty_severity`, `watts`.

        Raises
        ------
        DataError
            When `line` is not above 0, or no curve is valid.

        References
        ----------
        World Bank, R package wbpip, version 0.0.2.9000.

        Examples
        --------
        >>> from research.measures.grouped import fit_lorenz
        >>> fit = fit_lorenz([0.2, 0.4, 0.6, 0.8, 0.9, 1], [0.06, 0.18, 0.35, 0.58, 0.73, 1], mean=40000)
        >>> round(fit.pip(20000)["headcount"], 3)
        0.218
        """
        curve = self._usable()
        z = policy.number(line, "line", 0, open_low=True) / self.mean
        if isinstance(curve, BetaLorenz):
            poverty, gini = curve.pip_poverty(z), curve.pip_gini()
        else:
            poverty, gini = curve.poverty(z), self.gini
            poverty["watts"] = curve.pip_watts(z, poverty["headcount"])
        wolfson = self.wolfson + 2 * (self.gini - gini) * self.mean / self.median
        return {
            "gini": gini, "mean_log_deviation": curve.pip_mean_log_deviation(), "wolfson": wolfson, **poverty
        }  # fmt: skip

    def poverty(self, line: float) -> dict[str, float]:
        """Head-count, poverty gap, severity and Watts index below a line in the unit of the incomes.

        Returns
        -------
        dict of str to float
            `headcount`, `poverty_gap`, `poverty_severity`, `watts`.

        Raises
        ------
        DataError
            When `line` is not above 0, or no curve is valid.

        Examples
        --------
        >>> from research.measures.grouped import fit_lorenz
        >>> fit = fit_lorenz([0.2, 0.4, 0.6, 0.8, 0.9, 1], [0.06, 0.18, 0.35, 0.58, 0.73, 1], mean=40000)
        >>> round(fit.poverty(20000)["headcount"], 3)
        0.218
        """
        curve = self._usable()
        line = policy.number(line, "line", 0, open_low=True)
        return curve.poverty(line / self.mean)
