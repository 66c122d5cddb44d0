"""The level of intervals is a setting: numbers, words, heads and captions say the same one."""

import pandas as pd
import pytest

from research import extrapolate, open_edition
from tests.support.years import project_until


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    project = project_until(tmp_path_factory.mktemp("level") / "p", 2024, households=False)
    path = project.reference / "settings.yml"
    text = path.read_text("utf-8")
    head, _, rest = text.partition("\nconfidence_level:")
    path.write_text(head + "\nconfidence_level:" + rest.replace("value: 0.95", "value: 0.9", 1), "utf-8")
    rows = pd.read_csv(project.root / "data/sample/observations.csv", dtype=str)
    mine = (rows["place"] == "331003") & (rows["indicator"] == "CUL-1-01") & (rows["year"] == "2024")
    rows.loc[mine, ["value", "se"]] = ["85.0", "2.00"]
    rows.to_csv(project.root / "data/sample/observations.csv", index=False)
    return open_edition("2024", project=project)


def test_an_estimate_says_the_level_it_was_made_at(edition):
    """85.0 and 1.6449 times 2.00, the normal quantile of 95 per cent on either side."""
    rows = edition.place("331003").estimate("CUL-1-01")
    assert str(rows.at(2024)) == "85.0分（90%置信区间81.7～88.3分）"
    assert rows.known().words["level"] == "90%"


def test_heads_of_tables_say_it_too(edition):
    rows = edition.place("331003").estimate("CUL-1-01")
    heads = rows.by_year({"CUL-1-01": "满意度（分）"}).columns
    assert "满意度的90%置信区间" in heads and not [h for h in heads if "95%" in h]


def test_a_line_that_is_carried_on_says_and_has_the_level_too(edition):
    """Straight points: the prediction interval at 90 per cent is narrower than the one asked for at 95."""
    rows = edition.place("331003").estimate("CUL-1-01")
    ahead, wider = extrapolate(rows, 2027), extrapolate(rows, 2027, level=0.95)
    assert "90%预测区间" in str(ahead.outlook["ahead"]) and "95%预测区间" in str(wider.outlook["ahead"])
    assert (ahead["upper"] < wider["upper"]).all() and (ahead["lower"] > wider["lower"]).all()
