"""One ladder of statuses, one mark: where a sample stands, each reader is told in the same words."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import research
from research.core.faults import DataError
from research.core.status import SAMPLE_MARK, STATUSES, Status, is_sample, mark, sample_mark, weakest

LADDER = ("published", "reported", "survey", "estimated", "imputed", "sample")  # strongest first, as the README has it


def test_the_ladder():
    assert STATUSES == LADDER == tuple(Status)
    assert [s.zh for s in Status] == ["公开发布", "部门报送", "抽样调查", "估计", "插补", "示例"]
    assert Status.SAMPLE.meaning == SAMPLE_MARK == "示例数据，非真实统计" and Status.SURVEY.meaning == "抽样调查"


@given(st.lists(st.sampled_from(LADDER), min_size=1))
def test_the_weakest_wins_in_any_order_and_grouping(found):
    whole = weakest(found)
    assert LADDER.index(whole) == max(map(LADDER.index, found))
    assert weakest(*reversed(found)) == weakest([found[0]], *found) == whole


@pytest.mark.parametrize("wrong", [["draft"], [], [None]])
def test_no_status_and_an_unknown_one_are_refused(wrong):
    with pytest.raises(DataError, match="status: expected one of published"):
        weakest(wrong)


@given(st.text(), st.sampled_from(LADDER))
def test_the_mark_is_put_once_and_only_on_a_sample(text, status):
    once = mark(text, status)
    assert mark(once, status) == once and once.startswith(text)
    assert (SAMPLE_MARK in once) == (SAMPLE_MARK in text or (status == "sample" and text != ""))


def test_what_can_be_asked_whether_it_is_a_sample():
    class Thing:
        status = "sample"

    assert all(map(is_sample, ("sample", Status.SAMPLE, {"status": "sample"}, Thing())))
    assert not any(map(is_sample, ("survey", "", None, {}, {"status": "survey"}, object(), pd.DataFrame())))
    assert sample_mark(Thing()) == SAMPLE_MARK and sample_mark({"status": "survey"}) == ""


def test_the_words_of_the_mark_stand_in_one_source_file():
    source = Path(research.__file__).parent
    files = [
        p
        for kind in ("py", "typ", "html", "js", "css", "lua")
        for p in source.rglob(f"*.{kind}")
        if SAMPLE_MARK in p.read_text("utf-8") and "starter" not in p.parts
    ]
    assert [p.relative_to(source).as_posix() for p in files] == ["core/status.py"]
