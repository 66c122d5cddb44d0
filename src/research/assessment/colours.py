"""Red, yellow, green: a pure rule on how many points a thing is behind its schedule."""

from __future__ import annotations

import math
from datetime import date
from typing import Literal, TypeAlias, get_args

from research.errors import DataError, Fault, say

Colour: TypeAlias = Literal["green", "yellow", "red", "grey"]
COLOURS = get_args(Colour)
COLOURS_ZH = {"green": "绿", "yellow": "黄", "red": "红", "grey": "灰"}


SCALES = {"way": "占起点到目标全程的百分点", "total": "占累计目标的百分点", "goal": "占目标值的百分点"}
"""What the points behind are points of."""


def target_rule(yellow: float, red: float) -> str:
    """How targets get their colour, as printed wherever a colour stands.

    Examples
    --------
    >>> target_rule(10, 30)[:38]
    '目标的颜色按以下顺序判断：已达到的为绿；目标年已到而未达到的为红；其余有起点'
    """
    return ("目标的颜色按以下顺序判断：已达到的为绿；目标年已到而未达到的为红；其余有起点的按时间进度，"
            f"落后不足{yellow:g}个百分点为绿，{yellow:g}至{red:g}个（不含）为黄，{red:g}个及以上为红；"
            "没有起点可算进度的，以离目标值的差距占目标值的百分点按同样的界限判断；"
            "每年都须守住的底线或上限没有守住的，至少为黄。")  # fmt: skip


def task_rule(yellow: float, red: float) -> str:
    """How tasks get their colour, as printed wherever one stands.

    Examples
    --------
    >>> task_rule(10, 30)
    '任务按时间进度判断：落后不足10个百分点为绿，10至30个（不含）为黄，30个及以上为红；期限已到而没有完成的，至少为黄。'
    """
    return (f"任务按时间进度判断：落后不足{yellow:g}个百分点为绿，{yellow:g}至{red:g}个（不含）为黄，"
            f"{red:g}个及以上为红；期限已到而没有完成的，至少为黄。")  # fmt: skip


def check_thresholds(yellow: float, red: float, place: str = "status") -> list[Fault]:
    """Faults of a pair of thresholds (points behind schedule); an empty list when they make sense.

    Parameters
    ----------
    yellow, red : float
        Points behind schedule, 0 to 100, from which the colour holds; yellow below red.
    place : str
        Where they stand, for the message.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> print(check_thresholds(30, 10)[0])
    status: expected 0 <= yellow < red <= 100 points behind, found yellow 30, red 10
    """
    try:
        good = 0 <= float(yellow) < float(red) <= 100
    except (TypeError, ValueError):
        good = False
    if good:
        return []
    return [
        Fault(
            place,
            say("0 <= yellow < red <= 100 points behind", "0 ≤ 黄 < 红 ≤ 100 个百分点"),
            f"yellow {yellow}, red {red}",
            kind="thresholds",
        )
    ]


def status(
    progress: float | None,
    expected: float | None = 1.0,
    yellow: float = 10,
    red: float = 30,
    due: bool = False,
    met: bool | None = None,
) -> Colour:
    """Colour of something by how far it lags behind its schedule.

    Parameters
    ----------
    progress : float or None
        Share of the way covered; 1 is done. None or NaN gives grey.
    expected : float
        Share that should be covered by now, 0 to 1.
    yellow, red : float
        Points (hundredths of the way) behind from which it is yellow, red.
    due : bool
        Whether the date of the target has come. Then a miss is yellow at least, however small.
    met : bool, optional
        Whether the target is met; default: progress of 1 or more.

    Returns
    -------
    str
        green, yellow, red or grey.

    Raises
    ------
    DataError
        Thresholds in an order that makes no sense.

    Examples
    --------
    >>> [status(p, expected=0.75) for p in (0.70, 0.60, 0.40, None)]
    ['green', 'yellow', 'red', 'grey']
    >>> status(0.99, due=True)
    'yellow'
    """
    if faults := check_thresholds(yellow, red):
        raise DataError(faults)
    if progress is None or math.isnan(progress) or expected is None or math.isnan(expected):
        return "grey"
    met = progress >= 1 if met is None else met
    if met:
        return "green"
    behind = round(100 * (expected - progress), 9)
    if behind >= red:
        return "red"
    return "yellow" if behind >= yellow or due else "green"


def expected_share(start: date | str, due: date | str, today: date | str) -> float:
    """Share of a task's time that has passed: what a steady pace would have done.

    Parameters
    ----------
    start, due, today : datetime.date or str
        Dates; strings are ISO (2024-12-31).

    Returns
    -------
    float
        0 before the start, 1 at and after the due date.

    Raises
    ------
    DataError
        A date that is none, or a due date before the start.

    Examples
    --------
    >>> expected_share("2024-01-01", "2024-12-31", "2024-07-01")
    0.4986301369863014
    """
    first, last, now = _date(start, "start"), _date(due, "due"), _date(today, "today")
    if last < first:
        raise DataError(
            Fault(
                "due",
                say(f"a date not before the start {first}", f"不早于开始日 {first} 的日期"),
                str(last),
                kind="dates",
            )
        )
    if now >= last:
        return 1.0
    return max(0.0, (now - first).days / (last - first).days)


def _date(x: object, name: str) -> date:
    try:  # through text: a pandas Timestamp is a date too, but does not mix with dates
        return date.fromisoformat(str(x)[:10])
    except ValueError:
        raise DataError(
            Fault(name, say("a date such as 2024-12-31", "日期，如 2024-12-31"), repr(x), kind="dates")
        ) from None
