"""Faults and the errors that carry them: gathered as data, raised once, worded in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from difflib import get_close_matches

SHOWN = 20  # a screen holds about this many; the rest are counted and stay in `.faults`


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, where it is, and the way out.

    Parameters
    ----------
    place : str
        Where: file, sheet, row, column - as much as is known, in that order.
    expected : str
        What should stand there.
    found : str
        What stands there.
    way_out : str
        What to do about it; may be empty when it follows from `expected`.
    kind : str
        Short stable name of the kind of fault, for tests and for machines.

    Examples
    --------
    >>> print(Fault("incomes.xlsx, row 12", "yuan a year", "'3.2万'", "write 32000"))
    incomes.xlsx, row 12: expected yuan a year, found '3.2万' (write 32000)
    """

    place: str
    expected: str
    found: str
    way_out: str = ""
    kind: str = "data"

    def __str__(self):
        text = f"{self.place}: expected {self.expected}, found {self.found}"
        return f"{text} ({self.way_out})" if self.way_out else text

    def as_dict(self):
        """The fault as a plain dict, for JSON and tables."""
        return asdict(self)


class BluebookError(Exception):
    """Base of all errors that people are meant to read; `exit_code` is the command's."""

    exit_code = 1


class DataError(BluebookError, ValueError):
    """Faults in data or content, all of them at once.

    Parameters
    ----------
    faults : Fault, str, or list of them
        What is wrong. A plain string is taken as a whole message.

    Examples
    --------
    >>> raise DataError([Fault("a.csv, row 2", "a number", "'x'")])
    Traceback (most recent call last):
    ...
    research.errors.DataError: a.csv, row 2: expected a number, found 'x'
    """

    def __init__(self, faults):
        self.faults = list(faults) if isinstance(faults, (list, tuple)) else [faults]
        super().__init__(describe(self.faults))


class UsageError(BluebookError):
    """The command or the call was worded wrongly (exit code 2)."""

    exit_code = 2


class MissingError(BluebookError):
    """Something that the machine lacks: a program, a font, a package (exit code 3)."""

    exit_code = 3


def describe(faults):
    """Text of a list of faults: the first 20, and the count of the rest.

    Examples
    --------
    >>> describe(["a", "b"])
    '2 faults:\\n  a\\n  b'
    """
    lines = [str(f) for f in faults]
    if len(lines) == 1:
        return lines[0]
    shown = "\n".join(f"  {line}" for line in lines[:SHOWN])
    more = f"\n  ... and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
    return f"{len(lines)} faults:\n{shown}{more}"


def nearest(name, known):
    """A hint `did you mean 'x'?` with the nearest known name, else the known names.

    Examples
    --------
    >>> nearest("incme", ["income", "economy"])
    "did you mean 'income'?"
    """
    known = [str(k) for k in known]
    close = get_close_matches(str(name), known, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
    return f"one of: {shown}"
