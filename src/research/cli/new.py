"""What is new: a theme or a case of an exploration, the next plan, another district's project."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from research.cli import common
from research.cli.common import Project

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
Source = Annotated[
    str,
    typer.Option("--from", metavar="NOTEBOOK", help="A notebook of your own, such as notebooks/explore/income.ipynb."),
]


@app.command()
def theme(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Short name in small letters: housing.")],
    source: Annotated[
        str,
        typer.Option(
            "--from", metavar="NOTEBOOK", help="A notebook of your own; default: notebooks/explore/theme.ipynb."
        ),
    ] = "",
    title: Annotated[str, typer.Option("--title", help="Title of the chapter; default: that of themes.csv.")] = "",
    district: Annotated[
        bool, typer.Option("--district", help="Run it once for the district, not for each township.")
    ] = False,
    project: Project = "",
) -> None:
    """Make a theme of themes.csv, or of an exploration: a template that runs, and a chapter that shows what it shows.

    Example: bluebook new theme housing (after adding its row to themes.csv and its indicators to indicators.csv)
    Example: bluebook new theme housing --from notebooks/explore/income.ipynb --title 住房
    """
    from research.starter.from_notebook import new_theme

    chosen = common.project(project)
    kind = "district" if district else "themes"
    for path in new_theme(chosen, name, Path(source) if source else None, title=title, kind=kind, tell=print):
        print(chosen.show(path))
    print(f"run it: bluebook run --theme {name}")


@app.command()
def case(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Short name in small letters: warm-workshop.")],
    source: Source,
    title: Annotated[str, typer.Option("--title", prompt="标题", help="Title in Chinese.")],
    kind: Annotated[str, typer.Option("--class", prompt="类别（创新型/最佳/提升型）", help="创新型, 最佳 or 提升型.")],
    domain: Annotated[str, typer.Option("--domain", prompt="领域（如 economy）", help="A theme's name.")],
    project: Project = "",
) -> None:
    """Make a case of an exploration: its text with the standard sections, and the exploration as its evidence.

    Example: bluebook new case warm-workshop --from notebooks/explore/income.ipynb --title 暖心工坊
    """
    from research.starter.from_notebook import new_case

    chosen = common.project(project)
    for path in new_case(chosen, case_id, Path(source), title=title, kind=kind, domain=domain):
        print(chosen.show(path))


@app.command()
def plan(
    title: Annotated[str, typer.Option("--title", prompt="规划全称", help="Whole title of the document.")],
    start: Annotated[int, typer.Option("--start", min=1990, max=2200, prompt="起始年", help="First year.")],
    end: Annotated[int, typer.Option("--end", min=1990, max=2200, prompt="末年", help="Last year.")],
    milestones: Annotated[
        str,
        typer.Option(
            "--milestones",
            metavar="YEARS",
            help="Years that it sets targets for, parted by commas; the last year is one.",
        ),
    ] = "",
    base: Annotated[
        int, typer.Option("--base", help="Year that distances are measured from; default: the year before the start.")
    ] = 0,
    name: Annotated[str, typer.Option("--name", help="What the book calls it, such as 规划 or 行动纲要.")] = "规划",
    project: Project = "",
) -> None:
    """Lay out the next plan beside the ones there are: its entry in district.yml and an empty file for its text.

    Example: bluebook new plan --title 共同富裕“十五五”规划 --start 2026 --end 2030 --milestones 2028,2030
    """
    from research.indicators.reference.new_plan import new_plan

    chosen = common.project(project)
    for path in new_plan(chosen, title, start, end, milestones=milestones, base=base or None, name=name):
        print(chosen.show(path))
    print(
        "then: its text into that file; a row a target into targets.csv (column plan), its numbers into "
        "target_years.csv, what measures it into target_indicators.csv; `bluebook check`"
    )


@app.command()
def district(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Where the project goes: a new or an empty folder.")],
    name: Annotated[str, typer.Option("--name", prompt="区（县、市）名称", help="The district's name in Chinese.")],
    code: Annotated[str, typer.Option("--code", prompt="六位行政区划代码", help="Its administrative code.")],
    plan: Annotated[str, typer.Option("--plan", prompt="规划全称", help="Whole title of the plan.")],
    start: Annotated[int, typer.Option("--start", min=1990, max=2200, prompt="规划起始年", help="Its first year.")],
    end: Annotated[int, typer.Option("--end", min=1990, max=2200, prompt="规划末年", help="Its last year.")],
    milestones: Annotated[
        str,
        typer.Option(
            "--milestones", metavar="YEARS", help="Years that it sets targets for, parted by commas; default: the last."
        ),
    ] = "",
    plan_name: Annotated[str, typer.Option("--plan-name", help="What the book calls it.")] = "规划",
    name_en: Annotated[str, typer.Option("--name-en", help="The district's name in English.")] = "",
    city: Annotated[str, typer.Option("--city", help="The city it belongs to.")] = "",
    province: Annotated[str, typer.Option("--province", help="The province.")] = "",
    centre: Annotated[str, typer.Option("--centre", help="Who edits the book; default: NAME共同富裕研究中心.")] = "",
    places: Annotated[
        str,
        typer.Option(
            "--places",
            metavar="NAMES",
            help="Townships, parted by commas; codes are numbered and may be changed in places.csv.",
        ),
    ] = "",
    edition: Annotated[int, typer.Option("--edition", help="First year of the book; default: the plan's.")] = 0,
) -> None:
    """Lay out a district's own project: tables with only what is required, notebooks, chapters, a README, a Makefile.

    Example: bluebook new district mine --name 某某县 --code 990199 --plan 某某县共同富裕规划 --start 2026 --end 2030
    """
    from research.starter import new_district
    from research.starter.layout import words_of

    years = tuple(int(y) for y in milestones.replace("，", ",").split(",") if y.strip().isdigit())
    towns = tuple(p.strip() for p in places.replace("，", ",").replace("、", ",").split(",") if p.strip())
    words = words_of(
        name,
        code,
        name_en=name_en,
        city=city,
        province=province,
        centre=centre,
        plan=plan,
        plan_name=plan_name,
        start=start,
        end=end,
        milestones=years,
        edition=edition,
        places=towns,
    )
    made = new_district(Path(folder), words)
    print(f"{len(made)} files in {folder}; next: {folder}/README.zh-CN.md says which tables to fill in")
