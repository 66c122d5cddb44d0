"""Notebooks as evidence: which labelled outputs they hold, of what status, and the sentences in them."""

from __future__ import annotations

import importlib.metadata
import json
import platform
import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from research.core.status import weakest
from research.errors import DataError, Fault, say

__all__ = ["LIBRARIES", "Evidence", "libraries", "read_evidence"]

LIBRARIES = ("duckdb", "matplotlib", "numpy", "pandas", "pydantic", "scipy", "statsmodels")
"""Packages whose version can move a number; each kept notebook says which ones it was run with."""

_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)[\"']?\s*$", re.M)
_FOLDERS = tuple(f"/{name}/" for name in ("home", "root", "tmp", "work", "Users", "usr", "var", "mnt", "opt"))
_PATH = re.compile(rf"(?<![\w.])(?:{'|'.join(_FOLDERS)})\S+")


@dataclass(frozen=True)
class Evidence:
    """What one executed notebook shows.

    Attributes
    ----------
    labels : tuple of str
        All labels, in order.
    texts : dict of str to str
        Labels of cells that show markdown, with that markdown.
    statuses : frozenset of str
        Statuses of all that is shown (`research.core.status.STATUSES`).
    faults : tuple of (str, str, str)
        (cell, found, way out) of whatever keeps the notebook from being kept evidence.
    packages : dict of str to str
        Versions that the notebook was run with, as it says in its metadata; empty where it does not.
    """

    labels: tuple = ()
    texts: dict = field(default_factory=dict)
    statuses: frozenset = frozenset()
    faults: tuple = ()
    packages: dict = field(default_factory=dict)

    @property
    def status(self) -> str | None:
        """The weakest status shown, or None where nothing says one."""
        return weakest(self.statuses) if self.statuses else None


def read_evidence(path: Path) -> Evidence:
    """Read an executed notebook as evidence.

    Parameters
    ----------
    path : Path
        The notebook file.

    Returns
    -------
    Evidence

    Raises
    ------
    DataError
        When the file is not a notebook.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
        packages = dict(notebook.get("metadata", {}).get("bluebook", {}).get("packages", {}))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(
            Fault(
                str(path.name),
                say("a Jupyter notebook", "Jupyter 笔记本"),
                say(f"unreadable: {error}", f"无法读取：{error}"),
                kind="notebook",
            )
        ) from error
    labels, texts, statuses, faults = [], {}, set(), []
    for number, cell in enumerate(code, start=1):
        source, outputs = "".join(cell.get("source", [])), cell.get("outputs", [])
        name = f"code cell {number}"
        faults += [(name, *fault) for fault in _cell_faults(source, cell, outputs)]
        for label in _LABEL.findall(source):
            if label in labels:
                faults.append((name, f"the label {label} again", "each label once"))
            labels.append(label)
            texts[label] = "\n\n".join(filter(None, (_markdown(o) for o in outputs)))
        for output in outputs:
            shown = output.get("metadata", {}).get("bluebook", {})
            if shown.get("status"):
                statuses.add(shown["status"])
    texts = {k: v for k, v in texts.items() if v}
    return Evidence(tuple(labels), texts, frozenset(statuses), tuple(faults), packages)


def libraries() -> dict[str, str]:
    """Versions in this environment of Python and of the packages that can move a number.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> sorted(libraries())[:3]
    ['duckdb', 'matplotlib', 'numpy']
    """
    found = {"python": platform.python_version()}
    for name in LIBRARIES:
        with suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return dict(sorted(found.items()))


def _cell_faults(source, cell, outputs):
    if source.strip() and _LABEL.search(source) and not outputs:
        yield "a labelled cell without output", "run it: jupyter nbconvert --to notebook --execute --inplace"
    if any(o.get("output_type") == "error" for o in outputs):
        yield "an error as output", "mend the cell and run the notebook again"
    if any(re.search("待填|待写", _markdown(o)) for o in outputs):
        yield "words still to be written", "write them from the data, and run the notebook again"
    if "execution" in cell.get("metadata", {}):
        yield "clock times in its metadata", "drop metadata.execution, so that two runs are equal"
    leak = next(filter(None, (_leak(text) for o in outputs for text in _texts(o))), None)
    if leak:
        yield f"a path of one machine ({leak[0][:40]})", "show paths relative to the project"


def _texts(output):
    """Every text of an output, as one string each."""
    shown = output.get("data") or {"text": output.get("text", "")}
    for value in shown.values():
        yield (
            "".join(value)
            if isinstance(value, list) and all(isinstance(v, str) for v in value)
            else (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        )


def _leak(text):
    """A path of one machine in a text; the quick look first, because pictures are long."""
    return _PATH.search(text) if any(folder in text for folder in _FOLDERS) else None


def _markdown(output):
    return "".join(output.get("data", {}).get("text/markdown", ""))
