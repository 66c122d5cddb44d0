"""Linear and logistic regression whose errors are those of the design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, say, spot
from research.measures import policy
from research.measures.columns import check_columns
from research.measures.survey.intervals import t_value

if TYPE_CHECKING:
    from research.core.kinds import Floats
    from research.survey.estimates.sample import Sample

Kind = Literal["linear", "logistic"]


def regress(
    sample: Sample, outcome: str, terms: Sequence[str], kind: Kind = "linear", *, level: float = 0.95
) -> pd.DataFrame:
    """Coefficients of a regression in the population.

    Parameters
    ----------
    sample : Sample
    outcome : str
        Column of numbers; for "logistic" of 1 and 0.
    terms : list of str
        Columns; texts and booleans are categories, their first level the base.
    kind : {"linear", "logistic"}
    level : float

    Returns
    -------
    DataFrame
        `term`, `estimate`, `se`, `lower`, `upper`, `statistic`, `p_value`, `df` (clusters less strata, less terms).

    Raises
    ------
    DataError
        With all faults: gaps, outcomes that are no 1 or 0, terms that follow from others, a model without end.

    References
    ----------
    Binder (1983), International Statistical Review 51; as R's `survey::svyglm`.

    Examples
    --------
    >>> from research.survey.estimates import Sample
    >>> rows = pd.DataFrame({"y": [1.0, 2, 2, 5, 4, 6], "x": [0.0, 1, 2, 3, 4, 5], "w": 1.0})
    >>> regress(Sample(rows, "w"), "y", ["x"])[["term", "estimate"]].round(3).values.tolist()
    [['(constant)', 0.905], ['x', 0.971]]
    """
    policy.choice(kind, "kind", ("linear", "logistic"))
    check_columns(sample.frame, [outcome, *terms])
    y, x, names = _matrix(sample.frame, outcome, terms, kind)
    w = sample.weights
    beta, bread, residual = _fitted(x, y, w, kind)
    inverse = np.linalg.inv(bread)
    z = (x * residual[:, None]) @ inverse
    se = np.sqrt(np.diag(sample.covariance(z)))
    df = max(sample.units.degrees + 1 - len(names), 1)
    t = beta / se
    reach = float(np.asarray(t_value(level, np.array([df])))[0]) * se
    return pd.DataFrame(
        {
            "term": names,
            "estimate": beta,
            "se": se,
            "lower": beta - reach,
            "upper": beta + reach,
            "statistic": t,
            "p_value": 2 * scipy.stats.t.sf(np.abs(t), df),
            "df": df,
        }
    )


def _matrix(frame: pd.DataFrame, outcome: str, terms: Sequence[str], kind: Kind) -> tuple[Floats, Floats, list[str]]:
    faults: list[Fault | str] = []
    for c in (outcome, *terms):
        if frame[c].isna().any():
            text, found = say("a value in each row", "每行都有值"), say("gaps", "有空缺")
            way = say("impute or leave them out", "请插补或剔除")
            faults.append(Fault(spot(column=c), text, found, way, kind="missing"))
    y = pd.to_numeric(frame[outcome], errors="coerce").to_numpy(float)
    if kind == "logistic" and not np.isin(y, (0, 1)).all():
        faults.append(Fault(spot(column=outcome), say("1 or 0", "1或0"), say("other values", "其他值"), kind="value"))
    elif not faults and not np.isfinite(y).all():
        faults.append(Fault(spot(column=outcome), say("numbers", "数值"), say("texts", "文字"), kind="value"))
    if faults:
        raise DataError(faults)
    made = pd.get_dummies(frame[list(terms)], drop_first=True, dtype=float)
    x = np.column_stack([np.ones(len(frame)), made.to_numpy(float)])
    names = ["(constant)", *map(str, made.columns)]
    if np.linalg.matrix_rank(x) < x.shape[1]:
        text = say("terms that do not follow from others", "互不决定的自变量")
        raise DataError(Fault("terms", text, ", ".join(names[1:]), kind="singular"))
    return y, x, names


def _fitted(x: Floats, y: Floats, w: Floats, kind: Kind) -> tuple[Floats, Floats, Floats]:
    """Coefficients, the weighted information, and residuals."""
    if kind == "linear":
        bread = (x * w[:, None]).T @ x
        best: Floats = np.asarray(np.linalg.solve(bread, x.T @ (w * y)), float)
        return best, bread, y - x @ best
    beta: Floats = np.zeros(x.shape[1])
    for _ in range(100):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -500, 500)))
        bread = (x * (w * p * (1 - p))[:, None]).T @ x
        try:
            step = np.linalg.solve(bread, x.T @ (w * (y - p)))
        except np.linalg.LinAlgError:
            break
        beta = np.asarray(beta + step, float)
        if np.abs(step).max() < 1e-12 * (1 + np.abs(beta).max()):
            p = 1 / (1 + np.exp(-np.clip(x @ beta, -500, 500)))
            return beta, (x * (w * p * (1 - p))[:, None]).T @ x, y - p
    text = say("an outcome that terms do not decide", "自变量不能完全决定的因变量")
    raise DataError(Fault("terms", text, say("no end of the steps", "迭代不收敛"), kind="model"))
