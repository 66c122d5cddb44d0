"""`Sample`: who answered, with weights, design and calibration; totals, means, ratios, shares and measures of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say
from research.measures.columns import check_columns, clean, group_codes
from research.measures.distribution import Distribution, sort_order
from research.measures.influence import influence
from research.measures.registry import MEASURES, resolve
from research.measures.survey.intervals import t_value
from research.measures.survey.linearized import tested
from research.measures.survey.units import Single, units_of
from research.survey.estimates.stages import Stages, chances, stages_of

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints
    from research.measures.measure import Asked
    from research.measures.survey.units import Units
    from research.survey.weights.calibration import Calibrated


@dataclass(frozen=True)
class Estimates:
    """Estimates with their covariance.

    Parameters
    ----------
    table : DataFrame
        Groups, `estimate`, `se`, `cv`, `lower`, `upper`, `n` (rows), `df`.
    covariance : ndarray of shape (rows of the table, rows of the table)
    """

    table: pd.DataFrame
    covariance: Floats

    def differences(self, first: Sequence[int], second: Sequence[int], level: float = 0.95) -> pd.DataFrame:
        """Second less first of pairs of rows, each with its t test.

        Parameters
        ----------
        first, second : sequence of int
            Positions of rows.
        level : float

        Returns
        -------
        DataFrame
            `difference`, `se`, `lower`, `upper`, `statistic`, `p_value`, `df`.
        """
        i, j = np.asarray(first, int), np.asarray(second, int)
        v = np.diag(self.covariance)
        se = np.sqrt(np.maximum(v[i] + v[j] - 2 * self.covariance[i, j], 0.0))
        value, df = self.table["estimate"].to_numpy(float), self.table["df"].to_numpy(float)
        return tested(value[j] - value[i], se, np.minimum(df[i], df[j]), level)


class Sample:
    """Rows that answered, and how they came to be there.

    Parameters
    ----------
    frame : DataFrame
    weight : str, optional
        Column of weights; not with `calibrated`.
    strata, psu : str or list of str, optional
        Columns of strata, and of the clusters drawn first.
    population : str, optional
        Column with the number of clusters in the stratum (finite population correction).
    ssu, ssu_population : str, optional
        Columns of the units drawn within clusters, and of their number in the cluster: adds the second stage's
        variance; only with `population` or `probability`.
    probability : str, optional
        Column with the chance that the cluster was drawn, where chances are unequal; in place of `population`. The
        variance is then Hájek's, which is right for samples of large entropy (systematic from a list in no order,
        maximal entropy).
    calibrated : Calibrated, optional
        Calibrated weights of these rows: the variance is then that of what the known totals leave unexplained.
    single : {"refuse", "centered", "average", "certainty"}
        Rule for a stratum with one cluster.

    Raises
    ------
    DataError
        With all faults of columns and design.

    References
    ----------
    Särndal, Swensson & Wretman (1992), chapters 4 and 6; Deville & Särndal (1992), JASA 87; Deville (1999), Survey
    Methodology 25 (unequal chances); Haziza, Mecatti & Rao (2008), Metron 66.

    Examples
    --------
    >>> rows = pd.DataFrame({"y": [1.0, 2, 3, 6], "w": 2.0, "s": list("xxyy")})
    >>> Sample(rows, "w", strata="s").total("y").table[["estimate", "se"]].round(4).values.tolist()
    [[24.0, 6.3246]]
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        weight: str | None = None,
        *,
        strata: str | Sequence[str] | None = None,
        psu: str | Sequence[str] | None = None,
        population: str | None = None,
        ssu: str | None = None,
        ssu_population: str | None = None,
        probability: str | None = None,
        calibrated: Calibrated | None = None,
        single: Single = "refuse",
    ) -> None:
        asked = (weight, population, ssu, ssu_population, probability)
        names = [*_listed(strata), *_listed(psu), *[c for c in asked if c]]
        check_columns(frame, names)
        if (weight is None) == (calibrated is None):
            text = say("a column of weights, or calibrated weights", "权数列或校准权数之一")
            raise DataError(Fault("weight / calibrated", text, say("both or none", "都有或都没有"), kind="parameter"))
        if calibrated is not None and len(calibrated.weights) != len(frame):
            text = say(f"{len(frame)} calibrated weights", f"{len(frame)}个校准权数")
            raise DataError(Fault("calibrated", text, str(len(calibrated.weights)), kind="length"))
        self.frame, self.calibrated = frame, calibrated
        self.weights = calibrated.weights if calibrated is not None else clean(frame, str(weight), None)[0]
        self.units = units_of(frame, _listed(strata), _listed(psu), population, "centered" if probability else single)
        self.share = self.units.fraction[self.units.stratum]
        if probability is not None:
            self.share = chances(frame, self.units, probability, population, single)
        self.second: Stages | None = None
        if ssu is not None:
            self.second = stages_of(frame, self.units, ssu, ssu_population, self.share)

    def covariance(self, z: Floats) -> Floats:
        """Covariance of the weighted totals of variables, columns of `z`.

        Parameters
        ----------
        z : ndarray of shape (rows, variables)

        Returns
        -------
        ndarray of shape (variables, variables)
        """
        if self.calibrated is not None:
            z = np.column_stack([self.calibrated.residuals(z[:, k]) for k in range(z.shape[1])])
        x = z * self.weights[:, None]
        out = _between(x, self.units.psu.astype(int), self.units, self.share)
        return out if self.second is None else out + self.second.covariance(x)

    def total(self, value: str, by: str | Sequence[str] | None = None, *, level: float = 0.95) -> Estimates:
        """Totals.

        Parameters
        ----------
        value : str
        by : str or list of str, optional
            Columns that make domains.
        level : float

        Returns
        -------
        Estimates
        """
        y = self._column(value)
        return self._estimates(by, lambda w, rows: (float((w * y[rows]).sum()), y[rows]), level)

    def ratio(self, above: str, below: str, by: str | Sequence[str] | None = None, *, level: float = 0.95) -> Estimates:
        """Ratios of two totals: income a head, the share of a source in all income.

        Parameters
        ----------
        above, below : str
        by, level
            As in `total`.

        Returns
        -------
        Estimates

        Raises
        ------
        DataError
            For a total of 0 below.
        """
        return self._ratio(self._column(above), self._column(below), by, level)

    def mean(self, value: str, by: str | Sequence[str] | None = None, *, level: float = 0.95) -> Estimates:
        """Means.

        Parameters
        ----------
        value, by, level
            As in `total`.

        Returns
        -------
        Estimates
        """
        return self._ratio(self._column(value), np.ones(len(self.frame)), by, level)

    def measure(
        self, measure: Asked, value: str, by: str | Sequence[str] | None = None, *, level: float = 0.95
    ) -> Estimates:
        """Any measure that has an influence function: ``measure("gini", "income", by="place")``.

        Parameters
        ----------
        measure : str or tuple
            Name, or ``(name, {parameter: value})``.
        value, by, level
            As in `total`.

        Returns
        -------
        Estimates
        """
        [(_, name, parameters)] = resolve(measure)
        x = self._column(value)

        def one(w: Floats, rows: Ints) -> tuple[float, Floats]:
            return _measured(name, parameters, x[rows], w)

        return self._estimates(by, one, level)

    def shares(self, column: str, by: str | Sequence[str] | None = None, *, level: float = 0.95) -> Estimates:
        """Share of each answer in a column of categories.

        Parameters
        ----------
        column : str
        by, level
            As in `total`.

        Returns
        -------
        Estimates
            A row for each group and answer; the answer stands in the column's name.
        """
        check_columns(self.frame, [column])
        answers = sorted(self.frame[column].dropna().unique())
        ones = np.ones(len(self.frame))
        ones[self.frame[column].isna().to_numpy()] = 0.0
        parts, tables = [], []
        for answer in answers:
            z, table = self._linear(by, self._ratio_of((self.frame[column] == answer).to_numpy(float), ones))
            parts.append(z)
            tables.append(table.assign(**{column: answer}))
        return self._told(np.column_stack(parts), pd.concat(tables, ignore_index=True), level)

    def _ratio(self, y: Floats, x: Floats, by: str | Sequence[str] | None, level: float) -> Estimates:
        return self._estimates(by, self._ratio_of(y, x), level)

    @staticmethod
    def _ratio_of(y: Floats, x: Floats) -> Any:
        def one(w: Floats, rows: Ints) -> tuple[float, Floats]:
            below = float((w * x[rows]).sum())
            if below == 0:
                raise DataError(Fault("ratio", say("a total other than 0 below", "分母合计不为0"), "0", kind="zero"))
            value = float((w * y[rows]).sum()) / below
            return value, (y[rows] - value * x[rows]) / below

        return one

    def _column(self, name: str) -> Floats:
        check_columns(self.frame, [name])
        return clean(self.frame.assign(_one=1.0), name, "_one", negatives=True)[0]

    def _estimates(self, by: str | Sequence[str] | None, one: Any, level: float) -> Estimates:
        z, table = self._linear(by, one)
        return self._told(z, table, level)

    def _linear(self, by: str | Sequence[str] | None, one: Any) -> tuple[Floats, pd.DataFrame]:
        """Linearised variables, a column a group, 0 outside; and the groups with their estimates."""
        names = _listed(by)
        check_columns(self.frame, names)
        codes, keys = group_codes(self.frame, names)
        z = np.zeros((len(self.frame), len(keys)))
        table = keys.copy()
        found, n, df = [], [], []
        for g in range(len(keys)):
            rows = np.flatnonzero((codes == g) & (self.weights != 0))
            value, own = one(self.weights[rows], rows)
            z[rows, g] = own
            found.append(value)
            n.append(len(rows))
            clusters = np.unique(self.units.psu[rows])
            df.append(max(1, len(clusters) - len(np.unique(self.units.stratum[clusters]))))
        return z, table.assign(estimate=found, n=n, df=df)

    def _told(self, z: Floats, table: pd.DataFrame, level: float) -> Estimates:
        covariance = self.covariance(z)
        se = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        value = table["estimate"].to_numpy(float)
        df = table.pop("df").to_numpy(int)  # clusters less strata of the domain: few of them know little of their error
        reach = t_value(level, df) * se
        with np.errstate(divide="ignore", invalid="ignore"):
            cv = np.where(value != 0, se / np.abs(value), np.nan)
        n = table.pop("n")
        out = table.assign(se=se, cv=cv, lower=value - reach, upper=value + reach, n=n, df=df)
        return Estimates(out, covariance)


def _listed(names: str | Sequence[str] | None) -> list[str]:
    return [] if names is None else [names] if isinstance(names, str) else list(names)


def _measured(name: str, parameters: Mapping[str, Any], x: Floats, w: Floats) -> tuple[float, Floats]:
    """A measure and its influence on the weighted total, in the order of the rows."""
    order, ordered = sort_order(x)
    d = Distribution.from_sorted(ordered, w[order])
    z = np.empty(len(x))
    z[order] = influence(name, d, parameters) / w.sum()
    return float(MEASURES[name](d, **parameters)), z


def _between(x: Floats, psu: Ints, units: Units, share: Floats) -> Floats:
    """Covariance between clusters within strata; `share` is the chance that each cluster had."""
    sums = np.zeros((len(units.stratum), x.shape[1]))
    np.add.at(sums, psu, x)
    strata = len(units.size)
    rest = 1 - share
    total = np.bincount(units.stratum, weights=rest, minlength=strata)
    part = rest / np.where(total > 0, total, 1.0)[units.stratum]
    spread = 1 - np.bincount(units.stratum, weights=part**2, minlength=strata)
    alone = (total > 0) & (spread < 1e-12)
    middle = np.zeros((strata, x.shape[1]))
    np.add.at(middle, units.stratum, sums * part[:, None])
    if units.single == "centered":
        middle[alone] = 0.0
    off = sums - middle[units.stratum]
    factor = rest / np.where(spread < 1e-12, 1.0, spread)[units.stratum]
    out = (off * factor[:, None]).T @ off
    if units.single == "average" and alone.any():
        out = out * strata / max(strata - int(alone.sum()), 1)
    return np.asarray(out, float)
