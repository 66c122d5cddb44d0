"""Plans: the policy documents an edition stands under, each with its years, its title and its text."""

from __future__ import annotations

from dataclasses import dataclass

from research.errors import DataError, Fault, say

FILE = "data/reference/district.yml"
_KEYS = (
    "id",
    "title",
    "name",
    "start",
    "end",
    "milestones",
    "base",
    "outlook",
    "publisher",
    "date",
    "index_number",
    "file",
    "note",
    "counts",
)


@dataclass(frozen=True)
class Plan:
    """One plan (规划、纲要).

    Parameters
    ----------
    id : str
        Short name that `targets.csv` refers to, such as ``"2021-2025"``.
    title : str
        Whole title.
    start, end : int
        First and last year.
    milestones : tuple of int
        Years that it sets targets for, in order; the last year is one of them.
    base : int
        Year that distances are measured from.
    name : str
        What the book calls it.
    outlook : int, optional
        A year beyond the last that it looks to.
    publisher, date, index_number, file, note : str
        The document, and the file of its text in `data/reference`.
    counts : dict
        Counts that the text states: domains, subdomains, indicators, targets.

    Examples
    --------
    >>> plan = Plan("p", "规划", 2026, 2030, (2028, 2030), 2025)
    >>> plan.horizon(2027), plan.horizon(2029), plan.phase(2030)
    (2028, 2030, 'last')
    """

    id: str
    title: str
    start: int
    end: int
    milestones: tuple[int, ...]
    base: int
    name: str = "规划"
    outlook: int | None = None
    publisher: str = ""
    date: str = ""
    index_number: str = ""
    file: str = ""
    note: str = ""
    counts: tuple[tuple[str, int], ...] = ()

    def horizon(self, year: int) -> int:
        """The milestone that counts in a year: the nearest not yet past, else the last one."""
        return next((y for y in self.milestones if y >= year), self.end)

    def phase(self, year: int) -> str:
        """Where a year stands: `before` the plan, `within` it, its `last` year, or `after` it."""
        return (
            "before"
            if year < self.start
            else "within"
            if year < self.end
            else ("last" if year == self.end else "after")
        )

    @property
    def span(self) -> str:
        """Its years as readers write them, such as 2026—2030年."""
        return f"{self.start}—{self.end}年"


def plans(about: dict) -> tuple[Plan, ...]:
    """All plans of a district, the oldest first.

    Parameters
    ----------
    about : dict
        As in `district.yml`.

    Returns
    -------
    tuple of Plan

    Raises
    ------
    DataError
        All faults of the section `plans`.

    Examples
    --------
    >>> plans({"plans": [{"id": "a", "title": "甲", "start": 2026, "end": 2030}]})[0].base
    2025
    """
    if faults := check_plans(about):
        raise DataError(faults)
    return tuple(sorted((_plan(entry) for entry in about["plans"]), key=lambda p: p.start))


def _plan(entry: dict) -> Plan:
    texts = {k: str(entry.get(k) or "") for k in ("publisher", "date", "index_number", "file", "note")}
    start, end = int(entry["start"]), int(entry["end"])
    years = {int(y) for y in entry.get("milestones") or ()} | {end}
    return Plan(
        id=str(entry["id"]),
        title=str(entry["title"]),
        start=start,
        end=end,
        milestones=tuple(sorted(years)),
        base=int(entry.get("base") or start - 1),
        name=str(entry.get("name") or "规划"),
        outlook=int(entry["outlook"]) if entry.get("outlook") else None,
        counts=tuple((entry.get("counts") or {}).items()),
        **texts,
    )


def in_force(known: tuple[Plan, ...], year: int) -> Plan:
    """The plan that an edition stands under: the newest that has begun, else the first.

    Examples
    --------
    >>> a, b = Plan("a", "甲", 2021, 2025, (2025,), 2021), Plan("b", "乙", 2026, 2030, (2030,), 2025)
    >>> [in_force((a, b), y).id for y in (2020, 2025, 2026, 2031)]
    ['a', 'a', 'b', 'b']
    """
    begun = [p for p in known if p.start <= int(year)]
    return max(begun, key=lambda p: p.start) if begun else min(known, key=lambda p: p.start)


def check_plans(about: dict) -> list[Fault]:
    """Faults of the section `plans` of `district.yml`: ids, years in order, plans that overlap."""
    entries = about.get("plans") if isinstance(about, dict) else None
    if not isinstance(entries, list) or not entries:
        old = isinstance(about, dict) and ("target_years" in about or "outline" in about)
        way = "run `bluebook migrate`" if old else "add one: id, title, start, end, milestones"
        return [
            Fault(
                FILE,
                say("a list 'plans' with one entry a plan", "plans 列表，每个规划一条"),
                say("none", "没有"),
                way,
                "plan",
            )
        ]
    faults, spans = [], []
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            faults.append(
                Fault(
                    f"{FILE}, plans, entry {number}",
                    say("entries like `start: 2026`", "“start: 2026”这样的条目"),
                    repr(entry),
                    kind="plan",
                )
            )
            continue
        where = f"{FILE}, plans, {entry.get('id') or f'entry {number}'}"
        faults += [
            Fault(where, say(f"an entry '{key}'", f"有条目“{key}”"), say("none", "没有"), kind="plan")
            for key in ("id", "title", "start", "end")
            if entry.get(key) in (None, "")
        ]
        faults += [
            Fault(where, say("one of " + " ".join(_KEYS), "以下之一：" + " ".join(_KEYS)), repr(key), kind="plan")
            for key in entry
            if key not in _KEYS
        ]
        mine = _year_faults(entry, where)
        faults += mine
        if not mine and entry.get("start") and entry.get("end"):
            spans.append((int(entry["start"]), int(entry["end"]), where))
    names = [str(e.get("id")) for e in entries if isinstance(e, dict)]
    faults += [
        Fault(f"{FILE}, plans", say("each id once", "每个编号只出现一次"), repr(n), kind="plan")
        for n in sorted(set(names))
        if names.count(n) > 1
    ]
    spans.sort()
    faults += [
        Fault(
            b[2],
            say(f"a start after {a[1]}, the last year of the plan before", f"晚于上一规划末年{a[1]}的起始年"),
            str(b[0]),
            kind="plan",
        )
        for a, b in zip(spans, spans[1:], strict=False)
        if b[0] <= a[1]
    ]
    return faults


def _year_faults(entry: dict, where: str) -> list[Fault]:
    wrong = [
        Fault(f"{where}, {key}", say("a year such as 2026", "年份，如 2026"), repr(entry[key]), kind="plan")
        for key in ("start", "end", "base", "outlook")
        if entry.get(key) is not None and not _is_year(entry[key])
    ]
    stones = entry.get("milestones") or []
    if not isinstance(stones, list) or not all(_is_year(y) for y in stones):
        wrong.append(
            Fault(
                f"{where}, milestones",
                say("a list of years such as [2028, 2030]", "年份列表，如 [2028, 2030]"),
                repr(stones),
                kind="plan",
            )
        )
    if wrong or entry.get("start") is None or entry.get("end") is None:
        return wrong
    start, end = int(entry["start"]), int(entry["end"])
    if start >= end:
        return [
            Fault(
                f"{where}, end",
                say(f"a year after the start {start}", f"晚于起始年{start}的年份"),
                str(end),
                kind="plan",
            )
        ]
    wrong = [
        Fault(
            f"{where}, milestones",
            say(f"years from {start} to {end}", f"{start}至{end}之间的年份"),
            str(y),
            kind="plan",
        )
        for y in stones
        if not start <= int(y) <= end
    ]
    if entry.get("base") and not int(entry["base"]) < end:
        wrong.append(
            Fault(f"{where}, base", say(f"a year before {end}", f"早于{end}的年份"), str(entry["base"]), kind="plan")
        )
    if entry.get("outlook") and not int(entry["outlook"]) > end:
        wrong.append(
            Fault(
                f"{where}, outlook", say(f"a year after {end}", f"晚于{end}的年份"), str(entry["outlook"]), kind="plan"
            )
        )
    return wrong


def _is_year(value: object) -> bool:
    return str(value).isdigit() and len(str(value)) == 4
