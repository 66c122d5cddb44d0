"""Targets and tasks joined by department and action: a small table worked by hand."""

import pandas as pd

from research.assessment.duties import duty_matches, summary


def test_who_has_a_counterpart():
    goals = pd.DataFrame(
        [
            ("T1", "学位", "教育局", 6, "reported"),
            ("T2", "公路", "交通局", 6, "reported"),
            ("T3", "均衡", "教育局", None, "published"),
        ],
        columns=["target_id", "target_name", "department", "action_no", "status"],
    )
    tasks = pd.DataFrame(
        [
            ("K1", "扩容", "教育局", 6, "sample"),
            ("K2", "园区", "教育局", 2, "sample"),
            ("K3", "桥", "水利局", 6, "sample"),
        ],
        columns=["id", "name", "lead_unit", "action", "status"],
    )
    got = duty_matches(goals, tasks).set_index("id")
    assert got["n_matches"].to_dict() == {"T1": 1, "T2": 0, "T3": 0, "K1": 1, "K2": 0, "K3": 0}
    assert got.loc["T1", "matches"] == "K1" and got.loc["K1", "matches"] == "T1"
    counts = summary(got.reset_index()).set_index("department")
    assert counts.loc["教育局", ["n_targets", "n_tasks", "bare_targets", "bare_tasks"]].tolist() == [2, 2, 1, 1]
    assert counts.loc["水利局", "bare_tasks"] == 1 and counts.loc["教育局", "status"] == "sample"
    assert duty_matches(goals, tasks.iloc[:0])["n_matches"].sum() == 0
