"""A sentence that stands in a notebook, put together with computed values, and held against them.

`{name}` stands for a value. Where a value does not exist the clause around it falls away; where the first clause of a
sentence falls away the whole sentence does, or the value's own sentence of absence stands in its place. A clause whose
words say what its values do not is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any

from research.core.faults import DataError, Fault, Place, nearest, say
from research.wording.values import Value

MORE = re.compile(r"提高|上升|增加(?!值)|增长(?!率|极|点)|扩大|高于|超过|多于|上涨|提升(?!行动)|增多")
LESS = re.compile(r"下降|降低|减少|缩小|低于|少于|回落|收窄|下滑|不及")
SIGNIFICANT = re.compile(r"显著|统计上")
HIGHEST = re.compile(r"最高|最大|最多|首位|第一")
LOWEST = re.compile(r"最低|最小|最少|末位")
_TYPED = re.compile(r"\d+\.\d+|(?<!\d)(?:19|20)\d\d年|\d+(?=元|倍|个百分点|万|亿|户|家)")
_ENDS, _STOPS = "。！？", "，；"


@dataclass(frozen=True)
class Composed:
    """A sentence as it is printed, the values in it by name, and where each stands."""

    text: str
    used: dict[str, Value] = field(default_factory=dict)

    @property
    def data(self) -> list[Any]:
        """The frames that it stands on, each once."""
        found: dict[int, Any] = {}
        for held in self.used.values():
            found.update({id(frame): frame for frame in held.data})
        return list(found.values())

    @property
    def links(self) -> list[dict[str, Any]]:
        """Each value's words and the row that they come from."""
        return [
            {"name": n, "text": v.text, **{k: str(x) for k, x in v.row.items()}} for n, v in self.used.items() if v.row
        ]


@dataclass
class _Clause:
    """A stretch of a sentence between two stops: its parts, and the stop that leads to it."""

    stop: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)  # (literal, name after it)


def compose(template: str, values: Mapping[str, Any], checked: bool = True) -> Composed:
    """A template in words.

    Parameters
    ----------
    template : str
        Chinese, with names in braces; `{{` and `}}` are braces.
    values : mapping
        Name to `Value`, or to words as they are. What the values know around them (`place`, `year`) may be named
        too.
    checked : bool
        Whether words are held against the values.

    Returns
    -------
    Composed

    Raises
    ------
    DataError
        For a name that nothing is known of, a bare number, a number typed by hand, and words that say what the
        values do not; all at once.

    Examples
    --------
    >>> gini = Value("0.312", words={"place": "甲镇", "year": 2024})
    >>> compose("{year}年{place}基尼系数{now}，{change}。", {"now": gini, "change": Value("")}).text
    '2024年甲镇基尼系数0.312。'
    """
    known = _known(values)
    faults = _bare(values)
    sentences = _read(template, known, set(values), faults)
    if faults:
        raise DataError(faults)
    text, used = "", {}
    for clauses, end in sentences:
        kept = [(c, parts) for c in clauses if (parts := _parts(c, known)) is not None]
        asked = {n for c in clauses for _, n in c.parts if n in values}  # what is known around them alone says nothing
        bare = bool(asked) and not any(n in asked for _, parts in kept for _, n in parts)
        if bare or not kept or kept[0][0] is not clauses[0]:
            gone = [known[n] for c in clauses for _, n in c.parts if n and not known[n]]
            told = next((v.absent for v in gone if v.absent), "")
            text += told if told and told not in text else ""
            continue
        for clause, parts in kept:
            faults += _against(clause, parts, known) if checked else []
            used.update({n: known[n] for _, n in parts if n})
        text += (
            "".join(c.stop + "".join(lit + (str(known[n]) if n else "") for lit, n in parts) for c, parts in kept) + end
        )
    if faults:
        raise DataError(faults)
    return Composed(text, used)


def _known(values: Mapping[str, Any]) -> dict[str, Value]:
    around: dict[str, Any] = {}
    for held in values.values():
        for key, word in getattr(held, "words", {}).items():
            around.setdefault(key, word)
    known = {k: Value("" if v is None else str(v)) for k, v in around.items()}
    return known | {k: v if isinstance(v, Value) else Value("" if v is None else str(v)) for k, v in values.items()}


def _bare(values: Mapping[str, Any]) -> list[Fault]:
    """Numbers that come without their unit; a year is none."""
    years = range(1900, 2101)
    return [
        Fault(
            Place(item=say(f"the value {name} of the sentence", f"句子中的 {name}")),
            say("a value with its unit", "带单位的数值"),
            repr(held),
            say(
                f"take it from an estimate (.at), or write value({held!r}, '倍')",
                f"请用估计的 .at() 取值，或写 value({held!r}, '倍')",
            ),
            kind="unit",
        )
        for name, held in values.items()
        if isinstance(held, (int, float)) and not (isinstance(held, int) and held in years)
    ]


def _read(
    template: str, known: Mapping[str, Value], given: set[str], faults: list[Fault]
) -> list[tuple[list[_Clause], str]]:
    """Sentences of clauses; stops inside brackets part nothing, and words without a value lead to the next clause."""
    sentences: list[tuple[list[_Clause], str]] = []
    clauses, depth, literal = [_Clause()], 0, ""
    for text, name, _, _ in Formatter().parse(template):
        for character in text:
            depth += (character in "（“(") - (character in "）”)")
            if character in _ENDS and depth <= 0:
                clauses[-1].parts.append((literal, ""))
                sentences.append((clauses, character))
                clauses, literal, depth = [_Clause()], "", 0
            elif (
                character in _STOPS
                and depth <= 0
                and (character != "，" or any(n in given for _, n in clauses[-1].parts))
            ):
                clauses[-1].parts.append((literal, ""))
                clauses.append(_Clause(character))
                literal = ""
            else:
                literal += character
        if name is not None:
            if name not in known:
                faults.append(
                    Fault(
                        Place(item=say("name in the sentence", "句子中的名称")),
                        say("one of " + ", ".join(sorted(known)), "以下之一：" + "、".join(sorted(known))),
                        "{" + name + "}",
                        nearest(name, list(known)),
                        kind="sentence",
                    )
                )
            clauses[-1].parts.append((literal, name))
            literal = ""
    clauses[-1].parts.append((literal, ""))
    if any(lit or n for c in clauses for lit, n in c.parts):
        sentences.append((clauses, ""))
    return sentences


def _parts(clause: _Clause, known: Mapping[str, Value]) -> list[tuple[str, str]] | None:
    """The parts that are said; None where a value outside brackets does not exist."""
    said: list[tuple[str, str]] = []
    opened: int | None = None
    dropping = False
    for literal, name in clause.parts:
        for piece in re.split(r"(?<=[）)])|(?=[（(])", literal):
            if piece[:1] in ("（", "(") and piece:
                opened = len(said)
            said.append((piece, ""))
            if piece[-1:] in ("）", ")"):
                if dropping and opened is not None:
                    del said[opened:]
                opened, dropping = None, False
        if not name:
            continue
        if known[name]:
            said.append(("", name))
        elif opened is not None:
            dropping = True
        else:
            return None
    return said


def _against(clause: _Clause, parts: Iterable[tuple[str, str]], known: Mapping[str, Value]) -> list[Fault]:
    """What the words of a clause say and its values do not."""
    parts = list(parts)
    words = "".join(lit for lit, _ in parts)
    held = [known[n] for _, n in parts if n]
    told = "".join(lit + (str(known[n]) if n else "") for lit, n in parts)
    compared = [v for v in held if v.direction is not None]
    faults = []
    for sign, pattern in ((1, MORE), (-1, LESS)):
        if (found := pattern.search(words)) and any(v.direction != sign for v in compared):
            faults.append(_contradiction(told, found[0], next(v for v in compared if v.direction != sign)))
    if (found := SIGNIFICANT.search(words)) and not any(v.significant for v in held):
        faults.append(_contradiction(told, found[0], held[0] if held else Value("")))
    for sign, pattern in ((1, HIGHEST), (-1, LOWEST)):
        against = [v for v in held if v.extreme == -sign]
        if (found := pattern.search(words)) and against and not any(v.extreme == sign for v in held):
            faults.append(_contradiction(told, found[0], against[0]))
    if found := _TYPED.search(words):
        faults.append(
            Fault(
                _where(told),
                say("numbers that come from a value in braces", "数字都来自花括号中的值"),
                say(f"{found[0]} typed by hand", f"手写的{found[0]}"),
                kind="sentence",
            )
        )
    return faults + _twice(parts, known, told)


def _twice(parts: list[tuple[str, str]], known: Mapping[str, Value], told: str) -> list[Fault]:
    """Units that the sentence says again after the value has said them."""
    faults = []
    for (_, name), (literal, _) in zip(parts, parts[1:], strict=False):
        unit = known[name].unit if name else ""
        if unit and unit != "系数" and known[name].text.endswith(unit) and literal.startswith(unit):
            faults.append(Fault(_where(told), say("the unit once", "单位只写一次"), f"{unit}{unit}", kind="sentence"))
    return faults


def _where(told: str) -> Place:
    return Place(item=say(f"the clause {told}", f"分句“{told}”"))


def _contradiction(told: str, word: str, held: Value) -> Fault:
    kinds = {
        1: say("more", "增加或高于"),
        -1: say("less", "减少或低于"),
        0: say("alike or inside the error", "持平或在误差之内"),
    }
    known = kinds.get(held.direction if held.direction is not None else 9, say("no such verdict", "没有这样的结论"))
    return Fault(
        _where(told),
        say("words that agree with the numbers", "文字与数值一致"),
        say(f"{word}, but the value says: {known}", f"“{word}”，而数值是：{known.zh}"),
        say("let the value say it: leave the word out", "请删去这个词，由数值自己表述"),
        kind="contradiction",
    )


__all__ = ["Composed", "compose"]
