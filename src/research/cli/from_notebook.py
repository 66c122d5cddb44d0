"""A theme or a case out of an exploration: the cells that show something get labels, the first one parameters."""

from __future__ import annotations

import re

import nbformat

from research.cases import library as cases
from research.errors import DataError, Fault, UsageError
from research.project import THEMES
from research.runs.record import write_whole

_SHOWS = (("figures.show(", "fig"), ("figures.table(", "tbl"), ("figures.say(", "text"))
_OURS = re.compile(r"^\s*(edition|place|data)\s*=", re.MULTILINE)
_LEFT_OUT = ("ipywidgets", ".browse(", "itables")


def new_theme(project, name, source, title="", kind="themes"):
    """Lay out a theme: its template notebook, and a chapter that embeds what the notebook shows.

    Parameters
    ----------
    project : Project
    name : str
        Small letters, digits and hyphens.
    source : Path
        The exploration; it is not changed.
    title : str
        Default: the first heading of the exploration.
    kind : {"themes", "district"}
        Whether it runs for each place or once.

    Returns
    -------
    list of Path
        The template and the chapter.

    Raises
    ------
    UsageError
        For a name that is none or is taken, or an exploration that is not there.
    DataError
        For a file that is no notebook.
    """
    if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", name):
        raise UsageError(f"theme {name!r}: use small letters, digits and hyphens, such as housing")
    paths = [project.notebooks / kind / f"{name}.ipynb", project.reports / "bluebook" / f"{name}.qmd"]
    taken = [p for p in (*paths, *(project.notebooks / k / f"{name}.ipynb" for k in ("themes", "district")))
             if p.exists()]
    if taken or name in THEMES:
        raise UsageError(f"{name} is there already; choose another name")
    notebook = _read(source)
    cells, labels = _cells(notebook, name, _parameters(project))
    heading = title or _heading(notebook) or name
    cells = [nbformat.v4.new_markdown_cell(f"# {heading}", id="title"), *cells]
    _write(paths[0], cells, notebook)
    body = "\n\n".join(f"{{{{< embed ../runs/book/{name}.ipynb#{label} >}}}}" for label in labels)
    write_whole(paths[1], f"# {heading} {{#sec-{name}}}\n\n{{{{< include ../runs/book/_mark.md >}}}}\n\n{body}\n")
    return paths


def new_case(project, case_id, source, *, title, kind, domain):
    """Lay out a case whose evidence notebook is an exploration.

    Parameters
    ----------
    project : Project
    case_id, title, kind, domain : str
        As in `research.cases.library.new`.
    source : Path

    Returns
    -------
    list of Path
        The case's text and its notebook.
    """
    notebook = _read(source)
    cells, _ = _cells(notebook, case_id, _parameters(project))
    made = cases.new(project, case_id, title=title, kind=kind, domain=domain)
    fresh = nbformat.read(made[1], as_version=4)
    first = [c for c in fresh.cells if c.cell_type == "markdown"][:1]
    _write(made[1], [*first, *cells], notebook)
    return made


def _read(source):
    if not source.is_file():
        raise UsageError(f"--from {source}: no such file")
    try:
        notebook = nbformat.read(source, as_version=4)
        nbformat.validate(notebook)
        return notebook
    except Exception as error:  # whatever is wrong with it, it is no notebook
        raise DataError(Fault(source.name, "a notebook", f"something else ({type(error).__name__})",
                              kind="notebook")) from error


def _parameters(project):
    """The parameters' cell of this project: its newest year, the district itself."""
    from research.indicators.edition import years
    from research.indicators.reference.reference import district

    code = str(district(project)["code"])
    return f'edition = "{max(years(project), default=0):04d}"\nplace = "{code}"\ndata = "sample"'


def _cells(notebook, name, usual):
    """The exploration's cells for a book: parameters first, no outputs, no widgets, a label on what shows."""
    parameters, cells, labels = usual, [], []
    for number, cell in enumerate(notebook.cells):
        text = cell.source
        if cell.cell_type == "markdown":
            if not text.startswith("# "):
                cells.append(nbformat.v4.new_markdown_cell(text, id=f"text-{number}"))
        elif cell.cell_type == "code" and _OURS.search(text) and not _has_code(cells):
            parameters = _plain(text, usual)
        elif cell.cell_type == "code" and not any(word in text for word in _LEFT_OUT):
            text, label = _labelled(text, name, len(labels) + 1)
            labels += [label] if label else []
            cells.append(nbformat.v4.new_code_cell(text, id=f"cell-{number}"))
    first = nbformat.v4.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]})
    return [first, *_without_lone_headings(cells)], labels


def _has_code(cells):
    """Whether a code cell is among some cells."""
    return any(c.cell_type == "code" for c in cells)


def _plain(text, usual):
    """The parameters' lines of a cell, with the usual ones where it lacks them."""
    held = dict(line.split("=", 1) for line in text.splitlines() if _OURS.match(line))
    held = {k.strip(): v.strip() for k, v in held.items()}
    lines = dict(line.split(" = ") for line in usual.splitlines())
    return "\n".join(f"{k} = {held.get(k, v)}" for k, v in lines.items())


def _labelled(text, name, number):
    """A cell's text with a label for what it shows; whatever it had as options goes."""
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#|")).strip()
    kinds = [kind for call, kind in _SHOWS if call in body]
    if not kinds:
        return body, ""
    label = f"{kinds[0]}-{name}-{number}"
    caption = {"fig": '#| fig-cap: "图"\n', "tbl": '#| tbl-cap: "表"\n', "text": ""}[kinds[0]]
    return f"#| label: {label}\n{caption}{body}", label


def _without_lone_headings(cells):
    """Headings whose cells were left out go too."""
    kept = []
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        heading = cell.cell_type == "markdown" and cell.source.startswith("#")
        if not heading or (after is not None and after.cell_type == "code"):
            kept.append(cell)
    return kept


def _heading(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("# "):
            return cell.source.splitlines()[0][2:].strip()
    return ""


def _write(path, cells, notebook):
    made = nbformat.v4.new_notebook(cells=cells, metadata={
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"}})
    write_whole(path, nbformat.writes(made) + "\n")
