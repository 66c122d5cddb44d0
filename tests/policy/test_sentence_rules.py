"""The rules of the computed sentences, as a colleague writes them in the folder sentences beside this file."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from research.errors import DataError
from research.indicators.analysis.estimates import Estimates
from research.indicators.analysis.measured import COLUMNS
from research.indicators.analysis.tidy import About, limit
from research.wording import minus
from research.wording import shared as sentences
from research.wording.compose import compose
from research.wording.values import Value

HERE = Path(__file__).parent
CASES = [
    case for path in sorted((HERE / "sentences").glob("*.yml")) for case in yaml.safe_load(path.read_text("utf-8"))
]
KEYS = {"rule", "name", "unit", "rows", "values", "sentence", "shared", "says", "refused"}
PLACE = "000001"


def values_of(case):
    """What the names in braces stand for: estimates of the rows, or the words that are given."""
    if "rows" not in case:
        return {name: Value(**held) for name, held in case["values"].items()}
    rows = pd.DataFrame(case["rows"], columns=["year", "value", "se"])
    ends = {"lower": rows["value"] - limit(95) * rows["se"], "upper": rows["value"] + limit(95) * rows["se"]}
    rows = rows.assign(**ends, place=PLACE, residence="all", measure="m", name=case["name"], unit=case["unit"],
                       status="survey", source="", n=0)  # fmt: skip
    words = {"place": "甲镇", "year": 2024, "name": case["name"]}
    about = About(words, "survey", f"甲镇暂无{case['name']}数据。", place=PLACE)
    found = Estimates(rows.reindex(columns=COLUMNS)).told(about)
    return {"now": found.at(), "change": found.change()}


@pytest.mark.parametrize("case", CASES, ids=[case["rule"] for case in CASES])
def test_a_sentence_follows_its_rule(case):
    assert set(case) <= KEYS and ("says" in case) != ("refused" in case), "a case has these keys, and one outcome"
    known = yaml.safe_load(sentences.default())
    lines = known[case["shared"]] if "shared" in case else [case["sentence"]]
    if "refused" in case:
        with pytest.raises(DataError) as refused:
            compose("".join(lines), values_of(case))
        assert case["refused"] in refused.value.text("zh")
    else:
        assert minus("".join(compose(line, values_of(case)).text for line in lines)) == case["says"]


def test_every_rule_is_told_once():
    rules = [case["rule"] for case in CASES]
    assert len(rules) == len(set(rules)) >= 12


def test_the_sample_says_what_the_package_says():
    """The project's own file is the package's, for an editor to change; a new district is laid out with the same."""
    own = HERE.parents[1] / "data" / "reference" / sentences.FILE
    assert yaml.safe_load(own.read_text("utf-8")) == yaml.safe_load(sentences.default())


@pytest.mark.parametrize(
    ("text", "said"),
    [("lead: 一句\n", "lead"), ("lead:\n  - '{year年'\n", "成对的花括号"), ("lead:\n  - 3\n", "一列句子")],
)
def test_sentences_that_are_none_are_named(text, said, own_project):
    (own_project.reference / sentences.FILE).write_text(text, "utf-8")
    with pytest.raises(DataError) as refused:
        sentences.read(own_project)
    assert said in refused.value.text("zh") and sentences.FILE in refused.value.text("zh")


def test_an_editor_changes_a_sentence_and_the_others_stay(own_project):
    (own_project.reference / sentences.FILE).write_text("forecast:\n  - '{place}{name}{ahead}。'\n", "utf-8")
    found = sentences.read(own_project)
    assert found["forecast"] == ("{place}{name}{ahead}。",) and len(found["lead"]) == 4
    with pytest.raises(DataError, match="lead"):
        found["leed"]
