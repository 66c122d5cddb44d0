"""The settings the assessment stands on, read from the dated settings and checked at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from research.assessment.colours import check_thresholds
from research.errors import DataError, Fault, say
from research.indicators.reference.plans import Plan

ASPECTS = ("工作机制", "工作推进", "工作保障", "工作成效", "群众测评")


def dated(settings: Mapping[str, Any], name: str, year: int, default: Any = None) -> Any:
    """Value of a dated setting in a year.

    Parameters
    ----------
    settings : dict
        Name -> plain value, or -> a mapping with `values: [{from: year, value: x}, ...]`.
    name : str
    year : int
    default : object, optional
        Given when the setting is missing; without one a missing setting is an error.

    Returns
    -------
    object

    Raises
    ------
    DataError
        The setting is missing, or does not hold yet in that year.

    Examples
    --------
    >>> dated({"red_gap": {"values": [{"from": 2021, "value": 30}, {"from": 2024, "value": 25}]}}, "red_gap", 2023)
    30
    """
    if name not in settings:
        if default is not None:
            return default
        raise DataError(
            Fault(
                "settings.yml",
                say(f"a setting '{name}'", f"设置“{name}”"),
                say("none", "没有"),
                say("add it with values and source", "请补上取值与来源"),
                kind="settings",
            )
        )
    entry = settings[name]
    if not (isinstance(entry, dict) and "values" in entry):
        return entry.get("value") if isinstance(entry, dict) and "value" in entry else entry
    valid = [v for v in entry["values"] if int(v["from"]) <= year]
    if not valid:
        raise DataError(
            Fault(
                f"settings.yml, {name}",
                say(f"a value that holds in {year}", f"在{year}年有效的取值"),
                f"first from {entry['values'][0]['from']}",
                kind="settings",
            )
        )
    return max(valid, key=lambda v: int(v["from"]))["value"]


@dataclass(frozen=True)
class Rules:
    """All thresholds of one assessment.

    Parameters
    ----------
    yellow, red : float
        Points behind schedule from which the colour holds.
    approximate : float
        Share of the target that 左右 allows.
    department_share : float
        Share of the departments' attainment in the mixed rate, 0 to 1.
    stale_days : int
        Days without an update after which a register's row is stale.
    plan : Plan, optional
        The plan that targets are of: its first, last and base year, its milestones. A register of tasks needs none.
    """

    yellow: float = 10
    red: float = 30
    approximate: float = 0.05
    department_share: float = 0.5
    stale_days: int = 100
    plan: Plan | None = None

    @property
    def in_force(self) -> Plan:
        """The plan, for what cannot be judged without one."""
        if self.plan is None:
            raise DataError(Fault("rules", say("a plan", "规划"), say("none", "没有"), kind="settings"))
        return self.plan

    def __post_init__(self) -> None:
        faults = check_thresholds(self.yellow, self.red, "settings.yml, green_gap and red_gap")
        for name in ("approximate", "department_share"):
            if not 0 <= getattr(self, name) <= 1:
                faults.append(
                    Fault(
                        f"settings.yml, {name}",
                        say("a share from 0 to 1", "0至1的比重"),
                        repr(getattr(self, name)),
                        kind="settings",
                    )
                )
        if self.stale_days <= 0:
            faults.append(
                Fault(
                    "settings.yml, stale_days",
                    say("a number of days above 0", "大于0的天数"),
                    repr(self.stale_days),
                    kind="settings",
                )
            )
        if faults:
            raise DataError(faults)


def rules(settings: Mapping[str, Any], year: int, plan: Plan | None = None) -> Rules:
    """Rules of a year out of the dated settings.

    Parameters
    ----------
    settings : dict
        As in `data/reference/settings.yml`.
    year : int
    plan : Plan, optional
        The plan in force.

    Returns
    -------
    Rules

    Raises
    ------
    DataError
        All settings that are missing or make no sense.

    Examples
    --------
    >>> rules({"green_gap": 5, "red_gap": 20}, 2024).yellow
    5
    """
    names = {
        "yellow": "green_gap",
        "red": "red_gap",
        "approximate": "approximate_tolerance",
        "department_share": "department_share",
        "stale_days": "stale_days",
    }
    found = {k: dated(settings, v, year) for k, v in names.items() if v in settings}
    return Rules(**found, plan=plan)


def aspect_weights(assessment: Mapping[str, Any]) -> dict[str, float]:
    """Weights of the five assessed aspects, checked.

    Parameters
    ----------
    assessment : dict
        The `assessment` section of `index.yml`, with `aspects: {name: weight}`.

    Returns
    -------
    dict

    Raises
    ------
    DataError
        An aspect is missing or unknown, a weight is negative, or they do not add up to 1.

    Examples
    --------
    >>> aspect_weights({"aspects": dict.fromkeys(ASPECTS, 0.2)})["群众测评"]
    0.2
    """
    weights = assessment.get("aspects", {})
    faults = [
        Fault(
            "index.yml, assessment.aspects",
            say(f"a weight for {a}", f"{a}的权重"),
            say("none", "没有"),
            kind="settings",
        )
        for a in ASPECTS
        if a not in weights
    ]
    faults += [
        Fault(
            "index.yml, assessment.aspects",
            say("one of " + " ".join(ASPECTS), "以下之一：" + " ".join(ASPECTS)),
            str(a),
            kind="settings",
        )
        for a in weights
        if a not in ASPECTS
    ]
    total = sum(weights.values()) if weights else 0
    if weights and (min(weights.values()) < 0 or abs(total - 1) > 1e-9):
        faults.append(
            Fault(
                "index.yml, assessment.aspects",
                say("weights of 0 or more that add up to 1", "合计为1的非负权重"),
                say(f"a sum of {total:g}", f"合计为{total:g}"),
                kind="settings",
            )
        )
    if faults:
        raise DataError(faults)
    return dict(weights)
