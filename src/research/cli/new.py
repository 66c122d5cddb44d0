"""From an exploration to a theme or a case: `bluebook new theme|case NAME --from NOTEBOOK`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from research.cli import common

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
Source = Annotated[str, typer.Option("--from", metavar="NOTEBOOK", help="A notebook of your own, such as "
                                     "notebooks/explore/income.ipynb.")]
Project = Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")]


@app.command()
def theme(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Short name in small letters: housing.")],
    source: Source,
    title: Annotated[str, typer.Option("--title", help="Title of the chapter in Chinese.")] = "",
    district: Annotated[bool, typer.Option("--district", help="Run it once for the district, not for each "
                                           "township.")] = False,
    project: Project = "",
):
    """Make a theme of an exploration: a template that runs, and a chapter that shows what it shows.

    Example: bluebook new theme housing --from notebooks/explore/income.ipynb --title 住房
    """
    from research.cli.from_notebook import new_theme

    chosen = common.project(project)
    for path in new_theme(chosen, name, Path(source), title=title, kind="district" if district else "themes"):
        print(chosen.show(path))
    print(f"run it: bluebook run --theme {name}")
    print(f"then list the chapter in _quarto-bluebook.yml: - reports/bluebook/{name}.qmd")


@app.command()
def case(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Short name in small letters: warm-workshop.")],
    source: Source,
    title: Annotated[str, typer.Option("--title", prompt="标题", help="Title in Chinese.")],
    kind: Annotated[str, typer.Option("--class", prompt="类别（创新型/最佳/提升型）", help="创新型, 最佳 or 提升型.")],
    domain: Annotated[str, typer.Option("--domain", prompt="领域（如 economy）", help="A theme's name.")],
    project: Project = "",
):
    """Make a case of an exploration: its text with the standard sections, and the exploration as its evidence.

    Example: bluebook new case warm-workshop --from notebooks/explore/income.ipynb --title 暖心工坊
    """
    from research.cli.from_notebook import new_case

    chosen = common.project(project)
    for path in new_case(chosen, case_id, Path(source), title=title, kind=kind, domain=domain):
        print(chosen.show(path))
