"""Who answered: response rates by AAPOR's definitions, and weights of those who did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, nearest, say, spot
from research.measures.columns import check_columns, clean

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats

DISPOSITIONS = {
    "I": ("complete interview", "完成"),
    "P": ("partial interview", "部分完成"),
    "R": ("refusal or break-off", "拒访"),
    "NC": ("non-contact", "未接触到"),
    "O": ("other eligible non-response", "其他原因未访"),
    "UH": ("unknown if household", "是否有住户不明"),
    "UO": ("unknown, other", "其他不明"),
    "NE": ("not eligible", "不合格（空户、拆迁）"),
}
"""AAPOR's groups of final dispositions, in English and Chinese."""


def response_rates(codes: Sequence[str], eligible_share: float | None = None) -> dict[str, float]:
    """Response, cooperation, refusal and contact rates.

    Parameters
    ----------
    codes : sequence of str
        A disposition each, of `DISPOSITIONS`.
    eligible_share : float, optional
        Share of the unknown that is eligible (AAPOR's e); default: as among those known.

    Returns
    -------
    dict
        `RR1` to `RR6`, `COOP1`, `REF1`, `CON1`, `e`.

    Raises
    ------
    DataError
        With each unknown code.

    References
    ----------
    AAPOR (2023), "Standard Definitions", 10th edition.

    Examples
    --------
    >>> rates = response_rates(["I"] * 60 + ["P"] * 5 + ["R"] * 20 + ["NC"] * 10 + ["UH"] * 5)
    >>> rates["RR1"], rates["RR6"].__round__(4)
    (0.6, 0.6842)
    """
    faults = [
        Fault(spot("codes", index=i), say("a disposition code", "结果代码"), repr(c), nearest(c, DISPOSITIONS))
        for i, c in enumerate(codes)
        if c not in DISPOSITIONS
    ]
    if faults or not len(codes):
        raise DataError(faults or [Fault("codes", say("codes", "结果代码"), say("none", "没有"), kind="empty")])
    n = {k: float(sum(c == k for c in codes)) for k in DISPOSITIONS}
    known = n["I"] + n["P"] + n["R"] + n["NC"] + n["O"]
    unknown = n["UH"] + n["UO"]
    e = (known / (known + n["NE"]) if known + n["NE"] else 1.0) if eligible_share is None else eligible_share
    bases = (known + unknown, known + e * unknown, known)
    rates = {"e": e}
    for i, base in enumerate(bases):
        rates[f"RR{2 * i + 1}"] = n["I"] / base if base else np.nan
        rates[f"RR{2 * i + 2}"] = (n["I"] + n["P"]) / base if base else np.nan
    whole = bases[0]
    rates["REF1"] = n["R"] / whole if whole else np.nan
    rates["CON1"] = (known - n["NC"]) / whole if whole else np.nan
    reached = known - n["NC"]
    rates["COOP1"] = n["I"] / reached if reached else np.nan
    return rates


def adjust_by_classes(
    frame: pd.DataFrame, weight: str, responded: str, classes: str | Sequence[str], *, least: int = 5
) -> Floats:
    """Weights of those who answered stand for those of their class who did not.

    Parameters
    ----------
    frame : DataFrame
        One row a household that was asked and is eligible.
    weight, responded : str
        Columns of base weights and of whether it answered (1/0, True/False).
    classes : str or list of str
        Columns that make the classes.
    least : int
        Answers that a class needs.

    Returns
    -------
    ndarray of shape (rows,)
        0 for those who did not answer; the sum of each class is kept.

    Raises
    ------
    DataError
        With all faults: classes with too few answers, each named.

    References
    ----------
    Oh & Scheuren (1983), in "Incomplete Data in Sample Surveys", volume 2.

    Examples
    --------
    >>> rows = pd.DataFrame({"w": [2.0, 2, 2, 3], "ok": [1, 0, 1, 1], "c": list("aaab")})
    >>> adjust_by_classes(rows, "w", "ok", "c", least=1).tolist()
    [3.0, 0.0, 3.0, 3.0]
    """
    names = [classes] if isinstance(classes, str) else list(classes)
    check_columns(frame, [weight, responded, *names])
    w, _, _ = clean(frame, weight, None)
    yes = _answered(frame, responded)
    groups = frame.groupby(names, sort=True, observed=True, dropna=False)
    code = groups.ngroup().to_numpy()
    keys = list(groups.size().index)
    count = np.bincount(code, weights=yes, minlength=len(keys))
    faults = [
        Fault(
            spot("classes", item=_shown(keys[i])),
            say(f"{least} answers or more", f"至少{least}户答复"),
            f"{count[i]:g}",
            say("join it with a like class", "请与相近的类合并"),
            kind="few",
        )  # fmt: skip
        for i in np.flatnonzero(count < max(least, 1))
    ]
    if faults:
        raise DataError(faults)
    whole, own = np.bincount(code, weights=w), np.bincount(code, weights=w * yes)
    return np.asarray(np.where(yes, w * (whole / own)[code], 0.0), float)


def adjust_by_propensity(
    frame: pd.DataFrame, weight: str, responded: str, covariates: Sequence[str], *, classes: int | None = 5
) -> Floats:
    """Weights of those who answered, by a logistic model of answering.

    Parameters
    ----------
    frame : DataFrame
        One row a household that was asked and is eligible.
    weight, responded : str
        Columns of base weights and of whether it answered.
    covariates : list of str
        Columns known of all that were asked; texts are categories.
    classes : int or None
        Groups of like propensity, in which weights grow by the observed rate (protects from single very small
        propensities); None divides by each row's own.

    Returns
    -------
    ndarray of shape (rows,)
        0 for those who did not answer.

    Raises
    ------
    DataError
        With all faults: gaps in covariates, nobody or everybody answering, a model that does not settle.

    References
    ----------
    Little (1986), International Statistical Review 54; Rosenbaum & Rubin (1984), JASA 79.

    Examples
    --------
    >>> rows = pd.DataFrame({"w": 1.0, "age": [1.0, 2, 3, 4] * 10, "ok": ([1, 1, 1, 0, 0] * 8)})
    >>> bool(abs(adjust_by_propensity(rows, "w", "ok", ["age"]).sum() - 40) < 1e-9)
    True
    """
    check_columns(frame, [weight, responded, *covariates])
    w, _, _ = clean(frame, weight, None)
    yes = _answered(frame, responded)
    gaps = [c for c in covariates if frame[c].isna().any()]
    if gaps:
        text = say("a value for each that was asked", "每个被调查户都有值")
        raise DataError([Fault(spot("frame", column=c), text, say("gaps", "有空缺"), kind="missing") for c in gaps])
    p = _propensity(frame[list(covariates)], w, yes)
    if classes is None:
        return np.asarray(np.where(yes, w / p, 0.0), float)
    cuts = np.unique(np.quantile(p, np.linspace(0, 1, classes + 1)[1:-1]))
    group = frame.assign(_class=np.searchsorted(cuts, p))
    return adjust_by_classes(group, weight, responded, "_class", least=1)


def _propensity(covariates: pd.DataFrame, w: Floats, yes: Bools) -> Floats:
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationError

    if yes.all() or not yes.any():
        found = say("all" if yes.all() else "none", "全部" if yes.all() else "没有")
        raise DataError(
            Fault("responded", say("some who answered and some who did not", "有答复的，也有未答复的"), found)
        )
    x = sm.add_constant(pd.get_dummies(covariates, drop_first=True, dtype=float), has_constant="add")
    try:
        fit = sm.GLM(yes.astype(float), x, family=sm.families.Binomial(), freq_weights=w * len(w) / w.sum()).fit()
    except (PerfectSeparationError, np.linalg.LinAlgError) as error:
        text = say("covariates that leave chance to answering", "不能完全决定答复与否的协变量")
        raise DataError(Fault("covariates", text, say("a perfect split", "完全分离"), kind="model")) from error
    return np.asarray(np.clip(np.asarray(fit.predict(x), float), 1e-6, 1.0), float)


def _answered(frame: pd.DataFrame, responded: str) -> Bools:
    values = pd.to_numeric(frame[responded], errors="coerce")
    bad = np.flatnonzero(~values.isin([0, 1]).to_numpy())
    if len(bad):
        text = say("1 (answered) or 0", "1（答复）或0")
        raise DataError(
            [
                Fault(spot("frame", row=frame.index[r], column=responded), text, repr(frame[responded].iloc[r]))
                for r in bad
            ]
        )
    return np.asarray(values.to_numpy(float) == 1)


def _shown(key: object) -> str:
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
