"""What is printed as a setting decides something: each is read by the code, or said to be only recorded."""

import re
from pathlib import Path

import pytest
import yaml

from research.indicators.reference.rules.settings import RECORDED, RETIRED, RULES, setting_faults

ROOT = Path(__file__).parents[2]
SOURCES = [p for p in (ROOT / "src" / "research").rglob("*.py") if p.parts[-2:] != ("rules", "settings.py")]
HELD = yaml.safe_load((ROOT / "data" / "reference" / "settings.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def names():
    return {n for p in SOURCES for n in re.findall(r"[\"'](\w+)[\"']", p.read_text("utf-8"))}


@pytest.mark.parametrize("setting", sorted(RULES))
def test_a_setting_is_applied_or_said_to_be_recorded(setting, names):
    assert (setting in names) is (setting not in RECORDED)


def test_the_table_of_settings_says_which_are_only_recorded():
    from research.edition.tables import settings

    lines = {
        line.split("|")[-2].strip().replace("\\", ""): line
        for line in settings(HELD, 2024).splitlines()
        if line.startswith("| ")
    }
    for name in HELD:
        assert ("只作记录" in lines[name]) is (name in RECORDED), name
    assert not RETIRED & set(lines)


def test_a_setting_of_a_former_version_is_taken_without_a_word_and_printed_nowhere():
    from research.edition.tables import settings

    old = {**HELD, "income_trim": {"name": "收入长尾处理", "source": "x", "values": [{"from": 2021, "value": "none"}]}}
    assert setting_faults(old, 2024) == []
    assert "收入长尾处理" not in settings(old, 2024)
