"""What the warm parent reads before its first fork: the data and built tables of the edition that is to be run."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from research.core.kept import keeping

if TYPE_CHECKING:
    from research.core.scope import Scope

ASKED = "BLUEBOOK_PRELOAD"
"""Environment variable: the edition and the data folder, as JSON."""


def asked(scope: Scope) -> dict[str, str]:
    """The environment that asks a warm parent to read an edition's tables first."""
    return {ASKED: json.dumps([scope.edition, str(scope.data.folder)])}


def preload() -> None:
    """Read what was asked for; a file that cannot be read is left for the notebook that needs it."""
    wanted = os.environ.pop(ASKED, "")
    if not wanted:
        return
    from research import open_edition

    edition, data = json.loads(wanted)
    with keeping(), contextlib.suppress(Exception):
        book = open_edition(str(edition), data, os.environ["BLUEBOOK_PROJECT"])
        for name in (
            "status",
            "households",
            "handed_in",
            "tasks",
            "demands",
            "target_values",
            "aspects",
            "answers",
            "places",
            "indicators",
            "targets",
            "groups",
            "settings",
        ):
            with contextlib.suppress(Exception):
                getattr(book, name)
        for path in sorted(book.scope.results.glob("*.parquet")):
            with contextlib.suppress(Exception):
                book.table(path.stem)


__all__ = ["ASKED", "asked", "preload"]
