"""Sentences about estimated effects that never say more than the estimate does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from research.wording.numbers import number, span
from research.wording.sentences import verbs

if TYPE_CHECKING:
    from research.effects.result import Effect


__all__ = ["effect_sentence"]


def effect_sentence(effect: Effect, what: str, unit: str = "", decimals: int | None = None) -> str:
    """One estimated effect in words; a word of effect only where `effect.supported`.

    Parameters
    ----------
    effect : research.effects.Effect
        Any design's result.
    what : str
        The outcome, as a noun: 低收入农户人均可支配收入.
    unit : str
        Its unit.
    decimals : int, optional
        Default: those of the unit.

    Returns
    -------
    str
        With the interval where the design has one; with the first caution, or the check that failed, where the
        estimate must not be read as an effect.

    Examples
    --------
    >>> from research.effects import Effect
    >>> found = Effect("difference in differences", 320.0, 90.0, 140.0, 500.0, 0.001, treated=24, comparison=30)
    >>> effect_sentence(found, "人均收入", "元")
    '与对照相比，人均收入增加320元（95%置信区间140～500元，双重差分）；在所列假定成立时，这一差异可以看作该做法的影响。差异按绝对额计，未扣除价格因素；按增长率计，大小和方向都可能不同。'
    >>> vague = Effect("difference in differences", 320.0, 200.0, -80.0, 720.0, 0.11, treated=24, comparison=30)
    >>> effect_sentence(vague, "人均收入", "元")
    '与对照相比，人均收入的估计差异为320元（95%置信区间-80～720元，双重差分），区间含零，数据不足以说明该做法有影响。差异按绝对额计，未扣除价格因素；按增长率计，大小和方向都可能不同。'
    """
    method = effect.method_zh
    size = number(abs(effect.estimate), unit, decimals)
    within = _within(effect, unit, decimals, method)
    if effect.supported:
        more, less = verbs(unit)
        verb = more if effect.estimate > 0 else less
        return f"与对照相比，{what}{verb}{size}{within}；在所列假定成立时，这一差异可以看作该做法的影响。{_scale(unit)}"
    signed = number(effect.estimate, unit, decimals)
    return f"与对照相比，{what}的估计差异为{signed}{within}，{_reason(effect)}。{_scale(unit)}"


def _scale(unit: str) -> str:
    """Amounts can rise more and rates less: an effect in money names its scale."""
    return "差异按绝对额计，未扣除价格因素；按增长率计，大小和方向都可能不同。" if "元" in unit else ""


def _within(effect: Effect, unit: str, decimals: int | None, method: str) -> str:
    if math.isnan(effect.lower) or math.isnan(effect.upper):
        return f"（名次检验p值{effect.p:.3f}，{method}）"
    ends = (effect.lower, effect.upper)
    told = (
        "～".join(_end(v, unit, decimals) for v in ends) if any(map(math.isinf, ends)) else span(*ends, unit, decimals)
    )
    return f"（{effect.level:.0%}置信区间{told}，{method}）"


def _end(value: float, unit: str, decimals: int | None) -> str:
    return ("负无穷" if value < 0 else "正无穷") if math.isinf(value) else number(value, unit, decimals)


def _reason(effect: Effect) -> str:
    if not effect.excludes_zero:
        unclear = "区间含零" if not math.isnan(effect.lower) else "名次不足以排除偶然"
        return f"{unclear}，数据不足以说明该做法有影响"
    failed = effect.placebos.loc[~effect.placebos["passed"].astype(bool), "check"].tolist()
    if failed:
        return f"但检验“{failed[0]}”未通过，不能看作该做法的影响"
    return f"但{effect.cautions[0].rstrip('。')}，因此不作为该做法的影响"
