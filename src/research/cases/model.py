"""What a case is: its front matter, typed and closed, and the register of all cases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from research.cases.evidence.evidence import read_evidence
from research.cases.prose import read_front_matter
from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.texts import expected_of, parse_yaml, read_text, read_yaml
from research.indicators.reference import reference
from research.indicators.reference.plans import in_force

if TYPE_CHECKING:
    from research.core.faults import Words
    from research.core.scope import Project

__all__ = [
    "CLASSES",
    "STATES",
    "Case",
    "basis_words",
    "case_fault",
    "clause_words",
    "files",
    "load",
    "place_names",
    "read",
]

Class = Literal["创新型", "最佳", "提升型"]
State = Literal["总结", "打造", "储备"]
CLASSES = get_args(Class)
STATES = get_args(State)


class Case(BaseModel):
    """Front matter of one case.

    Parameters
    ----------
    id : str
        Name of the file without suffix: small letters, digits, hyphens.
    title : str
    class : {"创新型", "最佳", "提升型"}
        Kind of case (clause 84).
    status : {"总结", "打造", "储备"}
        Where the case stands: summed up, being built, in reserve.
    clauses : list of str
        Clauses of the outline it rests on: "26", "一(二)".
    domain : str
        A theme's Chinese name (`name_zh` of themes.csv).
    places : list of str
        Codes of the places it happened in; empty only for a worked example from elsewhere.
    year : int
        Edition of the bluebook that takes it in.
    lead_unit, licence : str
    sources : list of str
        What its facts and figures come from.
    evidence : str, optional
        Evidence notebook, a path from the project's root; none where there is no data.
    comparison : str, optional
        What an effect is measured against; needed where the text claims an effect.
    example : bool
        A worked example on public data, not a practice of the district: never selected into the bluebook.
    order : int
        Place among the cases of its class; those without one come last, by id.
    experience : list of str
        Institutional experiences (ids of `reports/cases/_experiences.yml`) that the case may lead to (clause 87).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, str_strip_whitespace=True)

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=4)
    class_: Class = Field(alias="class")
    status: State
    clauses: list[str]
    domain: str = Field(min_length=2)
    places: list[str]
    year: int = Field(ge=2021, le=2035)
    lead_unit: str = Field(min_length=2)
    sources: list[str] = Field(min_length=1)
    licence: str = Field(min_length=2)
    evidence: str | None = None
    comparison: str | None = None
    example: bool = False
    order: int = Field(default=99, ge=1)
    keywords: list[str] = []
    experience: list[str] = []

    @field_validator("clauses", "places", mode="before")
    @classmethod
    def _texts(cls, value):
        return [str(v) for v in value] if isinstance(value, list) else value


def files(project: Project) -> Iterator[Path]:
    """Files of all cases, by name (chapters that are no case carry no `id` in their front matter)."""
    for path in sorted((project.reports / "cases").glob("[!_]*.qmd")):
        if re.search(r"^id:", read_front_matter(path.read_bytes().decode("utf-8", "replace"))[0] or "", re.M):
            yield path


def read(project: Project, path: Path) -> tuple[Case | None, str, list[Any]]:
    """One case: its checked front matter and its text.

    Returns
    -------
    (Case or None, str, list of Fault)
        The case (None when the front matter is not whole), the text after it, and its faults.
    """
    name = project.show(path)
    try:
        text = read_text(path, name)
    except DataError as error:
        return None, "", list(error.faults)
    head, body = read_front_matter(text)
    faults = [
        case_fault(
            name,
            1,
            say("front matter between two lines ---", "两行 --- 之间的文件头"),
            say("none", "没有"),
            say("copy that of another case", "请照抄另一个案例的"),
            "head",
        )
    ]
    if head is None:
        return None, body, faults
    try:
        case = Case.model_validate(parse_yaml(head, name, first=2) or {})
    except DataError as error:
        return None, body, [replace(f, kind=f"case-{f.kind}") for f in error.faults if isinstance(f, Fault)]
    except ValidationError as error:
        return None, body, [_schema_fault(name, head, item) for item in error.errors()]
    return case, body, []


def case_fault(
    name: str, line: int, expected: str | Words, found: str | Words, way_out: str | Words = "", kind: str = "case"
) -> Fault:
    """A fault in the file `name` of the case library."""
    told = found if isinstance(found, str) else str(found)  # words in two languages stay what they are
    return Fault(spot(name, line=line), expected, told, way_out, f"case-{kind}")


def _schema_fault(name, head, item):
    key = str(item["loc"][0]) if item["loc"] else ""
    lines = [n for n, line in enumerate(head.splitlines(), start=2) if line.startswith(f"{key}:")]
    known = [f.alias or k for k, f in Case.model_fields.items()]
    if item["type"] == "missing":
        return case_fault(
            name,
            1,
            say(f"`{key}` in the front matter", f"文件头中有 {key}"),
            say("none", "没有"),
            say("add the line", "请加上这一行"),
            "missing",
        )
    if item["type"] == "extra_forbidden":
        return case_fault(
            name, lines[0] if lines else 1, say("a known key", "已知的项目"), f"`{key}`", nearest(key, known), "unknown"
        )
    told = expected_of(item)
    return case_fault(
        name, lines[0] if lines else 1, say(f"`{key}`: {told}", f"{key}：{told.zh}"), repr(item["input"]), "", "value"
    )


def load(project: Project, unfinished: str = "refuse") -> pd.DataFrame:
    """The register of cases, one row a case: by class and order, worked examples last.

    Parameters
    ----------
    project : Project
    unfinished : {"refuse", "skip"}
        What becomes of cases whose front matter is not whole.

    Returns
    -------
    DataFrame
        id, title, class, status, clauses, domain, places, year, lead_unit, sources, licence, evidence,
        comparison, example, order, evidence_status (weakest status shown, None without evidence), path.

    Raises
    ------
    DataError
        All faults in the front matter of all cases at once.
    """
    rows, faults = [], []
    for path in files(project):
        case, _, found = read(project, path)
        faults += found
        if case:
            row = case.model_dump(by_alias=True)
            notebook = project.root / case.evidence if case.evidence else None
            status = read_evidence(notebook).status if notebook and notebook.is_file() else None
            rows.append({**row, "evidence_status": status, "path": project.show(path)})
    if faults and unfinished == "refuse":
        raise DataError(faults)
    columns = [f.alias or k for k, f in Case.model_fields.items()] + ["evidence_status", "path"]
    rows.sort(key=lambda r: (r["example"], CLASSES.index(r["class"]), r["order"], r["id"]))
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"example": bool})  # an empty library too can be asked which are examples


def model_name(project: Project) -> str:
    """What the district's own model is called: its name without 区, 县 or 市, and 模式."""
    about = read_yaml(project.reference / "district.yml", "data/reference/district.yml", needed=True)
    return f"{re.sub('[区县市旗]$', '', str(about['name']))}模式"


def place_names(project: Project) -> dict[str, str]:
    """Names of the district and its places by code, as they stand in the reference data.

    Parameters
    ----------
    project : Project

    Returns
    -------
    dict of str to str
    """
    places = reference.load(project, "places")
    district = read_yaml(project.reference / "district.yml", "data/reference/district.yml", needed=True)
    return {**dict(zip(places["code"], places["name"], strict=True)), str(district["code"]): district["name"]}


def basis_words(project: Project, clauses: list[str], year: int | None = None) -> str:
    """The clauses that something rests on, after the name of the plan of its year; empty where there are none.

    Parameters
    ----------
    project : Project
    clauses : iterable of str
    year : int, optional
        Default: the newest plan's.

    Returns
    -------
    str
        As 纲要第4条、第24条.
    """
    if not clauses:
        return ""
    known = reference.plans(project)
    plan = in_force(known, year) if year else known[-1]
    return plan.name + "、".join(map(clause_words, clauses))


def clause_words(clause: str) -> str:
    """A clause of the outline as readers write it.

    Examples
    --------
    >>> clause_words("26"), clause_words("一(二)"), clause_words("六"), clause_words("段3")
    ('第26条', '第一部分（二）', '第六部分', '第3段')
    """
    if clause.isdigit():
        return f"第{clause}条"
    if clause.startswith("段"):
        return f"第{clause[1:]}段"
    part, _, item = clause.partition("(")
    return (clause if part == "引言" else f"第{part}部分") + (f"（{item[:-1]}）" if item else "")
