"""Has a new library version moved a number? Each evidence number, then and now, by its name."""

from __future__ import annotations

import importlib.metadata
import json
import re

import pandas as pd

from research.book.bundle_run import rerun
from research.book.case_model import load
from research.book.case_new import execute
from research.errors import DataError, Fault, nearest

__all__ = ["COLUMNS", "compared", "faults", "moved", "numbers", "run", "versions_differ", "worded"]

COLUMNS = ["id", "old", "new", "relative"]
RELATIVE = 1e-9
_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)", re.M)
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def numbers(notebook):
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
        text = "\n".join("".join(o.get("data", {}).get("text/markdown", o.get("text", "")))
                         for o in cell.get("outputs", []))
        for number, match in enumerate(_NUMBER.finditer(text), start=1):
            found[f"{name}#{number}"] = float(match[0].replace(",", ""))
    return found


def moved(project, ids=None, relative=RELATIVE):
    """Run the evidence again and name each number that is another than the one kept.

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
    """
    register = load(project)
    rows = []
    for row in register[register["evidence"].notna()].itertuples():
        if ids and row.id not in ids:
            continue
        path = project.root / row.evidence
        result = rerun(project.root, path)
        if result.notebook is None:
            rows.append((f"{row.id}: {result.error.splitlines()[-1]}", None, None, None))
            continue
        rows += [(f"{row.id}/{name}", *values) for name, *values in
                 compared(numbers(json.loads(path.read_text("utf-8"))), numbers(result.notebook), relative)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"old": float, "new": float, "relative": float})


def faults(project, ids=None):
    """The moved numbers as faults, one a number, and one that names the packages that differ from the lock."""
    found = [Fault(row.id, f"{row.old:.10g}", f"{row.new:.10g}", f"a change of {row.relative:+.3%}", "case-moved")
             for row in moved(project, ids).itertuples()]
    other = versions_differ(project)
    if found and other:
        names = ", ".join(f"{name} {locked} -> {here}" for name, locked, here in other)
        found.append(Fault("requirements.lock", "the locked versions", names, "one of them moved the numbers",
                           "case-versions"))
    return found


def run(project, ids=None):
    """Execute evidence notebooks in place; each case's id and the numbers that changed.

    Yields
    ------
    (str, list)
        Id, and rows as `compared` gives them.

    Raises
    ------
    DataError
        For an id that is none, or a notebook that fails (it is then left as it was).
    """
    register = load(project).set_index("id")
    unknown = [i for i in ids or [] if i not in register.index]
    if unknown:
        raise DataError([Fault(f"case {i}", "the id of a case", "none such", nearest(i, register.index), "case")
                         for i in unknown])
    for case_id, row in register[register["evidence"].notna()].iterrows():
        if ids and case_id not in ids:
            continue
        path = project.root / row["evidence"]
        old = numbers(json.loads(path.read_text("utf-8")))
        execute(project, path)
        yield case_id, compared(old, numbers(json.loads(path.read_text("utf-8"))))


def worded(name, old, new, relative):
    """One moved number in words.

    Examples
    --------
    >>> worded("text-a#1", 2.0, 2.5, 0.25)
    'text-a#1: 2 then, 2.5 now (+25.000%)'
    """
    then, now = ("none" if v is None else f"{v:.10g}" for v in (old, new))
    return f"{name}: {then} then, {now} now" + (f" ({relative:+.3%})" if relative is not None else "")


def compared(old, new, relative=RELATIVE):
    """Numbers that differ: name, old, new, relative change.

    Examples
    --------
    >>> compared({"a#1": 2.0, "a#2": 5.0}, {"a#1": 2.0, "a#2": 6.0})
    [('a#2', 5.0, 6.0, 0.2)]
    """
    found = []
    for name in [*old, *(n for n in new if n not in old)]:
        before, after = old.get(name), new.get(name)
        if before is None or after is None:
            found.append((name, before, after, None))
        elif abs(after - before) > relative * max(abs(before), abs(after)):
            found.append((name, before, after, (after - before) / abs(before) if before else None))
    return found


def versions_differ(project):
    """Packages whose installed version is another than the locked one, which the kept numbers were made with.

    Returns
    -------
    list of (str, str, str)
        Name, locked, installed ("none" where it is not there).
    """
    found = []
    for line in (project.root / "requirements.lock").read_text("utf-8").splitlines():
        match = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line)
        if not match or ";" in line:
            continue
        try:
            here = importlib.metadata.version(match[1])
        except importlib.metadata.PackageNotFoundError:
            continue
        if here != match[2]:
            found.append((match[1], match[2], here))
    return found
