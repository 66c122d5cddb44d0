"""Commands for a survey: plan, select, forms, weigh, report, on the tables of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from research.cli import common
from research.cli.common import Lang

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the survey's tables (.csv or .xlsx, Chinese "
                                        "or English headings).", exists=True, file_okay=False)]


def _look(path: Path):
    """What is wrong with a file as a container, before anything opens it."""
    from research.indicators.intake.safety import inspect

    return inspect(path)


PRIVATE = ("households.*", "draw*", "answers.*", "forms/", "weights*")
"""What of a survey's folder says something of a household."""


def _tell(folder, step):
    """Take a step in a folder whose households stay out of git, and say what was written."""
    from research.indicators.store.untracked import keep_out

    keep_out(folder, PRIVATE)
    paths, verdict = step(folder)
    for path in paths:
        print(path)
    print(common.said(str(verdict), verdict.zh))


@app.command()
def plan(
    folder: Folder,
    budget: Annotated[float | None, typer.Option("--budget", min=0, help="Money there is, in yuan.")] = None,
    lang: Lang = "zh",
):
    """How many villages and households where, from strata, measures and targets.

    Example: bluebook survey plan survey-2025 --budget 300000
    """
    from research.survey import steps

    common.speak(lang)
    _tell(folder, lambda f: steps.plan(f, budget, _look, lang))


@app.command()
def select(
    folder: Folder,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Number that makes the draw repeatable; is recorded.")],
    reserves: Annotated[int, typer.Option("--reserves", min=0, help="Reserve households a village.")] = 0,
    lang: Lang = "zh",
):
    """Draw villages (and households, where there is a list) as the plan says.

    Example: bluebook survey select survey-2025 --seed 20250601 --reserves 5
    """
    from research.survey import steps

    common.speak(lang)
    _tell(folder, lambda f: steps.select(f, seed, reserves, _look, lang))


@app.command()
def forms(
    folder: Folder,
    question: Annotated[list[str] | None, typer.Option("--question", help="Heading of a column to fill in; may be "
                                                       "given again.")] = None,
    lang: Lang = "zh",
):
    """Write a roster in Excel for each village drawn (into FOLDER/forms).

    Example: bluebook survey forms survey-2025 --question 家庭年收入 --question 常住人口
    """
    from research.survey import steps

    common.speak(lang)
    _tell(folder, lambda f: steps.forms(f, tuple(question or ()), _look))


@app.command()
def weigh(
    folder: Folder,
    method: Annotated[str, typer.Option("--method", help="linear or raking.")] = "raking",
    classes: Annotated[str, typer.Option("--classes", help="Column whose classes share their non-response.")]
    = "stratum",
    lang: Lang = "zh",
):
    """Weights of the households that answered: response, then known totals.

    Example: bluebook survey weigh survey-2025 --method raking
    """
    from research.survey import steps

    common.speak(lang)
    _tell(folder, lambda f: steps.weigh(f, method, classes, _look, lang))


@app.command()
def report(
    folder: Folder,
    value: Annotated[list[str], typer.Option("--value", help="Column to estimate; may be given again.")],
    by: Annotated[str, typer.Option("--by", help="Column of the domains.")] = "place",
    status: Annotated[str, typer.Option("--status", help="survey, or sample for figures that are not real.")]
    = "survey",
    to: Annotated[Path | None, typer.Option("--to", metavar="DATA", help="Data folder whose edition takes the tables "
                                            "into its appendix; with --year.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the survey.")] = None,
    lang: Lang = "zh",
):
    """Estimates with their errors by domain, and the text of the appendix.

    Example: bluebook survey report survey-2025 --value income_pc --to data/own --year 2025
    """
    from research.survey import reporting

    common.speak(lang)
    if (to is None) != (year is None):
        raise typer.BadParameter("--to and --year go together")
    kept = None if to is None else to / f"survey-{year}"
    _tell(folder, lambda f: reporting.report(f, tuple(value), by, look=_look, lang=lang, status=status, to=kept))
