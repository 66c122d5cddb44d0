"""What the settings files beside `settings.yml` may say: closed schemas, with ranges; every departure is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from research.core.faults import Fault, nearest, say
from research.core.status import STATUSES
from research.core.texts import expected_of

__all__ = ["FILES", "file_faults"]

Year = Annotated[int, Field(ge=1900, le=2100)]
Code = Annotated[str, Field(pattern=r"^\d{2,12}$")] | Annotated[int, Field(ge=10, lt=10**12)]
Share = Annotated[float, Field(ge=0, le=1)]
Level = Annotated[float, Field(ge=0.5, lt=1)]
Text = Annotated[str, Field(min_length=1)]
Ids = Annotated[list[Text], Field(min_length=1)]
Rank = Literal["high", "medium", "low"]
Means = Literal["arithmetic", "geometric", "harmonic", "generalized", "median"]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Books(_Closed):
    bluebook: Text | None = None
    cases: Text | None = None


class _Survey(_Closed):
    name: Text
    design: str | None = None
    income: str | None = None
    person_weight: str | None = None


class _District(_Closed):
    """`plans` has rules of its own (`research.indicators.reference.plans.check_plans`)."""

    code: Code
    name: Text
    name_en: str | None = None
    city: str | None = None
    city_code: Code | None = None
    province: str | None = None
    province_code: Code | None = None
    level: Literal["province", "city", "county", "township"] | None = None
    books: _Books | None = None
    centre: str | None = None
    survey: _Survey | None = None
    plans: list[Any]
    counts: dict[Literal["places", "villages"], Annotated[int, Field(ge=0)]] | None = None
    release: list[Literal["bluebook", "cases", "manual", "briefs"]] | None = None


class _Membership(_Closed):
    since: Year = Field(alias="from")
    members: Annotated[list[Code], Field(min_length=1)]
    source: Text
    note: str | None = None


class _Group(_Closed):
    name: Text | None = None
    name_en: str | None = None
    focus: bool | None = None
    clause: str | int | None = None
    quote: str | None = None
    memberships: Annotated[list[_Membership], Field(min_length=1)]


class _Break(_Closed):
    name: Text
    year: Year
    indicators: Ids
    before: Text
    after: Text
    words_before: Ids
    source: Text
    note: str | None = None


class _Kind(_Closed):
    indicators: Ids
    source: Text | None = None
    note: str | None = None


class _Sums(_Kind):
    tolerance: Share


class _Calibres(_Closed):
    breaks: dict[Text, _Break] | None = None
    population: dict[Literal["常住", "户籍"], _Kind] | None = None
    quarters: _Sums | None = None
    sums: _Sums | None = None
    scales: dict[Text, dict[Text, float]] | None = None


class _Assumption(_Closed):
    id: Text
    text: Text
    basis: Text
    quality: Rank
    effect: Rank
    action: str | None = None


class _Proposal(_Closed):
    """What an editor proposes for a finding of the general report."""

    proposal: Text
    department: Text
    due: date | Annotated[str, Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")]


class _Meta(_Closed):
    title: Text
    status: Literal[STATUSES]  # type: ignore[valid-type]
    source: Text
    note: str | None = None
    years: list[Year] | None = None
    seed: int | None = None
    sources: list[Text] | None = None
    licence: str | None = None


class _Robustness(_Closed):
    variants: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    level: Level | None = None
    weight_noise: Annotated[float, Field(ge=0, le=5)] | None = None
    normalise: Annotated[list[Text], Field(min_length=1)] | None = None
    aggregate: Annotated[list[Means], Field(min_length=1)] | None = None
    sobol: Annotated[int, Field(ge=0, le=65_536)] | None = None


class _Grades(_Closed):
    excellent_share: Share | None = None
    fail_below: Annotated[float, Field(ge=0, le=100)] | None = None


class _Warning(_Closed):
    grade: Text
    behind: Annotated[float, Field(ge=0, le=100)]
    measure: Text


class _Assessment(_Closed):
    since: Year = Field(alias="from")
    source: Text
    aspects: dict[Literal["工作机制", "工作推进", "工作保障", "工作成效", "群众测评"], Share]
    grades: _Grades | None = None
    outlook_level: Level | None = None
    warnings: list[_Warning] | None = None


def _in_order(ends):
    if ends[0] >= ends[1]:
        raise ValueError("a low end below the high end")
    return ends


_Ends = Annotated[list[float], Field(min_length=2, max_length=2), AfterValidator(_in_order)]
_Scoped = Literal["district", "township"]


class _Scope(BaseModel):
    """The shape of a version; what else it may say has a closed schema of its own (`research.composite.spec`)."""

    model_config = ConfigDict(extra="allow", strict=True)

    goalposts: dict[Text, _Ends | dict[_Scoped, _Ends]] | None = None
    weights: dict[Text, Any] | None = None
    outliers: dict[Text, Any] | None = None


class _Version(_Scope):
    extends: Text | None = None
    scopes: dict[_Scoped, _Scope | None] | None = None


class _Index(_Closed):
    current: Text
    versions: Annotated[dict[Text, _Version], Field(min_length=1)]
    robustness: _Robustness | None = None
    assessment: _Assessment | None = None


FILES: dict[str, TypeAdapter[Any]] = {
    "district": TypeAdapter(_District),
    "groups": TypeAdapter(dict[Text, _Group]),
    "calibres": TypeAdapter(_Calibres),
    "assumptions": TypeAdapter(list[_Assumption]),
    "passages": TypeAdapter(dict[Text, dict[Text, str] | None]),
    "proposals": TypeAdapter(dict[Year | Text, dict[Text, _Proposal] | None]),
    "index": TypeAdapter(_Index),
    "meta": TypeAdapter(_Meta),
}
"""Settings files by name: what each may hold."""
KNOWN = {
    "district": [*_District.model_fields],
    "index": [*_Index.model_fields],
    "meta": [*_Meta.model_fields],
    "calibres": [*_Calibres.model_fields],
}


def file_faults(name: str, entries: Any, file: str) -> Iterator[Fault]:
    """Everything in a settings file that its schema does not know.

    Parameters
    ----------
    name : str
        One of `FILES`.
    entries : object
        As the file gives it.
    file : str
        What messages call it.

    Yields
    ------
    Fault

    Examples
    --------
    >>> print(*file_faults("assumptions", [{"id": "A", "text": "t", "basis": "b", "quality": "hgih", "effect": "low"}],
    ...                    "assumptions.yml"))
    assumptions.yml, 1, quality: expected 'high', 'medium' or 'low', found 'hgih'
    """
    try:
        FILES[name].validate_python(entries)
    except ValidationError as error:
        for item in error.errors(include_url=False):
            yield _fault(name, item, file)
    yield from _sums(name, entries, file)


def _fault(name, item, file):
    loc = [p for p in item["loc"] if not re.match(r"(str|int)$|(constrained|function|list|dict)\W", str(p))]
    path = [str(p + 1) if isinstance(p, int) else p for p in loc]  # entries of a list are counted from one
    where = ", ".join([file, *path])
    if item["type"] == "missing":
        return Fault(where, say("an entry", "有这一条"), say("none", "没有"), say("add it", "请补上"), "settings")
    if item["type"] == "extra_forbidden":
        return Fault(
            where,
            say("an entry that is known", "已有的条目"),
            repr(path[-1]),
            nearest(path[-1], KNOWN.get(name, ())) if len(path) == 1 else "",
            "settings",
        )
    return Fault(where, expected_of(item), repr(item["input"])[:60], kind="settings")


def _sums(name, entries, file):
    """Rules between entries: ids once, shares that add up to one."""
    if name == "assumptions" and isinstance(entries, list):
        ids = [e.get("id") for e in entries if isinstance(e, dict)]
        for one in sorted({str(i) for i in ids if ids.count(i) > 1}):
            yield Fault(f"{file}, {one}", say("each id once", "每个编号只出现一次"), repr(one), kind="settings")
    section = entries.get("assessment") if name == "index" and isinstance(entries, dict) else None
    aspects = section.get("aspects") if isinstance(section, dict) else None
    weights = list(aspects.values()) if isinstance(aspects, dict) else []
    if weights and all(isinstance(v, (int, float)) for v in weights) and abs(sum(weights) - 1) > 1e-6:
        yield Fault(
            f"{file}, assessment, aspects",
            say("weights that add up to 1", "合计为1的权重"),
            f"{sum(weights):g}",
            kind="settings",
        )
