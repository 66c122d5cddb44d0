"""Batteries of opinions: top shares with error, reliability with intervals, answers not given, the same wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from research.core.faults import DataError, Fault, say, spot
from research.measures.columns import check_columns
from research.survey.estimates.sample import Sample

if TYPE_CHECKING:
    from research.core.kinds import Floats, Ints


def top_shares(
    sample: Sample,
    items: Sequence[str],
    *,
    top: int = 2,
    scale: tuple[int, int] = (1, 5),
    by: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Share of those who chose one of the best answers, among those who answered.

    Parameters
    ----------
    sample : Sample
    items : list of str
        Columns of answers, whole numbers of the scale; gaps are not answered.
    top : int
        How many of the best answers count: 2 (满意 and 非常满意).
    scale : (int, int)
        Worst and best answer.
    by : str, optional
        Column that makes groups.
    level : float

    Returns
    -------
    DataFrame
        `item`, the group, `estimate`, `se`, `cv`, `lower`, `upper`, `n`, `df` and `missing` (share of weight without
        an answer).

    Raises
    ------
    DataError
        With every answer outside the scale, by row and column.

    References
    ----------
    Särndal, Swensson & Wretman (1992), section 5.8 (domains).

    Examples
    --------
    >>> rows = pd.DataFrame({"content": [5, 4, 2, None], "w": 1.0})
    >>> top_shares(Sample(rows, "w"), ["content"]).round(3)[["item", "estimate", "n", "missing"]].values.tolist()
    [['content', 0.667, 3, 0.25]]
    """
    answers = _answers(sample.frame, items, scale)
    keep, out = sample.frame, []
    for k, item in enumerate(items):
        given = np.isfinite(answers[:, k])
        sample.frame = keep.assign(_top=np.where(answers[:, k] > scale[1] - top, 1.0, 0.0) * given, _given=given * 1.0)
        try:
            table = sample.ratio("_top", "_given", by, level=level).table
            missing = 1 - sample.mean("_given", by).table["estimate"]
            count = sample.frame.groupby(by)["_given"].sum().to_numpy() if by else [given.sum()]
        finally:
            sample.frame = keep
        out.append(table.assign(item=item, missing=missing, n=np.asarray(count, int)))
    whole = pd.concat(out, ignore_index=True)
    return whole[["item", *[c for c in whole.columns if c != "item"]]]


def alpha(
    frame: pd.DataFrame,
    items: Sequence[str],
    weight: str | None = None,
    *,
    scale: tuple[int, int] = (1, 5),
    level: float = 0.95,
) -> dict[str, float]:
    """Cronbach's alpha of a battery, with Feldt's interval.

    Parameters
    ----------
    frame : DataFrame
    items : list of str
        Two columns or more; rows with a gap are left out.
    weight : str, optional
    scale : (int, int)
    level : float

    Returns
    -------
    dict
        `estimate`, `lower`, `upper`, `n`, `items`.

    Raises
    ------
    DataError
        For fewer than two items or three rows, answers outside the scale, items that do not vary.

    References
    ----------
    Cronbach (1951), Psychometrika 16; Feldt, Woodruff & Salih (1987), Applied Psychological Measurement 11.

    Examples
    --------
    >>> rows = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [1, 3, 3, 4, 4], "c": [2, 2, 3, 5, 5]})
    >>> round(alpha(rows, ["a", "b", "c"])["estimate"], 4)
    0.9538
    """
    x, w = _complete(frame, items, weight, scale)
    n, k = x.shape
    value = _alpha(_covariance(x, w))
    f = scipy.stats.f.ppf([0.5 + level / 2, 0.5 - level / 2], n - 1, (n - 1) * (k - 1))
    return {"estimate": value, "lower": 1 - (1 - value) * f[0], "upper": 1 - (1 - value) * f[1], "n": n, "items": k}


def omega(
    frame: pd.DataFrame,
    items: Sequence[str],
    weight: str | None = None,
    *,
    scale: tuple[int, int] = (1, 5),
    psu: str | None = None,
    level: float = 0.95,
    replicates: int = 300,
    seed: int = 20240701,
) -> dict[str, float]:
    """McDonald's omega of a battery with one factor, with a bootstrap interval.

    Parameters
    ----------
    frame, items, weight, scale, level
        As in `alpha`; three items or more.
    psu : str, optional
        Column of villages: whole villages are drawn anew.
    replicates : int
    seed : int

    Returns
    -------
    dict
        `estimate`, `se`, `lower`, `upper`, `n`, `items`.

    Raises
    ------
    DataError
        As `alpha`.

    References
    ----------
    McDonald (1999), "Test Theory", chapter 6; Harman & Jones (1966), Psychometrika 31 (least squares).

    Examples
    --------
    >>> rows = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [1, 3, 3, 4, 4], "c": [2, 2, 3, 5, 5]})
    >>> round(omega(rows, ["a", "b", "c"], replicates=20)["estimate"], 2)
    0.96
    """
    if len(items) < 3:
        raise DataError(Fault("items", say("three items or more", "至少三个题目"), str(len(items)), kind="few"))
    x, w = _complete(frame, items, weight, scale)
    value = _omega(_covariance(x, w))
    cluster = _clusters(frame, items, psu)
    rng, found = np.random.default_rng(seed), []
    for _ in range(replicates):
        drawn = np.bincount(rng.integers(0, cluster.max() + 1, cluster.max() + 1), minlength=cluster.max() + 1)
        again = w * drawn[cluster]
        s = _covariance(x, again)
        if np.count_nonzero(again) > 2 and (np.diag(s) > 0).all():
            found.append(_omega(s))
    lower, upper = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2])
    return {
        "estimate": value,
        "se": float(np.std(found, ddof=1)),
        "lower": float(lower),
        "upper": float(upper),
        "n": len(x),
        "items": x.shape[1],
    }


def item_gaps(frame: pd.DataFrame, items: Sequence[str], weight: str | None = None) -> pd.DataFrame:
    """Answers not given, by item.

    Parameters
    ----------
    frame : DataFrame
    items : list of str
    weight : str, optional

    Returns
    -------
    DataFrame
        `item`, `missing` (rows), `share` (of weight); the last row, item "", those who answered none.

    Examples
    --------
    >>> item_gaps(pd.DataFrame({"a": [1, None], "b": [2, 3]}), ["a", "b"]).values.tolist()
    [['a', 1, 0.5], ['b', 0, 0.0], ['', 0, 0.0]]
    """
    check_columns(frame, [*items, *([weight] if weight else [])])
    w = np.ones(len(frame)) if weight is None else frame[weight].to_numpy(float)
    gaps = frame[list(items)].isna().to_numpy()
    rows = [(item, int(gaps[:, k].sum()), float(w[gaps[:, k]].sum() / w.sum())) for k, item in enumerate(items)]
    none = gaps.all(axis=1)
    return pd.DataFrame(
        [*rows, ("", int(none.sum()), float(w[none].sum() / w.sum()))], columns=["item", "missing", "share"]
    )


def same_wording(first: Mapping[str, str], second: Mapping[str, str], items: Sequence[str]) -> list[str]:
    """Items that two years may be compared by: those whose wording did not change.

    Parameters
    ----------
    first, second : mapping
        Item to its wording (question and answers) in each year.
    items : list of str
        Items that are to be compared.

    Returns
    -------
    list of str
        The items, when all may be.

    Raises
    ------
    DataError
        With each item that one year lacks, or whose wording differs (spaces and width of signs apart).

    Examples
    --------
    >>> same_wording({"a": "您满意吗？"}, {"a": "您满意吗?"}, ["a"])
    ['a']
    """
    import unicodedata

    def plain(text: str) -> str:
        return "".join(unicodedata.normalize("NFKC", text).split())

    faults: list[Fault | str] = []
    way = say("compare only items of the same wording", "只能比较措辞相同的题目")
    for item in items:
        if item not in first or item not in second:
            both, found = say("the item in both years", "两年都有的题目"), say("in one year only", "只有一年有")
            faults.append(Fault(spot(item=item), both, found, way, kind="wording"))
        elif plain(first[item]) != plain(second[item]):
            faults.append(Fault(spot(item=item), first[item], second[item], way, kind="wording"))
    if faults:
        raise DataError(faults)
    return list(items)


def _answers(frame: pd.DataFrame, items: Sequence[str], scale: tuple[int, int]) -> Floats:
    check_columns(frame, items)
    columns, faults = [], []
    text = say(f"a whole number from {scale[0]} to {scale[1]}", f"{scale[0]}至{scale[1]}的整数")
    for item in items:
        values = pd.to_numeric(frame[item], errors="coerce").to_numpy(float)
        given = frame[item].notna().to_numpy()
        bad = given & ~((values >= scale[0]) & (values <= scale[1]) & (values == np.floor(values)))
        faults += [
            Fault(spot(row=frame.index[r], column=item), text, repr(frame[item].tolist()[r]), kind="value")
            for r in np.flatnonzero(bad)
        ]
        columns.append(values)
    if faults:
        raise DataError(faults)
    return np.column_stack(columns)


def _complete(
    frame: pd.DataFrame, items: Sequence[str], weight: str | None, scale: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Rows with all answers, and their weights."""
    if len(items) < 2:
        raise DataError(Fault("items", say("two items or more", "至少两个题目"), str(len(items)), kind="few"))
    x = _answers(frame, items, scale)
    whole = np.isfinite(x).all(axis=1)
    if whole.sum() < 3:
        text = say("three rows or more with all answers", "至少三行全部作答")
        raise DataError(Fault("frame", text, str(int(whole.sum())), kind="few"))
    flat = [i for k, i in enumerate(items) if np.ptp(x[whole, k]) == 0]
    if flat:
        text, found = say("answers that vary", "有差别的答案"), say("all alike", "全部相同")
        raise DataError([Fault(spot(column=i), text, found, kind="constant") for i in flat])
    w = np.ones(len(x)) if weight is None else frame[weight].to_numpy(float)
    return x[whole], w[whole]


def _clusters(frame: pd.DataFrame, items: Sequence[str], psu: str | None) -> Ints:
    rows = frame[frame[list(items)].notna().all(axis=1)]
    return np.arange(len(rows)) if psu is None else np.asarray(pd.factorize(rows[psu])[0])


def _covariance(x: Floats, w: Floats) -> Floats:
    p = w / w.sum()
    off = x - p @ x
    n = float(np.count_nonzero(w))
    return np.asarray((off * p[:, None]).T @ off * n / max(n - 1, 1), float)


def _alpha(s: Floats) -> float:
    k = len(s)
    return float(k / (k - 1) * (1 - np.trace(s) / s.sum()))


def _omega(s: Floats) -> float:
    """One factor by least squares of the covariances; the rest of each item is its own."""
    size = np.sqrt(np.diag(s))
    r = s / np.outer(size, size)
    k = len(r)
    upper = np.triu_indices(k, 1)

    def off(loading: Floats) -> Floats:
        return np.asarray((np.outer(loading, loading) - r)[upper], float)

    start = np.sqrt(np.clip((r.sum(axis=1) - 1) / (k - 1), 0.05, 0.95))
    loading = scipy.optimize.least_squares(off, start, bounds=(-1, 1)).x * size
    common = float(loading.sum() ** 2)
    return common / (common + float(np.maximum(np.diag(s) - loading**2, 0).sum()))
