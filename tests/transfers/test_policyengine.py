"""Amounts of statutory rules as PolicyEngine's public test cases state them, paid by rules of our vocabulary.

Inputs and expected amounts are facts out of `policyengine_uk/tests/policy` (PolicyEngine/policyengine-uk at c93e1a0)
and `policyengine_us/tests/policy/baseline` (PolicyEngine/policyengine-us at 8914f89); each case names its file. What
those cases test and this vocabulary cannot say: amounts by age (child benefit, the rebate of 2020), an excess rounded
up to full thousands (US child tax credit), a phase-in by the number of persons (US basic income), and amounts that
hang on whether another benefit is received (winter fuel allowance of 2024).
"""

from datetime import date

import pandas as pd
import pytest

from research.transfers import of_frame, parse
from research.transfers.payments import amounts

UK, US = "policyengine_uk/tests/policy", "policyengine_us/tests/policy/baseline"
BASIC = {"flat": {"yuan": 10_000, "per": "household"}}
TWO_CHILDREN = {"share": {"rate": 0.4, "of": "wage_income"}, "most": 6_164}
"""Earned income tax credit of 2022, two children: 40% of earnings up to 6,164, withdrawn at 21.06% from 20,131 on."""

CASES = {
    # taper by household: 1,000 of child benefit, clawed back to nothing between 50,000 and 60,000
    f"{UK}/baseline/gov/hmrc/income_tax/charges/child_benefit_hitc.yaml": (
        {"amount": {"flat": {"yuan": 1_000, "per": "household"}},
         "taper": {"start": 50_000, "rate": 0.1, "per": "household"}},
        1,
        {0: 1_000 - 0, 55_000: 1_000 - 500, 60_000: 1_000 - 1_000},
    ),
    f"{US}/contrib/ubi_center/basic_income_phase_out.yaml, as a rate": (
        {"amount": BASIC, "taper": {"start": 50_000, "rate": 0.1, "per": "household"}}, 1, {100_000: 10_000 - 5_000},
    ),
    f"{US}/contrib/ubi_center/basic_income_phase_out.yaml, over a range": (
        {"amount": BASIC, "taper": {"start": 50_000, "rate": 0.2, "per": "household"}}, 1, {90_000: 10_000 - 8_000},
    ),
    # an amount a head, withdrawn by the household's income: 1,400 for each of three, gone between 112,500 and 120,000
    f"{US}/gov/irs/credits/recovery_rebate_credit/recovery_rebate_credit.yaml, third payments": (
        {"amount": {"flat": {"yuan": 1_400}}, "taper": {"start": 112_500, "rate": 4_200 / 7_500, "per": "household"}},
        3,
        {113_000: 3_920, 250_000: 0},
    ),
    # a threshold that is itself outside
    f"{UK}/reforms/parametric/winter_fuel_allowance/taxable_income_test.yaml, income test enabled": (
        {"amount": {"flat": {"yuan": 200, "per": "household"}},
         "who": {"income": {"per": "household", "below": 20_000}}},
        1,
        {15_000: 200, 19_999: 200, 20_000: 0, 25_000: 0},
    ),
    # a subsidy that grows with earnings
    f"{US}/contrib/ubi_center/basic_income_phase_in.yaml, three people": (
        {"kind": "subsidy", "amount": {"share": {"rate": 0.7, "of": "wage_income"}}}, 3, {2_000: 1_400},
    ),
    # phase-in, cap, then withdrawal of what the cap left
    f"{US}/gov/irs/credits/earned_income/eitc_maximum.yaml, two children": (
        {"kind": "subsidy", "amount": TWO_CHILDREN, "taper": {"start": 20_131, "rate": 0.2106, "per": "household"}},
        3,
        {20_000: 6_164},
    ),
    f"{US}/gov/irs/credits/earned_income/eitc_reduction.yaml, two children: 6,290 is more than the maximum": (
        {"kind": "subsidy", "amount": TWO_CHILDREN, "taper": {"start": 20_131, "rate": 0.2106, "per": "household"}},
        3,
        {50_000: max(6_164 - 6_290, 0)},
    ),
    # 60% of what lies above 10,819.64, capped at 933.816, less 40% of what lies above the minimum guarantee of 12,376
    f"{UK}/baseline/gov/dwp/pension_credit/savings_credit/savings_credit.yaml, amount B": (
        {"amount": {"share": {"rate": 0.6, "above": 10_819.64}, "most": 933.816},
         "taper": {"start": 12_376, "rate": 0.4, "per": "household"}},
        1,
        {13_000: 684.216},
    ),
    # what lacks to a line, and nothing above it
    f"{US}/gov/ssa/ssi/uncapped_ssi.yaml and ssi.yaml": (
        {"amount": {"gap": {"line": 100, "rate": 1.0}}}, 1, {0: 100, 99: 1, 101: 0},
    ),
    # levies on what lies above a threshold
    f"{UK}/baseline/gov/hmrc/national_insurance/class_1/ni_class_1_employee_primary.yaml": (
        {"kind": "levy", "amount": {"share": {"rate": 0.12, "of": "wage_income", "above": 12_570}}},
        1,
        {20_000: -(20_000 - 12_570) * 0.12},
    ),
    f"{UK}/baseline/gov/hmrc/national_insurance/class_1/ni_class_1_employee_additional.yaml": (
        {"kind": "levy", "amount": {"share": {"rate": 0.0325, "of": "wage_income", "above": 50_270}}},
        1,
        {30_000: 0, 100_000: -(100_000 - 50_270) * 0.0325},
    ),
    f"{UK}/baseline/gov/hmrc/national_insurance/class_4/ni_class_4.yaml, 2026": (
        {"kind": "levy", "amount": {"share": {"rate": 0.06, "of": "business_income", "above": 12_570}}},
        1,
        {40_000: -(40_000 - 12_570) * 0.06},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_rule_pays_what_the_published_case_states(case):
    given, size, expected = CASES[case]
    entries = {"name": "n", "kind": "benefit", "from": date(2025, 1, 1), "source": case} | given
    homes = pd.DataFrame({"income": [float(x) for x in expected], "size": size, "weight": 1.0, "place": "a",
                          "residence": "urban"})  # fmt: skip
    homes = homes.assign(wage_income=homes["income"], business_income=homes["income"])
    people = of_frame(homes, {"low_income_line": 10_000})  # keeps rising incomes in their order
    assert people.frame["income"].tolist() == sorted(expected)
    assert amounts(people, parse(entries, "a.yml")).tolist() == pytest.approx(list(expected.values()), abs=0.5e-3)
