"""Runs of anyone's own notebook: one template, one pydantic model, a list of parameters, a folder for the results."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from research.core.faults import DataError, Fault, UsageError, say, spot
from research.core.scope import Project
from research.runs import inputs as _inputs
from research.runs import literals
from research.runs.parameters import explain, model_for
from research.runs.planner import Plan, Run, stale_reason
from research.runs.templates import read_template


class Strict(BaseModel):
    """Base of models made from a notebook's own cell: unknown names and other types are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


def matrix(
    notebook: Any, rows: Any, out: Any, model: Any = None, inputs: Any = (), name: Any = None, root: Path | None = None
) -> Any:
    """Plan the runs of one notebook over many sets of parameters, for `execute`, `verify` and `states`.

    Parameters
    ----------
    notebook : str or Path
        A notebook with one code cell tagged `parameters`, whose lines are plain `name = value`.
    rows : iterable of dict
        Parameters of each run; what is left out has the cell's default.
    out : str or Path
        Folder for the executed notebooks and their records: `<out>/<notebook>/<name>.ipynb`.
    model : type, optional
        A pydantic model of the parameters. Default: made from the cell, closed and strict.
    inputs : iterable of str or Path
        Files that the notebook reads; a run is fresh while those it has read are unchanged. What it reads inside
        `root` without their being named here - modules it imports, data - is watched all the same.
    name : callable, optional
        Gives each run's name (letters, digits, `-`, `_`, `.`) from its parameters. Default: their values.
    root : str or Path, optional
        Folder in which the runs may change nothing, and from which paths are shown. Default: the notebook's.

    Returns
    -------
    Plan

    Raises
    ------
    DataError
        All faults of the notebook and of all rows at once.
    UsageError
        When two runs would have one name, or a name could not be a file's.

    Notes
    -----
    Outside the watch: files outside `root` that are not among `inputs`, whatever Polars or Dask opens, databases
    and the network, programs that a cell starts, the environment and the clock. A run's record names the files and
    libraries among them (`unwatched`), and `Plan.describe` repeats them.
    """
    path, out = Path(notebook).resolve(), Path(out).resolve()
    project = Project(Path(root).resolve() if root else path.parent)
    template = read_template(path, required=())
    model = model or model_for(template, base=Strict)
    filled = _fill_all(template, model, list(rows))
    sums = {_shown(project, f): hashlib.sha256(Path(f).read_bytes()).hexdigest()[:24] for f in inputs}
    parts = {
        "template": template.code_hash,
        "model": _digest(model.model_json_schema()),
        "code": _inputs.code_hash(),
        "lock": _inputs.lock_hash(project),
        "epoch": str(_inputs.EPOCH),
    }
    runs, seen = [], set()
    for values in filled:
        called = (name or _called)(values)
        if not re.fullmatch(r"[\w][\w.-]{0,99}", called) or called in seen:
            raise UsageError(
                f"run name {called!r}: {'twice' if called in seen else 'not the name of a file'}; give names with name="
            )
        seen.add(called)
        place = out / path.stem / f"{called}.ipynb"
        own = {**parts, "parameters": _digest(values)}
        reason = stale_reason(place, own, sums, project.root)
        runs.append(Run(path.stem, called, place, template, values, own, sums, reason))
    return Plan(project, out, "", {r.place: "" for r in runs}, runs)


def _fill_all(template, model, rows):
    filled, faults = [], []
    for number, row in enumerate(rows, start=1):
        try:
            made = model(**{**_known(template, model), **literals.unboxed(row)}).model_dump()
            filled.append(
                {
                    n: literals.plain(v, spot(template.path.name, item=f"parameter {n}", row=number))
                    for n, v in made.items()
                }
            )
        except DataError as error:
            faults += error.faults
        except ValidationError as error:
            faults += [explain(template, model, e, number) for e in error.errors()]
    if faults:
        raise DataError(faults)
    if not filled:
        raise DataError(
            Fault(
                template.path.name,
                say("one set of parameters or more", "至少一组参数"),
                say("none", "没有"),
                kind="parameter",
            )
        )
    unknown = sorted(set(model.model_fields) - set(template.defaults))
    if unknown:
        raise DataError(
            Fault(
                f"{template.path.name}, parameters cell",
                say(f"the model's {', '.join(unknown)}", f"模型的{'、'.join(unknown)}"),
                say("no such line", "没有这一行"),
                say("assign each parameter of the model there", "请在那里给模型的每个参数赋值"),
                kind="parameters-cell",
            )
        )
    return filled


def _known(template, model):
    return {n: v for n, v in template.defaults.items() if n in model.model_fields}


def _called(values):
    return re.sub(r"[^\w.-]+", "-", "-".join(str(v) for v in values.values())).strip("-.") or "run"


def _shown(project, path):
    return project.show(Path(path).resolve())


def _digest(value):
    return hashlib.sha256(literals.source(value).encode()).hexdigest()
