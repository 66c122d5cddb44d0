"""The one comparison: two sides that say what they are, words only for what can be held against each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from research.core.faults import DataError, Fault, Place, nearest, say
from research.wording.numbers import is_missing, number
from research.wording.sentences import change, changed, moved, relative, tested

KINDS: dict[str, frozenset[str]] = {
    "before": frozenset({"year"}), "since": frozenset({"year"}), "place": frozenset({"place"}),
    "group": frozenset({"group"}), "goal": frozenset({"year", "place"}),
}  # fmt: skip
"""What may differ between the sides: the year before, any earlier year, another place, another group of residents, a
target (whose year lies ahead)."""

_PARTS = {
    "year": say("year", "年份"),
    "place": say("place", "地区"),
    "group": say("group", "人群"),
    "calibre": say("calibre", "口径"),
    "unit": say("unit", "单位"),
}
_MAY_LACK = ("calibre", "group")  # where neither side has one, both are alike


@dataclass(frozen=True)
class Side:
    """A number with all that it takes to hold it against another.

    Parameters
    ----------
    value : float or None
    unit : str
        In which it is printed.
    year : int or None
    place : str
        Whose it is, by code or name.
    calibre : str
        How it was measured, where there is more than one way (annual or three quarters, adopted or direct).
    group : str
        Of whom: all residents, town, country.
    """

    value: float | None
    unit: str
    year: int | None
    place: str
    calibre: str = ""
    group: str = ""

    def told(self) -> str:
        """The side in words, for messages."""
        year = "" if self.year is None or is_missing(self.year) else f"{int(self.year)}年"
        return f"{self.place}{self.group}{year}{number(self.value, self.unit)}{self.calibre}"


def unlike(one: Side, other: Side, kind: str, name: str = "") -> list[Fault]:
    """Why two sides cannot be held against each other; an empty list where they can.

    Parameters
    ----------
    one, other : Side
    kind : str
        One of `KINDS`.
    name : str
        What is compared, for the message.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> here, whole = Side(86.4, "分", 2023, "甲镇"), Side(88.0, "分", 2024, "全区")
    >>> print(unlike(here, whole, "place", "认同度")[0])
    comparison of 认同度: expected the same year on both sides, found 2023 and 2024 (甲镇2023年86.4分; 全区2024年88.0分)
    """
    if kind not in KINDS:
        return [_fault(name, say("one of " + ", ".join(KINDS), "以下之一：" + "、".join(KINDS)), repr(kind),
                       nearest(kind, KINDS))]  # fmt: skip
    both, faults = say(f"{one.told()}; {other.told()}", f"{one.told()}；{other.told()}"), []
    for part, words in _PARTS.items():
        mine, theirs = getattr(one, part), getattr(other, part)
        lacking = [s for s in (mine, theirs) if (is_missing(s) if part == "year" else not s)]
        if lacking and part not in (*_MAY_LACK, "unit") and not (kind == "goal" and part == "place"):
            faults.append(_fault(name, say(f"a {part} on both sides", f"两边都有{words.zh}"), say("none", "没有"),
                                 both))  # fmt: skip
        elif part not in KINDS[kind] and mine != theirs:
            faults.append(_fault(name, say(f"the same {part} on both sides", f"两边{words.zh}相同"),
                                 say(f"{mine} and {theirs}", f"{mine}与{theirs}"), both))  # fmt: skip
    return faults or _order(one, other, kind, name, both)


def _order(one: Side, other: Side, kind: str, name: str, both: str) -> list[Fault]:
    """Years in the order that the kind asks for."""
    late, early = int(one.year or 0), int(other.year or 0)
    if kind == "before" and late - early != 1:
        return [_fault(name, say("the year before", "上一年"), f"{other.year}", both)]
    if kind == "since" and late < early:
        return [_fault(name, say("an earlier year", "较早的年份"), f"{other.year}", both)]
    return []


def _fault(name: str, expected: str, found: str, hint: str = "") -> Fault:
    where = say(f"comparison of {name}", f"“{name}”的比较") if name else say("comparison", "比较")
    return Fault(Place(item=where), expected, found, hint, kind="comparison")


def compare(one: Side, other: Side, kind: str, form: str = "tested", *, name: str = "", than: str = "",
            significant: bool | None = None, decimals: int | None = None) -> str:  # fmt: skip
    """How one side stands to the other, in words; the only way in which the book compares two numbers.

    Parameters
    ----------
    one : Side
        What the sentence is about: the later year, the place, the country.
    other : Side
        What it is held against.
    kind : str
        What may differ between them (`KINDS`); all else has to be alike.
    form : {"tested", "moved", "change", "sentence", "relative"}
        高于／低于 with the test's words; the same of a change over time; verb and amount; a whole sentence; how many
        per cent higher.
    name : str
        What is compared; the subject of a sentence.
    than : str
        What the other side is called; default its year.
    significant : bool, optional
        The adopted verdict of the test; a difference inside its error gets no direction.
    decimals : int, optional
        Default: those of the unit.

    Returns
    -------
    str
        Empty where a value is missing.

    Raises
    ------
    DataError
        For sides that are unlike, each reason by name.

    Examples
    --------
    >>> compare(Side(86.4, "分", 2023, "甲镇"), Side(86.0, "分", 2023, "全区"), "place", than="全区")
    '高于全区0.4分'
    >>> compare(Side(1.84, "倍", 2024, "全区"), Side(1.92, "倍", 2021, "全区"), "since", "change")
    '缩小0.08倍'
    """
    forms: dict[str, Callable[..., str]] = {"tested": _tested, "moved": _moved, "change": _change,
                                            "sentence": _sentence, "relative": _relative}  # fmt: skip
    faults = unlike(one, other, kind, name)
    if form not in forms:
        faults.append(_fault(name, say("one of " + ", ".join(forms), "以下之一：" + "、".join(forms)), repr(form),
                             nearest(form, forms)))  # fmt: skip
    if faults:
        raise DataError(faults)
    return forms[form](one, other, name, than or f"{other.year}年", significant, decimals)


def _tested(one: Side, other: Side, name: str, than: str, significant: bool | None, decimals: int | None) -> str:
    return tested(one.value, other.value, significant, one.unit, than, decimals)


def _moved(one: Side, other: Side, name: str, than: str, significant: bool | None, decimals: int | None) -> str:
    return moved(one.value, other.value, significant, one.unit, than, decimals)


def _change(one: Side, other: Side, name: str, than: str, significant: bool | None, decimals: int | None) -> str:
    text = change(other.value, one.value, one.unit, decimals)
    return "误差之内" if text and not is_missing(significant) and not significant else text


def _sentence(one: Side, other: Side, name: str, than: str, significant: bool | None, decimals: int | None) -> str:
    return changed(name, one.unit, other.value, one.value, int(other.year or 0), int(one.year or 0),
                   decimals, significant)  # fmt: skip


def _relative(one: Side, other: Side, name: str, than: str, significant: bool | None, decimals: int | None) -> str:
    return relative(one.value, other.value, than, 1 if decimals is None else decimals, significant)
