"""Settings corrupted one at a time: each is a fault by name, none is taken silently and none ends in a traceback."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from research.indicators.reference.rules.settings import RULES, WHOLE, setting_faults

SOUND = yaml.safe_load((Path(__file__).parents[2] / "data/reference/settings.yml").read_text("utf-8"))


def value(new):
    def change(entry):
        entry["values"][0]["value"] = new

    return change


def dated(new):
    def change(entry):
        entry["values"][0]["from"] = new

    return change


def outside(rule):
    if isinstance(rule, re.Pattern):  # a day; or names, of which any text may be one
        return (
            ["13-01", "04-32", "4月30日", 430]
            if rule.fullmatch("04-30") and not rule.fullmatch("名称")
            else ["", " ", ";", 430]
        )
    return ["nothing", 1, ""] if isinstance(rule[0], str) else [rule[1] * 10 + 1, rule[0] - 1, "12,5"]


SHAPES = {
    "a list instead of a mapping": lambda entry: entry.update(values={"from": 2021, "value": 1}),
    "no values": lambda entry: entry.update(values=[]),
    "a word": lambda entry: entry.update(values="85"),
    "an unknown key": lambda entry: entry.update(vlaues=1),
    "no source": lambda entry: entry.update(source=""),
    "an entry that is none": lambda entry: entry["values"].append(3),
    "no value": value(None),
    "a list": value([1]),
    "a truth": value(True),
    "in force from the future": dated(2031),
    "a year that is none": dated("2021年"),
    "a year twice": lambda entry: entry["values"].append(copy.deepcopy(entry["values"][0])),
}
CASES = [(name, f"value {bad!r}", value(bad)) for name, rule in RULES.items() for bad in outside(rule)]
CASES += [(name, "half of one", value(RULES[name][0] + 0.5)) for name in sorted(WHOLE)]
CASES += [
    (name, kind, change)
    for kind, change in SHAPES.items()
    for name in ("dominance_k", "low_income_line", "comparison_rule", "report_deadline")
]


def test_the_settings_of_the_project_are_sound():
    assert setting_faults(SOUND, 2024) == [] and set(SOUND) == set(RULES)


@pytest.mark.parametrize(("name", "change"), [pytest.param(n, c, id=f"{n}: {k}") for n, k, c in CASES])
def test_a_corrupted_setting_is_named(name, change):
    entries = copy.deepcopy(SOUND)
    entries[name]["values"] = entries[name]["values"][:1]
    change(entries[name])
    found = setting_faults(entries, 2024)
    assert found and all(f"settings.yml, {name}: expected" in str(fault) for fault in found)


@pytest.mark.parametrize("whole", [None, [], "dominance_k: 85", 3, [{"dominance_k": 85}]])
def test_a_file_of_another_shape_is_a_fault(whole):
    assert "settings by name" in str(setting_faults(whole, 2024)[0])


@pytest.mark.parametrize("name", ["dominance_q", "min_household", "p_procent"])
def test_a_misspelt_setting_is_named_with_the_nearest(name):
    assert "did you mean" in str(setting_faults({**SOUND, name: SOUND["p_percent"]}, 2024)[0])


def test_there_are_enough_of_them():
    assert len(CASES) >= 120
