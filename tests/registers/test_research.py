"""Topics, meeting briefs and evidence: states by date, what is lacking said, two pages, Word that says sample."""

import subprocess

import pandas as pd
import pypandoc
import pytest

from research.core.scope import open_project
from research.errors import DataError, UsageError
from research.indicators import open_edition
from research.registers import evidence, meeting_brief, pilots, topic_states
from research.registers.topics import facts


@pytest.fixture(scope="module")
def edition():
    return open_edition(2024, "sample", open_project(__file__))


@pytest.mark.parametrize(
    ("due", "finished", "state", "days"),
    [
        ("2024-12-31", None, "进行中", 0),
        ("2024-12-01", None, "已逾期", 30),
        ("2024-12-01", "2025-01-05", "已逾期", 30),
        ("2024-12-01", "2024-12-20", "已完成", 0),
    ],
)
def test_a_topic_stands_where_its_dates_put_it(due, finished, state, days):
    found = topic_states(pd.DataFrame({"due": [due], "finished": [finished]}), "2024-12-31").iloc[0]
    assert (found["state"], found["days"]) == (state, days)


@pytest.mark.slow
def test_a_fact_has_its_interval_or_says_that_it_has_none(with_tables):
    edition = with_tables
    survey, total = facts(edition, "INC-3-01;INC-3-04")
    rows = edition.estimate("INC-3-01")
    row = rows[(rows["year"] == 2024) & (rows["place"] == edition.district)].iloc[0]
    assert survey["value"] == f"{row['value']:.2f}倍" and survey["interval"].startswith(f"{row['lower']:.2f}")
    assert total["interval"] == "" and any("没有误差" in w for w in total["lacks"])
    assert all("示例数据" in "".join(f["lacks"]) for f in (survey, total))


def test_an_indicator_without_a_value_is_a_lack_not_a_number(edition):
    lacking = set(edition.indicators["id"]) - set(edition.observations["indicator"])
    for name in sorted(lacking)[:2]:
        assert facts(edition, name)[0]["value"] == "" and "没有数值" in facts(edition, name)[0]["lacks"][0]


@pytest.mark.office
@pytest.mark.slow
def test_a_meeting_s_brief_is_two_pages_at_most_with_numbers_errors_and_what_is_not_known(with_tables, tmp_path):
    edition = with_tables
    path = meeting_brief(edition, "2025-03-28", ["R01", "R02", "R03"], tmp_path)
    told = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    text = "".join(told.split())
    assert 1 <= told.count("\f") <= 2 and path.name == "meeting-2025-03-28.pdf"
    assert all(w in text for w in ("示例数据", "尚不知道的", "置信区间", "notebooks/district/pairs.ipynb", "已逾期"))
    again = meeting_brief(edition, "2025-03-28", ["R01", "R02", "R03"], tmp_path / "again")
    assert again.read_bytes() == path.read_bytes()


def test_what_a_brief_cannot_be_made_of_is_told_at_once(edition, tmp_path):
    with pytest.raises(DataError) as refused:
        meeting_brief(edition, "2025-03-28", ["R1", "X"], tmp_path)
    assert len(refused.value.faults) == 2 and "R01" in refused.value.text("zh")
    with pytest.raises(UsageError, match="28.3.2025"):
        meeting_brief(edition, "28.3.2025", ["R01"], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_each_claim_has_its_evidence_and_says_what_is_lacking(with_tables):
    edition = with_tables
    rows = evidence(edition).set_index("claim")
    bare = rows.loc["结对帮扶使薄弱村集体收入增长更快"]
    assert bare["evidence"] == [] and bare["gaps"] == ["没有指标、目标或案例支持", "没有图表"]
    west = rows.loc["西部乡镇居民收入与全区的差距在缩小"]
    assert "置信区间" in west["evidence"][0] and "fig-regional-gap-focus" in west["figures"][0]
    assert rows["status"].eq("sample").all()
    homes = rows.loc["住房困难家庭的公租房保障已基本覆盖"]
    assert homes["cases"] and any("未达到" in g for g in homes["gaps"])


@pytest.mark.slow
def test_an_application_is_a_word_file_that_says_sample(with_tables, tmp_path):
    edition = with_tables
    name = "缩小地区差距领域试点（示例）"
    (path,) = pilots.write(edition, [name], tmp_path)
    text = pypandoc.convert_file(str(path), "plain").replace("\n", "")
    assert path.suffix == ".docx" and "示例数据" in text and "证据缺口" in text
    with pytest.raises(DataError, match="application"):
        evidence(edition, ["没有这个"])
