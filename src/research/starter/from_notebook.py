"""A theme or a case out of an exploration: the cells that show something get labels, the first one parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import yaml

from research.cases import library as cases
from research.core.files import write_whole
from research.core.texts import read_text
from research.errors import DataError, Fault, UsageError, say
from research.indicators.edition import starting_point
from research.indicators.reference import reference
from research.indicators.reference.rules.links import THEME
from research.runs.planner import read_places
from research.starter.shows import LEFT_OUT, shown

if TYPE_CHECKING:
    from research.core.scope import Project

_OURS = re.compile(r"^\s*(edition|place|data)\s*=", re.MULTILINE)
HEAD = """# {title} {{#sec-{name}}}

{{{{< include ../runs/book/_mark.md >}}}}

**执笔：** （待填）

**摘要：** （待填）

**关键词：** （待填）

**Abstract:** （待填）

**Keywords:** （待填）
"""
"""What each report of a bluebook begins with; `bluebook check` asks for it, a release for the words in it."""


TEMPLATE, TEMPLATE_THEME = "theme.ipynb", "economy"
"""The notebook of `notebooks/explore` that a theme is made of where no other is given, and the theme it shows."""


def new_theme(
    project: Project,
    name: str,
    source: Path | None = None,
    title: str = "",
    kind: str = "themes",
    tell: Callable[..., Any] | None = None,
) -> list[Path]:
    """Lay out a theme: its template notebook, and a chapter that embeds what the notebook shows.

    Title, order and lead indicators come from themes.csv, where the theme has a row there.

    Parameters
    ----------
    project : Project
    name : str
        Small letters, digits and hyphens.
    source : Path, optional
        The exploration; it is not changed. Default: `notebooks/explore/theme.ipynb`, for a theme of themes.csv.
    title : str
        Default: that of themes.csv, else the first heading of the exploration.
    kind : {"themes", "district"}
        Whether it runs for each place or once; what runs for each place gets a section in the places' portraits.
    tell : callable, optional
        Called with a sentence for each thing a reader of the exploration would miss, and for each file changed.

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
    if not re.fullmatch(THEME, name):
        raise UsageError(
            say(
                f"theme {name!r}: use small letters, digits and hyphens, such as housing",
                f"主题 {name}：请用小写字母、数字和连字符，如 housing",
            )
        )
    paths = [project.notebooks / kind / f"{name}.ipynb", project.reports / "bluebook" / f"{name}.qmd"]
    taken = [
        p for p in (*paths, *(project.notebooks / k / f"{name}.ipynb" for k in ("themes", "district"))) if p.exists()
    ]
    if taken:
        raise UsageError(say(f"{name} is there already; choose another name", f"{name} 已存在，请另取名称"))
    tell = tell or (lambda text: None)
    themes = reference.load(project, "themes").sort_values("order", kind="stable").set_index("theme")
    known = themes["name_zh"]
    notebook = _template(project, name, known) if source is None else _read(source)
    cells, labels, left = _cells(notebook, name, parameters(project))
    for text in left:
        tell(f"left out, {text}")
    if not labels:
        raise DataError(
            Fault(
                TEMPLATE if source is None else source.name,
                say("a cell that draws, tabulates or prints something", "有图、表或文字输出的单元"),
                say("none", "没有"),
                say(
                    "run the notebook in JupyterLab and save it, or label a cell: #| label: fig-...",
                    "请在 JupyterLab 中运行并保存，或给单元加标签：#| label: fig-...",
                ),
                "notebook",
            )
        )
    heading = title or known.get(name) or _heading(notebook) or name
    cells = [nbformat.v4.new_markdown_cell(f"# {heading}", id="title"), *cells]
    _write(paths[0], cells)
    body = "\n\n".join(f"{{{{< embed ../runs/book/{name}.ipynb#{label} >}}}}" for label in labels)
    write_whole(paths[1], HEAD.format(title=heading, name=name) + f"\n{body}\n")
    _list_chapter(project, name, themes, tell)
    portrait = project.reports / "bluebook" / "_place.qmd"
    if kind == "themes" and portrait.is_file():
        shown_there = "\n\n".join(f"{{{{< embed {name}-@@code@@.ipynb#{label}-@@code@@ >}}}}" for label in labels)
        write_whole(portrait, f"{read_text(portrait).rstrip()}\n\n## {heading}\n\n{shown_there}\n")
        tell(f"each place's portrait has a section {heading}: {project.show(portrait)}")
    return paths


def _template(project, name, known):
    """The starting notebook of a theme, with its name in the place of the one that it shows."""
    if name not in known:
        raise UsageError(
            say(
                f"themes.csv has no theme {name}: add a row (theme, domain_code, name_zh, order, lead), and its "
                "indicators to indicators.csv; or make it of a notebook of your own with --from",
                f"themes.csv 中没有主题 {name}：请先加一行（theme、domain_code、name_zh、order、lead），"
                "并在 indicators.csv 中加入它的指标；或用 --from 由您自己的笔记本生成",
            )
        )
    made = _read(project.notebooks / "explore" / TEMPLATE)
    for cell in made.cells:
        if cell.cell_type == "code":
            cell.source = re.sub(r"(?m)^(#\| label: (?:fig|tbl|text))-theme-", rf"\1-{name}-", cell.source)
            cell.source = cell.source.replace(f'"{TEMPLATE_THEME}"', f'"{name}"')
    first = next((c for c in made.cells if c.cell_type == "markdown"), None)
    if first is not None:  # how the template is used is no part of the theme
        first.source = f"# {known[name]}"
    return made


def _list_chapter(project, name, themes, tell):
    """List the chapter in the book and in its English contents, behind those of the themes that come before it."""
    order = list(themes.index)
    before = order[: order.index(name)] if name in order else order
    english = themes["name_en"].get(name) or name.title()
    for path, line in (("_quarto-bluebook.yml", "- {}"), ("index.qmd", f"- [{english}]({{}})")):
        chapter, book = f"reports/bluebook/{name}.qmd", project.root / path
        lines = read_text(book).splitlines() if book.is_file() else []
        ends = tuple(f"reports/bluebook/{t}.qmd" for t in before)
        at = max((k for k, text in enumerate(lines) if text.strip().rstrip(")").endswith(ends)), default=None)
        if at is None:
            tell(f"list the chapter in {path}: {line.format(chapter)}")
            continue
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        write_whole(book, "\n".join([*lines[: at + 1], indent + line.format(chapter), *lines[at + 1 :]]) + "\n")
        tell(f"listed in {project.show(book)}: {line.format(chapter)}")


def parameters(project: Project) -> str:
    """The parameters' cell of a notebook of this project: its newest year, the district itself.

    Returns
    -------
    str
    """
    code, _ = read_places(project)
    edition, data = starting_point(project)
    return f'edition = "{edition}"\nplace = "{code}"\ndata = "{data}"'


def new_case(project: Project, case_id: str, source: Path, *, title: str, kind: str, domain: str) -> list[Path]:
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
    cells, _, _ = _cells(notebook, case_id, parameters(project))
    made = cases.new(project, case_id, title=title, kind=kind, domain=domain)
    fresh = nbformat.read(made[1], as_version=4)
    first = [c for c in fresh.cells if c.cell_type == "markdown"][:1]
    _write(made[1], [*first, *cells])
    return made


def _read(source):
    if not source.is_file():
        raise UsageError(say(f"--from {source}: no such file", f"--from {source}：没有这个文件"))
    try:
        notebook = nbformat.read(source, as_version=4)
        nbformat.validate(notebook)
        return notebook
    except Exception as error:  # whatever is wrong with it, it is no notebook
        raise DataError(
            Fault(
                source.name,
                say("a notebook", "笔记本"),
                say(f"something else ({type(error).__name__})", f"不是笔记本（{type(error).__name__}）"),
                kind="notebook",
            )
        ) from error


def _cells(notebook, name, usual):
    """The exploration's cells for a book: parameters first, no outputs, no widgets, a label on what shows.

    Returns
    -------
    (list of cells, list of str, list of str)
        The cells, the labels of what they show, and what was left out, in words.
    """
    labels: list[Any] = []
    given, cells, left = usual, [], []
    ran = any(c.get("outputs") for c in notebook.cells)
    heading = _heading(notebook) or name
    for number, cell in enumerate(notebook.cells, start=1):
        text = cell.source
        if cell.cell_type == "markdown":
            if text.startswith("#"):
                heading = text.splitlines()[0].lstrip("# ").strip()
            if not text.startswith("# "):
                cells.append(nbformat.v4.new_markdown_cell(text, id=f"text-{number}"))
        elif cell.cell_type == "code" and _OURS.search(text) and not _has_code(cells):
            given = _plain(text, usual)
        elif cell.cell_type == "code" and (why := next((w for word, w in LEFT_OUT.items() if word in text), "")):
            left.append(f"cell {number}: {why}")
        elif cell.cell_type == "code" and text.strip():
            text, label = _labelled(shown(text, cell.outputs, ran), name, heading, labels)
            labels += [label] if label else []
            cells.append(nbformat.v4.new_code_cell(text, id=f"cell-{number}"))
        elif cell.cell_type == "raw":
            left.append(f"cell {number}: a raw cell")
    first = nbformat.v4.new_code_cell(given, id="parameters", metadata={"tags": ["parameters"]})
    return [first, *_without_lone_headings(cells)], labels, left


def _has_code(cells):
    """Whether a code cell is among some cells."""
    return any(c.cell_type == "code" for c in cells)


def _plain(text, usual):
    """The parameters' lines of a cell, with the usual ones where it lacks them."""
    held = dict(line.split("=", 1) for line in text.splitlines() if _OURS.match(line))
    held = {k.strip(): v.strip() for k, v in held.items()}
    usual = dict(line.split(" = ") for line in usual.splitlines())
    return "\n".join(f"{k} = {held.get(k, v)}" for k, v in usual.items())


def _labelled(cell, name, heading, taken):
    """A cell's text with its own options, and a label and caption where it shows something and has none."""
    options = dict(cell.options)
    if not cell.kind:
        return _with_options(options, cell.body), ""
    label = str(options.get("label") or f"{cell.kind}-{name}-{len(taken) + 1}")
    while label in taken:
        label += "-again"
    options = {"label": label, **{k: v for k, v in options.items() if k != "label"}}
    if cell.kind in ("fig", "tbl"):
        options.setdefault(f"{cell.kind}-cap", heading)
    if cell.kind == "fig":
        options.setdefault("fig-alt", str(options["fig-cap"]))
    if cell.printed:
        options.setdefault("output", "asis")  # printed sentences are text of the page, not a block of code
    return _with_options(options, cell.body), label


def _with_options(options, body):
    """A cell's text: its `#|` lines as YAML, then its code."""
    if not options:
        return body
    lines = yaml.safe_dump(options, allow_unicode=True, sort_keys=False, width=1000).splitlines()
    return "\n".join([*(f"#| {line}" for line in lines), body])


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


def _write(path, cells):
    made = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
    )
    write_whole(path, nbformat.writes(made) + "\n")
