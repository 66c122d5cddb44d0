"""The findings of the general report: the page that the chapter includes, the abstract, and what editors proposed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from research.core.scope import Project
from research.core.texts import read_json
from research.errors import Fault, nearest, say
from research.indicators.reference import reference
from research.indicators.reference.rules.files import file_faults

NOTEBOOK = "general"
PAGE = "_findings.md"
MOST = 8
"""Findings that a general report argues; what comes after them in the notebook is left out."""
FILE = "data/reference/proposals.yml"
_CLAIM = re.compile(r"^### (.+)$", re.M)
_LABEL = re.compile(r"@((?:fig|tbl)-[\w-]+)")
_SEE = re.compile(rf"见(?:、? {_LABEL.pattern})+。")
_EVIDENCE = re.compile(r"^\*\*证据。\*\* (.+)$", re.M)


def findings(texts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The findings that the notebook argues, in its order, at most `MOST`.

    Parameters
    ----------
    texts : mapping
        Notebook to label to markdown.

    Returns
    -------
    list of str
        Markdown, each with a heading that claims.
    """
    found = texts.get(NOTEBOOK, {})
    return [t.strip() for label, t in found.items() if label.startswith(f"text-{NOTEBOOK}-") and _CLAIM.search(t)][
        :MOST
    ]


def page(texts: Mapping[str, Mapping[str, str]], labels: Collection[str]) -> str:
    """What the chapter includes; where nothing can be argued a sentence that says so.

    Parameters
    ----------
    texts : mapping
        As in `findings`.
    labels : collection of str
        Figures and tables that the book has: chapters are the editors', and one that shows less is no fault.

    Examples
    --------
    >>> text = {"general": {"text-general-a": "### 甲\\n\\n**证据。** 乙。见 @fig-a、 @tbl-b。"}}
    >>> page(text, {"tbl-b"}).splitlines()[2], page(text, ()).splitlines()[2]
    ('**证据。** 乙。见 @tbl-b。', '**证据。** 乙。')
    """
    shown = "\n\n".join(_SEE.sub(lambda m: _seen(m[0], labels), text) for text in findings(texts))
    return (shown or "本版的数据不足以提出有依据的发现。") + "\n"


def _seen(words: str, labels: Collection[str]) -> str:
    known = [label for label in _LABEL.findall(words) if label in labels]
    return f"见{'、'.join(f' @{label}' for label in known)}。" if known else ""


def abstract(texts: Mapping[str, Mapping[str, str]]) -> str:
    """The claims, each with the first sentence of its evidence, without references; empty without a finding."""
    told = []
    for number, text in enumerate(findings(texts), 1):
        claim, evidence = _CLAIM.search(text), _EVIDENCE.search(text)
        first = evidence[1].partition("。")[0] if evidence else ""
        told += [f"{number}. **{claim[1]}。** {first}。" if claim else ""]
    return "\n".join(told) + "\n" if told else ""


def check_proposals(project: Project) -> list[Fault]:
    """Faults of `proposals.yml`: findings that the notebook does not argue, departments that are none.

    Returns
    -------
    list of Fault
        Empty where the district has no such file.
    """
    found = reference.optional(project, "proposals")
    if not found or list(file_faults("proposals", found, FILE)):
        return []  # `check` of the reference tables names what is of another shape
    keys, known = _keys(project), set(reference.load(project, "departments")["department"])
    return [
        fault
        for year, entries in found.items()
        for key, entry in (entries or {}).items()
        for fault in _entry_faults(f"{FILE}, {year}, {key}", key, entry["department"], keys, known)
    ]


def _entry_faults(where: str, key: str, department: str, keys: list[str], known: set[str]) -> Iterator[Fault]:
    if keys and key not in keys:
        asked = say("a finding of the general report", "总报告的一项发现")
        yield Fault(where, asked, repr(key), nearest(key, keys), "proposal")
    if department not in known:
        asked = say("a department of departments.csv", "部门表中的部门")
        yield Fault(f"{where}, department", asked, repr(department), nearest(department, known), "proposal")


def _keys(project: Project) -> list[str]:
    """Names that the notebook asks proposals for."""
    path = project.notebooks / "district" / f"{NOTEBOOK}.ipynb"
    if not path.is_file():
        return []
    code = "\n".join("".join(c["source"]) for c in read_json(path)["cells"] if c["cell_type"] == "code")
    return re.findall(r"\bfollows\(\"(\w+)\"", code)


__all__ = ["PAGE", "abstract", "check_proposals", "findings", "page"]
