"""Executed notebooks made equal wherever and whenever they ran, and ready for the books.

What differs between two runs of the same inputs - clocks, process ids, addresses in memory, random ids,
paths of one machine, the cutting of streams into pieces - is dropped or named by its order. Then captions,
alternative texts and labels are written into the cells' options, where Quarto and the books read them.
"""

from __future__ import annotations

import json
import re
import site
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.status import mark
from research.runs.templates import source, tags

if TYPE_CHECKING:
    from nbformat import NotebookNode

INJECTED = "injected-parameters"
KEPT_METADATA = ("bluebook", "jupytext", "kernelspec", "language_info", "widgets")
OPTION = re.compile(r"^#\|\s*([\w-]+)\s*:\s*(.*)$")

_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{4,16}\b")
_KERNEL_FILE = re.compile(r"ipykernel_\d+/\d+\.py")
_BEFORE_FILE = re.compile(r"[^\s\"'<>(]*\Z")
_LONGEST_PATH = 4096
_UUID = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b"
    r"|(?<![0-9a-f])[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}(?![0-9a-f])"
)
_BAR_TIME = re.compile(r"\[\d+:\d\d(?::\d\d)?<[\d:?]+, *[^\]\n]{0,80}?(?:it/s|s/it)\]")
_FIT_DATE = re.compile(r"(Date:[\s&|]*(?:</th>\s*<td>\s*)?)(\w{3}, \d\d \w{3} \d{4})")
_FIT_TIME = re.compile(r"(Time:[\s&|]*(?:</th>\s*<td>\s*)?)(\d\d:\d\d:\d\d)")
_FIT_DATETIME = re.compile(r"(Date:[\s&|]*(?:</t[hd]>\s*<td>\s*)?)(\d{4}-\d\d-\d\d \d\d:\d\d)")


def normalise(
    notebook: NotebookNode, root: Path, suffix: str = "", data: tuple[str, ...] | None = None, scratch: Any = ()
) -> NotebookNode:
    """One executed notebook in the form that is published and compared.

    Parameters
    ----------
    notebook : dict
        As papermill leaves it; changed in place.
    root : Path
        The project's folder; its path is dropped wherever it shows.
    suffix : str
        Place code that labels get after a dash; empty for the district.
    data : tuple of (str, str), optional
        The data folder as given and as it may be shown.
    scratch : iterable of str
        Temporary folders of the run.

    Returns
    -------
    dict
        The same notebook.
    """
    clean = Cleaner(root, data, scratch)
    metadata = notebook.get("metadata", {})
    notebook["metadata"] = {k: metadata[k] for k in KEPT_METADATA if k in metadata}
    notebook["metadata"].get("language_info", {}).pop("version", None)  # the record has the exact one
    for number, cell in enumerate(notebook["cells"], start=1):
        _cell(cell, number, clean, suffix)
    if "widgets" in notebook["metadata"]:
        notebook["metadata"]["widgets"] = clean(notebook["metadata"]["widgets"])
    return notebook


def to_text(notebook: NotebookNode) -> str:
    """The notebook as text, in the one form that is written: sorted keys, texts cut into lines as nbformat does."""
    cells = [
        {
            **cell,
            "source": _lines(source(cell)),
            **({"outputs": [_in_lines(o) for o in cell["outputs"]]} if "outputs" in cell else {}),
        }
        for cell in notebook["cells"]
    ]
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _lines(text):
    return text.splitlines(True) if isinstance(text, str) else text


def _in_lines(output):
    if output["output_type"] == "stream":
        return {**output, "text": _lines(output["text"])}
    if "data" in output:
        return {**output, "data": {kind: _lines(value) for kind, value in output["data"].items()}}
    return output


class Cleaner:
    """Callable that makes one text, or all texts inside lists and dicts, independent of the machine."""

    def __init__(self, root: Path, data: Any = None, scratch: Any = ()) -> None:
        swaps = {str(p).rstrip("/"): "." for p in scratch}
        if data and data[0] != data[1]:
            swaps[data[0].rstrip("/")] = data[1]
        for folder in [*site.getsitepackages(), str(Path(__file__).parents[2])]:
            swaps[folder] = "python"
        swaps.update({sys.base_prefix: "python", sys.prefix: "python", str(root): "."})
        for folder in (tempfile.gettempdir(), str(Path.home())):
            swaps.setdefault(folder, "~")
        swaps = {k: v for k, v in swaps.items() if len(k) > 3}
        longest = sorted(swaps, key=len, reverse=True)
        self._paths = re.compile(r"(?<![\w.-])(?:" + "|".join(re.escape(p) for p in longest) + r")(?!\w)")
        self._swaps = swaps
        self._ids: dict[str, Any] = {}

    def __call__(self, value):
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self(v) for v in value]
        if isinstance(value, dict):
            return {self.text(k): self(v) for k, v in value.items()}
        return value

    def text(self, text: str) -> str:
        """One text without paths, addresses, process ids, random ids and clocks."""
        text = _cell_files(text)
        text = self._paths.sub(lambda m: self._swaps[m.group(0)], text)
        text = _ADDRESS.sub("0x0", text)
        text = _UUID.sub(self._id, text)
        text = _BAR_TIME.sub("[]", text)
        for pattern in (_FIT_DATE, _FIT_DATETIME, _FIT_TIME):
            text = pattern.sub(lambda m: m.group(1) + re.sub(r"[A-Za-z\d]", "-", m.group(2)), text)
        return text

    def _id(self, match):
        number = self._ids.setdefault(match.group(0), len(self._ids) + 1)
        plain = f"{number:032x}"
        return (
            plain
            if "-" not in match.group(0)
            else "-".join((plain[:8], plain[8:12], plain[12:16], plain[16:20], plain[20:]))
        )


def _cell_files(text):
    """The text with a cell's temporary file, its folder included, called `cell.py`.

    The folder is looked for backward from the name: one pattern for both takes minutes on a long word.
    """
    pieces, end = [], 0
    for match in _KERNEL_FILE.finditer(text):
        before = text[max(end, match.start() - _LONGEST_PATH) : match.start()]
        found = _BEFORE_FILE.search(before)
        start = match.start() - len(before) + (found.start() if found else len(before))
        pieces += [text[end:start], "cell.py"]
        end = match.end()
    return "".join([*pieces, text[end:]])


def _cell(cell, number, clean, suffix):
    metadata = cell.setdefault("metadata", {})
    for name in ("papermill", "execution", "ExecuteTime"):
        metadata.pop(name, None)
    if not tags(cell):
        metadata.pop("tags", None)  # papermill adds empty ones
    injected = INJECTED in tags(cell)
    cell["id"] = INJECTED if injected else cell.get("id") or f"cell-{number}"
    if cell["cell_type"] != "code":
        return
    cell["source"] = clean(source(cell)) if injected else source(cell)
    cell["outputs"] = _streams([_output(o, clean) for o in cell.get("outputs", [])])
    cell["source"] = _options(cell["source"], cell["outputs"], suffix)


def _output(output, clean):
    output = dict(output)
    if output["output_type"] in ("stream", "error"):
        return clean(output)
    data = dict(output.get("data", {}))
    for kind, value in data.items():
        if not kind.startswith("image/") or kind == "image/svg+xml":
            data[kind] = clean("".join(value) if isinstance(value, list) else value)
    output["data"], output["metadata"] = data, clean(dict(output.get("metadata", {})))
    return output


def _streams(outputs):
    """Pieces of a stream joined; between other outputs, what was printed comes before the warnings."""
    joined: list[Any] = []
    run: dict[str, Any] = {}

    def flush():
        joined.extend(run[name] for name in ("stdout", "stderr") if name in run)
        run.clear()

    for output in outputs:
        if output["output_type"] != "stream":
            flush()
            joined.append(output)
        elif output["name"] in run:
            run[output["name"]]["text"] += output["text"]
        else:
            run[output["name"]] = dict(output)
    flush()
    return joined


def _options(text, outputs, suffix):
    """The cell's source with captions, alternative texts and labels as computed by the run."""
    shown = [o["metadata"]["bluebook"] for o in outputs if "bluebook" in (o.get("metadata") or {})]
    shown = [m for m in shown if isinstance(m, dict) and (m.get("caption") or m.get("alt"))]
    lines = text.split("\n")
    count = next((i for i, line in enumerate(lines) if not line.startswith("#|")), len(lines))
    options, rest = lines[:count], lines[count:]
    found = {m.group(1): m.group(2).strip().strip("\"'") for m in map(OPTION.match, options) if m}
    label = found.get("label", "")
    if label and shown:
        for name, value in _captions(label, shown).items():
            options = _set(options, name, value)
    if label and suffix and not label.endswith(f"-{suffix}"):
        options = _set(options, "label", f"{label}-{suffix}", quote=False)
    return "\n".join(options + rest)


def _captions(label, shown):
    kind = "tbl" if label.startswith("tbl-") else "fig" if label.startswith("fig-") else ""
    if not kind:
        return {}
    first = shown[0]
    values = {
        f"{kind}-cap": mark(first["caption"], first.get("status")) if first.get("caption") else "",
        "fig-alt": first.get("alt", "") if kind == "fig" else "",
    }
    return {name: value for name, value in values.items() if value}


def _set(options, name, value, quote=True):
    """The option lines with one set: in its place where it stands, else after the label."""
    text = json.dumps(" ".join(str(value).split()), ensure_ascii=False) if quote else str(value)
    line = f"#| {name}: {text}"
    found = [i for i, old in enumerate(options) if (m := OPTION.match(old)) and m.group(1) == name]
    if found:
        start = found[0]
        stop = start + 1  # a block or folded value goes on over deeper lines
        while stop < len(options) and not OPTION.match(options[stop]):
            stop += 1
        return options[:start] + [line] + options[stop:]
    after = next((i for i, old in enumerate(options) if (m := OPTION.match(old)) and m.group(1) == "label"), -1)
    return options[: after + 1] + [line] + options[after + 1 :]
