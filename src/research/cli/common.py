"""What the commands share: the chosen project and the console."""

from __future__ import annotations

import sys

STATE = {"project": ""}


def project(folder=""):
    """The project named by the command's own `--project`, else by the one before the command, else found."""
    from research.project import open_project

    return open_project(folder or STATE["project"] or None)


def console():
    """A console on standard error: standard output is for results that programs read."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


def progress():
    """A progress bar with counts and time left; without a terminal it keeps quiet."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("left"), TimeRemainingColumn(), TextColumn("{task.fields[note]}"), console=console(),
    )
