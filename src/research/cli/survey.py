"""Commands for a survey: plan, select, forms, weigh, report, on the tables of a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from research.cli import common
from research.cli.common import Lang

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
Folder = Annotated[
    Path,
    typer.Argument(
        metavar="FOLDER",
        help="Folder of the survey's tables (.csv or .xlsx, Chinese or English headings).",
        exists=True,
        file_okay=False,
    ),
]


def _look(path: Path) -> Any:
    """What is wrong with a file as a container, before anything opens it."""
    from research.indicators.intake.safety import inspect

    return inspect(path)


PRIVATE = (
    "households.*",
    "households-*",
    "previous-households.*",
    "last.*",
    "draw*",
    "answers.*",
    "forms/",
    "weights*",
)
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
    assurance: Annotated[
        float | None,
        typer.Option("--assurance", min=0.5, max=0.99, help="Chance with which each target is to be reached."),
    ] = None,
    lang: Lang = "zh",
) -> None:
    """How many villages and households where, from strata, targets and measures (or last year's households, last).

    Example: bluebook survey plan survey-2025 --budget 300000
    """
    from research.survey import planning

    common.speak(lang)
    _tell(folder, lambda f: planning.plan(f, budget, _look, lang, assurance))


@app.command()
def select(
    folder: Folder,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Number that makes the draw repeatable; is recorded.")],
    reserves: Annotated[int, typer.Option("--reserves", min=0, help="Reserve households a village.")] = 0,
    overlap: Annotated[
        float | None,
        typer.Option(
            "--overlap",
            min=0,
            max=1,
            help="Share of last year's households that stays; previous-villages and previous-households tell them.",
        ),
    ] = None,
    lang: Lang = "zh",
) -> None:
    """Draw villages (and households, where there is a list) as the plan says.

    Example: bluebook survey select survey-2025 --seed 20250601 --reserves 5
    """
    from research.survey import drawing

    common.speak(lang)
    _tell(folder, lambda f: drawing.select(f, seed, reserves, _look, lang, overlap))


@app.command()
def forms(
    folder: Folder,
    question: Annotated[
        list[str] | None, typer.Option("--question", help="Heading of a column to fill in; may be given again.")
    ] = None,
    household_form: Annotated[
        bool, typer.Option("--household-form", help="Ask all that the household form of an edition needs.")
    ] = False,
    lang: Lang = "zh",
) -> None:
    """Write a roster in Excel for each village drawn (into FOLDER/forms).

    Example: bluebook survey forms survey-2025 --household-form --question 对收入满意吗
    """
    from research.indicators.forms.roster import roster_questions
    from research.survey import steps

    common.speak(lang)
    asked = (*(roster_questions() if household_form else ()), *(question or ()))
    _tell(folder, lambda f: steps.forms(f, asked, _look))


@app.command()
def weigh(
    folder: Folder,
    method: Annotated[str, typer.Option("--method", help="linear, raking or logit.")] = "raking",
    bounds: Annotated[str | None, typer.Option("--bounds", help="Least and largest factor, as 0.3,3.")] = None,
    trim: Annotated[
        str | None,
        typer.Option("--trim", help="Least and largest weight before, in multiples of the median, as 0.2,5."),
    ] = None,
    propensity: Annotated[
        list[str] | None,
        typer.Option("--propensity", help="Column of a model of answering, instead of classes; may be given again."),
    ] = None,
    replicates: Annotated[
        str, typer.Option("--replicates", help="Write replicate weights too: JKn, BRR, fay or bootstrap.")
    ] = "",
    classes: Annotated[
        str, typer.Option("--classes", help="Column whose classes share their non-response.")
    ] = "stratum",
    year: Annotated[
        int | None,
        typer.Option(
            "--year", help="Write also households-YEAR.csv, the household form with these weights, for bluebook import."
        ),
    ] = None,
    status: Annotated[
        str, typer.Option("--status", help="survey, or sample for figures that are not real.")
    ] = "survey",
    lang: Lang = "zh",
) -> None:
    """Weights of the households that answered: response, then known totals.

    Example: bluebook survey weigh survey-2025 --year 2025; bluebook import survey-2025/households-2025.csv --to own
    """
    from research.survey import steps

    way = steps.Way(
        method, classes, tuple(propensity or ()), _two(trim, "--trim"), _two(bounds, "--bounds"), replicates
    )

    def step(root):
        paths, verdict = steps.weigh(root, way, _look, lang)
        return ([*paths, _form(root, year, status)] if year is not None else paths), verdict

    common.speak(lang)
    _tell(folder, step)


def _two(text, option):
    """Two numbers of an option; nothing where it is not given."""
    if text is None:
        return None
    try:
        low, high = map(float, text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{option}: two numbers with a comma, as 0.3,3", param_hint=option) from None
    return low, high


def _form(folder, year, status):
    """The answers with their weights as the household form."""
    from research.core.files import write_whole
    from research.core.formulas import neutral_frame
    from research.indicators.forms.roster import as_households
    from research.survey.files import read

    rows = as_households(read(folder, "weights-households", _look), year, status)
    return write_whole(folder / f"households-{year}.csv", neutral_frame(rows).to_csv(index=False))


@app.command()
def report(
    folder: Folder,
    value: Annotated[list[str], typer.Option("--value", help="Column to estimate; may be given again.")],
    by: Annotated[str, typer.Option("--by", help="Column of the domains.")] = "place",
    per: Annotated[
        str | None, typer.Option("--per", help="Column of persons: totals of the value over theirs, income a head.")
    ] = None,
    status: Annotated[
        str, typer.Option("--status", help="survey, or sample for figures that are not real.")
    ] = "survey",
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="DATA", help="Data folder whose edition takes the tables into its appendix; with --year."
        ),
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the survey.")] = None,
    level: Annotated[
        float | None,
        typer.Option("--level", min=0.5, max=0.9999, help="Of the intervals; default: the project's setting, or 0.95."),
    ] = None,
    lang: Lang = "zh",
) -> None:
    """Estimates with their errors by domain, and the text of the appendix.

    Example: bluebook survey report survey-2025 --value 家庭可支配收入 --per 家庭人口 --to data/own --year 2025
    """
    from research.survey import reporting

    common.speak(lang)
    if (to is None) != (year is None):
        raise typer.BadParameter("--to and --year go together")
    kept = None if to is None else to / f"survey-{year}"
    asked = _level(year) if level is None else level

    def step(root):
        return reporting.report(
            root, tuple(value), by, look=_look, lang=lang, status=status, to=kept, level=asked, per=per
        )

    _tell(folder, step)


def _level(year):
    """The level of intervals that the project around here sets; 0.95 without one."""
    from datetime import date

    from research.core.scope import open_project
    from research.errors import BluebookError
    from research.indicators.reference.reference import settings
    from research.survey.reporting import LEVEL

    try:
        project = open_project()
        return float(settings(project, year or date.today().year).get("confidence_level", LEVEL))
    except (BluebookError, OSError):
        return LEVEL
