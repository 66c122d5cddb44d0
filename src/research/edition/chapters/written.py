"""What a bluebook's hand-written chapters may say: quotes of the plan word for word, and no number of their own."""

from __future__ import annotations

from pathlib import Path

from research.cases.prose import bare_numbers, clause_texts, quotes
from research.core.faults import Fault, say, spot
from research.core.scope import open_project
from research.core.texts import read_text
from research.edition.chapters.elements import sources
from research.indicators.reference import reference

__all__ = ["unfounded"]


def unfounded(root: Path, profile: str = "bluebook") -> list[Fault]:
    """Numbers written by hand and quotes that no plan of the district holds, in the chapters of a bluebook.

    The same rules as for cases: a number is computed by a notebook and embedded, or stands in a quote; years, clause
    numbers and list markers only name something. A quote 「…」 names the place of the plan that it is taken from.

    Parameters
    ----------
    root : Path
        Folder of `_quarto.yml`.
    profile : str
        Profile names joined by commas; only the profile `bluebook` is a bluebook.

    Returns
    -------
    list of Fault
        Of kind `number` or `quote`, each with file and line.
    """
    reports, others, index = sources(root, profile)
    if index is None:
        return []
    project = open_project(root)
    clauses: dict[str, list[str]] = {}
    for plan in reference.plans(project):
        for key, words in clause_texts(reference.outline(project, plan)).items():
            clauses.setdefault(key, []).append(words)
    return [f for path in [index, *reports, *others] for f in _chapter(root, path, clauses)]


def _chapter(root, path, clauses):
    name = path.relative_to(root).as_posix()
    text = read_text(path, name)
    for line, digits in bare_numbers(text):
        yield Fault(
            spot(name, line=line),
            say("numbers quoted or embedded", "引自原文或由笔记本嵌入的数字"),
            digits,
            say("embed the notebook that computes it", "请嵌入算出它的笔记本"),
            "number",
        )
    for line, words, clause in quotes(text):
        if words and (fault := _quote(spot(name, line=line), words, clause, clauses)):
            yield fault


def _quote(place, words, clause, clauses):
    found = f"「{words[:30]}」"
    if clause is None:
        way = say("add （第26条）, or use “ ” where it is no quote", "请加上（第26条）；不是引文的请用“ ”")
        return Fault(place, say("the clause after a quote of the plan", "引文后面注明条款"), found, way, "quote")
    if any(words in text for text in clauses.get(clause, ())):
        return None
    where = next((key for key, texts in clauses.items() if any(words in text for text in texts)), None)
    way = (
        say(f"it stands in {where}", f"原文见 {where}")
        if where
        else say("quote the plan word for word", "请逐字引用原文")
    )
    return Fault(place, say(f"words of clause {clause}", f"条款 {clause} 的原文"), found, way, "quote")
