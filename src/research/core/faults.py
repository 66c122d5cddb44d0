"""Faults and the errors that carry them: places and words are data, gathered, raised once, and printed at the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

SHOWN = 20  # a screen holds about this many; the rest are counted and stay in `.faults`
ALIKE = 3  # from this many on, faults that say the same of other places are one line


class Words(str):
    """English text that carries its Chinese wording in `zh`; see `say`."""

    zh: str

    def __new__(cls, en: str, zh: str = "") -> Words:
        made = super().__new__(cls, en)
        made.zh = zh or en
        return made


def say(en: str, zh: str) -> Words:
    """A text in both languages: it reads, compares and prints as the English one, and carries the Chinese one.

    Parameters
    ----------
    en, zh : str

    Returns
    -------
    Words

    Examples
    --------
    >>> said = say("a number", "数值")
    >>> said == "a number", in_language(said, "zh"), in_language("3.2万", "zh")
    (True, '数值', '3.2万')
    """
    return Words(en, zh)


def in_language(text: object, lang: str) -> str:
    """A text in the language asked for, where it knows it; else as it is."""
    return text.zh if lang == "zh" and isinstance(text, Words) else str(text)


@dataclass(frozen=True)
class Place:
    """Where something is: as much as is known of file, sheet, entry, row, column, line.

    Parameters
    ----------
    file : str
        The file, as it is called in messages; for what lies in memory, the name of the table or list.
    sheet : str
        Sheet of a workbook.
    item : str
        A part of the file that has a name: an entry of YAML, a cell of a notebook.
    row : int or object, optional
        Row as a spreadsheet counts (the headings are row 1); for tables in memory, the row's label.
    column : str
        Heading of the column, as it is written there.
    line : int, optional
        Line of a text file.
    index : int, optional
        Position in a list, from 0.

    Examples
    --------
    >>> place = Place("incomes.xlsx", "Sheet1", row=12, column="收入")
    >>> print(place, "|", place.text("zh"))
    incomes.xlsx, sheet Sheet1, row 12, column 收入 | incomes.xlsx，工作表“Sheet1”，第12行，“收入”列
    """

    file: str = ""
    sheet: str = ""
    item: str = ""
    row: object = None
    column: str = ""
    line: int | None = None
    index: int | None = None

    def text(self, lang: str = "en") -> str:
        """The place as people read it, in English or Chinese."""
        zh = lang == "zh"
        at = "" if self.index is None else f"第{self.index + 1}个" if zh else f"[{self.index}]"
        parts = [
            f"{self.file}{'' if zh else at}" if self.file else "",
            self.sheet and (f"工作表“{self.sheet}”" if zh else f"sheet {self.sheet}"),
            in_language(self.item, lang),
            "" if self.line is None else f"第{self.line}行" if zh else f"line {self.line}",
            "" if self.row is None else f"第{self.row}行" if zh else f"row {self.row}",
            self.column and (f"“{self.column}”列" if zh else f"column {self.column}"),
            at if zh else "",
        ]
        return ("，" if zh else ", ").join(p for p in parts if p)

    def __str__(self) -> str:
        return self.text()


def spot(where: str | Place = "", **parts: Any) -> Place:
    """A place within another: `spot("a.csv", row=3)`, `spot(sheet, row=3, column="收入")`.

    Parameters
    ----------
    where : str or Place
        A file's name, or a place that is to be told more closely.
    **parts
        Fields of `Place`.

    Returns
    -------
    Place

    Examples
    --------
    >>> sheet = Place("a.xlsx", "Sheet1")
    >>> str(spot(sheet, row=3)), str(spot("values", index=2))
    ('a.xlsx, sheet Sheet1, row 3', 'values[2]')
    """
    if "column" in parts:
        parts["column"] = str(parts["column"])
    return replace(where, **parts) if isinstance(where, Place) else Place(str(where), **parts)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, where it is, and the way out.

    Parameters
    ----------
    place : Place or str
        Where. A plain text names a whole file, table or argument; it becomes a `Place`.
    expected : str
        What should stand there.
    found : str
        What stands there.
    way_out : str
        What to do about it; may be empty when it follows from `expected`.
    kind : str
        Short stable name of the kind of fault, for tests and for machines.

    Notes
    -----
    Texts made by `say` are printed in Chinese where Chinese is asked for.

    Examples
    --------
    >>> print(Fault(spot("incomes.xlsx", row=12), "yuan a year", "'3.2万'", "write 32000"))
    incomes.xlsx, row 12: expected yuan a year, found '3.2万' (write 32000)
    >>> print(Fault("a.csv", say("a number", "数值"), "'x'", say("correct it", "请改正")).text("zh"))
    a.csv：应为数值，现为'x'（请改正）
    """

    place: Place
    expected: str
    found: str
    way_out: str = ""
    kind: str = "data"

    if TYPE_CHECKING:  # a plain text is taken, too

        def __init__(
            self, place: Place | str, expected: str, found: str, way_out: str = "", kind: str = "data"
        ) -> None: ...

    def __post_init__(self) -> None:
        if not isinstance(self.place, Place):
            object.__setattr__(self, "place", Place(str(self.place)))

    def text(self, lang: str = "en") -> str:
        """The fault as one line, in English or Chinese."""
        expected, found, way = (in_language(t, lang) for t in (self.expected, self.found, self.way_out))
        if lang == "zh":
            return f"{self.place.text(lang)}：应为{expected}，现为{found}" + (f"（{way}）" if way else "")
        return f"{self.place}: expected {expected}, found {found}" + (f" ({way})" if way else "")

    def __str__(self) -> str:
        return self.text()

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """The fault as a plain dict, for JSON and tables: `place` as text, and its parts by name where known."""
        parts = {f.name: getattr(self.place, f.name) for f in fields(Place)}
        told = {name: value for name, value in parts.items() if value not in ("", None)}
        words = {name: in_language(getattr(self, name), lang) for name in ("expected", "found", "way_out", "kind")}
        return {"place": self.place.text(lang), **told, **words}


class BluebookError(Exception):
    """Base of all errors that people are meant to read; `exit_code` is the command's."""

    exit_code = 1

    def text(self, lang: str = "en") -> str:
        """The message in a language, where it has one in it."""
        return in_language(self.args[0], lang) if self.args else ""


class DataError(BluebookError, ValueError):
    """Faults in data or content, all of them at once.

    Parameters
    ----------
    faults : Fault, str, or list of them
        What is wrong. A plain string is taken as a whole message.
    note : str
        A line below the list: what else there is to know.

    Examples
    --------
    >>> raise DataError([Fault(spot("a.csv", row=2), "a number", "'x'")])
    Traceback (most recent call last):
    ...
    research.core.faults.DataError: a.csv, row 2: expected a number, found 'x'
    """

    def __init__(self, faults: Fault | str | Iterable[Fault | str], note: str = "") -> None:
        self.faults: list[Fault | str] = [faults] if isinstance(faults, (Fault, str)) else list(faults)
        self.note = note
        super().__init__(self.text())

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults, self.note)

    def text(self, lang: str = "en") -> str:
        """All faults as people read them, in English or Chinese."""
        return "\n".join(t for t in (describe(self.faults, lang), in_language(self.note, lang)) if t)


class AllFaults(DataError):
    """Faults of which every one is listed, or (silent) none: they have been written elsewhere."""

    def __init__(self, faults: Iterable[Fault | str], silent: bool = False, note: str = "") -> None:
        self.silent = silent
        super().__init__(list(faults), note)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.faults, self.silent, self.note)

    def text(self, lang: str = "en") -> str:
        """Every fault on a line of its own, or their number alone."""
        count = f"{len(self.faults)}处问题" if lang == "zh" else f"{len(self.faults)} faults"
        note = in_language(self.note, lang)
        if self.silent:
            return "\n".join(t for t in (count, note) if t)
        lines = "\n  ".join([f"{count}{'：' if lang == 'zh' else ':'}", *(_line(f, lang) for f in self.faults)])
        return "\n".join(t for t in (lines, note) if t)


class UsageError(BluebookError):
    """The command or the call was worded wrongly (exit code 2)."""

    exit_code = 2


class MissingError(BluebookError):
    """Something that the machine lacks: a program, a font, a package (exit code 3)."""

    exit_code = 3


def describe(faults: Iterable[Fault | str], lang: str = "en", shown: int | None = SHOWN) -> str:
    """Text of a list of faults: the first ones, and the count of the rest.

    Parameters
    ----------
    faults : list of Fault or str
    lang : {"en", "zh"}
    shown : int or None
        Most faults that are listed; None lists all.

    Examples
    --------
    >>> describe(["a", "b"])
    '2 faults:\\n  a\\n  b'
    >>> describe(["甲", "乙"], "zh")
    '2处问题：\\n  甲\\n  乙'
    """
    faults = list(faults)
    lines = gathered(faults, lang)
    if len(faults) == 1:
        return lines[0][0]
    most = len(lines) if shown is None else shown
    rest = sum(count for _, count in lines[most:])
    more = (
        []
        if not rest
        else [
            f"……另有{rest}处（check、import 加 --all 列出全部）"
            if lang == "zh"
            else f"... and {rest} more (check and import list every one with --all)"
        ]
    )
    head = f"{len(faults)}处问题：" if lang == "zh" else f"{len(faults)} faults:"
    return "\n  ".join([head, *(line for line, _ in lines[:most]), *more])


def _line(fault: Fault | str, lang: str) -> str:
    return fault.text(lang) if isinstance(fault, Fault) else in_language(fault, lang)


def gathered(faults: Iterable[Fault | str], lang: str = "en") -> list[tuple[str, int]]:
    """A line and the number of faults in it: three and more that say the same of other places are one line.

    Examples
    --------
    >>> gathered([Fault(spot("a.csv", row=n), "a number", "''") for n in (2, 5, 9)])
    [("a.csv, row 2 (and 2 more places): expected a number, found ''", 3)]
    """
    groups: dict[object, list[Fault | str]] = {}
    for number, fault in enumerate(faults):
        same = (fault.expected, fault.found, fault.way_out, fault.kind) if isinstance(fault, Fault) else number
        groups.setdefault(same, []).append(fault)
    lines = []
    for group in groups.values():
        first = group[0]
        if len(group) < ALIKE or isinstance(first, str):
            lines += [(_line(fault, lang), 1) for fault in group]
            continue
        more = f"等{len(group)}处" if lang == "zh" else f" (and {len(group) - 1} more places)"
        place = Place(first.place.text(lang) + more)
        lines.append((replace(first, place=place).text(lang), len(group)))
    return lines


def nearest(name: object, known: Iterable[object]) -> Words:
    """A hint `did you mean 'x'?` with the nearest known name, else the known names.

    Examples
    --------
    >>> nearest("incme", ["income", "economy"])
    "did you mean 'income'?"
    >>> nearest("incme", ["income", "economy"]).zh
    '是否为“income”？'
    """
    names = [str(k) for k in (sorted(known, key=str) if isinstance(known, (set, frozenset)) else known)]
    close = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return say(f"did you mean {close[0]!r}?", f"是否为“{close[0]}”？")
    more = len(names) > 12
    return say(
        f"one of: {', '.join(names[:12])}{', ...' if more else ''}",
        f"可用：{'、'.join(names[:12])}{'等' if more else ''}",
    )
