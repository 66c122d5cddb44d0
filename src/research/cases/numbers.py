"""Has a new library version moved a number? Each evidence number, then and now, by its name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.cases.evidence.evidence import libraries, read_evidence
from research.cases.evidence.run import rerun
from research.cases.model import load
from research.cases.new import execute
from research.core.texts import read_json
from research.errors import DataError, Fault, nearest, say

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["COLUMNS", "compared", "faults", "moved", "numbers", "run", "versions_differ", "worded"]

COLUMNS = ["id", "old", "new", "relative"]
RELATIVE = 1e-9
_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)", re.M)
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def numbers(notebook: dict[str, list[dict[str, Any]]]) -> dict[str, float]:
    """All numbers that a notebook shows in sentences and tables, by name.

    Parameters
    ----------
    notebook : dict
        With outputs.

    Returns
    -------
    dict of str to float
        ``label#3`` is the third number of the cell `label`; a cell without a label goes by its number.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "#| label: text-a", "outputs": [{"data": {"text/markdown": "1,200 元"}}]}
    >>> numbers({"cells": [cell]})
    {'text-a#1': 1200.0}
    """
    found = {}
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    for place, cell in enumerate(code, start=1):
        label = _LABEL.search("".join(cell["source"]))
        name = label[1] if label else f"cell-{place}"
        text = "\n".join(
            "".join(o.get("data", {}).get("text/markdown", o.get("text", ""))) for o in cell.get("outputs", [])
        )
        for number, match in enumerate(_NUMBER.finditer(text), start=1):
            found[f"{name}#{number}"] = float(match[0].replace(",", "").replace("−", "-"))
    return found


def moved(project: Project, ids: Any = None, relative: Any = RELATIVE) -> Any:
    """Run the evidence again, in memory, and name each number that is another than the one kept.

    Parameters
    ----------
    project : Project
    ids : list of str, optional
        Cases to look at; default all that have evidence.
    relative : float
        A change of no more than this share counts as none.

    Returns
    -------
    DataFrame
        id (``case/label#n``), old, new, relative (NaN where one of them is missing or the old one is zero).

    Raises
    ------
    DataError
        For an id that is none, and all notebooks that do not come to their end.
    """
    rows, failed = _rerun(project, ids, relative)
    if failed:
        raise DataError(failed)
    return pd.DataFrame(rows, columns=COLUMNS).astype({"old": float, "new": float, "relative": float})


def _rerun(project, ids, relative=RELATIVE):
    """Rows of moved numbers, and the faults of notebooks that do not run."""
    rows, failed = [], []
    for case_id, path in _evidence(project, ids):
        result = rerun(project.root, path)
        if result.notebook is None:
            failed.append(
                Fault(
                    project.show(path),
                    say("cells that run", "能够运行的单元"),
                    result.error.splitlines()[-1],
                    say("mend it", "请改正"),
                    "case-notebook",
                )
            )
            continue
        old, new = numbers(json.loads(path.read_text("utf-8"))), numbers(result.notebook)
        rows += [(f"{case_id}/{name}", *values) for name, *values in compared(old, new, relative)]
    return rows, failed


def faults(project: Project, ids: Any = None) -> Any:
    """The moved numbers as faults, one a number, and one that names the packages of another version.

    Parameters
    ----------
    project : Project
    ids : list of str, optional

    Returns
    -------
    list of Fault
        Empty where every number is the one kept, whatever the versions; a notebook that does not run is one.
    """
    rows, found = _rerun(project, ids)
    found += [Fault(name, _figure(old), _figure(new), _change(share), "case-moved") for name, old, new, share in rows]
    other = versions_differ(project, ids)
    if found and other:
        names = ", ".join(f"{name} {kept} -> {here}" for name, kept, here in other)
        found.append(
            Fault(
                "packages",
                say("the versions that the kept numbers were made with", "留存数字所用的版本"),
                names,
                say("bluebook case run keeps the new numbers", "运行 bluebook case run 留存新数字"),
                "case-versions",
            )
        )
    return found


def _evidence(project, ids):
    """(id, notebook) of the cases asked for that have evidence."""
    register = load(project).set_index("id")
    unknown = [i for i in ids or [] if i not in register.index]
    if unknown:
        raise DataError(
            [
                Fault(
                    f"case {i}",
                    say("the id of a case", "案例编号"),
                    say("none such", "没有这个"),
                    nearest(i, register.index),
                    "case",
                )
                for i in unknown
            ]
        )
    chosen = register.loc[list(ids) if ids else register.index, "evidence"].dropna()
    return [(case_id, project.root / path) for case_id, path in chosen.items()]


def run(project: Project, ids: Any = None) -> Iterator[Any]:
    """Execute evidence notebooks in place; each case's id, the numbers that changed, and where words did.

    Yields
    ------
    (str, list, list of str)
        Id, rows as `compared` gives them, and the cells whose words are others than they were.

    Raises
    ------
    DataError
        For an id that is none, or a notebook that fails (it is then left as it was).
    """
    for case_id, path in _evidence(project, ids):
        old = read_json(path, project.show(path))
        execute(project, path)
        new = read_json(path, project.show(path))
        before, after = _words(old), _words(new)
        other = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        yield case_id, compared(numbers(old), numbers(new)), other


def _words(notebook):
    """What each cell says and shows, numbers aside, and its own text: what `numbers` does not see."""
    return {name: (_NUMBER.sub("#", source), _NUMBER.sub("#", shown)) for name, source, shown in _cells(notebook)}


def _cells(notebook):
    """(name, source, shown text) of each cell; a cell without a label goes by its kind and number."""
    counts: dict[str, int] = {}
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        counts[cell["cell_type"]] = counts.get(cell["cell_type"], 0) + 1
        label = _LABEL.search(source)
        shown = "\n".join(
            "".join(o.get("data", {}).get("text/markdown", o.get("text", ""))) for o in cell.get("outputs", [])
        )
        yield label[1] if label else f"{cell['cell_type']} cell {counts[cell['cell_type']]}", source, shown


def worded(name: str, old: float, new: float, relative: float) -> str:
    """One moved number in words.

    Examples
    --------
    >>> worded("text-a#1", 2.0, 2.5, 0.25)
    'text-a#1: 2 then, 2.5 now (+25.000%)'
    """
    change = _change(relative)
    return f"{name}: {_figure(old)} then, {_figure(new)} now" + (f" ({change})" if change else "")


def _figure(value):
    return "none" if pd.isna(value) else f"{value:.10g}"


def _change(relative):
    return "" if pd.isna(relative) else f"{relative:+.3%}"


def compared(
    old: dict[str, float], new: dict[str, float], relative: Any = RELATIVE
) -> list[tuple[str, float | None, float | None, float | None]]:
    """Numbers that differ: name, old, new, relative change.

    Examples
    --------
    >>> compared({"a#1": 2.0, "a#2": 5.0}, {"a#1": 2.0, "a#2": 6.0})
    [('a#2', 5.0, 6.0, 0.2)]
    """
    found: list[tuple[str, float | None, float | None, float | None]] = []
    for name in [*old, *(n for n in new if n not in old)]:
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            found.append((name, before, after, None))
        elif abs(after - before) > relative * max(abs(before), abs(after)):
            found.append((name, before, after, (after - before) / abs(before) if before else None))
    return found


def versions_differ(project: Project, ids: Any = None) -> list[Any]:
    """Packages whose version here is another than the one that a kept notebook was run with.

    Parameters
    ----------
    project : Project
    ids : list of str, optional

    Returns
    -------
    list of (str, str, str)
        Name, version kept (more than one where notebooks differ), version here ("none" where it is not there).
    """
    here = libraries()
    kept: dict[str, set[str]] = {}
    for _, path in _evidence(project, ids):
        for name, version in read_evidence(path).packages.items():
            kept.setdefault(name, set()).add(str(version))
    return [
        (name, " and ".join(sorted(versions)), here.get(name, "none"))
        for name, versions in sorted(kept.items())
        if versions != {here.get(name)}
    ]
