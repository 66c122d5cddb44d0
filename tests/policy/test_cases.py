"""Run the cases of `cases.yml`: the district's settings, and the measures under them."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from research.indicators import open_edition, survey_tables

CASES = yaml.safe_load(Path(__file__).with_name("cases.yml").read_text("utf-8"))


class Tiny:
    """Just what the survey tables ask of an edition: households of one place, two villages."""

    def __init__(self, edition, rows):
        self.district, self.settings, self.meta = edition.district, {**edition.settings, "min_households": 1}, {}
        self.groups, self.focus = {}, ""
        self.withheld = pd.DataFrame(columns=["place", "year", "residence", "withheld"])
        frame = pd.DataFrame(rows, columns=["income", "size"])
        self.households = frame.assign(
            place="331003001",
            year=2024,
            residence=["urban", "rural"] * (len(rows) // 2) + ["urban"] * (len(rows) % 2),
            stratum="s",
            village=[str(i % 2) for i in range(len(rows))],
            weight=1.0,
            status="survey",
            person_weight=frame["size"].astype(float),
            income_pc=frame["income"] / frame["size"],
            consumption=frame["income"] / 2,
        )


@pytest.fixture(scope="module")
def edition(project):
    return open_edition("2024", project=project)


@pytest.mark.parametrize("case", CASES, ids=[c["name"] for c in CASES])
def test_case(project, edition, case):
    if "households" in case:
        table = survey_tables.measures(Tiny(edition, case["households"]))
        found = table.query("place == '331003001' and residence == 'all'").set_index("measure")["value"]
    else:
        from research.indicators.reference import reference

        found = reference.settings(project, case["year"])
    for name, value in case["expect"].items():
        assert found[name] == pytest.approx(value, abs=1e-9), name
