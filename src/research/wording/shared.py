"""The sentences that several chapters share: those of the package, and in their place those of the project."""

from __future__ import annotations

from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING, Any

import yaml

from research.core.texts import read_yaml
from research.errors import DataError, Fault, nearest, say

if TYPE_CHECKING:
    from research.core.scope import Project

FILE = "sentences.yml"


class Sentences(dict[str, tuple[str, ...]]):
    """Name -> sentences, with an answer for a name that is none."""

    def __missing__(self, name: str) -> tuple[str, ...]:
        raise DataError(
            Fault(
                say("shared sentences", "共用的句子"),
                say("one of " + ", ".join(self), "以下之一：" + "、".join(self)),
                repr(name),
                nearest(name, list(self)),
                "sentence",
            )
        )


def default() -> str:
    """The text of the package's own file."""
    return files("research.wording").joinpath(FILE).read_text("utf-8")


def read(project: Project) -> Sentences:
    """The shared sentences of a project.

    Parameters
    ----------
    project : Project
        Its `data/reference/sentences.yml`, where there is one, goes before the package's own, name by name.

    Returns
    -------
    Sentences

    Raises
    ------
    DataError
        For a name whose sentences are no list of texts, and for braces that do not close; all at once.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> sorted(read(open_project()))[:2]
    ['forecast', 'late']
    """
    path = project.reference / FILE
    own = read_yaml(path, project.show(path)) if path.is_file() else {}
    faults = [f for name, lines in own.items() for f in _faults(project.show(path), name, lines)]
    if faults:
        raise DataError(faults)
    return Sentences({name: tuple(lines) for name, lines in {**yaml.safe_load(default()), **own}.items()})


def _faults(file: str, name: str, lines: Any) -> list[Fault]:
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        found = repr(lines)[:40]
        return [Fault(f"{file}, {name}", say("a list of sentences", "一列句子"), found, kind="sentence")]
    return [Fault(f"{file}, {name}", say("braces that close", "成对的花括号"), line, kind="sentence")
            for line in lines if not _whole(line)]  # fmt: skip


def _whole(line: str) -> bool:
    try:
        list(Formatter().parse(line))
    except ValueError:
        return False
    return True
