"""Compare what a notebook showed then with what it shows now, cell by cell and number by number."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["RELATIVE", "Difference", "compare", "failed", "sources_differ"]

RELATIVE = 1e-9
"""Numbers that differ by no more than this share of the larger one count as the same."""

_LABEL = re.compile(r"^#\|\s*label:\s*[\"']?([\w-]+)", re.M)
_NUMBER = re.compile(r"[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
_PICTURES = ("image/svg+xml", "image/png", "application/pdf")


@dataclass(frozen=True)
class Difference:
    """How one labelled cell came out.

    Attributes
    ----------
    label : str
        The cell's label, or its number.
    outcome : {"same", "close", "picture", "differs"}
        `close`: numbers within `RELATIVE`; `picture`: only the drawing's bytes differ.
    detail : str
        The first pair that differs.
    """

    label: str
    outcome: str
    detail: str = ""


def compare(kept: dict[str, Any], fresh: dict[str, Any]) -> list[Difference]:
    """Outcome of every code cell.

    Parameters
    ----------
    kept, fresh : dict
        Notebooks with outputs.

    Returns
    -------
    list of Difference
    """
    return [
        _cell(number, old, new)
        for number, (old, new) in enumerate(zip(_code(kept), _code(fresh), strict=False), start=1)
    ]


def failed(differences: Sequence[Difference]) -> bool:
    """Whether any cell shows something else."""
    return any(d.outcome == "differs" for d in differences)


def sources_differ(kept: dict[str, Any], fresh: dict[str, Any]) -> bool:
    """Whether the two are not the same program."""
    return [_text(c["source"]) for c in _code(kept)] != [_text(c["source"]) for c in _code(fresh)]


def _code(notebook):
    return [c for c in notebook["cells"] if c["cell_type"] == "code"]


def _text(value):
    return "".join(value) if isinstance(value, (list, str)) else str(value)


def _cell(number, old, new):
    label = _LABEL.search(_text(old["source"]))
    name = label[1] if label else f"cell {number}"
    before, after = _shown(old), _shown(new)
    if before == after:
        return Difference(name, "same")
    texts_before, texts_after = ([t for k, t in shown if k not in _PICTURES] for shown in (before, after))
    if texts_before == texts_after and len(before) == len(after):
        return Difference(name, "picture", "the drawing's bytes differ, its text does not")
    if [k for k, _ in before] != [k for k, _ in after]:
        return Difference(name, "differs", f"{len(before)} outputs then, {len(after)} now")
    pairs = [_texts(b, a) for b, a in zip(texts_before, texts_after, strict=True) if b != a]
    return next((Difference(name, *p) for p in pairs if p[0] == "differs"), Difference(name, *pairs[0]))


def _shown(cell):
    found = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            found.append(("stream", _text(output["text"])))
        for kind, value in sorted(output.get("data", {}).items()):
            found.append((kind, _text(value).strip()))
    pictures = {k for k, _ in found} & set(_PICTURES)
    # the text/plain beside a picture is only the name of its object
    return [(k, v) for k, v in found if not (k == "text/plain" and pictures)]


def _texts(before, after):
    """Outcome of two unlike texts: close when only numbers differ, and those by next to nothing."""
    before, after = (text.replace("−", "-") for text in (before, after))
    if _NUMBER.sub("#", before) == _NUMBER.sub("#", after):
        pairs = [(b, a) for b, a in zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True) if b != a]
        far = [p for p in pairs if not math.isclose(*(float(x.replace(",", "")) for x in p), rel_tol=RELATIVE)]
        if not far:
            return "close", f"{pairs[0][0]} then, {pairs[0][1]} now"
        return "differs", f"{far[0][0]} then, {far[0][1]} now"
    lines = [p for p in zip(before.splitlines(), after.splitlines(), strict=False) if p[0] != p[1]]
    first = lines[0] if lines else (before[-60:], after[-60:])
    return "differs", f"“{first[0][:60]}” then, “{first[1][:60]}” now"
