"""What every design gives back: an estimate with all that is needed to doubt it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

__all__ = ["METHODS_ZH", "Effect"]

METHODS_ZH = {
    "difference in differences": "双重差分",
    "event study": "事件研究",
    "synthetic control": "合成控制",
    "interrupted series": "间断时间序列",
}


@dataclass(frozen=True)
class Effect:
    """An estimated effect, its uncertainty, its assumptions and the checks it went through.

    Attributes
    ----------
    method : str
        Name of the design, a key of `METHODS_ZH`.
    estimate : float
        In units of the outcome.
    se : float
        Standard error; NaN where the design has none (synthetic control, wild bootstrap).
    lower, upper : float
        Ends of the interval of `level`; NaN where the design gives none.
    p : float
        Two-sided p-value of no effect.
    level : float
        Level of the interval, 0.95 unless asked otherwise.
    n : int
        Observations used.
    treated, comparison : int
        Units with and without the measure.
    inference : str
        How the uncertainty was found.
    assumptions : tuple of str
        What must hold for the estimate to be an effect, in the readers' language.
    cautions : tuple of str
        What speaks against reading it so; none is needed for `supported`.
    placebos : DataFrame
        One row a check: check, estimate, p, passed.
    detail : DataFrame
        The design's own table (cell means, weights, fitted series).

    Examples
    --------
    >>> Effect("difference in differences", 2.0, 0.5, 1.0, 3.0, 0.001, n=40, treated=6, comparison=14).supported
    True
    """

    method: str
    estimate: float
    se: float
    lower: float
    upper: float
    p: float
    level: float = 0.95
    n: int = 0
    treated: int = 0
    comparison: int = 0
    inference: str = ""
    assumptions: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    placebos: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["check", "estimate", "p", "passed"]))
    detail: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def method_zh(self) -> str:
        """Name of the design in the readers' language."""
        return METHODS_ZH[self.method]

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval leaves out no effect (the p-value, where a design has no interval)."""
        if math.isnan(self.lower) or math.isnan(self.upper):
            return bool(self.p < 1 - self.level)
        return bool(self.lower > 0 or self.upper < 0)

    @property
    def supported(self) -> bool:
        """Whether the estimate may be called an effect: no effect is excluded, and no check spoke against it."""
        return self.excludes_zero and not self.cautions and bool(self.placebos["passed"].all())

    def __str__(self) -> str:
        """The result as people print it: estimate, inference, assumptions, checks, cautions."""
        head = f"{self.method_zh}（{self.method}）：估计 {self.estimate:.4g}"
        if not math.isnan(self.lower):
            head += f"，{self.level:.0%}置信区间 [{self.lower:.4g}, {self.upper:.4g}]"
        lines = [f"{head}，p = {self.p:.3f}（{self.inference}）"]
        lines.append(f"观测 {self.n} 个；实施单位 {self.treated} 个，对照单位 {self.comparison} 个。")
        lines += [f"假定：{text}" for text in self.assumptions]
        for row in self.placebos.itertuples():
            verdict = "通过" if row.passed else "未通过"
            lines.append(f"检验：{row.check}，估计 {row.estimate:.4g}，p = {row.p:.3f}，{verdict}")
        lines += [f"注意：{text}" for text in self.cautions]
        return "\n".join(lines)
