"""Synthetic control: the one unit with the measure against the mix of others that best matches its past."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import nnls

from research.effects.panel import Placebo, checked, placebo_frame
from research.effects.result import Effect
from research.errors import DataError, Fault, nearest

if TYPE_CHECKING:
    from research.core.kinds import Bools, Floats


__all__ = ["synthetic_control"]

NONE = float("nan")
_ASSUME = (
    "对照单位的加权组合在实施前与该单位走势相同，若没有该做法，之后也会相同。",
    "权数不小于零、合计为一，不外推到对照单位的范围之外。",
    "对照单位不受该做法影响，实施期间也没有各自的重大变化。",
)


def synthetic_control(
    frame: pd.DataFrame, outcome: str, *, time: str, unit: str, treated_unit: object, start: float, level: float = 0.95
) -> Effect:
    """Effect on one unit against a weighted mix of the others.

    Weights minimise ``|y_1 - Y_0 w|`` over the periods before `start` with ``w >= 0`` and ``sum(w) = 1``; the
    effect is the mean gap from `start` on. There is no standard error: the measure is handed to every other unit
    in turn, and the p-value is the rank of the ratio of the gap after to the gap before.

    Parameters
    ----------
    frame : DataFrame
        One row a unit and period, every unit in every period.
    outcome, time, unit : str
        Columns.
    treated_unit : object
        The unit with the measure, as it stands in the column `unit`.
    start : number
        First period under the measure.
    level : float
        With ``1 / units > 1 - level`` no rank can support an effect; a caution says so.

    Returns
    -------
    Effect
        ``detail``: period, actual, synthetic, gap; ``attrs["weights"]`` of it: the weights by unit.

    Raises
    ------
    DataError
        An unknown unit, fewer than two others or two periods before, gaps in the panel (see
        `research.effects.panel.checked`).

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), Synthetic control methods for comparative case studies.

    Examples
    --------
    >>> import pandas as pd
    >>> paths = {"a": lambda t: t, "b": lambda t: 3.0 * t, "c": lambda t: 9 - t, "z": lambda t: 2.0 * t + (t > 4)}
    >>> rows = [(u, t, paths[u](t)) for u in paths for t in range(1, 7)]
    >>> frame = pd.DataFrame(rows, columns=["town", "year", "income"])
    >>> found = synthetic_control(frame, "income", unit="town", time="year", treated_unit="z", start=5)
    >>> round(found.estimate, 6), found.detail.attrs["weights"].round(3).to_dict()
    (1.0, {'a': 0.5, 'b': 0.5, 'c': 0.0})
    """
    data = checked(frame, outcome=outcome, time=time, start=start, unit=unit, balanced=True)
    wide = data.pivot(index="t", columns="unit", values="y")
    before = wide.index < start
    _shape(wide, treated_unit, int(before.sum()))
    weights, gaps = _gaps(wide, treated_unit, before)
    ratios = pd.Series({name: _ratio(_gaps(wide, name, before)[1], before) for name in wide.columns})
    p = float((ratios >= ratios[treated_unit] * (1 - 1e-9)).mean())
    detail = pd.DataFrame({"period": wide.index, "actual": wide[treated_unit].to_numpy(), "gap": gaps})
    detail.insert(2, "synthetic", detail["actual"] - detail["gap"])
    detail.attrs["weights"] = weights
    return Effect(
        "synthetic control", float(gaps[~before].mean()), NONE, NONE, NONE, p, level=level, n=wide.size, treated=1,
        comparison=wide.shape[1] - 1, inference="把做法依次假设给每个对照单位后的名次", assumptions=_ASSUME,
        cautions=tuple(_cautions(wide, treated_unit, before, gaps, level)),
        placebos=placebo_frame([("前后差距之比在全部单位中的名次", float(ratios[treated_unit]), p, p < 1 - level),
                                _false_start(wide, treated_unit, before, level)]), detail=detail,
    )  # fmt: skip


def _shape(wide: pd.DataFrame, treated_unit: object, periods: int) -> None:
    faults = []
    if treated_unit not in wide.columns:
        hint = nearest(treated_unit, wide.columns)
        faults.append(Fault("treated_unit", "a unit of the panel", repr(treated_unit), hint, "effect-data"))
    if wide.shape[1] < 3:
        faults.append(Fault("units", "two others or more", str(wide.shape[1] - 1), "", "effect-data"))
    if periods < 2:
        faults.append(Fault("periods", "two or more before start", str(periods), "", "effect-data"))
    if faults:
        raise DataError(faults)


def _weights(target: Floats, others: Floats) -> Floats:
    """Least squares over the simplex: one heavy row keeps the sum at one, the rest is non-negative."""
    scale = max(np.abs(others).max(), np.abs(target).max(), 1e-300)
    heavy = 1e4
    left = np.vstack([others / scale, np.full(others.shape[1], heavy)])
    found = nnls(left, np.append(target / scale, heavy), maxiter=50 * others.shape[1])[0]
    made: Floats = found / found.sum()
    return made


def _gaps(wide: pd.DataFrame, name: object, before: Bools) -> tuple[pd.Series, Floats]:
    others = wide.drop(columns=name)
    weights = _weights(wide.loc[before, name].to_numpy(), others[before].to_numpy())
    return pd.Series(weights, index=others.columns), (wide[name] - others @ weights).to_numpy()


def _ratio(gaps: Floats, before: Bools) -> float:
    """Root mean square gap after over that before; a perfect match before counts as a very small one."""
    past = np.sqrt(np.mean(gaps[before] ** 2))
    floor = 1e-9 * max(np.abs(gaps).max(), 1e-300)
    found: float = np.sqrt(np.mean(gaps[~before] ** 2)) / max(past, floor)
    return found


def _false_start(wide: pd.DataFrame, name: object, before: Bools, level: float) -> Placebo:
    """The same design on the past alone, with a start in its middle: the gap should stay as it was."""
    past = wide[before]
    half = np.arange(len(past)) < max(len(past) // 2, 1)
    gaps = _gaps(past, name, half)[1]
    ratios = [_ratio(_gaps(past, other, half)[1], half) for other in wide.columns]
    own = _ratio(gaps, half)
    p = float(np.mean([r >= own * (1 - 1e-9) for r in ratios]))
    small = np.abs(gaps[~half]).max() <= 1e-6 * max(np.abs(past[name]).max(), 1e-300)
    return f"虚设起点（{past.index[~half][0]:g}）", float(gaps[~half].mean()), p, bool(small or p >= 1 - level)


def _cautions(wide: pd.DataFrame, name: object, before: Bools, gaps: Floats, level: float) -> Iterator[str]:
    units = wide.shape[1]
    if 1 / units > 1 - level:
        yield f"单位只有{units}个，名次检验最小的p值是{1 / units:.3f}，达不到{level:.0%}的要求。"
    past = np.sqrt(np.mean(gaps[before] ** 2))
    if past > 0.1 * wide.loc[before, name].std(ddof=0) and past > 0.05 * abs(wide.loc[before, name].mean()):
        yield "实施前的走势没有被对照组合很好地重现，之后的差距不能当作影响。"
    if before.sum() < 5:
        yield f"实施前只有{int(before.sum())}期，组合可能只是碰巧相似。"
