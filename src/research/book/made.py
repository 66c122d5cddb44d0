"""What a book's finished files were made from: kept beside the book, so that an older one can be told.

The record lies in the work folder: `made.json`, an entry a format. A file is older when a source of it has changed
since, or when it was made for something else (the identity that the caller gave).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from research.book.source.config import read_config
from research.core.files import write_whole
from research.core.texts import read_made

RECORD = "made.json"
SUFFIXES = ("qmd", "md", "ipynb", "svg", "png", "bib")


def source_files(root: Path, profile: str) -> list[Path]:
    """Everything that a book may be made from: its settings, its chapters, and what lies beside these."""
    config = read_config(root, profile)
    paths = {*config.root.glob("_quarto*.yml"), config.root / "_variables.yml"}
    paths |= {i.path for i in config.items if i.path}
    for folder in {p.parent for p in paths}:
        paths |= {p for s in SUFFIXES for p in folder.glob(f"*.{s}")}
    return sorted(p for p in paths if p.is_file())


def sums(root: Path, profile: str, inputs: Collection[Path] = ()) -> dict[str, str]:
    """Checksum of each source by its path in the project; `inputs` are more files that the book has read."""
    found = {*source_files(root, profile), *(p for p in map(Path, inputs) if p.is_file() and p.is_relative_to(root))}
    return {p.relative_to(root).as_posix(): _sum(p) for p in sorted(found) if ".work" not in p.parts}


def files_of(folder: Path) -> dict[str, Path]:
    """The finished files in a book's folder by format, whichever engine named them."""
    names = {"html": "index.html", "docx": "*.docx", "pdf": "*.pdf", "single": "*-single.html"}
    found = {kind: sorted(p for p in folder.glob(name) if p.is_file()) for kind, name in names.items()}
    return {kind: paths[0] for kind, paths in found.items() if paths}


def read(work: Path) -> dict:
    """The record: format to its `file`, `sha256`, `sources` and `identity`; empty where there is no whole one."""
    found = read_made(work / RECORD)
    return found if all(isinstance(v, dict) for v in found.values()) else {}


def remember(
    work: Path, files: dict[str, Path], sources: dict[str, str], identity: dict[str, Any] | None = None
) -> None:
    """Note what these formats were just made from; the record of the others stays."""
    kept = read(work)
    for kind, path in files.items():
        kept[kind] = {"file": path.name, "sha256": _sum(path), "sources": sources, "identity": identity}
    write_whole(work / RECORD, json.dumps(kept, ensure_ascii=False, sort_keys=True))


def older(record: dict, kind: str, root: Path, identity: dict[str, int] | None = None) -> bool:
    """Whether a source of a format's file has changed since it was made, or it was made for something else.

    A file without a record counts as older.
    """
    entry = record.get(kind) or {}
    if "sources" not in entry or entry.get("identity") != identity:
        return True
    return any(not (root / name).is_file() or _sum(root / name) != held for name, held in entry["sources"].items())


def touched(record: dict, kind: str, path: Path) -> bool:
    """Whether a finished file is not, byte for byte, what its record says."""
    return (record.get(kind) or {}).get("sha256") != _sum(path)


def keep_others(old: Path, part: Path, to: list[str]) -> None:
    """Bring the finished formats that are not made now from the former folder into the new one."""
    if not old.is_dir():
        return
    own = files_of(old)
    if "html" not in to:
        again = {own[kind].name for kind in to if kind in own}
        shutil.copytree(
            old,
            part,
            dirs_exist_ok=True,
            ignore=lambda folder, names: [n for n in names if n in again] if Path(folder) == old else [],
            copy_function=_unless_there,
        )
        return
    for kind, path in own.items():
        if kind not in to:
            _unless_there(path, part / path.name)


def _unless_there(source, target):
    return target if Path(target).exists() else shutil.copy2(source, target)


def _sum(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
