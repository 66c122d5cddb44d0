"""A computed piece of a sentence: it knows how it is said, what it stands on, and what may be said beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from research.core.faults import DataError, Fault, say
from research.wording.numbers import Cell, is_missing, listed, number


@dataclass(frozen=True)
class Value:
    """What stands in a sentence in the place of a name in braces.

    Parameters
    ----------
    text : str
        Its words, with unit and interval; empty where it does not exist: its clause then falls away.
    direction : int, optional
        1 for more, -1 for less, 0 for alike or inside the error; None where nothing is compared.
    significant : bool, optional
        The verdict of the test, where one was made.
    extreme : int, optional
        1 for the highest, -1 for the lowest of its kind.
    unit : str
        The unit that `text` ends with.
    absent : str
        The sentence that stands where the value does not exist.
    row : mapping
        The row it comes from: place, year, measure and what else tells it apart.
    data : tuple of DataFrame
        What it stands on, each with a status.
    status : str, optional
        The edition's, where no frame has a row.
    words : mapping
        What is known around it: `place`, `year` and so on, free to be named in the same sentence.

    Examples
    --------
    >>> str(Value("1.86倍", unit="倍")), bool(Value("")), bool(Value("持平", 0))
    ('1.86倍', False, True)
    """

    text: str
    direction: int | None = None
    significant: bool | None = None
    extreme: int | None = None
    unit: str = ""
    absent: str = ""
    row: Mapping[str, Any] = field(default_factory=dict)
    data: tuple[Any, ...] = ()
    words: Mapping[str, Any] = field(default_factory=dict)
    status: str | None = None

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    def __format__(self, spec: str) -> str:
        return format(self.text, spec)

    @property
    def clear(self) -> Value:
        """The same value where its comparison says more or less; no words where it says neither."""
        return self if self.direction else replace(self, text="", absent="")

    @property
    def unclear(self) -> Value:
        """The same value where its comparison says that the two are alike or inside their error; else no words."""
        return self if self.direction == 0 else replace(self, text="", absent="")

    def after(self, lead: str) -> Value:
        """The same value with words before it, where it exists."""
        return replace(self, text=lead + self.text) if self.text else self


def value(number_: Cell, unit: str, decimals: int | None = None, **more: Any) -> Value:
    """A number with its unit as a `Value`; one that does not exist has no words.

    Parameters
    ----------
    number_ : float or None
    unit : str
        倍, 元, % ...; 系数 for a number that is said without one.
    decimals : int, optional
        Default: those of the unit.
    **more
        Further fields of `Value`.

    Raises
    ------
    DataError
        Without a unit.

    Examples
    --------
    >>> str(value(1.855, "倍")), str(value(None, "元"))
    ('1.86倍', '')
    """
    if not unit:
        raise DataError(
            Fault(
                "value",
                say("a unit (系数 for a bare number)", "单位（没有单位的写“系数”）"),
                say("none", "没有"),
                kind="unit",
            )
        )
    return Value("" if is_missing(number_) else number(number_, unit, decimals), unit=unit, **more)


def names(words: Iterable[object], most: int | None = None, measure: str = "项", **more: Any) -> Value:
    """Some names as a list; no name, no words.

    Examples
    --------
    >>> str(names(["甲", "乙"])), bool(names([]))
    ('甲和乙', False)
    """
    return Value(listed(words, most, measure), **more)


__all__ = ["Value", "names", "value"]
