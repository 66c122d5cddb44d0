"""Verify a case bundle: check it, build its environment, run it again, compare, and say what is reproduced."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from research.cases.bundles.check import foreign_code, open_checked, unpack
from research.cases.bundles.pack import NEEDED
from research.cases.evidence.compare import RELATIVE, compare, failed, sources_differ
from research.cases.evidence.fence import DEMANDED, means
from research.cases.evidence.run import rerun
from research.core import scratch
from research.errors import DataError, MissingError

__all__ = ["Outcome", "verify"]

OUTCOMES = {"verified": 0, "changed": 1, "not reproducible": 3}
"""The three outcomes, with the exit code of each."""

_EMBED = re.compile(r"\{\{<\s*embed\s+\S+?#([\w-]+)")
_REQUIREMENT = re.compile(r"[a-z0-9][a-z0-9._-]*==[a-z0-9.+!-]+( ?; ?[a-z0-9_ .*'\"<>=!()]+)?", re.I)


@dataclass(frozen=True)
class Outcome:
    """What a verification found.

    Attributes
    ----------
    outcome : {"verified", "changed", "not reproducible"}
    case, title : str
    reason : str
        Why, in one sentence.
    cells : tuple of Difference
    quoted : dict of str to str
        Each figure, table or sentence that the text quotes, and how it came out.
    notes : tuple of str
        Limits of the check that a reader should know.
    """

    outcome: str
    case: str
    title: str = ""
    reason: str = ""
    cells: tuple = ()
    quoted: dict[str, str] | None = None
    notes: tuple = ()

    @property
    def exit_code(self) -> int:
        """0 verified, 1 changed, 3 not reproducible."""
        return OUTCOMES[self.outcome]


def verify(
    path: Path,
    environment: str = "build",
    cache: Path | None = None,
    progress: Callable[..., Any] | None = None,
    own_code: bool = False,
    unconfined: bool = False,
) -> Outcome:
    """Verify a bundle. Call it only with the user's word: it runs the bundle's notebook, fenced in.

    The notebook runs with the program of this installation; the bundle's own program files are compared with it and
    are not imported. Where the system cannot confine files, network and programs, nothing of the bundle runs.

    Parameters
    ----------
    path : Path
        The bundle.
    environment : {"build", "current"}
        A fresh virtual environment with the bundle's locked versions (kept for the next time), or the
        environment of this process.
    cache : Path, optional
        Where environments are kept; default `~/.cache/common-prosperity-bluebook`.
    progress : callable, optional
        Called with a short text at each step.
    own_code : bool
        Run with the bundle's program files instead of this installation's; confined alike.
    unconfined : bool
        Run even where the system cannot confine it.

    Returns
    -------
    Outcome
    """
    say = progress or (lambda text: None)
    say("checking names and checksums")
    try:
        files, manifest = open_checked(Path(path))
    except DataError as error:
        return Outcome("changed", Path(path).name, reason=str(error))
    about = {"case": manifest["case"], "title": str(manifest.get("title", ""))}
    if manifest["evidence"] is None:
        return Outcome("verified", **about, reason="checksums agree; the case has no evidence notebook to run")
    if manifest.get("withheld"):
        withheld = ", ".join(map(str, manifest["withheld"]))
        return Outcome("not reproducible", **about, reason=f"data withheld by the owner: {withheld}")
    if (missing := [name for name in DEMANDED if name not in means()]) and not unconfined:
        return Outcome(
            "not reproducible",
            **about,
            notes=tuple(_notes(files, environment, own_code, ())),
            reason="checked, not run: this machine cannot confine a stranger's notebook "
            f"({', '.join(missing)}); Linux with Landlock and libseccomp can, or install bubblewrap",
        )
    try:
        python = sys.executable if environment == "current" else _environment(files, manifest, cache, say)
    except MissingError as error:
        return Outcome("not reproducible", **about, reason=str(error))
    say("running the notebook")
    with scratch.folder("bundle") as folder:
        unpack(files, Path(folder))
        result = rerun(
            Path(folder),
            Path(folder) / manifest["evidence"],
            python=python,
            source=Path(folder) / "src" if own_code else None,
            demand=not unconfined,
        )
    return _judge(files, manifest, result, about, _notes(files, environment, own_code, result.confined))


def _notes(files, environment, own_code, held):
    """What a reader of the verdict should know of how it was reached."""
    by = means()
    fence = ", ".join(f"{name} by {by.get(name, 'landlock')}" for name in held) or "nothing"
    code = "the bundle's own, as asked" if own_code else "that of this installation"
    return [
        f"confined by the system: {fence}",
        f"program: {code}",
        f"program files unlike those of this installation: {len(foreign_code(files))}",
        f"numbers compared to a relative {RELATIVE:g}",
        f"environment: {'as locked in the bundle' if environment == 'build' else 'that of this machine'}",
    ]


def _judge(files, manifest, result, about, notes):
    if result.notebook is None:
        return Outcome(
            "not reproducible",
            **about,
            reason="the notebook failed: " + result.error.splitlines()[-1],
            notes=tuple(notes),
        )
    kept = json.loads(files[manifest["evidence"]])
    cells = tuple(compare(kept, result.notebook))
    by_label = {d.label: d for d in cells}
    text = files[manifest["text"]].decode("utf-8", "replace")
    quoted = {label: by_label[label].outcome if label in by_label else "missing" for label in _EMBED.findall(text)}
    wrong = [d for d in cells if d.outcome == "differs"]
    if failed(cells) or sources_differ(kept, result.notebook) or "missing" in quoted.values():
        first = f"{wrong[0].label}: {wrong[0].detail}" if wrong else "a quoted cell is missing"
        return Outcome("changed", **about, reason=first, cells=cells, quoted=quoted, notes=tuple(notes))
    reason = f"{len(cells)} cells give again what they show; {len(quoted)} of them are quoted in the text"
    return Outcome("verified", **about, reason=reason, cells=cells, quoted=quoted, notes=tuple(notes))


def _environment(files, manifest, cache, say):
    """Interpreter of an environment with the bundle's locked versions, made once for each lock."""
    lock = files["requirements.lock"].decode("utf-8", "replace")
    needed = [str(n).lower() for n in manifest.get("needed", [])]
    lines = [line for line in lock.splitlines() if line and not line.startswith("#")]
    if not all(_REQUIREMENT.fullmatch(line) for line in lines):
        raise MissingError("requirements.lock holds more than names and versions; nothing of it is installed")
    strange = sorted(set(needed) - set(NEEDED))
    if strange:  # what is installed could start by itself: only the packages that evidence needs
        raise MissingError(f"the bundle asks for packages that no evidence needs: {', '.join(strange)[:200]}")
    pinned = [line for line in lines if line.split("==")[0].lower() in needed]
    key = hashlib.sha256("\n".join([*lines, *needed, sys.version]).encode()).hexdigest()[:20]
    folder = Path(cache or Path.home() / ".cache" / "common-prosperity-bluebook") / key
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (folder / "ready").is_file():
        return str(python)
    say("building the environment (once for this lock)")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        venv.create(folder, with_pip=True)
        constraints = folder / "requirements.lock"
        constraints.write_text("\n".join(lines) + "\n", "utf-8")
        _pip(python, ["--only-binary", ":all:", "-c", str(constraints), *pinned])
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise MissingError(f"the locked environment cannot be built here: {_last(error)}") from error
    (folder / "ready").write_text("", "utf-8")
    return str(python)


def _pip(python, words):
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True, capture_output=True, text=True)


def _last(error):
    text = (getattr(error, "stderr", "") or str(error)).strip()
    return text.splitlines()[-1] if text else type(error).__name__
