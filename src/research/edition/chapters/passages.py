"""Passages of the plan that chapters quote: one page a slot, and what is wrong with them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from research.cases.prose import clause_texts, quotes
from research.core.scope import Project
from research.errors import Fault, nearest, say
from research.indicators.reference import reference
from research.indicators.reference.rules.files import file_faults

if TYPE_CHECKING:
    from research.indicators.edition import Edition

FILE = "data/reference/passages.yml"
_SLOT = re.compile(r"_passage-([\w-]+)\.md")


def slots(project: Project) -> dict[str, str]:
    """Slots that the chapters have, each with the chapter that first has it."""
    found: dict[str, str] = {}
    folders = (project.reports / "bluebook", project.reports / "cases")
    for path in [
        project.root / "index.qmd",
        *(p for folder in folders for p in sorted([*folder.glob("*.qmd"), *folder.glob("_plan-*.md")])),
    ]:
        if path.is_file():  # one that is no text is named where chapters are checked
            for name in _SLOT.findall(path.read_text(encoding="utf-8", errors="replace")):
                found.setdefault(name, project.show(path))
    return found


def pages(edition: Edition) -> dict[str, str]:
    """What each slot prints in this edition: the passage of the plan in force, or nothing.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict of str to str
        File name to markdown.
    """
    return {f"_passage-{slot}.md": edition.passages.get(slot, "") + "\n" for slot in slots(edition.project)}


def check_passages(project: Project) -> list[Fault]:
    """Faults of `passages.yml`: unknown plans and slots, quotes that are not the plan's words.

    Returns
    -------
    list of Fault
        Empty where the district has no such file.
    """
    found = reference.optional(project, "passages")
    if not found or list(file_faults("passages", found, FILE)):
        return []  # `check` of the reference tables names what is of another shape
    known = {plan.id: plan for plan in reference.plans(project)}
    asked, faults = slots(project), []
    for name, texts in found.items():
        if name not in known:
            faults.append(
                Fault(
                    f"{FILE}, {name}", say("the id of a plan", "规划编号"), repr(name), nearest(name, known), "passage"
                )
            )
            continue
        clauses = clause_texts(reference.outline(project, known[name]))
        for slot, text in (texts or {}).items():
            faults += _slot_faults(f"{FILE}, {name}, {slot}", slot, str(text), asked, clauses)
    return faults


def _slot_faults(where, slot, text, asked, clauses):
    if slot not in asked:
        yield Fault(where, say("a slot of a chapter", "章节中的位置"), repr(slot), nearest(slot, asked), "passage")
    for _, words, clause in quotes(text):
        if clause is None:
            yield Fault(
                where,
                say("a place after the quote", "引文后注明出处"),
                f"「{words[:20]}」",
                say("add （第3段） or （第26条）", "请补上（第3段）或（第26条）"),
                "quote",
            )
        elif words not in clauses.get(clause, ""):
            other = next((k for k, v in clauses.items() if words in v), None)
            way = f"it stands in {other}" if other else "quote the plan word for word"
            yield Fault(where, say(f"words of {clause}", f"{clause}的原文"), f"「{words[:30]}」", way, "quote")
