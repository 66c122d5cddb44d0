"""What `settings.yml` may say: every setting with the values that it can take; no other key, no other shape."""

from __future__ import annotations

import re
from typing import Any

from research.core.faults import Fault, nearest, say

FILE = "data/reference/settings.yml"
FIELDS = ("name", "unit", "origin", "values", "source", "note")
DATED = ("from", "value", "source", "note")
_MONEY, _SHARE, _PERCENT, _POINTS = (0, 1e9), (0, 1), (0, 100), (0, 100)

RULES: dict[str, Any] = {
    "middle_band_lower": _MONEY,
    "middle_band_upper": _MONEY,
    "low_income_line": _MONEY,
    "village_income_floor": _MONEY,
    "village_operating_floor": _MONEY,
    "middle_band_closed": ("both", "left", "right", "neither"),
    "negative_incomes": ("zero", "drop", "keep", "refuse"),
    "comparison_rule": ("holm", "benjamini-hochberg", "none"),
    "low_income_growth": _PERCENT,
    "dominance_k": (50, 100),
    "p_percent": _PERCENT,
    "approximate_tolerance": _SHARE,
    "green_gap": _POINTS,
    "red_gap": _POINTS,
    "department_share": _SHARE,
    "confidence_level": (0.5, 0.9999),
    "cv_limit": _SHARE,
    "small_area_cv_limit": _SHARE,
    "jump_limit": (0, 100),
    "stale_days": (1, 3660),
    "village_households": re.compile(r"[^;；]*[^;；\s][^;；]*"),
    "village_persons": re.compile(r"[^;；]*[^;；\s][^;；]*"),
    "village_covariates": re.compile(r"[^;；\s][^\n]*"),
    "min_households": (3, 1000),
    "dominance_n": (1, 100),
    "round_base": (1, 1000),
    "report_deadline": re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"),
}
"""Setting: the least and largest number, the words it may be, or a pattern."""
EXPECTED = {
    "report_deadline": say("a day like 04-30", "形如 04-30 的日期"),
    "village_covariates": say("names of village items, parted by semicolons", "村级指标的名称，用分号隔开"),
    "village_households": say("the name of one village item", "一个村级指标的名称"),
    "village_persons": say("the name of one village item", "一个村级指标的名称"),
}
"""What a setting that is text should look like."""
RECORDED = frozenset({"low_income_growth", "village_income_floor", "village_operating_floor"})
"""Numbers of a plan that are kept for reference: printed as such, no figure hangs on them."""
RETIRED = frozenset({"negative_income", "income_trim", "equivalence_scale", "in_step_tolerance",
                     "availability_threshold"})  # fmt: skip
"""Settings of former versions that nothing applies: taken without a word in an older file, printed nowhere."""
WHOLE = frozenset({"stale_days", "min_households", "dominance_n", "round_base"})


def setting_faults(entries: Any, year: int | None = None) -> list[Fault]:
    """Everything wrong in the settings, each by name.

    Parameters
    ----------
    entries : object
        As the file gives it.
    year : int, optional
        Edition in which each setting has to be in force.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> print(*setting_faults({"dominance_k": {"source": "x", "values": [{"from": 2021, "value": 850}]}}))
    data/reference/settings.yml, dominance_k: expected a number from 50 to 100, found 850
    """
    if not isinstance(entries, dict):
        return [_fault("", say("settings by name", "以名称列出的设置"), entries)]
    faults = []
    for name, entry in entries.items():
        if name in RETIRED:
            continue
        if name not in RULES:
            faults.append(
                Fault(
                    f"{FILE}, {name}",
                    say("a setting that is known", "已有的设置项"),
                    repr(name),
                    nearest(str(name), RULES),
                    "settings",
                )
            )
        elif not isinstance(entry, dict):
            faults.append(
                _fault(
                    name,
                    say("dated values like [{from: 2021, value: 1}]", "带年份的数值，如 [{from: 2021, value: 1}]"),
                    entry,
                )
            )
        else:
            faults += _entry(name, entry, year)
    return faults


def _entry(name, entry, year):
    faults = [_fault(name, nearest(str(key), FIELDS), key) for key in entry if key not in FIELDS]
    if not entry.get("source"):
        faults.append(
            Fault(
                f"{FILE}, {name}",
                say("a source", "来源"),
                say("none", "没有"),
                say("say who set it", "请写明由谁规定"),
                "settings",
            )
        )
    values = entry.get("values")
    if not isinstance(values, list) or not values:
        return [
            *faults,
            _fault(
                name,
                say("dated values like [{from: 2021, value: 1}]", "带年份的数值，如 [{from: 2021, value: 1}]"),
                values,
            ),
        ]
    begun = []
    for dated in values:
        if not isinstance(dated, dict) or "from" not in dated or "value" not in dated:
            faults.append(_fault(name, say("'from' and 'value' in each entry", "每项都有 from 和 value"), dated))
            continue
        faults += [_fault(name, nearest(str(key), DATED), key) for key in dated if key not in DATED]
        if isinstance(dated["from"], bool) or not isinstance(dated["from"], int) or not 1990 <= dated["from"] <= 2100:
            faults.append(_fault(name, say("from: a year", "from：年份"), dated["from"]))
        else:
            begun.append(dated["from"])
        if told := _refused(name, dated["value"]):
            faults.append(_fault(name, told, dated["value"]))
    if len(set(begun)) < len(begun):
        faults.append(_fault(name, say("each year once", "年份不重复"), sorted(begun)))
    if year and begun and min(begun) > int(year):
        faults.append(
            _fault(
                name,
                say(f"a value in force in {year}", f"{year}年有效的数值"),
                say(f"the first from {min(begun)}", f"最早从{min(begun)}年起"),
            )
        )
    return faults


def _refused(name, value):
    """What was expected, when a value is not it; else empty."""
    rule = RULES[name]
    if isinstance(rule, re.Pattern):
        return "" if isinstance(value, str) and rule.fullmatch(value) else EXPECTED.get(name, "a name")
    if isinstance(rule[0], str):
        return "" if value in rule else f"one of {', '.join(rule)}"
    low, high = rule
    plain = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    if not plain or (name in WHOLE and value != int(value)):
        return f"a {'whole ' if name in WHOLE else ''}number from {low:g} to {high:g}"
    return ""


def _fault(name, expected, found):
    return Fault(
        f"{FILE}, {name}" if name else FILE,
        expected,
        found if isinstance(found, str) and " " in found else repr(found)[:60],
        kind="settings",
    )
