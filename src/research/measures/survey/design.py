"""`Design`: how a sample was drawn, and each measure's estimate with its uncertainty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from research.core.faults import DataError, Fault, spot
from research.measures import policy
from research.measures.columns import check_columns, clean, group_codes, settle_negatives
from research.measures.registry import resolve
from research.measures.survey.contrasts import contrasts
from research.measures.survey.linear import Totals
from research.measures.survey.linearized import Linearized, linearized
from research.measures.survey.replicates import Replicates
from research.measures.survey.run import Engine, Run
from research.measures.survey.statistic import statistic
from research.measures.survey.units import SINGLE, Single, units_of
from research.measures.tables import gathered, in_group

if TYPE_CHECKING:
    import pandas as pd

    from research.core.kinds import Floats
    from research.measures.measure import Asked, AskedAll, Resolved
    from research.measures.policy import Missing, Negatives, Undefined
    from research.measures.survey.intervals import Scale


Method = Literal["linearized", "bootstrap", "jackknife", "replicate"]
METHODS = get_args(Method)
Kind = Literal["difference", "ratio"]
Pairs = Literal["last-first", "consecutive", "all"]


class Design:
    """A sample with its weights, strata and clusters.

    Parameters
    ----------
    frame : DataFrame
        One row a household or person.
    weight : str, optional
        Column of weights (persons or households that a row stands for). Default: all alike.
    strata : str or list of str, optional
        Columns that make the strata. Years that were drawn anew are strata too: ``["year", "stratum"]``, or a `panel`.
    psu : str or list of str, optional
        Columns that make the clusters drawn first (villages); they are counted within their stratum.
        Default: each row was drawn by itself.
    population : str, optional
        Column with the number of clusters in the row's stratum, for the finite population correction.
    single : {"refuse", "centered", "average", "certainty"}
        Rule for a stratum with one cluster, whose variance cannot be seen: refuse it by name; take its
        distance from the middle of all strata; give it the average variance of the others; or take it
        as drawn with certainty, without variance.
    panel : str, optional
        Column of rounds (years). Each round is a sample of its own, and what two rounds share of clusters makes a
        change between them more exact; villages may come and go.
    replicate_weights : list of str, optional
        Columns of replicate weights that came with the data, for ``method="replicate"``.
    scale : float or list of float, optional
        Factor of the replicates' squared deviations, for all or for each (R's scale times rscales). Default: one over
        their number (BRR, bootstrap).
    degrees : int, optional
        Degrees of freedom of the replicates. Default: the rank of their weights, less one.

    Raises
    ------
    DataError
        With all faults: unknown columns, bad weights by row, gaps in strata or clusters, strata with one
        cluster under "refuse".

    References
    ----------
    Särndal, Swensson & Wretman (1992), "Model Assisted Survey Sampling"; Lumley (2010), "Complex Surveys".

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"income": [1.0, 2, 3, 6], "stratum": list("xxyy"), "village": list("abcd")})
    >>> Design(frame, strata="stratum", psu="village").estimate("mean").round(4)[["estimate", "se", "df"]]
       estimate      se  df
    0       3.0  0.7906   2
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        weight: str | None = None,
        strata: str | Sequence[str] | None = None,
        psu: str | Sequence[str] | None = None,
        *,
        population: str | None = None,
        single: Single = "refuse",
        panel: str | None = None,
        replicate_weights: str | Sequence[str] | None = None,
        scale: float | Sequence[float] | None = None,
        degrees: int | None = None,
    ) -> None:
        policy.choice(single, "single", SINGLE)
        strata, psu = [s for s in _listed(strata) if s != panel], _listed(psu)
        self._replicates = _listed(replicate_weights)
        named = [*strata, *psu, *[c for c in (weight, population, panel) if c], *self._replicates]
        check_columns(frame, named)
        self.frame, self.weight, self.scale, self.degrees = frame, weight, scale, degrees
        self.strata, self.psu, self.panel = strata, psu, panel
        self.units = units_of(frame, strata, psu, population, single, panel)

    def __repr__(self) -> str:
        u = self.units
        drawn = f"{len(u.stratum)} clusters in {len(u.size)} strata"
        return f"Design({len(self.frame)} rows, {drawn}, weight={self.weight!r})"

    def estimate(
        self,
        measures: AskedAll,
        value: str = "income",
        by: str | Sequence[str] | None = None,
        method: Method = "linearized",
        *,
        level: float = 0.95,
        interval: Scale = "auto",
        replicates: int = 500,
        seed: int = 20240701,
        missing: Missing = "refuse",
        undefined: Undefined = "refuse",
        negatives: Negatives = "refuse",
        **parameters: Any,
    ) -> pd.DataFrame:
        """Measures with standard error and interval, for all rows or for each group.

        Groups are domains: the clusters outside a group still count in its variance, as they should.

        Parameters
        ----------
        measures : str, tuple, list or dict
            As in `table`: names, ``(name, {parameter: value})``, or a dict of labels.
        value : str
            Column of the values.
        by : str or list of str, optional
            Columns that make the groups.
        method : {"linearized", "bootstrap", "jackknife", "replicate"}
            Influence functions (quantiles: Woodruff's interval); clusters drawn anew within strata, after
            Rao & Wu; one cluster left out at a time (not to be trusted for quantiles); or the replicate
            weights of the data.
        level : float
            Coverage of the interval, 0.95 unless said otherwise.
        interval : {"auto", "normal", "logit", "log"}
            Scale on which the interval is symmetric. "auto": logit for shares and indices from 0 to 1,
            log for ratios and entropies, plain for means and the rest; for linearised quantiles Woodruff's,
            the limits of the share below read back as incomes (shown as "woodruff").
        replicates : int
            Number of bootstrap replicates.
        seed : int
            Of the bootstrap; the same seed gives the same numbers.
        missing : {"refuse", "drop"}
            Rows without a value are a fault, or are left out and counted against `coverage`.
        undefined : {"refuse", "gap"}
            A measure that has no value in a group is a fault, or a gap.
        negatives : {"refuse", "zero", "drop", "keep"}
            What becomes of values below 0: see `policy`.
        **parameters
            Of the measure, when there is one: ``estimate("headcount", "income", line=10000)``.

        Returns
        -------
        DataFrame
            The `by` columns, `measure`, `estimate`, `se`, `lower`, `upper`, `n` (rows), `n_eff` (rows of a
            simple sample that would be as exact), `deff` (n / n_eff: variance over that of a simple sample
            with replacement of as many rows, R's ``deff="replace"``), `df` (clusters less strata),
            `coverage` (share of weight that is used); unless negatives are refused, `n_negative` and
            `weight_negative` (rows below 0 and their weight); `method`, `interval`.

        Raises
        ------
        DataError
            As `table`; or when a measure has no influence function and the method needs one.

        References
        ----------
        Deville (1999), Survey Methodology 25; Rao & Wu (1988), JASA 83; Woodruff (1952), JASA 47.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"income": [1.0, 2, 3, 6, 2, 4], "village": list("aabbcc")})
        >>> out = Design(frame, psu="village").estimate(["gini", ("headcount", {"line": 2.5})])
        >>> out.round(3)[["measure", "estimate", "se", "lower", "upper"]]
                       measure  estimate     se  lower  upper
        0                 gini     0.296  0.060  0.110  0.590
        1  headcount(line=2.5)     0.500  0.289  0.007  0.993
        """
        run = self._run(measures, value, by, method, replicates, seed, missing, undefined, parameters, negatives)
        return run.frame(level, interval)

    def linearize(
        self,
        measures: AskedAll,
        value: str = "income",
        by: str | Sequence[str] | None = None,
        *,
        level: float = 0.95,
        missing: Missing = "refuse",
        undefined: Undefined = "refuse",
        negatives: Negatives = "refuse",
    ) -> Linearized:
        """Estimates kept with the cluster totals of their influence, so that any of them can be compared.

        Parameters
        ----------
        measures, value, by, level, missing, undefined, negatives
            As in `estimate`.

        Returns
        -------
        Linearized
            Its `table` is that of `estimate`; its `differences` need no second look at the data.

        Raises
        ------
        DataError
            As `estimate`.

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"income": [1.0, 2, 3, 6, 2, 4], "year": [2023] * 3 + [2024] * 3})
        >>> Design(frame).linearize("mean", by="year").differences([0], [1])["difference"].tolist()
        [2.0]
        """
        run = self._run(measures, value, by, "linearized", 2, 0, missing, undefined, {}, negatives)
        return linearized(run, level)

    def contrast(
        self,
        measure: Asked,
        value: str = "income",
        over: str = "year",
        pairs: Pairs | Sequence[tuple[Any, Any]] = "last-first",
        by: str | Sequence[str] | None = None,
        method: Method = "linearized",
        *,
        kind: Kind = "difference",
        level: float = 0.95,
        replicates: int = 500,
        seed: int = 20240701,
        missing: Missing = "refuse",
        negatives: Negatives = "refuse",
        **parameters: Any,
    ) -> pd.DataFrame:
        """Difference or ratio of a measure between groups or years, with its standard error and test.

        The urban-rural ratio of mean incomes is
        ``contrast("mean", over="residence", pairs=[("rural", "urban")], kind="ratio")``.
        What two groups share of clusters and strata is taken into account (a panel of villages makes
        changes over time more exact).

        Parameters
        ----------
        measure : str or tuple
            Name, or ``(name, {parameter: value})``.
        value : str
            Column of the values.
        over : str
            Column whose groups are compared.
        pairs : {"last-first", "consecutive", "all"} or list of (a, b)
            Which pairs of groups; the difference is b less a, the ratio b over a.
        kind : {"difference", "ratio"}
            The test is of no difference: of 0, or of a ratio of 1 (on the log scale, as its interval).
        by : str or list of str, optional
            Further groups, within which the pairs are compared.
        method, level, replicates, seed, missing, negatives, **parameters
            As in `estimate`.

        Returns
        -------
        DataFrame
            The `by` columns, `measure`, `from`, `to`, `difference` (or `ratio`), `se`, `lower`, `upper`,
            `statistic` (difference over se, or log ratio over its se), `p_value` (two-sided, t), `df` (the smaller
            one of the two groups), `method`.

        Raises
        ------
        DataError
            As `estimate`; or naming a group that is not there; or for a ratio to 0.

        References
        ----------
        Lumley (2010), "Complex Surveys", ch. 2; Rao (1988), Handbook of Statistics 6, ch. 15 (ratios).

        Examples
        --------
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"income": [1.0, 2, 3, 6, 2, 4], "year": [2023] * 3 + [2024] * 3})
        >>> Design(frame).contrast("mean").round(3)[["from", "to", "difference", "se"]]
           from    to  difference     se
        0  2023  2024         2.0  1.155
        """
        policy.choice(kind, "kind", ("difference", "ratio"))
        by = _listed(by)
        run = self._run([measure], value, [*by, over], method, replicates, seed, missing, "gap", parameters, negatives)
        return contrasts(run, by, over, pairs, level, kind)

    def statistic(
        self,
        function: Callable[[pd.DataFrame, Floats], Any],
        method: Method = "bootstrap",
        *,
        level: float = 0.95,
        replicates: int = 500,
        seed: int = 20240701,
    ) -> pd.DataFrame:
        """Anything computed from the rows and their weights, with its standard error by replication.

        For what is not a measure of one column: a concentration index, the ratio of some places to the mean
        of all, points of a Lorenz curve, the parts of a decomposition.

        Parameters
        ----------
        function : callable
            ``function(frame, weights)`` gives a number, or a dict of them; rows without weight are left out.
        method : {"bootstrap", "jackknife", "replicate"}
            As in `estimate`.
        level, replicates, seed
            As in `estimate`.

        Returns
        -------
        DataFrame
            `statistic` (key of the dict, else the function's name), `estimate`, `se`, `lower`, `upper`, `n`,
            `df`, `method`; the interval is plain, with t.

        Raises
        ------
        DataError
            As `estimate`, and what the function itself refuses on all rows; a replicate that it refuses is
            left out.

        References
        ----------
        Rao & Wu (1988), JASA 83; Wolter (2007), "Introduction to Variance Estimation".

        Examples
        --------
        >>> import pandas as pd
        >>> from research import measures as m
        >>> frame = pd.DataFrame({"income": [1.0, 2, 3, 6], "visits": [4, 3, 1, 0]})
        >>> def concentration(part, weights):
        ...     return m.concentration_index(part["visits"], weights, by=part["income"])
        >>> Design(frame).statistic(concentration, "jackknife").round(3)[["statistic", "estimate", "se"]]
               statistic  estimate     se
        0  concentration    -0.438  0.196
        """
        policy.choice(method, "method", METHODS[1:])
        w = np.ones(len(self.frame)) if self.weight is None else clean(self.frame, self.weight, None)[0]
        engine = Replicates(self.units, method, replicates, seed, self._given(method), self.scale)
        return statistic(function, self.frame, w, self._degrees(method), engine, level)

    def _run(
        self,
        measures: AskedAll,
        value: str,
        by: str | Sequence[str] | None,
        method: Method,
        replicates: int,
        seed: int,
        missing: Missing,
        undefined: Undefined,
        parameters: Mapping[str, Any],
        negatives: Negatives,
    ) -> Run:
        policy.choice(negatives, "negatives", ("refuse", "zero", "drop", "keep"))
        policy.choice(method, "method", METHODS)
        specs = resolve(measures)
        if parameters:
            specs = _with_parameters(specs, parameters)
        by = _listed(by)
        check_columns(self.frame, [value, *by])
        x, w, used = clean(self.frame, value, self.weight, missing, negatives=negatives != "refuse")
        x, used, below = settle_negatives(x, w, used, negatives)
        policy.moderate(x, spot(column=value))
        codes, keys = group_codes(self.frame, by)
        engine: Engine
        if method == "linearized":
            engine = Totals(self.units)
        else:
            engine = Replicates(self.units, method, replicates, seed, self._given(method), self.scale)
        run = Run(specs, by, keys, self.units, engine, method, negatives).split(x, w, used, codes, below)
        if method == "replicate":
            run.df[:] = self._degrees(method)
        faults = [in_group(f, where, label) for f, where, label in run.fill()]
        if faults:
            hard = [f for f in faults if f.kind in ("parameter", "method")]
            if hard or undefined == "refuse":
                raise DataError(list(dict.fromkeys(hard)) or gathered(faults))
        return run

    def _degrees(self, method: Method) -> int:
        """Clusters less strata; of replicate weights that came with the data as they say, or their rank less one."""
        if (given := self._given(method)) is None:
            return self.units.degrees
        rank = np.linalg.matrix_rank(given, tol=1e-5 * np.linalg.norm(given, 2))
        return max(1, int(rank) - 1) if self.degrees is None else self.degrees

    def _given(self, method: Method) -> Floats | None:
        if method != "replicate":
            return None
        if not self._replicates:
            raise DataError(Fault("replicate_weights", "columns of replicate weights", "none", kind="method"))
        found: Floats | None = self.frame[self._replicates].to_numpy(float)
        return found


def _listed(names: str | Sequence[str] | None) -> list[str]:
    return [] if names is None else [names] if isinstance(names, str) else list(names)


def _with_parameters(specs: Sequence[Resolved], parameters: Mapping[str, Any]) -> list[Resolved]:
    if len(specs) != 1:
        raise DataError(Fault("parameters", "one measure to take them", f"{len(specs)} measures", kind="measure"))
    label, name, own = specs[0]
    resolve([(name, {**own, **parameters})])  # refuses unknown parameters
    return [(label, name, {**own, **parameters})]
