"""Links of a case that lead nowhere: files, headings, citations, addresses that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from research.cases.chain import anchor, experiences
from research.cases.model import case_fault
from research.errors import DataError, nearest, say

if TYPE_CHECKING:
    from research.cases.model import Case
    from research.core.faults import Fault
    from research.core.scope import Project

__all__ = ["link_faults"]

_LINK = re.compile(r"(?<!\\)\[[^\]\n]*\]\(<?([^)>\s]+)>?[^)]*\)")
_INCLUDE = re.compile(r"\{\{<\s*include\s+(\S+)\s*>\}\}")
_CITE = re.compile(r"(?<![\w@])@([A-Za-z][\w:.-]*[\w])")
_KEY = re.compile(r"^@\w+\{([^,\s]+),", re.M)
_LABELS = ("fig-", "tbl-", "sec-", "eq-")


def link_faults(project: Project, name: str, case: Case, text: str) -> Iterator[Fault]:
    """Dead links of one case, each with its line; the network is not asked.

    Parameters
    ----------
    project : Project
    name : str
        The case's file from the project's root.
    case : Case
    text : str
        The whole file.

    Yields
    ------
    Fault
        Targets that are no file of the project, headings that are not there, citations without an entry in the
        bibliography, web addresses without a host.
    """
    folder = (project.root / name).parent
    for line, target in _found(text, _LINK):
        yield from _target(project, folder, name, line, target, text)
    for line, target in _found(text, _INCLUDE):
        if not (folder / target).is_file():
            yield case_fault(
                name,
                line,
                say("a file to include", "要引入的文件"),
                target,
                say("no such file", "没有这个文件"),
                "link",
            )
    for number, source in enumerate(case.sources, start=1):
        for address in re.findall(r"[a-z]+://[^\s，。；）]*", source):
            if not _whole(address):
                yield case_fault(
                    name,
                    _line(text, address),
                    say(f"a whole address in source {number}", f"第{number}条来源中完整的网址"),
                    address,
                    "",
                    "link",
                )
    keys = _keys(project)
    for line, key in _found(text, _CITE):
        if keys and key not in keys and not key.startswith(_LABELS):
            yield case_fault(
                name, line, say("a key of the bibliography", "参考文献中的条目"), f"@{key}", nearest(key, keys), "link"
            )


def _found(text, pattern):
    body = re.sub(r"`[^`\n]*`", lambda m: " " * len(m[0]), text)
    return [(body.count("\n", 0, m.start()) + 1, m[1]) for m in pattern.finditer(body)]


def _target(project, folder, name, line, target, text):
    if re.match(r"[a-z]+:", target):
        if target.startswith(("http:", "https:")) and not _whole(target):
            yield case_fault(name, line, say("a whole address", "完整的网址"), target, "", "link")
        return
    path, _, mark = unquote(target).partition("#")
    file = folder / path if path else None
    if file is not None and not file.resolve().is_relative_to(project.root.resolve()):
        yield case_fault(name, line, say("a file of the project", "项目中的文件"), target, "", "link")
    elif file is not None and not file.is_file():
        others = [p.name for p in file.parent.glob(f"*{file.suffix}")] if file.parent.is_dir() else []
        yield case_fault(
            name, line, say("a file of the project", "项目中的文件"), target, nearest(file.name, others), "link"
        )
    elif mark:
        there = text if file is None else file.read_text("utf-8", "replace")
        if file is not None and file.name == "library.qmd":  # its sections of experiences are made from their list
            there += "".join(f" #{anchor(row.get('id'))} " for row in _experiences(project))
        if not re.search(rf"#{re.escape(mark)}(?![\w-])", there.replace(f"({target})", "")):
            yield case_fault(
                name,
                line,
                say(f"a heading with the id {mark}", f"标识为 {mark} 的标题"),
                target,
                "write {#" + mark + "}",
                "link",
            )


def _experiences(project):
    with suppress(DataError):  # a list that cannot be read is a fault of its own
        return experiences(project)
    return []


def _whole(address):
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")


def _line(text, words):
    return text[: text.index(words)].count("\n") + 1 if words in text else 1


def _keys(project):
    found = set()
    for path in (project.reports / "theme").glob("*.bib"):
        found |= set(_KEY.findall(path.read_bytes().decode("utf-8", "replace")))
    return found
