"""pandoc as a subprocess: text in, document tree out, with the answer kept by content."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

from research.core.files import write_whole
from research.errors import BluebookError, MissingError, say

READER = (
    "markdown-raw_html-raw_tex-raw_attribute-auto_identifiers-native_divs-native_spans"
    "-markdown_in_html_blocks-latex_macros"
)
"""Quarto's reader without raw passthrough: HTML in a text is text. Ids are given by the book."""


@lru_cache
def executable() -> str:
    """Path of the pandoc that comes with pypandoc-binary.

    Raises
    ------
    MissingError
        When the package is not installed or holds no program.
    """
    try:
        import pypandoc

        return pypandoc.get_pandoc_path()
    except (ImportError, OSError) as error:
        raise MissingError(
            say("pandoc not found (pip install pypandoc-binary)", "没有找到 pandoc（pip install pypandoc-binary）")
        ) from error


def run(args: list[str], data: str | bytes = b"", cwd: Path | None = None) -> bytes:
    """Run pandoc on `data` and give what it prints.

    Parameters
    ----------
    args : list of str
        Arguments, without the program's name.
    data : bytes or str
        What pandoc reads from its standard input.
    cwd : Path, optional
        Folder to run in; relative image paths start there.

    Returns
    -------
    bytes

    Raises
    ------
    BluebookError
        With pandoc's own message, when it fails.
    """
    if isinstance(data, str):
        data = data.encode()
    done = subprocess.run([executable(), *args], input=data, capture_output=True, cwd=cwd, check=False)
    if done.returncode:
        raise BluebookError(f"pandoc failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


@lru_cache
def version() -> str:
    """Name and version of the pandoc that is run."""
    return run(["--version"]).split(b"\n", 1)[0].decode()


def parse(text: str, reader: str = READER, cache: Path | None = None) -> list[dict[str, Any]]:
    """The blocks of a text.

    Parameters
    ----------
    text : str
        Markdown (or what `reader` names).
    reader : str
        pandoc's input format.
    cache : Path, optional
        Folder where trees are kept by the hash of text and reader.

    Returns
    -------
    list of dict

    Examples
    --------
    >>> parse("<b>x</b>")
    [{'t': 'Para', 'c': [{'t': 'Str', 'c': '<b>x</b>'}]}]
    """
    kept = None
    if cache is not None:
        name = hashlib.sha256(f"{version()}\0{reader}\0{text}".encode()).hexdigest()[:32]
        kept = cache / f"{name}.json"
        if kept.is_file():
            os.utime(kept)  # used: pruning leaves it
            return json.loads(kept.read_bytes())
    blocks = json.loads(run(["-f", reader, "-t", "json"], text))["blocks"]
    if kept is not None:
        write_whole(kept, json.dumps(blocks, ensure_ascii=False), durable=False)
    return blocks


def bad_formulas(formulas: list[str], cache: Path | None = None) -> dict[str, str]:
    """Formulas that pandoc cannot read, with its reason: they would come out as raw TeX.

    Parameters
    ----------
    formulas : iterable of str
    cache : Path, optional
        Folder where the answer is kept by the hash of all formulas.

    Returns
    -------
    dict of str to str

    Examples
    --------
    >>> list(bad_formulas([r"\\frac{1}{2}", r"\\frac{1}{2"]))
    ['\\\\frac{1}{2']
    """
    formulas = sorted(set(formulas))
    name = hashlib.sha256(f"{version()}\0math\0{json.dumps(formulas)}".encode()).hexdigest()[:32]
    kept = cache / f"{name}.json" if cache else None
    if kept and kept.is_file():
        os.utime(kept)
        return json.loads(kept.read_bytes())
    blocks = [{"t": "Para", "c": [{"t": "Math", "c": [{"t": "InlineMath"}, f]}]} for f in formulas]
    done = subprocess.run(
        [executable(), "-f", "json", "-t", "html", "--mathml"],
        input=document(blocks).encode(),
        capture_output=True,
        check=False,
    ).stderr.decode(errors="replace")
    found = {}
    for part in done.split("Could not convert TeX math ")[1:]:
        told = "".join(part.split())  # it breaks lines of its own
        formula = next((f for f in formulas if told.startswith("".join(f.split()) + ",renderingasTeX")), None)
        if formula is not None:
            reason = re.search(r"^  (unexpected .*)$", part, re.M)
            found[formula] = reason[1] if reason else "not a formula"
    if kept:
        write_whole(kept, json.dumps(found, ensure_ascii=False), durable=False)
    return found


@lru_cache
def api_version() -> list[int]:
    """Version of the tree that this pandoc reads, for documents made by us."""
    return json.loads(run(["-f", "markdown", "-t", "json"], b"x"))["pandoc-api-version"]


def document(blocks: list[dict[str, Any]], meta: dict[str, dict[str, Any]] | None = None) -> str:
    """A whole document as JSON text, ready for `run(["-f", "json", ...])`."""
    tree = {"pandoc-api-version": api_version(), "meta": meta or {}, "blocks": blocks}
    return json.dumps(tree, ensure_ascii=False)


def meta_value(value: bool | str | dict[str, Any]) -> dict[str, Any]:
    """A Python value as pandoc's metadata (text stays text, nothing in it is read as markup).

    Examples
    --------
    >>> meta_value({"lang": "zh", "toc": True})["c"]["toc"]
    {'t': 'MetaBool', 'c': True}
    """
    if isinstance(value, dict):
        return {"t": "MetaMap", "c": {str(k): meta_value(v) for k, v in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"t": "MetaList", "c": [meta_value(v) for v in value]}
    if isinstance(value, bool):
        return {"t": "MetaBool", "c": value}
    return {"t": "MetaString", "c": "" if value is None else str(value)}
