"""How numbers are printed in what readers see: signs, ranges, quotation marks, small bases, nothing of the workshop."""

import re

import pandas as pd
import pytest

from research.figures.pipes import markdown
from tests.support.notebooks import DISTRICT, THEMES, outputs

FAULTS = {
    "two pairs of quotation marks": (r"“[^”]*“|””|““", "““甲”乙”"),
    "a year that reads as a value": (r"[低高][于过]20\d\d年\d", "低于2021年0.019"),
    "a per cent on a base of one or two": (r"[家个户件]（[12]\d\d\.\d%）", "增加2家（200.0%）"),
    "a command": (r"\bbluebook (?:run|build|all|render|check|case)\b", "请运行 bluebook run"),
    "no ranks, beside ranks": (r"不排名次", "不排名次"),
    "progress of nothing": (r"(?:提高|上升|增加|下降|减少|缩小|扩大)0(?:\.0+)?(?![\d.])", "提高0.0分"),
    "a hyphen for a minus sign": (r"(?<![0-9A-Za-z_.\-|:#/—–])-(?=\d)", "差额-4508元"),
    "a range in words": (r"区间[^，。；）]{1,12}\d[^，。；）～]{0,3}至", "置信区间140元至500元"),
    "a range with a half-width tilde": (r"\d~[\d−]", "1.7~1.9"),
    "a count for a lead": (r"与有数据的第一年相比，", "与有数据的第一年相比，3项改善"),
}
QUICK = ("income", "regional_gap")


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_known_when_it_is_seen(fault):
    pattern, seen = FAULTS[fault]
    assert re.search(pattern, seen) and not re.search(pattern, "2024年为−0.05（95%置信区间−0.10～0.02），“甲”乙")


def printed(found):
    """Texts of the outputs that a reader sees, by label."""
    for label, (bundle, facts) in found.items():
        yield label, bundle.get("text/markdown", "") + facts.get("caption", "") + facts.get("alt", "")


@pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param(n, p, marks=[] if n in QUICK and p is None else pytest.mark.slow)
        for n, p in [*((n, None) for n in (*DISTRICT, *THEMES)), *((n, "331003202") for n in THEMES)]
    ],
)
def test_nothing_of_the_kind_is_printed(edition, name, place):
    texts = dict(printed(outputs(name, edition, place)))
    found = {(label, what): m[0] for label, text in texts.items() for what, (pattern, _) in FAULTS.items()
             if (m := re.search(pattern, text))}  # fmt: skip
    assert texts and found == {}


def test_a_negative_number_of_a_table_takes_a_minus_sign_and_codes_keep_their_hyphens():
    frame = pd.DataFrame({"差": ["-4.0～21.1", "z=-3.6"], "编号": ["ECO-1-01", "2024-12-31"]})
    text = markdown(frame)
    assert "−4.0～21.1" in text and "z=−3.6" in text and "ECO-1-01" in text and "2024-12-31" in text
