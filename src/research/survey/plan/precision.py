"""A plan: sizes by stratum for the precision wanted or the money there is, and what it will give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, Words, say
from research.survey.plan.bethel import Optimum, optimum
from research.survey.plan.inputs import LEARNED, Stratum, Target, read_measures, read_strata, read_targets
from research.survey.plan.learned import possible

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints

FACTORS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0)
"""Multiples of the wanted cvs at which the cost is told."""


@dataclass(frozen=True)
class Plan:
    """A plan.

    Parameters
    ----------
    table : DataFrame
        The strata with `villages_drawn`, `households` (answers), `invited` and `cost`; with a `response_lower` also
        `invited_upper`, how many to ask if no more answer than that.
    precision : DataFrame
        `by`, `group`, `measure`, `target` (cv wanted), `cv` and `half_width` (expected), `reached`, `ratio` (cv over
        target), `price` (by how much the cost falls if the variance wanted grows by 1%); where last year's errors are
        told (`mean_se`, `sd_se`, `icc_lower`, `icc_upper`) also `cv_upper` (the 90th of 100 values that the cv may
        have) and `chance`
        (that the target is reached), for what was learned is not known exactly.
    curve : DataFrame
        `factor` (of all cvs wanted), `households`, `cost`: what less precision saves, and more costs.
    factor : float
        By how much all cvs were relaxed to fit the budget; 1 without one.
    cost, bound : float
        Of the plan; and a cost no plan with these targets is below.
    budget : float or None
    """

    table: pd.DataFrame
    precision: pd.DataFrame
    curve: pd.DataFrame
    factor: float
    cost: float
    bound: float
    budget: float | None

    @property
    def verdict(self) -> Words:
        """Whether the targets are reached, and if not, by how much they are missed."""
        short = self.precision[~self.precision["reached"]]
        size = f"{self.table['households'].sum():,}"
        if short.empty:
            return say(
                f"all {len(self.precision)} targets are reached with {size} households, cost {self.cost:,.0f}",
                f"{len(self.precision)}项精度要求全部达到：共{size}户，费用{self.cost:,.0f}元",
            )
        worst = short.loc[short["ratio"].idxmax()]
        where = "-".join(x for x in (str(worst["group"]), str(worst["measure"])) if x)
        en = (
            f"{len(short)} of {len(self.precision)} targets are missed with {size} households, "
            f"cost {self.cost:,.0f}; worst {where}: cv {worst['cv']:.2%} instead of {worst['target']:.2%}"
        )
        zh = (
            f"{len(self.precision)}项精度要求中有{len(short)}项达不到：共{size}户，费用{self.cost:,.0f}元；"
            f"差得最多的是{where}，变异系数{worst['cv']:.2%}，要求{worst['target']:.2%}"
        )
        if self.factor > 1:
            en += f"; all targets times {self.factor:.3f} fit the budget"
            zh += f"；要不超出预算，各项变异系数须放宽到{self.factor:.3f}倍"
        return say(en, zh)


def make_plan(
    strata: pd.DataFrame,
    measures: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    budget: float | None = None,
    minimum: int = 2,
    assurance: float | None = None,
    level: float = 0.95,
) -> Plan:
    """Sizes by stratum: the cheapest that reach all targets, or the best that a budget allows.

    Parameters
    ----------
    strata : DataFrame
        `stratum`, `population` (households); for two stages `villages` and `per_village` (answers a village); and
        `cost_village`, `cost_household`, `response`, `response_lower` (as `learn_response` tells them).
        Further columns group strata: place, residence.
    measures : DataFrame
        `stratum`, `measure`, `mean`, `sd`, `icc` as `learn` makes it of last year's data.
    targets : DataFrame
        `by`, `group`, `measure`, and `cv` or `half_width`: see `research.survey.plan.inputs.read_targets`.
    budget : float, optional
        Money there is. Where it is short, all cvs grow by one factor, so that it is enough.
    minimum : int
        Households that each stratum has at least.
    assurance : float, optional
        Chance with which each target is to be reached, given the errors of what was learned: 0.9 plans more households
        than the best guess (about 0.5) does.
    level : float
        Of the intervals whose half-widths are wanted and told.

    Returns
    -------
    Plan

    Raises
    ------
    DataError
        With all faults of the tables; for a budget below what the least sizes cost.

    References
    ----------
    Bethel (1989), Survey Methodology 15; Särndal, Swensson & Wretman (1992), chapter 12.

    Examples
    --------
    >>> strata = pd.DataFrame({"stratum": ["a", "b"], "place": ["p", "q"], "population": [3000, 1000]})
    >>> known = pd.DataFrame({"stratum": ["a", "b"], "measure": "income", "mean": [50.0, 40], "sd": [30.0, 20]})
    >>> wanted = pd.DataFrame({"by": ["", "place"], "group": "", "measure": "income", "cv": [0.03, 0.05]})
    >>> plan = make_plan(strata, known, wanted)
    >>> plan.table["households"].tolist(), str(plan.verdict)
    ([260, 91], 'all 3 targets are reached with 351 households, cost 351')
    """
    read = read_strata(strata)
    known = read_measures(measures, read)
    wanted = read_targets(targets, read, known, level)
    model = _Model(read, known, wanted, minimum)
    factor = 1.0 if budget is None else model.factor_for(budget)
    found = model.solve(factor)
    n, villages = model.sizes(found)
    for _ in range(5 if assurance else 0):  # targets are tightened by what the cv may be worse than expected
        model.tighten(n, villages, float(assurance or 0))
        factor = 1.0 if budget is None else model.factor_for(budget)
        found = model.solve(factor)
        n, villages = model.sizes(found)
    table = read.frame.assign(villages_drawn=villages, households=n, invited=_asked(n, read.response))
    if "response_lower" in read.frame:
        low = pd.to_numeric(read.frame["response_lower"], errors="coerce").fillna(read.frame["response"])
        table["invited_upper"] = _asked(n, low.to_numpy(float))
    table["cost"] = model.cost(n, villages)
    table["villages_drawn"] = table["villages_drawn"].astype("Int64").where(read.staged)
    precision = model.precision(n, villages, found)
    half = scipy.stats.norm.ppf(0.5 + level / 2) * precision["cv"] * np.abs(model.mean)
    precision.insert(5, "half_width", half)
    return Plan(table, precision, model.curve(), factor, float(table["cost"].sum()), found.bound, budget)


def _asked(n: Ints, response: Floats) -> Ints:
    """Households to ask, so that n answer."""
    return np.ceil(n / response - 1e-9).astype(int)


class _Model:
    """Variances of all targets as linear functions of one over the sizes."""

    def __init__(
        self, strata: Stratum, known: dict[str, dict[str, Floats]], targets: list[Target], minimum: int
    ) -> None:
        self.strata, self.targets = strata, targets
        s = strata
        self.least = np.minimum(float(max(minimum, 1)), s.most)
        mean_size = s.population / s.villages
        self.slope, self.constant, self.mean, self.s2, self.icc = [], [], [], [], []
        self.tight = np.ones(len(targets))
        self.known = known
        for t in targets:
            own = known[t.measure]
            part = np.where(t.strata, s.population, 0.0) / s.population[t.strata].sum()
            s2 = own["sd"] ** 2 * part**2
            icc = np.where(s.staged, own["icc"], 0.0)
            spread = np.where(s.staged, s.take * icc + (1 - s.take / mean_size) * (1 - icc), 1.0)
            self.slope.append(s2 * spread)
            self.constant.append(float((s2 * np.where(s.staged, icc / s.villages, 1 / s.population)).sum()))
            self.mean.append(float((part * own["mean"]).sum()))
            self.s2.append(s2)
            self.icc.append(icc)

    def solve(self, factor: float) -> Optimum:
        wanted = [factor * t.cv * k for t, k in zip(self.targets, self.tight, strict=True)]
        limit = [(cv * m) ** 2 + c for cv, m, c in zip(wanted, self.mean, self.constant, strict=True)]
        a = np.array(self.slope) / np.array(limit)[:, None]
        return optimum(a, self.strata.cost, self.least, self.strata.most)

    def sizes(self, found: Optimum) -> tuple[Ints, Ints]:
        """Households, and villages to draw them in: two at least, or the error could not be seen (0: one stage)."""
        n = np.minimum(found.whole, np.maximum(np.floor(self.strata.most + 1e-9), 1)).astype(int)
        need = np.ceil(np.where(self.strata.staged, n / self.strata.take, 0) - 1e-9)
        need = np.minimum(np.maximum(need, 2), n)
        return n, np.minimum(need, np.where(self.strata.staged, self.strata.villages, 0)).astype(int)

    def cost(self, n: Ints, villages: Ints) -> Floats:
        s = self.strata
        return np.asarray(villages * s.cost_village + np.ceil(n / s.response - 1e-9) * s.cost_household, float)

    def factor_for(self, budget: float) -> float:
        """The smallest factor, 1 or more, at which the plan costs no more than the budget."""

        def over(factor: float) -> float:
            return float(self.cost(*self.sizes(self.solve(factor))).sum()) - budget

        if over(1.0) <= 0:
            return 1.0
        low, high = 0.0, 1.0
        while over(float(np.exp(high))) > 0:
            low, high = high, high * 2
            if high > 16:
                least = over(1e9) + budget
                raise DataError(
                    Fault(
                        "budget",
                        say(
                            f"at least {least:,.0f}, which the least sizes cost",
                            f"不少于{least:,.0f}元（各层最少户数的费用）",
                        ),
                        f"{budget:,.0f}",
                        kind="budget",
                    )
                )
        for _ in range(14):
            middle = (low + high) / 2
            low, high = (middle, high) if over(float(np.exp(middle))) > 0 else (low, middle)
        return float(np.exp(high))

    def precision(self, n: Ints, villages: Ints, found: Optimum) -> pd.DataFrame:
        s, rows = self.strata, []
        drawn = np.where(s.staged, villages, 1)
        with np.errstate(invalid="ignore"):
            inner = np.where(s.staged, 1 - n / drawn * s.villages / s.population, 1 - n / s.population)
        inner = np.clip(inner, 0, 1)
        for t, mean, s2, icc, price in zip(self.targets, self.mean, self.s2, self.icc, found.price, strict=True):
            outer = np.where(s.staged, icc * (1 / drawn - 1 / np.where(s.staged, s.villages, 1)), 0.0)
            variance = float((s2 * (np.maximum(outer, 0) + inner * (1 - icc) / n)).sum())
            cv = np.sqrt(variance) / abs(mean) if mean else np.inf
            rows.append((t.by, t.group, t.measure, t.cv, cv, bool(cv <= t.cv * (1 + 1e-9)), cv / t.cv, price / 100))
        names = ["by", "group", "measure", "target", "cv", "reached", "ratio", "price"]
        out = pd.DataFrame(rows, columns=names)
        if not any(np.isfinite(own[k]).any() for own in self.known.values() for k in LEARNED):
            return out
        drawn = possible(self.targets, self.known, s, n, villages)
        chance = (drawn <= out["target"].to_numpy()[:, None] * (1 + 1e-9)).mean(axis=1)
        return out.assign(cv_upper=np.quantile(drawn, 0.9, axis=1), chance=chance)

    def tighten(self, n: Ints, villages: Ints, assurance: float) -> None:
        """Move what is aimed at, so that the cv reached with the chance wanted is the target."""
        drawn = possible(self.targets, self.known, self.strata, n, villages)
        worst = np.quantile(drawn, assurance, axis=1) / np.array([t.cv for t in self.targets])
        self.tight = np.clip(self.tight / np.maximum(worst, 1e-6), 0.2, 1.0)

    def curve(self) -> pd.DataFrame:
        rows = []
        for factor in FACTORS:
            n, villages = self.sizes(self.solve(factor))
            rows.append((factor, int(n.sum()), int(villages.sum()), float(self.cost(n, villages).sum())))
        return pd.DataFrame(rows, columns=["factor", "households", "villages", "cost"])
