"""The findings of the general report: claims that the numbers carry, evidence, limits, and what follows."""

import re

import pandas as pd
import pytest

from research import argue, assessment
from research.assessment.reviewing.follows import SLOT
from research.errors import DataError
from research.wording.values import Value
from tests.support.notebooks import outputs

DOWN = Value("缩小0.21倍", -1, True, words={"year": 2024}, status="sample")


def test_a_claim_is_taken_only_where_its_values_exist(shown):
    within = Value("误差之内", 0, False, status="sample")
    for told, claim in ((DOWN, "### 倍差缩小0.21倍"), (within, "### 倍差的变化还在误差之内")):
        argue("倍差{moved}", "倍差的变化还在{inside}", evidence="{year}年倍差{now}。", then=Value("由甲局办"),
              now=Value("1.82倍", words={"year": 2024}), moved=told.clear, inside=told.unclear)  # fmt: skip
        assert shown[-1][0]["text/markdown"].startswith(claim + "\n")
        assert "**建议。** 由甲局办。" in shown[-1][0]["text/markdown"]
    argue("倍差{moved}", evidence="{moved}。", then=Value("由甲局办"), moved=within.clear)
    assert "###" not in shown[-1][0]["text/markdown"] and shown[-1][1]["absent"]


def test_a_finding_is_as_good_as_the_register_that_its_proposal_stands_on(shown):
    survey, sample = (pd.DataFrame({"value": [1.0], "status": [s]}) for s in ("survey", "sample"))
    now = Value("1.82倍", data=(survey,), status="survey")
    for rows, status in ((survey, "survey"), (sample, "sample")):
        argue("倍差{now}", evidence="{now}。", then=Value("由甲局办", data=(rows,), status="survey"), now=now)
        assert shown[-1][1]["status"] == status


def test_a_claim_that_its_numbers_do_not_carry_is_refused(shown):
    with pytest.raises(DataError, match="缩小|contradict|less|more"):
        argue("倍差提高了{moved}", evidence="{moved}。", then=Value(SLOT), moved=DOWN)
    with pytest.raises(DataError, match="evidence"):
        argue("倍差{moved}", evidence="{now}。", then=Value(SLOT), moved=DOWN, now=Value(""))
    assert not shown


def test_names_stay_text_and_references_stay_references(shown):
    argue("{name}落后", evidence="{name}落后。", because="{gone}。", then=Value("见*甲*"), see=["fig-a", "tbl-b"],
          name=Value("“甲*乙”项目", status="sample"), gone=Value(""))  # fmt: skip
    text = shown[-1][0]["text/markdown"]
    assert r"“甲\*乙”项目" in text and "见 @fig-a、 @tbl-b。" in text and "可能的原因" not in text


@pytest.fixture(scope="module")
def found(edition):
    return assessment.findings(edition)


def test_the_action_that_lags_most_is_the_one_of_the_table(edition, found):
    rows = edition.table("attainment")
    known = rows[rows["colour"] != "grey"]
    late = known["colour"].isin(["yellow", "red"]).groupby(known["action"])
    part = late.mean()[late.size() >= 3]
    said = found.lagging
    assert said["top"].text in set(part[part == part.max()].index)
    assert said["top_share"].text == f"{100 * part.max():.1f}%"
    assert said["late"].text == f"{int(known['colour'].isin(['yellow', 'red']).sum())}项"


def test_what_fell_back_is_what_the_table_of_changes_says(edition, found):
    rows = edition.table("changes").query("place == '331003' and year == 2024 and better < 0")
    rows = rows[[pd.isna(s) or bool(s) for s in rows["significant"]]]
    said = found.fallen
    assert len(rows) == 4 and all(name in said["moves"].text for name in rows["name"])
    assert "由8.4%变为8.1%" in said["moves"].text


def test_unmet_demands_are_counted_from_the_register(edition, found):
    rows = edition.demands.query("year == 2024").groupby("topic")[["count", "resolved"]].sum()
    unmet = rows["count"] - rows["resolved"]
    assert found.unmet["topic"].text == unmet.idxmax() and found.unmet["unmet"].text == f"{unmet.max()}件"
    assert found.unmet["part"].text == f"{100 * unmet.max() / unmet.sum():.1f}%"


def test_a_proposal_names_department_and_date_of_a_register_or_is_a_slot(edition, found):
    told = found.follows("x", about="增收").text
    policy = edition.register("policies").set_index("id").loc["P07"]
    assert policy["department"] in told and f"{policy['review']:%Y-%m-%d}" in told and policy["title"] in told
    assert found.follows("x").text == SLOT == found.follows("x", about="没有这样的名称").text
    overdue = found.follows("x", about="中小学与幼儿园").text
    assert "区教育局" in overdue and "2023-12-31" in overdue and "（待填：新的期限）" in overdue


def test_a_policy_that_was_replaced_or_has_ended_is_not_proposed_to_be_revised(edition, found):
    titles = set(found._policies["id"])
    assert "P03" not in titles and "P10" not in titles and "P04" in titles
    assert found._policies["when"].is_monotonic_increasing


def test_what_an_editor_wrote_goes_before_the_registers(edition, monkeypatch):
    own = assessment.findings(edition)
    entry = {"proposal": "查明积压原因。", "department": "区住建局", "due": pd.Timestamp("2025-06-30").date()}
    own.__dict__["_proposals"] = {"2024": {"demands": entry}}
    assert own.follows("demands").text == "查明积压原因（区住建局，2025-06-30以前）"


def test_the_notebook_argues_five_to_eight_findings_with_evidence_and_what_follows(edition):
    found = {k: b["text/markdown"] for k, (b, _) in outputs("general", edition).items()}
    argued = [t for t in found.values() if t.startswith("### ")]
    assert 5 <= len(argued) <= 8
    for text in argued:
        assert all(f"**{head}。** " in text for head in ("证据", "不能由此说的", "建议")), text
        assert re.search(r"@(fig|tbl)-", text) and re.search(r"\d", text.split("**证据。**")[1])
        assert not re.search(r"^### \d+[项件]", text), "a finding is led by what was found, not by a count"
        proposal = text.split("**建议。**")[1]
        assert "（待填" in proposal or re.search(r"20\d\d-\d\d-\d\d", proposal)


def test_a_pace_has_the_decimals_of_its_unit(found, monkeypatch):
    """A year's step of 0.02 ten thousand enterprises is no step of 0.0."""
    about = {"target_name": "企业数量", "will_meet": "no", "unit": "万家", "horizon": 2025, "status": "sample"}
    line = {"last_year": 2024, "target": 4.0, "last": 0.82, "projection": 0.87, "lower": 0.84, "upper": 0.89}
    row = about | line | {"slope": 0.024, "level": 0.8, "chance": 0.0}
    monkeypatch.setattr(type(found), "_missing", found.told(pd.DataFrame([row])))
    said = found.missing
    assert (said["pace"].text, said["needed"].text) == ("每年0.02万家", "每年3.18万家")
