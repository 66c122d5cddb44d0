"""How code is shown: folded, numbered, under its file's name, its annotations as ringed numbers."""

from __future__ import annotations

import re
from typing import Any

from research.book.source.outputs import braces, fence_for

ANNOTATION = re.compile(r"\s*(#|//|--|%|;|/\*|<!--)\s*<(\d+(?:,\s*\d+)*)>\s*(\*/|-->)?\s*$")


def annotated(line: str, way: object = "below") -> str:
    """A line of code whose annotation `# <1>` is a ringed number, as the list below the block has it.

    Parameters
    ----------
    line : str
    way : object
        `code-annotations:` of the settings: "none" takes them out, False leaves them as they stand.

    Returns
    -------
    str

    Examples
    --------
    >>> annotated("x = 1  # <1>"), annotated("x = 1  # <1>", "none"), annotated("a < 1")
    ('x = 1  # ①', 'x = 1', 'a < 1')
    """
    found = ANNOTATION.search(line)
    if not found or way is False:
        return line
    if way == "none":
        return line[: found.start()]
    rings = "".join(chr(0x245F + n) if n <= 20 else f"({n})" for n in map(int, re.split(r",\s*", found[2])))
    closing = f" {found[3]}" if found[3] else ""
    gap = re.match(r"\s*", found[0])
    return f"{line[: found.start()]}{gap[0] if gap else ''}{found[1]} {rings}{closing}"


def heading(identifier: str, caption: str, filename: str) -> tuple[list[str], list[str]]:
    """The lines before and after a block of code that has a label, a caption or the name of its file."""
    named = ["", f"**`{filename}`**", ""] if filename else []
    if not identifier and not caption:
        return named, []
    shown = ["", "::: {.bb-caption}", escape_start(caption), ":::", ""] if caption else []
    return ["", "::: " + braces(identifier, ["bb-listing"]), *shown, *named], ["", ":::", ""]


def code_lines(code: str, options: dict[str, Any], language: str = "python") -> list[str]:
    """The lines that show code, folded when the options say so, with its label, caption and file's name."""
    fold = options.get("code-fold", False)
    fold = {True: "true", False: "false"}.get(fold, str(fold))
    fence = fence_for(code)
    lines = [annotated(line, options.get("code-annotations", "below")) for line in code.splitlines()]
    inner = [fence + " {." + language + "}", *lines, fence]
    opener = "::: " + braces(classes=["bb-code"], fold=fold, summary=options.get("code-summary"))
    label = str(options.get("lst-label") or options.get("label") or "")
    before, after = heading(
        label if label.startswith("lst-") else "", str(options.get("lst-cap") or ""), str(options.get("filename") or "")
    )
    return [*before, "", opener, "", *inner, "", ":::", "", *after]


def escape_start(text: str) -> str:
    """One line of markdown that stays a paragraph: no list, heading or quote starts it.

    Examples
    --------
    >>> escape_start("1. 标题")
    '1\\\\. 标题'
    """
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"^([#>+*\-|:=~`%])(?=[\s#>:|=~`-]|$)", r"\\\1", text)
    return re.sub(r"^(\(?[\w@#]{1,4})([.)])(?=\s)", r"\1\\\2", text)
