"""Diagnostics of a small-area model: residuals, shrinkage, direct against model, coefficients of variation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

from research.figures.drawn import Drawn, chart
from research.figures.style import BLUE, FAINT, INK, ORANGE, canvas, note_empty

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from research.indicators.analysis.tidy import Tidy


@chart
def small_area_diagnostics(frame: Tidy, residuals: Any = None, limit: float = 0.15, unit: str = "") -> Figure:
    """Four pictures of a model.

    Parameters
    ----------
    frame : DataFrame
        A row a place: `direct` (a gap without sample), `estimate`, `gamma` (weight of the own sample, 0-1), `n`
        (units of the sample), `cv_direct`, `cv`, and `residual` where `residuals` are not given.
    residuals : array-like, optional
        Standardised, of the units or the places; default: the column `residual`.
    limit : float
        Of the coefficient of variation; drawn as a line.
    unit : str
        Of the estimates.

    Returns
    -------
    Figure
        Residuals against the normal law, weight of the own sample by its size, direct against model, and the
        coefficients of variation before and after.
    """
    figure, axes = canvas(5.4, rows=2, columns=2)
    if frame.empty:
        for each in axes.flat:
            note_empty(each)
        return figure
    off = frame.get("residual", ()) if residuals is None else residuals
    off = np.asarray(off, float)
    _normal(axes[0, 0], np.sort(off[np.isfinite(off)]))
    axes[0, 1].scatter(frame["n"], frame["gamma"], color=BLUE, s=18)
    axes[0, 1].set(title="本地样本的权重", xlabel="样本户数", ylabel="γ", ylim=(-0.03, 1.03))
    both = frame.dropna(subset=["direct", "estimate"])
    _against(axes[1, 0], both["direct"], both["estimate"])
    end = f"（{unit}）" if unit else ""
    axes[1, 0].set(title="直接估计与模型估计", xlabel=f"直接估计{end}", ylabel=f"模型估计{end}")
    _variation(axes[1, 1], frame, limit)
    figure.drawn = Drawn(alt=_words(frame, limit))
    return figure


def _words(frame, limit):
    """What the four pictures say."""
    before, after = (int((frame[c] > limit).sum()) for c in ("cv_direct", "cv"))
    moved = (frame["estimate"] / frame["direct"] - 1).abs()
    return (f"{len(frame)}个地方；本地样本的权重{frame['gamma'].min():.2f}至{frame['gamma'].max():.2f}；"
            f"模型估计与直接估计最多相差{100 * moved.max():.1f}%；变异系数超过{limit:.0%}的，"
            f"直接估计有{before}个，采用的估计有{after}个")  # fmt: skip


def _against(axes, x, y):
    axes.scatter(x, y, color=BLUE, s=18, zorder=3)
    ends = [min(x.min(), y.min()), max(x.max(), y.max())] if len(x) else [0, 1]
    axes.plot(ends, ends, color=FAINT, lw=1)


def _normal(axes, residuals):
    axes.set(title="残差与正态分布", xlabel="正态分位数", ylabel="标准化残差")
    if not len(residuals):
        note_empty(axes)
        return
    expected = scipy.stats.norm.ppf((np.arange(len(residuals)) + 0.5) / len(residuals))
    axes.scatter(expected, residuals, color=BLUE, s=8, zorder=3)
    axes.plot(expected[[0, -1]], expected[[0, -1]], color=FAINT, lw=1)


def _variation(axes, frame, limit):
    order = frame.sort_values("n", kind="stable")
    at = np.arange(len(order))
    axes.scatter(at, 100 * order["cv_direct"], color=ORANGE, s=16, label="直接估计")
    axes.scatter(at, 100 * order["cv"], color=BLUE, s=16, label="采用的估计")
    axes.axhline(100 * limit, color=INK, lw=0.8, ls=(0, (4, 3)))
    axes.set(title="变异系数：前与后", xlabel="各地（按样本户数由少到多）", ylabel="%")
    axes.set_xticks([])
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=8, frameon=False)
