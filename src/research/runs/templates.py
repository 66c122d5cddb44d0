"""Notebook templates: found, read, and refused when they are not what a run needs."""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.faults import DataError, Fault, say, spot
from research.indicators.reference.reference import themes

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from research.core.scope import Project

KINDS = ("themes", "district", "cases")
"""Folders of `notebooks/` that are run: for every place, and once for the district, evidence of cases too."""

REQUIRED = ("edition", "place", "data")
"""Parameters that every template must take: one that ignored a place would publish another's figures."""

OF_CASES = ("edition", "data")
"""Parameters of a case's evidence; a notebook of cases without such a cell is kept as it is and never run."""


@dataclass(frozen=True)
class Template:
    """One stripped notebook that is run with parameters.

    Parameters
    ----------
    path : Path
        The `.ipynb` file.
    kind : str
        `themes` (the district and each township), `district` or `cases` (the district alone).
    notebook : dict
        The parsed file.
    defaults : dict
        Parameters of the tagged cell with their default values.
    limits : dict
        Bounds of parameters, from the notebook's metadata (`bluebook.parameters`).
    after : tuple of str
        Themes whose run for the same place must have succeeded first (`bluebook.after`).
    """

    path: Path
    kind: str
    notebook: dict = field(repr=False)
    defaults: dict
    limits: dict = field(default_factory=dict)
    after: tuple = ()

    @property
    def theme(self) -> str:
        """Name of the theme: the file's name without its suffix; that of a case's evidence says so."""
        return name_of(self.kind, self.path)

    @property
    def code_hash(self) -> str:
        """Checksum of what the run depends on in the file: its cells and their tags, never old outputs."""
        parts = [[c.get("cell_type"), source(c), sorted(tags(c)), c.get("id")] for c in self.notebook["cells"]]
        text = json.dumps([parts, self.notebook.get("metadata", {}).get("bluebook")], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def source(cell: NotebookNode | dict[str, Any]) -> str:
    """Source of a cell as one string; nbformat allows a list of lines."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def tags(cell: NotebookNode | dict[str, Any]) -> list[str]:
    """Tags of a cell."""
    found = (cell.get("metadata") or {}).get("tags", [])
    return [str(t) for t in found] if isinstance(found, list) else []


def name_of(kind: str, path: Path) -> str:
    """What the runs of a notebook are called.

    Examples
    --------
    >>> name_of("themes", Path("income.ipynb")), name_of("cases", Path("clean-water.ipynb"))
    ('income', 'case-clean-water')
    """
    return f"case-{path.stem}" if kind == "cases" else path.stem


def takes_parameters(path: Path) -> bool:
    """Whether a notebook has a cell of parameters; False where it cannot be read, which others tell."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        return any("parameters" in tags(cell) for cell in cells)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False


def find_templates(project: Project) -> dict[str, tuple[str, Path]]:
    """All templates' paths of a project by theme name, themes first.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to (str, Path)
        Theme name to its kind and path, in the order of themes.csv, then by name.

    Raises
    ------
    DataError
        When a theme's name stands in both folders, which would make their results overwrite each other.
    """
    found: dict[str, Any] = {}
    faults = []
    known = themes(project) if (project.reference / "themes.csv").is_file() else []
    rank = {name: k for k, name in enumerate(known)}
    for kind in KINDS:
        paths = (project.notebooks / kind).glob("*.ipynb")
        for path in sorted(paths, key=lambda p: (rank.get(p.stem, len(rank)), p.stem)):
            name = name_of(kind, path)
            if kind == "cases" and not takes_parameters(path):
                continue
            if name in found:
                faults.append(
                    Fault(
                        project.show(path),
                        say("a name of its own", "不重复的名称"),
                        say(f"also {project.show(found[name][1])}", f"与 {project.show(found[name][1])} 重名"),
                        say("rename one", "请给其中一个改名"),
                        kind="template",
                    )
                )
            found[name] = (kind, path)
    if faults:
        raise DataError(faults)
    return found


def read_template(path: Path, kind: str = "themes", shown: str | None = None, required: Any = None) -> Template:
    """Read and check one template.

    Parameters
    ----------
    path : str or Path
        A notebook file.
    kind : str
        `themes`, `district` or `cases`.
    shown : str, optional
        The path as messages should say it. Default: the file's name.
    required : iterable of str, optional
        Parameters that its tagged cell must assign. Default: `REQUIRED`, of cases `OF_CASES`.

    Returns
    -------
    Template

    Raises
    ------
    DataError
        When the file is no notebook, has no code cell tagged `parameters`, has one whose lines are not
        plain `name = value`, or lacks one of edition, place and data.

    Examples
    --------
    >>> read_template("no-such.ipynb")
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: no-such.ipynb: expected a notebook file, found nothing readable (FileNotFoundError)
    """
    path = Path(path)
    shown = shown or path.name
    required = required if required is not None else OF_CASES if kind == "cases" else REQUIRED
    notebook = _load(path, shown)
    tagged = [c for c in notebook["cells"] if c.get("cell_type") == "code" and "parameters" in tags(c)]
    if len(tagged) != 1:
        raise DataError(
            Fault(
                shown,
                say("one code cell tagged 'parameters'", "一个标为 parameters 的代码单元"),
                f"{len(tagged) or 'none'}",
                say("tag the cell that assigns edition, place and data", "请标注给 edition、place、data 赋值的单元"),
                kind="parameters-cell",
            )
        )
    defaults = _defaults(source(tagged[0]), shown)
    missing = [name for name in required if name not in defaults]
    if missing:
        raise DataError(
            Fault(
                f"{shown}, parameters cell",
                say(", ".join(required), "、".join(required)),
                "no " + ", no ".join(missing),
                say("assign each of them there, and use them below", "请在那里逐项赋值，并在下文使用"),
                kind="parameters-cell",
            )
        )
    own = (notebook.get("metadata") or {}).get("bluebook") or {}
    return Template(path, kind, notebook, defaults, own.get("parameters", {}), tuple(own.get("after", ())))


def _load(path, shown):
    try:
        notebook = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise DataError(
            Fault(
                shown,
                say("a notebook file", "笔记本文件"),
                say(f"nothing readable ({type(error).__name__})", f"无法读取（{type(error).__name__}）"),
                kind="template",
            )
        ) from None
    except (ValueError, RecursionError) as error:
        raise DataError(
            Fault(
                shown,
                say("a notebook (JSON)", "笔记本（JSON）"),
                say(f"text that is not ({error})", f"不是 JSON（{error}）"),
                say("save it again from JupyterLab", "请从 JupyterLab 重新保存"),
                kind="template",
            )
        ) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if (
        notebook.__class__ is not dict
        or notebook.get("nbformat") != 4
        or not isinstance(cells, list)
        or not all(isinstance(c, dict) for c in cells)
    ):
        raise DataError(
            Fault(
                shown,
                say("a notebook of format 4", "第4版格式的笔记本"),
                say("JSON without its cells", "没有单元的 JSON"),
                say("save it again from JupyterLab", "请从 JupyterLab 重新保存"),
                kind="template",
            )
        )
    return notebook


def _defaults(text, shown):
    """Names and values that the parameters cell assigns; anything but plain values is a fault."""
    try:
        lines = ast.parse(text).body
    except SyntaxError as error:
        raise DataError(
            Fault(
                spot(shown, item="parameters cell", line=error.lineno),
                say("Python", "Python 代码"),
                error.msg,
                kind="parameters-cell",
            )
        ) from None
    values, faults = {}, []
    for line in lines:
        target: Any = (
            line.targets[0]
            if isinstance(line, ast.Assign) and len(line.targets) == 1
            else getattr(line, "target", None)
        )
        try:
            values[target.id] = ast.literal_eval(line.value)
        except (AttributeError, ValueError, TypeError):
            faults.append(
                Fault(
                    spot(shown, item="parameters cell", line=line.lineno),
                    say("name = plain value", "名称 = 简单值"),
                    repr(ast.unparse(line)),
                    say("move code to another cell", "请把代码移到别的单元"),
                    kind="parameters-cell",
                )
            )
    if faults:
        raise DataError(faults)
    return values


def check(project: Project) -> list[Any]:
    """All faults of a project's templates, as a list.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Fault
    """
    from research.runs.parameters import model_for

    faults = []
    try:
        found = find_templates(project)
    except DataError as error:
        return error.faults
    for theme, (kind, path) in found.items():
        try:
            template = read_template(path, kind, project.show(path))
            model_for(template)
        except DataError as error:
            faults += error.faults
            continue
        faults += [
            Fault(f"{project.show(path)}, metadata bluebook.after", say("a theme", "主题"), repr(name), kind="template")
            for name in template.after
            if name not in found or name == theme
        ]
    return faults
