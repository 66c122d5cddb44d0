"""From cases to institutional experience to the district's model (clauses 84-87): what is read, and what is wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from research.cases.model import case_fault
from research.core.texts import read_text, read_yaml
from research.errors import DataError, Fault, nearest, say

if TYPE_CHECKING:
    from research.cases.model import Case
    from research.core.faults import Fault
    from research.core.scope import Project


__all__ = ["FILE", "MODELS", "STATES", "SYSTEMS", "anchor", "chain_faults", "experiences"]

FILE = "_experiences.yml"
SYSTEMS = ("工作体系", "政策体系", "评价体系")
"""What clause 87 has institutional experience renew."""
MODELS = ("工具箱", "制度经验库", "方法矩阵")
"""The three parts of clause 87 that lead from practice to the district's model."""
STATES = ("候选", "确认")
_WORDS = {"system": SYSTEMS, "model": MODELS, "state": STATES}
_KEYS = ("id", "title", "clauses", "system", "model", "state", "needs")


def anchor(experience: str) -> str:
    """Id of the section that an experience has on the library's page.

    Examples
    --------
    >>> anchor("one-stop")
    'sec-experience-one-stop'
    """
    return f"sec-experience-{experience}"


def experiences(project: Project) -> list[dict[str, Any]]:
    """The institutional experiences that cases may lead to.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of dict
        id, title, clauses it rests on, system and model (words of clause 87), state, and `needs`: what is wanted
        before it can be confirmed. Empty where the project has no such file.

    Raises
    ------
    DataError
        When the file is no YAML list of entries.
    """
    path = project.reports / "cases" / FILE
    if not path.is_file():
        return []
    try:
        found = read_yaml(path, project.show(path)) or []
    except DataError as error:
        raise DataError([replace(f, kind="case-chain") for f in error.faults if isinstance(f, Fault)]) from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise DataError(
            case_fault(
                project.show(path),
                1,
                say("a list of entries, each beginning with `- id:`", "一个列表，每项以 - id: 开头"),
                type(found).__name__,
                "",
                "chain",
            )
        )
    return found


def chain_faults(
    project: Project, register: list[tuple[str, Case]], texts: dict[str, str], clauses: dict[str, str]
) -> Any:
    """What is wrong with the chain, all at once.

    Parameters
    ----------
    project : Project
    register : iterable of (str, Case)
        File and front matter of each case.
    texts : dict of str to str
        Text of each of these files.
    clauses : collection of str
        The clauses of the outline.

    Returns
    -------
    list of Fault
        Experiences with wrong words, cases that lead to one that is not there or do not link to it.
    """
    try:
        known = experiences(project)
    except DataError as error:
        return error.faults
    name, faults = f"reports/cases/{FILE}", []
    ids = [str(row.get("id")) for row in known]
    for row, line in zip(known, _lines(project), strict=False):
        faults += _entry(name, line, row, clauses)
        if ids.count(str(row.get("id"))) > 1:
            faults.append(case_fault(name, line, say("each id once", "编号不重复"), str(row.get("id")), "", "chain"))
    for path, case in register:
        line = _line(texts[path], "experience:")
        faults += [
            case_fault(path, line, say(f"an id of {name}", f"{name} 中的编号"), repr(e), nearest(e, ids), "chain")
            for e in case.experience
            if e not in ids
        ]
        faults += [
            case_fault(
                path,
                line,
                say(f"a link to the experience {e}", f"指向制度经验 {e} 的链接"),
                say("none in the text", "正文中没有"),
                f"[...](library.qmd#{anchor(e)})",
                "chain",
            )
            for e in case.experience
            if e in ids and f"(library.qmd#{anchor(e)})" not in texts[path]
        ]
    return faults


def _lines(project):
    text = read_text(project.reports / "cases" / FILE) if (project.reports / "cases" / FILE).is_file() else ""
    return [number for number, row in enumerate(text.splitlines(), start=1) if re.match(r"-\s", row)]


def _line(text, words):
    return next((n for n, row in enumerate(text.splitlines(), start=1) if row.startswith(words)), 1)


def _entry(name, line, row, clauses):
    if set(row) != set(_KEYS):
        yield case_fault(
            name,
            line,
            say(f"the keys {', '.join(_KEYS)}", f"以下各项：{'、'.join(_KEYS)}"),
            ", ".join(map(str, row)),
            "",
            "chain",
        )
    for key, words in _WORDS.items():
        if row.get(key) not in words:
            yield case_fault(
                name,
                line,
                say(f"{key}: one of {'、'.join(words)}", f"{key}：{'、'.join(words)}之一"),
                repr(row.get(key)),
                "",
                "chain",
            )
    for key in ("clauses", "needs"):
        value = row.get(key)
        if not (isinstance(value, list) and value and all(isinstance(v, str) and v for v in value)):
            yield case_fault(
                name,
                line,
                say(f"{key}: a list of texts", f"{key}：文字的列表"),
                repr(value),
                say('write ["26", "84"]', '请写成 ["26", "84"]'),
                "chain",
            )
    for clause in row.get("clauses") if isinstance(row.get("clauses"), list) else []:
        if isinstance(clause, str) and clause not in clauses:
            yield case_fault(name, line, say("a clause of the outline", "规划中的条款"), repr(clause), "", "chain")
