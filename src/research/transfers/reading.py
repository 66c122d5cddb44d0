"""Rules out of their files: every departure from the vocabulary and every contradiction, by file and entry, at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from research.core.faults import DataError, Fault, nearest, say, spot
from research.core.scope import Project
from research.core.texts import expected_of, read_yaml
from research.indicators.reference import reference
from research.transfers.rule import Rule

FOLDER = "transfers"
"""Below data/reference: one file a rule; the file's name is the rule's id."""
_ENDS = (
    ("from", "until"),
    ("who.income.from", "who.income.below"),
    ("who.size.from", "who.size.to"),
    ("take_up.low", "take_up.share"),
    ("take_up.share", "take_up.high"),
    ("take_up.low", "take_up.high"),
)
_STEPS = re.compile(r"(str|int|float|list|dict|constrained|function|literal)\b|.*\[")


def rules(project: Project) -> dict[str, Rule]:
    """All rules of a district, by id.

    Parameters
    ----------
    project : Project
        Whose `data/reference/transfers/*.yml` are read; without the folder there are none.

    Returns
    -------
    dict of Rule

    Raises
    ------
    DataError
        With every fault of every file.

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> sorted(rules(open_project()))
    ['mountain-gap', 'rural-flat']
    """
    found, faults = _read(project)
    if faults:
        raise DataError(faults)
    return found


def check_rules(project: Project) -> list[Fault | str]:
    """Everything that is wrong in the files of the rules, without any data.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> from research.core.scope import open_project
    >>> check_rules(open_project())
    []
    """
    return _read(project)[1]


def parse(entries: Any, file: str) -> Rule:
    """One rule out of plain data.

    Parameters
    ----------
    entries : dict
        As the file gives it.
    file : str
        What messages call it.

    Returns
    -------
    Rule

    Raises
    ------
    DataError
        With every fault.

    Examples
    --------
    >>> parse({"name": "n", "kind": "tax", "source": "s", "amount": {"flat": {"yuan": 1}}}, "a.yml")
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: 2 faults:
      a.yml, kind: expected 'benefit', 'subsidy' or 'levy', found 'tax'
      a.yml, from: expected an entry, found none (add it)
    """
    faults = list(_faults(entries, file))
    if faults:
        raise DataError(faults)
    return Rule.model_validate(entries)


def _read(project: Project) -> tuple[dict[str, Rule], list[Fault | str]]:
    found: dict[str, Rule] = {}
    faults: list[Fault | str] = []
    for path in sorted((project.reference / FOLDER).glob("*.y*ml")):
        file = f"data/reference/{FOLDER}/{path.name}"
        try:
            entries = read_yaml(path, file, needed=True)
            faults += [*_strangers(project, entries, file)]
            found[path.stem] = parse(entries, file)
        except DataError as error:
            faults += error.faults
    return found, faults


def _faults(entries: Any, file: str) -> Iterator[Fault]:
    try:
        Rule.model_validate(entries)
    except ValidationError as error:
        told: set[str] = set()
        for item in error.errors(include_url=False):
            fault = _fault(item, file)
            if fault.place.item not in told:  # a union tells of each of its members
                yield fault
            told.add(str(fault.place.item))
    if isinstance(entries, dict):
        yield from _contradictions(entries, file)


def _fault(item: Any, file: str) -> Fault:
    path = [str(p + 1) if isinstance(p, int) else str(p) for p in item["loc"] if not _STEPS.match(str(p))]
    where = spot(file, item=", ".join(path))
    if item["type"] == "missing":
        return Fault(where, say("an entry", "有这一条"), say("none", "没有"), say("add it", "请补上"), "transfer")
    if item["type"] == "extra_forbidden":
        return Fault(
            where,
            say("an entry that is known", "已有的条目"),
            repr(path[-1]),
            nearest(path[-1], _known(path[:-1])),
            "transfer",
        )
    if "literal" in item["type"] and len(item["loc"]) > len(path):
        way = say("an amount in yuan, or the name of a setting", "金额（元）或设置项的名称")
        return Fault(where, way, repr(item["input"])[:60], kind="transfer")
    return Fault(where, expected_of(item), repr(item["input"])[:60], kind="transfer")


def _known(path: list[str]) -> list[str]:
    """Names of the entries that may stand below a path."""
    model: type[BaseModel] = Rule
    for step in path:
        field = next((f for n, f in model.model_fields.items() if step in (n, f.alias)), None)
        kinds = [] if field is None else [field.annotation, *getattr(field.annotation, "__args__", ())]
        model = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return [f.alias or n for n, f in model.model_fields.items()]


def _at(entries: Any, path: str) -> Any:
    for step in path.split("."):
        entries = entries.get(step) if isinstance(entries, Mapping) else None
    return entries


def _contradictions(entries: Mapping[str, Any], file: str) -> Iterator[Fault]:
    """Ends that stand before beginnings, more than one amount, a levy for those who lack."""
    for low, high in _ENDS:
        a, b = _at(entries, low), _at(entries, high)
        try:
            wrong = a is not None and b is not None and (a >= b if high.endswith("below") else a > b)
        except TypeError:
            continue
        if wrong:
            item = high.replace(".", ", ")
            start = low.split(".")[-1]
            yield Fault(
                spot(file, item=item),
                say(f"not before {start} ({a})", f"不早于、不小于 {start}（{a}）"),
                str(b),
                say("correct one of the two", "请改正其中一个"),
                "order",
            )
    amount = entries.get("amount")
    given = [n for n in ("flat", "gap", "share") if isinstance(amount, Mapping) and amount.get(n) is not None]
    if isinstance(amount, Mapping) and len(given) != 1:
        yield Fault(
            spot(file, item="amount"),
            say("one of flat, gap, share", "flat、gap、share 三者之一"),
            ", ".join(given) or say("none", "没有"),
            say("keep one", "请保留一个"),
            "amount",
        )
    if "gap" in given and entries.get("kind") == "levy":
        yield Fault(
            spot(file, item="amount, gap"),
            say("a benefit or subsidy", "给付（benefit、subsidy）"),
            "levy",
            say("a levy takes a flat sum or a share", "征收只能用 flat 或 share"),
            "amount",
        )


def _strangers(project: Project, entries: Any, file: str) -> Iterator[Fault]:
    """Places and groups that the district does not have."""
    places = {str(c) for c in reference.load(project, "places")["code"]}
    groups = set(reference.optional(project, "groups") or {})
    for name, known in (("places", places), ("groups", groups)):
        given = _at(entries, f"who.{name}")
        for number, one in enumerate(given if isinstance(given, list) else [], start=1):
            if str(one) not in known:
                yield Fault(
                    spot(file, item=f"who, {name}, {number}"),
                    say(f"a {name[:-1]} of the district", "本区已有的地区或分组"),
                    repr(one),
                    nearest(one, known),
                    "transfer",
                )
