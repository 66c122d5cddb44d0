"""The plan clause by clause: what in the book answers each, and what is out of reach and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from research.cases.model import clause_words, load
from research.cases.prose import clause_texts
from research.core.scope import Project
from research.core.status import weakest
from research.errors import Fault, nearest, say
from research.figures.captioned import table
from research.indicators.reference.district import District

FILE = "data/reference/clauses.csv"
_SECTION = re.compile(r"^# .*\{#sec-([\w-]+)\}", re.M)
_ITEM = re.compile(r"([一二三四五六七八九])\(([一二三四五六七八九])\)")
_NUMERALS = "一二三四五六七八九"
_COUNTED = {"targets": "目标", "milestones": "节点", "directional": "方向性要求"}
_REGISTERS = {"policies": ("title", "issued"), "lists": ("name", "year"), "claims": ("claim", "")}
"""Registers that name clauses: the column that names a row, and that of its time."""
_MARK, _MARKED = "⟦{}⟧", re.compile(r"⟦([\w-]+)⟧")
"""A reference while its cell is still text: what stands in cells is never taken for markup."""
_EMPTY = "本规划的条文尚未登记。每条一行填入 data/reference/clauses.csv 后，此处列出逐条对照。"


def sections(project: Project) -> list[str]:
    """Names of the chapters a row may point to: `sec-` ids of headings without `sec-`, in the order of the book."""
    profile, found = project.root / "_quarto-bluebook.yml", list[str]()
    listed = profile.read_text(encoding="utf-8", errors="replace") if profile.is_file() else ""
    for path in sorted((project.reports / "bluebook").glob("*.qmd"), key=lambda p: (_position(listed, p.name), p.name)):
        found += _SECTION.findall(path.read_text(encoding="utf-8", errors="replace"))
    return found


def _position(listed: str, name: str) -> int:
    """Where a chapter's file stands in the list; after all others where it does not."""
    at = listed.find(f"/{name}")
    return len(listed) if at < 0 else at


def clauses_of(cell: str) -> list[str]:
    """The clauses that a cell names.

    Examples
    --------
    >>> clauses_of("1(2);71"), clauses_of("一(六)；47"), clauses_of("")
    (['一(二)', '71'], ['一(六)', '47'], [])
    """
    parts = [p.strip() for p in re.split(r"[;；]", str(cell)) if p.strip()]
    return [
        re.sub(r"^(\d)\((\d)\)$", lambda m: f"{_NUMERALS[int(m[1]) - 1]}({_NUMERALS[int(m[2]) - 1]})", p) for p in parts
    ]


def answers(
    project: Project, edition: int, registers: Mapping[str, pd.DataFrame] | None = None
) -> dict[str, dict[str, list[str]]]:
    """What answers each clause of the plan in force, found in the tables that name clauses.

    Parameters
    ----------
    project : Project
    edition : int
    registers : mapping, optional
        `policies`, `lists` and `claims` of the data: of policies those that were issued by the end of the year, of the
        lists this year's.

    Returns
    -------
    dict of str to dict
        Clause to kind (`indicators`, `targets`, `milestones`, `directional`, `cases`, and the registers) to names.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> answers(open_project(), 2024)["24"]["cases"]
    ['强村结对薄弱村：东西部联动的“一对一”']
    """
    district = District(project, edition)
    found: dict[str, dict[str, list[str]]] = {}

    def add(kind: str, cell: str, name: str) -> None:
        for clause in clauses_of(cell):
            found.setdefault(clause, {}).setdefault(kind, []).append(name)

    for kind, column in {
        "indicators": "name_zh",
        "targets": "indicator",
        "milestones": "milestone",
        "directional": "indicator",
    }.items():
        for row in getattr(district, kind).to_dict("records"):
            add(kind, row["clause"], row[column])
    for theme, cell in district.indicators[["theme", "clause"]].itertuples(index=False):
        add("themes", cell, theme)
    for clauses, title in load(project, unfinished="skip")[["clauses", "title"]].itertuples(index=False):
        add("cases", ";".join(clauses), title)
    for name, cell, kind in _registered(registers or {}, edition):
        add(kind, cell, name)
    return found


def _registered(registers: Mapping[str, pd.DataFrame], edition: int) -> Iterator[tuple[str, str, str]]:
    """Name, clauses and register of what is kept by hand and names clauses."""
    for kind, (name, column) in _REGISTERS.items():
        rows = registers.get(kind)
        if rows is None or rows.empty:
            continue
        if column == "issued":
            rows = rows[pd.to_datetime(rows["issued"], errors="coerce") <= pd.Timestamp(edition, 12, 31)]
        elif column:
            rows = rows[pd.to_numeric(rows[column]) == int(edition)]
        for row in rows[rows["clauses"].notna()].to_dict("records"):
            yield str(row[name]), str(row["clauses"]), kind


def check_coverage(project: Project, edition: int) -> list[Fault]:
    """Clauses without an entry, and entries that nothing answers; nothing is asked of a plan that has no entry yet.

    Parameters
    ----------
    project : Project
    edition : int

    Returns
    -------
    list of Fault
    """
    district = District(project, edition)
    rows = district.clauses
    if rows.empty:
        return []
    texts, chapters = clause_texts(district.outline), sections(project)
    entered, faults = set(rows["clause"]), []
    for clause in texts:
        if (clause.isdigit() or (_ITEM.fullmatch(clause) and clause[0] == "一")) and clause not in entered:
            faults.append(
                Fault(
                    FILE,
                    say(f"an entry for clause {clause}", f"{clause_words(clause)}有一行"),
                    say("none", "没有"),
                    say("add what answers it, or why it is out of reach", "请补上由什么落实，或为什么不在范围内"),
                    "clause",
                )
            )
    faults += [
        Fault(f"{FILE}, {clause}", say("each clause once", "每条只登记一行"), repr(clause), kind="duplicate")
        for clause in rows["clause"][rows["clause"].duplicated()]
    ]
    found = answers(project, edition)
    for clause, row in zip(rows["clause"], rows.to_dict("records"), strict=True):
        faults += _row_faults(clause, row, texts, chapters, found)
    return faults


def _row_faults(clause: str, row: dict[str, Any], texts: Any, chapters: Any, found: Any) -> Any:
    where = f"{FILE}, {clause}"
    if clause not in texts:
        yield Fault(where, say("a clause of the plan", "规划中的条文"), repr(clause), nearest(clause, texts), "clause")
    elif row["title"] not in texts[clause]:
        yield Fault(
            f"{where}, title",
            say("words of the clause", "条文中的原话"),
            f"「{row['title'][:30]}」",
            say("quote the plan word for word", "请照抄原文"),
            "quote",
        )
    for name in row["chapters"].split():
        if chapters and name not in chapters:  # a project may have tables and no book
            yield Fault(
                f"{where}, chapters", say("a chapter", "章节的代号"), repr(name), nearest(name, chapters), "chapter"
            )
    if not (found.get(clause) or row["chapters"] or row["out_of_reach"]):
        yield Fault(
            where,
            say(
                "an indicator, target, case or chapter, or why it is out of reach",
                "对应的指标、目标、案例或章节，或不在范围内的原因",
            ),
            say("none", "都没有"),
            say("fill chapters, or out_of_reach and note", "请填 chapters，或填 out_of_reach 和 note"),
            "clause",
        )
    if row["out_of_reach"] and not row["note"]:
        yield Fault(f"{where}, note", say("the reason", "原因"), say("empty", "空"), kind="clause")


def coverage(project: Project, edition: int, registers: Mapping[str, pd.DataFrame] | None = None) -> str:
    """The appendix: how many clauses are answered, then a table for each part of the plan.

    Parameters
    ----------
    project : Project
    edition : int
    registers : mapping, optional
        As in `answers`.

    Returns
    -------
    str
        Markdown.
    """
    district = District(project, edition)
    rows, found, known = district.clauses, answers(project, edition, registers), sections(project)
    if rows.empty:
        return _EMPTY + "\n"
    beyond = rows[rows["out_of_reach"].ne("")]
    kinds = "，".join(f"{reason}{len(part)}条" for reason, part in beyond.groupby("out_of_reach", sort=False))
    lead = (
        f"{district.plan.name}登记{len(rows)}处条文与目标，{len(rows) - len(beyond)}处在本书中有指标、目标、案例或"
        f"章节对应，{len(beyond)}处不在本书范围之内" + (f"（{kinds}）" if kinds else "") + "。"
    )
    parts = [lead]
    for number, (part, those) in enumerate(rows.groupby("part", sort=False), start=1):
        cells = pd.DataFrame([_cells(row, found.get(row["clause"], {}), known) for row in those.to_dict("records")])
        caption = f"{part or district.plan.name}：逐条对照"
        stands = [k for clause in those["clause"] for k in found.get(clause, {}) if k in _REGISTERS]
        status = weakest({s for k in stands for s in (registers or {})[k]["status"].dropna()}) if stands else None
        text = table(cells, caption, f"tbl-coverage-{number}", status, widths=(24, 40, 16, 20))
        parts.append(_MARKED.sub(r"@sec-\1", text))
    return "\n\n".join(parts)


def _cells(row, found, known):
    by = ["指标：" + "、".join(dict.fromkeys(found["indicators"]))] if "indicators" in found else []
    by += ["、".join(f"{word}{len(found[kind])}项" for kind, word in _COUNTED.items() if kind in found)]
    by += ["案例：" + "、".join(f"《{title}》" for title in found["cases"])] if "cases" in found else []
    by += ["政策：" + "、".join(f"《{t}》" for t in dict.fromkeys(found["policies"]))] if "policies" in found else []
    by += ["清单：" + "、".join(dict.fromkeys(found["lists"]))] if "lists" in found else []
    by += [f"试点主张{len(found['claims'])}项"] if "claims" in found else []
    chapters = [
        *row["chapters"].split(),
        *found.get("themes", []),
        *(["targets"] if "targets" in found else []),
        *(["cases"] if "cases" in found else []),
        *(["registers"] if found.keys() & _REGISTERS.keys() else []),
    ]
    return {
        "条文": f"{clause_words(row['clause'])}　{row['title']}",
        "由什么落实": "；".join(filter(None, by)),
        "章节": "、".join(_MARK.format(name) for name in known if name in chapters),
        "不在范围内的部分": "：".join(filter(None, [row["out_of_reach"], row["note"]])),
    }
