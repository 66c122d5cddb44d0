"""What a bluebook must have before it is one: board, editors, abstracts in two languages, contents, chronicle.

Missing elements are faults at all times. Places that a centre still has to fill in, （待填）, are told as notes
while the book is a draft, and are faults at its release.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from research.book.source.config import read_config
from research.core.faults import Fault, say, spot
from research.core.texts import read_text

BLANK = "（待填"
HEADS = (
    ("执笔", "who wrote the report"),
    ("摘要", "its abstract in Chinese"),
    ("关键词", "its keywords in Chinese"),
    ("Abstract", "its abstract in English"),
    ("Keywords", "its keywords in English"),
)
FRONT = (
    ("编委会", "the editorial board"),
    ("主要编撰者简介", "the editors' lives in short"),
    ("摘要", "the abstract"),
    ("Abstract", "the abstract in English"),
    ("Contents", "the contents in English"),
)
KEYWORDS = {"关键词": "；", "Keywords": ";"}
FEW = 3  # keywords, at the least


def lacking(root: Path, profile: str = "bluebook") -> list[Any]:
    """Elements of a bluebook that are not there, or are empty.

    Parameters
    ----------
    root : Path
        Folder of `_quarto.yml`.
    profile : str
        Profile names joined by commas; only the profile `bluebook` is a bluebook.

    Returns
    -------
    list of Fault
        Of kind `element`, each with file and line.
    """
    reports, others, index = sources(root, profile)
    if index is None:
        return []
    faults = [f for path in reports for f in _report(root, path)] + _front(root, index, reports)
    if not any(re.search(r"^# 大事记", _text(root, p), re.M) for p in others):
        faults.append(
            _fault(
                root,
                index,
                1,
                say("an appendix 大事记: the key events of the year", "附录“大事记”"),
                "none",
                "add reports/bluebook/appendix-chronicle.qmd to the appendices",
            )
        )
    return faults


def unfilled(root: Path, profile: str = "bluebook") -> Any:
    """Places that a centre has to fill in before the release: （待填）.

    Parameters
    ----------
    root, profile
        As for `lacking`.

    Returns
    -------
    list of Fault
        Of kind `unfilled`, one a line.
    """
    reports, others, index = sources(root, profile)
    found = []
    for path in [index, *reports, *others] if index else ():
        for number, line in enumerate(_text(root, path).splitlines(), 1):
            if BLANK in line:
                words = re.sub(r"[*|:：]", " ", line.split(BLANK)[0]).split()
                found.append(_slot(root, path, number, words[-1] if words else "（待填）"))
    for path in _included(root, [*reports, *others]):
        claim = ""
        for number, line in enumerate(_text(root, path).splitlines(), 1):
            claim = line.strip("# ") if line.startswith("#") else claim
            if BLANK in line:
                found.append(_slot(root, path, number, claim, WHERE))
    return found


WHERE = say(
    "write it into data/reference/proposals.yml, or into the register that it is taken from, and run again",
    "请写入 data/reference/proposals.yml，或补全它所取自的登记，再重新运行",
)


def _slot(root, path, number, words, way=None):
    """The fault of a place that is still to be filled in."""
    way = way or say("fill it in before the release", "请在发布前填写")
    return _fault(root, path, number, say(f"words for {words}", f"填写“{words}”"), "（待填）", way, "unfilled")


def _included(root, chapters):
    """Made pages that chapters include and that are laid out: an editor fills in what they stand on."""
    for path in chapters:
        for name in re.findall(r"\{\{< include (\S*runs/book/_\S+\.md) >\}\}", _text(root, path)):
            made = (path.parent / name).resolve()
            if made.is_file() and made.is_relative_to(root.resolve()):
                yield root / made.relative_to(root.resolve())


def sources(root: Path, profile: str) -> tuple[list[Path], list[Path], Path | None]:
    """Hand-written reports, other chapters, and the index of a bluebook."""
    if "bluebook" not in profile.split(","):
        return [], [], None
    reports: list[Any] = []
    others: list[Any] = []
    index, template = None, root / "reports" / "bluebook" / "_place.qmd"
    for item in read_config(root, profile).items:
        if item.path is None or not item.path.is_file() or item.path.suffix not in (".qmd", ".md"):
            continue
        made = "runs" in item.path.relative_to(root).parts
        path = template if made else item.path
        unnumbered = not path.is_file() or re.search(r"^# .*\.unnumbered", _text(root, path), re.M)
        if item.kind == "index":
            index = path
        elif path.is_file() and path not in reports + others:
            (reports if item.kind == "chapter" and not unnumbered else others).append(path)
    return reports, others, index


def _text(root, path):
    return read_text(path, path.relative_to(root).as_posix())


def _fault(root, path, line, expected, found, way_out="", kind="element"):
    return Fault(spot(path.relative_to(root).as_posix(), line=line), expected, found, way_out, kind=kind)


def _report(root, path):
    """What the head of one report lacks."""
    lines = _text(root, path).splitlines()
    title = next((n for n, line in enumerate(lines, 1) if line.startswith("# ")), 1)
    for word, what in HEADS:
        found = next(
            (
                (n, m[1])
                for n, line in enumerate(lines, 1)
                if (m := re.match(rf"\*\*{word}\s*[:：]\s*\*\*[:：]?\s*(.*)", line))
            ),
            None,
        )
        shape = f"**{word}:** ..." if word.isascii() else f"**{word}：** ……"
        if found is None:
            yield _fault(root, path, title, f"a paragraph {shape}, {what}", "none", "write it below the title")
        elif not found[1]:
            yield _fault(
                root, path, found[0], say(f"words after {word}", f"“{word}”后面的文字"), "none", f"write {what}"
            )
        elif word in KEYWORDS and BLANK not in found[1]:
            count = len([w for w in found[1].split(KEYWORDS[word]) if w.strip()])
            if count < FEW:
                yield _fault(
                    root,
                    path,
                    found[0],
                    say(
                        f"{FEW} keywords or more, parted by {KEYWORDS[word]}",
                        f"不少于{FEW}个关键词，用“{KEYWORDS[word]}”分开",
                    ),
                    str(count),
                )


def _front(root, index, reports):
    """What the front matter lacks, and reports that are not in the English contents."""
    lines = _text(root, index).splitlines()
    heads = {m[1].strip(): n for n, line in enumerate(lines, 1) if (m := re.match(r"##\s+([^{]+)", line))}
    faults = []
    for word, what in FRONT:
        if word not in heads:
            faults.append(
                _fault(root, index, 1, say(f"a section ## {word}: {what}", f"“## {word}”一节"), "none", "write it")
            )
            continue
        start = heads[word]
        end = next((n for n in range(start + 1, len(lines) + 1) if lines[n - 1].startswith("## ")), len(lines) + 1)
        body = [x for x in lines[start : end - 1] if x.strip() and not x.startswith(":::")]
        if not body:
            faults.append(
                _fault(
                    root, index, start, say(f"text below ## {word}", f"“## {word}”下面有文字"), "none", f"write {what}"
                )
            )
        label = {"摘要": "关键词", "Abstract": "Keywords"}.get(word)
        if label and not any(re.match(rf"\*\*{label}\s*[:：]\s*\*\*\s*\S", x) for x in body):
            faults.append(
                _fault(
                    root,
                    index,
                    start,
                    say(f"a paragraph **{label}** below ## {word}", f"“## {word}”下面有一段 **{label}**"),
                    "none",
                )
            )
    text = "\n".join(lines[heads.get("Contents", 1) - 1 :])
    for path in reports:
        name = path.relative_to(index.parent).as_posix()
        if "Contents" in heads and not path.name.startswith("_") and f"({name})" not in text:
            faults.append(
                _fault(
                    root,
                    index,
                    heads["Contents"],
                    say(f"a line for {name}", f"{name}一行"),
                    "none",
                    f"add - [English title]({name})",
                )
            )
    return faults
