"""Listings, the doctor, and the way into JupyterLab."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.cli.common import console
from research.cli.listed import tell
from research.errors import MissingError, UsageError, nearest

if TYPE_CHECKING:
    from research.core.scope import Project as OpenProject
    from research.core.scope import Scope

COLUMNS = {
    "places": ["code", "name", "kind"],
    "themes": ["theme", "name_zh", "name_en"],
    "indicators": ["id", "name_zh", "unit", "domain_zh", "subdomain_zh", "level", "source_department"],
    "targets": ["id", "clause", "indicator", "unit", "targets", "kind", "plan"],
    "cases": ["id", "title", "class", "status", "domain", "year"],
}


def listing(project: OpenProject, what: str, form: str = "table") -> None:
    """Print one of the project's registers."""
    if what not in COLUMNS:
        raise UsageError(f"list {what}: {nearest(what, COLUMNS)}")
    frame = _register(project, what)
    columns = [c for c in COLUMNS[what] if c in frame.columns]
    tell(frame[columns].astype(object).where(frame[columns].notna(), "").to_dict("records"), columns, form)


def runs(scope: Scope, form: str = "table", timeline: str = "") -> None:
    """Print the state of each run; draw the last execution where a file is named for it."""
    from research import runs as room
    from research.runs import history

    plan = room.plan(scope)
    if timeline:
        history.timeline(plan).savefig(timeline)
    rows = [{k: "" if v is None else v for k, v in row.items()} for row in history.states(plan)]
    tell(rows, ["theme", "place", "state", "seconds", "kernel", "reason"], form)


def _register(project, what):
    if what == "cases":
        from research.cases import library as cases

        return cases.load(project)
    from research.indicators.reference import reference

    frame = reference.load(project, what)
    if what == "targets":  # "2028：55；2030：58", in the order of the years
        rows = reference.load(project, "target_years").sort_values("year")
        rows["text"] = rows["year"].astype(str) + "：" + rows["value"]
        frame["targets"] = frame["id"].map(rows.groupby("target")["text"].agg("；".join)).fillna("")
    return frame


def doctor(folder: str = "") -> int:
    """Print what is there and what is missing; 0 when all that is needed is there, else 3."""
    rows = [_python(), *_packages(), _fonts(), _project(folder), *_programs()]
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("", "part", "found", "what it is for / what to do"):
        table.add_column(column)
    for needed, ok, part, found, note in rows:
        table.add_row("ok" if ok else ("MISSING" if needed else "-"), part, found, note)
    console().print(table)
    return 0 if all(ok for needed, ok, *_ in rows if needed) else 3


def _python():
    version = sys.version_info[:2]
    return True, (3, 11) <= version < (3, 14), "Python", platform.python_version(), "3.11, 3.12 or 3.13"


def _packages():
    parts = {
        "papermill": "runs notebooks",
        "jupyterlab": "exploring",
        "pypandoc-binary": "website and Word",
        "typst": "PDF",
        "statsmodels": "models",
        "duckdb": "queries on tables",
    }
    for name, use in parts.items():
        try:
            yield True, True, name, importlib.metadata.version(name), use
        except importlib.metadata.PackageNotFoundError:
            yield True, False, name, "", f"{use}: run `make book` or pip install {name}"


def _fonts():
    from research.core import fonts

    try:
        return True, True, "Chinese fonts", fonts.sans_path().name, "charts and PDF"
    except MissingError as error:
        return True, False, "Chinese fonts", "", str(error)


def _project(folder):
    from research.cli.common import project

    try:
        return True, True, "project", project(folder).root.name, "data, notebooks and chapters"
    except UsageError as error:
        return True, False, "project", "", str(error)


def _programs():
    uses = {
        "quarto": "renders the books where it is there; else the embedded engine does",
        "git": "records the code's version",
        "chromium": "browser tests only",
        "soffice": "Word tests only",
        "pdftoppm": "picture tests only",
        "pdftotext": "looks for households in the text of finished PDF files, and compares them with the website",
    }
    for name, use in uses.items():
        yield False, bool(shutil.which(name)), name, "on PATH" if shutil.which(name) else "", use


LAB = Path(__file__).parent / "lab"
"""Settings that JupyterLab starts from, by language; what a user has set there goes before them."""
START = "explore/start.ipynb"


def lab(project: OpenProject, lang: str = "zh", browser: bool = True, options: Any = ()) -> Any:
    """Start JupyterLab in the project on its starting notebook, and tell where the edition's tables are.

    Parameters
    ----------
    project : Project
    lang : {"zh", "en"}
        Of the menus.
    browser : bool
        Whether it opens a window.
    options : sequence of str
        Further options of JupyterLab.

    Returns
    -------
    int
        Its exit code.
    """
    start = project.notebooks / START
    command = [sys.executable, "-m", "jupyter", "lab", f"--ServerApp.root_dir={project.root}"]
    command += [] if browser else ["--no-browser"]
    command += [*options, *([str(start.relative_to(project.root))] if start.is_file() else [])]
    paths = [str(LAB / lang), *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    print(_tables(project, lang), flush=True)
    env = {**os.environ, "BLUEBOOK_PROJECT": str(project.root), "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}
    return subprocess.call(command, env=env, cwd=project.root)


def _tables(project, lang):
    """Where the built tables are, or what makes them."""
    built = sorted(
        (p.parent for p in (project.root / "data" / "results").glob("**/manifest.json")), key=lambda p: p.name
    )
    if not built:
        return {"zh": "还没有建好的表：请先运行 bluebook build", "en": "no tables yet: run bluebook build first"}[lang]
    where = project.show(built[-1])
    return {"zh": f"本版的表在 {where}；在笔记本里用 ed.table(\"measures\") 打开",
            "en": f"the edition's tables are in {where}; open one with ed.table(\"measures\")"}[lang]  # fmt: skip
