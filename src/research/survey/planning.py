"""The plan of a survey's folder: from tables of what is known, or from last year's answers."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from research.core.faults import Words
from research.survey import files
from research.survey.plan import learn, learn_response, make_plan


def plan(
    folder: Path,
    budget: float | None = None,
    look: files.Look | None = None,
    lang: str = "zh",
    assurance: float | None = None,
) -> tuple[list[Path], Words]:
    """Sizes and allocation from `strata`, `targets` and `measures`; writes `plan.xlsx` and its sheets as CSV.

    Without `measures` they are learned from `last`: last year's households with `stratum`, `village`, the measures,
    and where they are told `weight` and the outcome `code`, which tells the response too.
    """
    strata, targets = (files.read(folder, name, look) for name in ("strata", "targets"))
    sheets = {}
    if files.find(folder, "measures") is None and files.find(folder, "last") is not None:
        last = files.read(folder, "last", look, ("stratum", "village"))
        measures, strata = _learned(last, strata, targets)
        sheets["learned"] = measures
    else:
        measures = files.read(folder, "measures", look)
    made = make_plan(strata, measures, targets, budget=budget, assurance=assurance)
    sheets = {"allocation": made.table, "precision": made.precision, "curve": made.curve, **sheets}
    return files.write(folder, "plan", sheets, lang), made.verdict


def _learned(last: pd.DataFrame, strata: pd.DataFrame, targets: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What last year's households tell of the measures that are wanted, and of who answers."""
    last = last.assign(stratum=last["stratum"].astype(str))
    there = last[last["code"] == "I"] if "code" in last else last
    weight = "weight" if "weight" in last else None
    wanted = list(dict.fromkeys(targets["measure"].astype(str)))
    measures = learn(there, wanted, "stratum", psu="village", weight=weight)
    if "code" in last and "response" not in strata:
        rates = learn_response(last, "code", "stratum", psu="village")[["stratum", "response", "response_lower"]]
        strata = strata.assign(stratum=strata["stratum"].astype(str)).merge(rates, on="stratum", how="left")
    return measures, strata
