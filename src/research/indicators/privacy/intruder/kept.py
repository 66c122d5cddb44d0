"""What was attacked before and gave nothing away, told by its bytes: it need not be attacked again.

An answer stands as long as everything does that the attacks stand on (households, settings, tables, code): the owner
of a `Kept` names their signatures. Only clean answers are kept; what gave anything away is attacked each time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from research.core.kept import tell_again, told_before


@dataclass
class Kept:
    """Clean answers of former audits.

    Parameters
    ----------
    asked : sequence of str
        The question, everything but files that the answers depend on.
    files : dict
        Files that they depend on, as `research.core.kept.signatures` gives them; none: nothing is kept.

    Examples
    --------
    >>> nothing = Kept(["an example"], {})
    >>> nothing.put(mark("csv", b"a,b"), {"tried": {"values": 1}, "cells": False})
    >>> nothing.get(mark("csv", b"a,b")), nothing.get(mark("csv", b"a,c"))
    ({'tried': {'values': 1}, 'cells': False}, None)
    """

    asked: Sequence[str]
    files: dict[str, list[int]]
    _before: dict[str, dict] = field(default_factory=dict)
    _used: dict[str, dict] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = told_before(self.asked, self.files) if self.files else None
        self._before = json.loads(told) if told else {}

    def get(self, key: str) -> dict | None:
        """The answer to what these bytes give; None where it is not known."""
        found = self._used.get(key) or self._before.get(key)
        if found is not None:
            self._used[key] = found
        return found

    def put(self, key: str, answer: dict) -> None:
        """Keep a clean answer."""
        self._used[key] = answer

    def write(self) -> None:
        """Keep what was used this time for the next; what was not falls away, so that nothing grows."""
        if self.files and self._used != self._before:
            tell_again(self.asked, self.files, json.dumps(self._used))


def mark(kind: str, *contents: str | bytes) -> str:
    """What tells a thing from all others: how it is read, and its bytes."""
    sum_ = hashlib.sha256(kind.encode())
    for content in contents:
        data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        sum_.update(len(data).to_bytes(8, "big") + data)
    return sum_.hexdigest()


def mark_all(kind: str, keys: Iterable[str]) -> str:
    """What tells a set of things from all others, in whatever order they were met."""
    return mark(kind, *sorted(keys))


__all__ = ["Kept", "mark", "mark_all"]
