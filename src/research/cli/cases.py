"""Commands of the case library."""

from __future__ import annotations

from typing import Annotated

import typer

from research.cli import common

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
Project = Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder.")]


@app.command("list")
def listing(as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False, project: Project = ""):
    """Show the cases in the library."""
    from research.cli import show

    show.listing(common.project(project), "cases", as_json=as_json)


@app.command()
def check(project: Project = ""):
    """Name everything that is missing or wrong in the cases, by file and line."""
    from research.book import cases
    from research.errors import DataError

    found = cases.check(common.project(project))
    if found:
        raise DataError(found)
    print("no faults")


@app.command()
def new(
    case_id: Annotated[str, typer.Argument(metavar="ID", help="Short name in small letters: warm-workshop.")],
    title: Annotated[str, typer.Option("--title", prompt="标题", help="Title in Chinese.")],
    kind: Annotated[str, typer.Option("--class", prompt="类别（创新型/最佳/提升型）", help="创新型, 最佳 or 提升型.")],
    domain: Annotated[str, typer.Option("--domain", prompt="领域（如 economy）", help="A theme's name.")],
    project: Project = "",
):
    """Lay out a new case: its text with the standard sections, and its evidence notebook."""
    from research.book import cases

    for path in cases.new(common.project(project), case_id, title=title, kind=kind, domain=domain):
        print(path)
