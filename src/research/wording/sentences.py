"""Words for changes and comparisons that can never contradict the numbers beside them.

A difference is taken between the *published* (rounded) numbers, so that a reader who subtracts two
cells of a table gets what the sentence says; numbers that print alike are 持平. Words of effect
(显著) need a test, which the built tables hold: no sentence decides for itself. A difference inside its error gets no
direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from research.wording.numbers import NONE, Cell, decimals_of, is_missing, number, plain, rounded, span

RISE, FALL, FLAT = "提高", "下降", "持平"
WITHIN = "在抽样误差之内"
TOGETHER = "单看这一项超出误差，与同类各项一并检验后尚不能确认"
"""Said of a difference whose own interval leaves 0 out, while the test over all of its family finds none."""
_VERBS = {"元": ("增加", "减少"), "倍": ("扩大", "缩小"), "亿元": ("增加", "减少"), "万元": ("增加", "减少")}
_NUMBERS = ("户", "人", "家", "个", "件", "公里", "万家", "万人", "万人次", "项", "名")
_COUNTED = (*_NUMBERS, "元/人", "元/年")
_TOTALS = (*_NUMBERS, "万元", "亿元")


def difference(value: Cell, reference: Cell, unit: str = "", decimals: int | None = None) -> Decimal:
    """Difference of two published numbers, as a `Decimal`.

    Examples
    --------
    >>> difference(1.884, 1.836, "倍")
    Decimal('0.04')
    """
    digits = decimals_of(unit) if decimals is None else decimals
    return rounded(value, digits) - rounded(reference, digits)


def is_total(unit: str) -> bool:
    """Whether a unit counts or adds up: a part's number then says nothing beside that of the whole.

    Examples
    --------
    >>> is_total("家"), is_total("亿元"), is_total("元/人"), is_total("%")
    (True, True, False, False)
    """
    return unit in _TOTALS


def amount(gap: Decimal, unit: str) -> str:
    """The size of a difference with its right unit: rates differ by 百分点.

    Examples
    --------
    >>> amount(rounded(-1.5, 1), "%"), amount(rounded(320, 0), "元")
    ('1.5个百分点', '320元')
    """
    if unit == "%":
        return f"{abs(gap)}个百分点"
    return number(abs(gap), unit, max(0, -int(gap.as_tuple().exponent)))


def verbs(unit: str) -> tuple[str, str]:
    """The pair of words for more and less that goes with a unit.

    Examples
    --------
    >>> verbs("家"), verbs("%")
    (('增加', '减少'), ('提高', '下降'))
    """
    return ("增加", "减少") if unit in _COUNTED else _VERBS.get(unit, (RISE, FALL))


def change(old: Cell, new: Cell, unit: str = "", decimals: int | None = None) -> str:
    """How a number moved: verb and amount, or 持平 when both print alike.

    Parameters
    ----------
    old, new : float or None
        In `unit`, in order of time.
    unit : str
        Its rates differ by 百分点, its counts 增加, its ratios 扩大.
    decimals : int, optional
        Default: those of the unit.

    Returns
    -------
    str
        An empty string where one of them is missing.

    Examples
    --------
    >>> change(1.92, 1.84, "倍"), change(88.0, 91.5, "%"), change(1.841, 1.839, "倍")
    ('缩小0.08倍', '提高3.5个百分点', '持平')
    """
    if is_missing(old) or is_missing(new):
        return ""
    gap = difference(new, old, unit, decimals)
    if gap == 0:
        return FLAT
    return verbs(unit)[0 if gap > 0 else 1] + amount(gap, unit)


def changed(
    name: str,
    unit: str,
    old: Cell,
    new: Cell,
    old_year: int,
    new_year: int,
    decimals: int | None = None,
    significant: Cell = None,
) -> str:
    """A whole sentence: level now, and the change since a year, which has no direction where a test finds none.

    Examples
    --------
    >>> changed("城乡居民收入倍差", "倍", 1.92, 1.84, 2021, 2024)
    '2024年城乡居民收入倍差为1.84倍，比2021年缩小0.08倍。'
    >>> changed("城乡居民收入倍差", "倍", None, 1.84, 2021, 2024)
    '2024年城乡居民收入倍差为1.84倍。'
    >>> changed("城乡居民收入倍差", "倍", 1.92, 1.84, 2021, 2024, significant=False)
    '2024年城乡居民收入倍差为1.84倍，与2021年相差0.08倍，在抽样误差之内。'
    """
    if is_missing(new):
        return f"{name}{NONE}。"
    moved = change(old, new, unit, decimals) if old_year != new_year else ""
    if moved and moved != FLAT and not is_missing(significant) and not significant:
        inside = tested(new, old, False, unit, f"{old_year}年", decimals)
        return f"{new_year}年{name}为{number(new, unit, decimals)}，{inside}。"
    since = f"，{'与' if moved == FLAT else '比'}{old_year}年{moved}" if moved else ""
    return f"{new_year}年{name}为{number(new, unit, decimals)}{since}。"


def compared(value: Cell, reference: Cell, unit: str = "", than: str = "总体平均", decimals: int | None = None) -> str:
    """Where a number stands beside another: 高于, 低于, or 持平.

    Examples
    --------
    >>> compared(92.1, 90.0, "%"), compared(3.0, 3.04, "%")
    ('高于总体平均2.1个百分点', '与总体平均持平')
    """
    if is_missing(value) or is_missing(reference):
        return ""
    gap = difference(value, reference, unit, decimals)
    if gap == 0:
        return f"与{than}{FLAT}"
    return f"{'高于' if gap > 0 else '低于'}{than}{amount(gap, unit)}"


def relative(value: Cell, reference: Cell, than: str = "总体平均", decimals: int = 1, significant: Cell = None) -> str:
    """How many per cent one number lies above or below another; no direction where a test finds none.

    Examples
    --------
    >>> relative(110, 100), relative(100.01, 100)
    ('比总体平均高10.0%', '与总体平均持平')
    >>> relative(110, 100, "2021年", significant=False)
    '与2021年相差10.0%，在抽样误差之内'
    """
    if is_missing(value) or is_missing(reference) or float(reference) == 0:
        return ""
    percent = rounded(100 * (float(value) / float(reference) - 1), decimals)
    if percent == 0:
        return f"与{than}{FLAT}"
    if not is_missing(significant) and not significant:
        return f"与{than}相差{abs(percent)}%，{WITHIN}"
    return f"比{than}{'高' if percent > 0 else '低'}{abs(percent)}%"


def tested(
    value: Cell,
    reference: Cell,
    significant: Cell = None,
    unit: str = "",
    than: str = "总体平均",
    decimals: int | None = None,
) -> str:
    """A comparison in the words of its test, which was made elsewhere (table `comparisons`).

    Parameters
    ----------
    value, reference : float
        Two estimates in one unit.
    significant : bool, optional
        The adopted verdict; missing where there is no test.

    Returns
    -------
    str
        A difference inside its error has a size and no direction; without a test, the comparison of `compared`.

    Examples
    --------
    >>> tested(92.0, 90.0, True, "%")
    '高于总体平均2.0个百分点（统计上显著）'
    >>> tested(92.0, 90.0, False, "%")
    '与总体平均相差2.0个百分点，在抽样误差之内'
    """
    text = compared(value, reference, unit, than, decimals)
    if not text or FLAT in text or is_missing(significant):
        return text
    if significant:
        return text + "（统计上显著）"
    return f"与{than}相差{amount(difference(value, reference, unit, decimals), unit)}，{WITHIN}"


def moved(
    value: Cell,
    reference: Cell,
    significant: Cell = None,
    unit: str = "",
    than: str = "上年",
    decimals: int | None = None,
) -> str:
    """A change over time in the words of its test: how much more or less than then, never as if it were a level.

    Examples
    --------
    >>> moved(0.327, 0.348, True, "系数", "2021年"), moved(1.84, 1.92, None, "倍", "2021年")
    ('比2021年下降0.021（统计上显著）', '比2021年缩小0.08倍')
    >>> moved(92.0, 90.0, False, "%", "2021年"), moved(3.0, 3.04, None, "%", "2021年")
    ('与2021年相差2.0个百分点，在抽样误差之内', '与2021年持平')
    """
    text = change(reference, value, unit, decimals)
    if not text or text == FLAT:
        return f"与{than}{FLAT}" if text else ""
    if is_missing(significant):
        return f"比{than}{text}"
    if significant:
        return f"比{than}{text}（统计上显著）"
    return tested(value, reference, False, unit, than, decimals)


def growth_ends(text: str, low: Cell, high: Cell, significant: Cell = None, level: float = 95) -> str:
    """A growth with its interval behind it; one that the interval alone would confirm is not said to lie within it.

    Examples
    --------
    >>> growth_ends("与2021年相差10.0%，在抽样误差之内", -0.02, 0.22, False)
    '与2021年相差10.0%，在抽样误差之内（95%置信区间-2.0%～22.0%）'
    >>> growth_ends("与2021年相差10.0%，在抽样误差之内", 0.02, 0.18, False)
    '与2021年相差10.0%（95%置信区间2.0%～18.0%），单看这一项超出误差，与同类各项一并检验后尚不能确认'
    """
    if not text or is_missing(low) or is_missing(high):
        return text
    ends = f"（{interval(100 * float(low), 100 * float(high), '%', level=level)}）"
    alone = float(low) > 0 or float(high) < 0
    if alone and not is_missing(significant) and not significant and text.endswith(f"，{WITHIN}"):
        return f"{text.removesuffix(f'，{WITHIN}')}{ends}，{TOGETHER}"
    return text + ends


def interval(
    low: Cell, high: Cell, unit: str = "", decimals: int | None = None, level: float = 95, kind: str = "置信"
) -> str:
    """The words for an interval: 置信 for an estimate, 预测 for a forecast.

    Examples
    --------
    >>> interval(0.31, 0.35, "系数")
    '95%置信区间0.310～0.350'
    """
    return "" if is_missing(low) or is_missing(high) else f"{level:g}%{kind}区间{span(low, high, unit, decimals)}"


def verdict(
    value: Cell, low: Cell, high: Cell, target: Cell, better: int = -1, unit: str = "", decimals: int | None = None
) -> str:
    """What a projection with its interval allows to say about a target.

    Parameters
    ----------
    value, low, high, target : float
        Projection, its interval, and the target, in `unit`.
    better : int
        1 when more is better, -1 when less is.

    Returns
    -------
    str
        One of three verdicts; which one hangs on the interval, never on the point alone.

    Examples
    --------
    >>> verdict(1.80, 1.76, 1.84, 1.85, better=-1, unit="倍")
    '整个预测区间都达到1.85倍的目标'
    >>> verdict(1.80, 1.70, 1.90, 1.85, better=-1, unit="倍")
    '趋势值达到1.85倍的目标，但预测区间跨过目标，尚不能确认'
    """
    if any(is_missing(v) for v in (value, low, high, target)):
        return ""
    goal = number(target, unit, decimals)
    value, low, high, target = (rounded(v, decimals_of(unit) if decimals is None else decimals)
                                for v in (value, low, high, target))  # fmt: skip
    worst, best = (low, high) if better > 0 else (high, low)
    if (worst - target) * better >= 0:
        return f"整个预测区间都达到{goal}的目标"
    if (best - target) * better < 0:
        return f"整个预测区间都达不到{goal}的目标"
    met = (value - target) * better >= 0
    return f"趋势值{'达到' if met else '未达到'}{goal}的目标，但预测区间跨过目标，尚不能确认"


def counted(counts: Mapping[str, int], words: Mapping[str, str], unit: str = "项") -> str:
    """Counts of categories in one clause; empty categories are left out.

    Examples
    --------
    >>> counted({"green": 12, "red": 0, "yellow": 3}, {"green": "绿色", "yellow": "黄色", "red": "红色"})
    '绿色12项、黄色3项'
    """
    return "、".join(f"{word}{counts[key]}{unit}" for key, word in words.items() if counts.get(key))


def ranked(place: int, count: int, among: str = "个") -> str:
    """A rank in words.

    Examples
    --------
    >>> ranked(1, 11, "个设区市"), ranked(6, 11, "个设区市")
    ('居11个设区市首位', '居11个设区市第6位')
    """
    return f"居{count}{among}{'首位' if place == 1 else f'第{place}位'}"


__all__ = [
    "amount", "change", "changed", "compared", "counted", "difference", "interval", "moved", "plain", "ranked",
    "relative", "tested", "verbs", "verdict",
]  # fmt: skip
