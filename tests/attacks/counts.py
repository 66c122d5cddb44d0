"""How many attacks of each kind the suite holds: `python -m tests.attacks.counts`. Kill points are found by killing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from research.indicators.privacy.intruder.audit import ATTACKS
from tests.attacks import (
    hostile,
    test_corrupted_files,
    test_corruptions,
    test_kills,
    test_markup,
    test_pairs_of_commands,
    test_privacy,
    test_rubbish,
    test_silent_edits,
    test_strangers_code,
)


def counts(kill: bool = True) -> dict[str, int]:
    """Attacks by kind.

    Parameters
    ----------
    kill : bool
        Whether to count the kill points too, which takes half a minute: processes are killed at each in turn.
    """
    files, rubbish = test_corrupted_files, test_rubbish
    found = {
        "kinds of attack on privacy": len(ATTACKS),
        "frames of households by ways out, refused": len(test_privacy.RAW) * len(test_privacy.WAYS),
        "kinds of file that rows of households are found in": len(test_privacy.FILES) + 1,  # and PDF
        "hostile texts, printed as text in cell, sentence and note of website, Word and PDF": len(
            {*hostile.MARKUP, *hostile.FORMULAS}
        ),
        "hostile texts, refused as names": len({*hostile.MARKUP, *hostile.FORMULAS} - {*test_markup.WORDS}),
        "texts that can be printed nowhere, refused": len({*hostile.UNPRINTABLE}),
        "corrupted settings": len(test_corruptions.CASES),
        "corrupted settings files": len(files.FILE_CASES) + len(files.VERSION_CASES) + 9 * len(files.FILES),
        "corrupted reference tables": len(files.TABLE_CASES) + 5 * len(files.HEADS),
        "state and settings files replaced by rubbish": len(rubbish.RUBBISH) * len({*rubbish.STATE, *rubbish.SETTINGS}),
        "edits that no schema can know": len(test_silent_edits.EDITS),
        "ways out of a stranger's notebook": len(test_strangers_code.WAYS),
        "pairs of commands": len(test_pairs_of_commands.PAIRS),
    }
    if kill:
        with tempfile.TemporaryDirectory() as folder:
            found["kill points"] = sum(test_kills.kill_everywhere(kind, Path(folder)) for kind in test_kills.ALL)
    return found


if __name__ == "__main__":
    for name, number in counts().items():
        print(f"{number:6}  {name}")
