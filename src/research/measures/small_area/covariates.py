"""Covariates of a sample and of a register, side by side: as columns of a model, and whether they mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from research.core.faults import DataError, Fault, say, spot

if TYPE_CHECKING:
    from research.core.kinds import Floats

GAP, RATIO = 0.5, 2.5
"""Means apart by more standard deviations than this, or spreads in a larger ratio, leave the meaning in doubt."""
WRONG_GAP, WRONG_RATIO = 4.0, 20.0
"""Beyond these the two tables measure something else, or in another unit."""


def columns(
    frame: pd.DataFrame, population: pd.DataFrame, covariates: Sequence[str]
) -> tuple[Floats, Floats, list[str]]:
    """Both tables as numbers with a constant; texts become a column for each answer but the first.

    Parameters
    ----------
    frame, population : DataFrame
    covariates : list of str

    Returns
    -------
    tuple of ndarray, ndarray and list of str
        Of the sample, of the population, and the terms' names.

    Raises
    ------
    DataError
        With all faults: gaps and texts among numbers by row and column, numbers in one table and texts in the other,
        answers that the sample does not have, and terms that follow from others.

    Examples
    --------
    >>> rows = pd.DataFrame({"x": [1.0, 2, 4, 3, 5, 6], "home": ["own", "rent"] * 3})
    >>> columns(rows, rows.iloc[:1], ["x", "home"])[2]
    ['(constant)', 'x', 'home=rent']
    """
    faults: list[Fault | str] = []
    left, right, terms = [np.ones(len(frame))], [np.ones(len(population))], ["(constant)"]
    for c in covariates:
        kinds = {name: _numeric(table[c]) for name, table in (("sample", frame), ("population", population))}
        if kinds["sample"] != kinds["population"]:
            other = say("texts", "文字") if kinds["sample"] else say("numbers", "数值")
            text = say("numbers", "数值") if kinds["sample"] else say("texts", "文字")
            wanted = say(f"{text}, as in the sample", f"{text.zh}，与样本一致")
            faults.append(Fault(spot("population", column=c), wanted, other, _way(), kind="meaning"))
            continue
        gaps = [*_gaps("sample", frame[c]), *_gaps("population", population[c])]
        faults += gaps
        if gaps:
            continue
        if kinds["sample"]:
            left.append(frame[c].to_numpy(float))
            right.append(population[c].to_numpy(float))
            terms.append(c)
            continue
        here, there = frame[c].astype(str), population[c].astype(str)
        faults += _unknown(c, sorted(set(there) - set(here)), sorted(set(here)))
        for level in sorted(set(here))[1:]:
            left.append(here.eq(level).to_numpy(float))
            right.append(there.eq(level).to_numpy(float))
            terms.append(f"{c}={level}")
    if faults:
        raise DataError(faults)
    x = np.column_stack(left)
    if len(x) < x.shape[1] + 3:
        text = say(f"{x.shape[1] + 3} households or more", f"至少{x.shape[1] + 3}户")
        raise DataError(Fault("sample", text, str(len(x)), kind="few"))
    if np.linalg.matrix_rank(x / np.maximum(np.abs(x).max(axis=0), 1e-300)) < x.shape[1]:
        text = say("covariates that do not follow from others", "互不决定的协变量")
        raise DataError(Fault("covariates", text, ", ".join(terms[1:]), kind="singular"))
    return x, np.column_stack(right), terms


def _numeric(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column):
        return True
    return bool(pd.to_numeric(column, errors="coerce").notna().mean() > 0.5)


def _gaps(table: str, column: pd.Series) -> list[Fault | str]:
    """Gaps; and where the column is of numbers, what is none."""
    bad = column.isna().to_numpy()
    if _numeric(column):
        bad = ~np.isfinite(pd.to_numeric(column, errors="coerce").to_numpy(float))
    text = say("a value", "数值或类别")
    return [
        Fault(spot(table, row=column.index[r], column=str(column.name)), text, repr(column.tolist()[r]), kind="missing")
        for r in np.flatnonzero(bad)
    ]


def _unknown(name: str, levels: list[str], known: list[str]) -> list[Fault | str]:
    text = say("answers that the sample has: " + ", ".join(known), "样本中有的类别：" + "、".join(known))
    return [Fault(spot("population", column=name), text, repr(v), _way(), kind="meaning") for v in levels]


def _way() -> str:
    return say("the two tables measure something else or in another unit", "两张表的含义或单位不同")


def compared(x: Floats, population: Floats, terms: Sequence[str], weight: Floats, size: Floats) -> pd.DataFrame:
    """Whether covariates mean the same in sample and population.

    Parameters
    ----------
    x, population : ndarray
        As `columns` gives them.
    terms : list of str
    weight, size : ndarray
        Weight of each unit of the sample, and units each row of the population stands for.

    Returns
    -------
    DataFrame
        `term`, `sample`, `population` (means), `gap` (their difference in standard deviations of the sample), `ratio`
        (of the standard deviations, population over sample) and `verdict`: "alike" or "doubtful".

    Raises
    ------
    DataError
        Naming each term whose two tables cannot be of one meaning and unit.

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [1.0, 2, 3, 4]])
    >>> compared(x, x + [0, 1], ["", "rooms"], np.ones(4), np.ones(4)).round(2).to_numpy()[0].tolist()
    ['rooms', 2.5, 3.5, 0.89, 1.0, 'doubtful']
    """
    rows, faults = [], []
    for k, term in enumerate(terms[1:], 1):
        here, there = _moments(x[:, k], weight), _moments(population[:, k], size)
        spread = here[1] or there[1]
        gap = (there[0] - here[0]) / spread if spread else 0.0
        ratio = there[1] / here[1] if here[1] else np.nan
        apart = population[:, k].min() > x[:, k].max() or population[:, k].max() < x[:, k].min()
        large = ratio > 0 and not 1 / WRONG_RATIO < ratio < WRONG_RATIO
        if apart or large or abs(gap) > WRONG_GAP:
            text = say(
                f"about {here[0]:.4g} (sd {here[1]:.3g}), as in the sample",
                f"与样本相近：均值{here[0]:.4g}、标准差{here[1]:.3g}",
            )
            found = say(f"{there[0]:.4g} (sd {there[1]:.3g})", f"均值{there[0]:.4g}、标准差{there[1]:.3g}")
            faults.append(Fault(spot("population", column=term), text, found, _way(), kind="meaning"))
        doubt = abs(gap) > GAP or (ratio > 0 and not 1 / RATIO < ratio < RATIO)
        rows.append((term, here[0], there[0], gap, ratio, "doubtful" if doubt else "alike"))
    if faults:
        raise DataError(faults)
    return pd.DataFrame(rows, columns=["term", "sample", "population", "gap", "ratio", "verdict"])


def _moments(v: Floats, w: Floats) -> tuple[float, float]:
    mean = float((w * v).sum() / w.sum())
    return mean, float(np.sqrt(max((w * (v - mean) ** 2).sum() / w.sum(), 0.0)))
