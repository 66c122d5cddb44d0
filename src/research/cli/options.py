"""Options that many commands have, each with one name and one meaning."""

from __future__ import annotations

from typing import Annotated

import typer

Project = Annotated[str, typer.Option("--project", metavar="DIR", help="Project folder; default: the one around here.")]
Edition = Annotated[
    str, typer.Option("--edition", metavar="YEAR", help="Year of the book; default: the newest in the data.")
]
Data = Annotated[
    str,
    typer.Option(
        "--data", metavar="NAME", help="'sample', or a data folder: own (data/own), data/own, ./own, /some/where."
    ),
]
Format = Annotated[str, typer.Option("--format", help="table, csv or json.")]
Json = Annotated[bool, typer.Option("--json", help="The same as --format json.")]
AllFaults = Annotated[bool, typer.Option("--all", help="List every fault, not the first twenty.")]
FaultsFile = Annotated[
    str, typer.Option("--faults", metavar="FILE", help="Write all faults into a .csv or .xlsx file, to hand on.")
]
Lang = Annotated[str, typer.Option("--lang", metavar="zh|en", help="Language of messages; Chinese by default.")]
Output = Annotated[
    str, typer.Option("--output", "-o", metavar="DIR", help="Folder of the project, or one from here with ./ in front.")
]
