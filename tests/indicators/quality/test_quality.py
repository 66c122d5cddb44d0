"""What is there of what was due, counted by hand on a folder of one's own."""

import pandas as pd
import pytest

from research.indicators import open_edition
from research.indicators.quality import quality
from research.indicators.quality.quality import robust_z


@pytest.fixture
def edition(project, tmp_path):
    """Two years of two places; one running total falls, one share doubles."""
    rows = [
        ("331003", 2023, "SRV-4-01", 40),
        ("331003", 2024, "SRV-4-01", 90),
        ("331003", 2023, "CUL-3-03", 60),
        ("331003", 2024, "CUL-3-03", 55),
        ("331003101", 2024, "SRV-4-01", 50),
    ]
    frame = pd.DataFrame(rows, columns=["place", "year", "indicator", "value"])
    frame = frame.assign(unit="", status="reported", source="部门", n="", survey_date="", method="", se="")
    frame.to_csv(tmp_path / "observations.csv", index=False)
    (tmp_path / "meta.yml").write_text("title: t\nstatus: reported\nsource: s\n")
    return open_edition("2024", data=str(tmp_path), project=project)


def test_completeness_counts_what_is_due(edition):
    table = quality.completeness(edition, ["department", "year"]).set_index(["department", "year"])
    own = table.loc[("区民政局", 2024)]  # 低保标准 for the district, 护理型床位占比 for it and 19 places
    assert (own["due"], own["given"]) == (21, 2) and own["share"] == pytest.approx(2 / 21)
    assert table.loc[("区教育局", 2024), "given"] == 0 and table.loc[("区教育局", 2024), "status"] == "reported"


def test_due_has_each_value_once(edition):
    due = quality.due(edition)
    levels = edition.indicators["level"].value_counts()
    assert len(due) == 2 * (levels["both"] * 20 + levels["district"]) and due["given"].sum() == 5


def test_flags(edition):
    flags = quality.flags(edition)
    assert flags[["indicator", "year", "kind"]].values.tolist() == [
        ["CUL-3-03", 2024, "fall"],
        ["SRV-4-01", 2024, "jump"],
    ]
    assert flags.set_index("kind").at["jump", "measure"] == pytest.approx(1.25)


def test_robust_z_by_hand():
    """Median 3, deviations 2 1 0 1 97, their median 1: the last lies 97 / 1.4826 away."""
    z = robust_z(pd.Series([1.0, 2, 3, 4, 100]), [pd.Series(["a"] * 5)])
    assert z.iloc[-1] == pytest.approx(97 / 1.4826) and z.iloc[2] == 0
    assert robust_z(pd.Series([5.0, 5, 5, 9]), [pd.Series(["a"] * 4)]).isna().all()


def test_reply_names_what_is_missing_and_what_stands_out(edition):
    from research.indicators.quality.reply import reply

    text = reply(edition, "区民政局")
    assert "应报21项，已报2项，完整率9.5%" in text and "示例" not in text
    assert "养老机构护理型床位占比（黄岩区）：90，较上年变动过大" in text
    assert "最低生活保障标准（黄岩区）" in text and "另有4项" in text
    assert "累计数减少" in reply(edition, "区委统战部")


def test_reply_to_nobody(edition):
    from research.errors import UsageError
    from research.indicators.quality.reply import reply

    with pytest.raises(UsageError, match="did you mean '区民政局'"):
        reply(edition, "区民证局")
