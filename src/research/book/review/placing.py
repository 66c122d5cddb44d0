"""Where a reviewer's change belongs: a line of a hand-written source, or what computed it; patches and conflicts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from research.book.review.marks import Comment, Edit, Paragraph, read
from research.book.source.config import load_yaml, merge, read_config
from research.book.source.expand import read_chapter
from research.book.source.source import Context
from research.core.files import write_whole
from research.errors import DataError, Fault, say

ALIKE = 0.72
"""How alike a paragraph and a line of the sources must be, 0-1; numbers of references differ always."""
SAME_BOOK = 0.5
"""Share of a file's paragraphs that this book must have, for the file to be a review of it."""
CONTEXT = (24, 12, 6, 3, 1, 0)
"""Characters on both sides of a change that must stand in the source, too; the longest that fits counts."""


@dataclass(frozen=True)
class Line:
    """A line of the expanded sources: its text, the file it is from, its number there; none for what is computed."""

    text: str
    place: str
    file: Path | None
    number: int


@dataclass
class Found:
    """One change or comment of one reviewer, with what became of it.

    Parameters
    ----------
    file : str
        The reviewed file.
    paragraph : Paragraph
    what : Edit or Comment
    place : str
        Line of a source, or notebook and cell; empty where nothing like it was found.
    outcome : str
        "source" (can be applied), "computed", "conflict", "untracked", "unplaced" or "comment".
    """

    file: str
    paragraph: Paragraph
    what: Edit | Comment
    place: str = ""
    outcome: str = "unplaced"
    line: Line | None = None
    span: tuple[int, int] | None = None


@dataclass
class Review:
    """All that reviewers marked, and the texts of the sources as they would be."""

    found: list[Found] = field(default_factory=list)
    texts: dict[Path, str] = field(default_factory=dict)

    def diff(self, root: Path) -> str:
        """The patch of the sources, as `diff -u` writes it."""
        lines: list[str] = []
        for path, text in sorted(self.texts.items()):
            name = path.relative_to(root).as_posix()
            lines += difflib.unified_diff(path.read_text("utf-8").splitlines(True), text.splitlines(True), name, name)
        return "".join(lines)

    def apply(self) -> list[Path]:
        """Write the changed sources, each whole; the files that were changed."""
        for path, text in self.texts.items():
            write_whole(path, text.encode())
        return sorted(self.texts)


def review(root: Path, profile: str, files: Sequence[Path], made: Sequence[str] = ("reports/runs",)) -> Review:
    """Read reviewed Word files of a book and find where their marks belong.

    Parameters
    ----------
    root : Path
        Folder of `_quarto.yml`.
    profile : str
    files : sequence of Path
        Word files, one or more reviewers'.
    made : sequence of str
        Folders of the project whose texts are computed, not written.

    Returns
    -------
    Review
        Nothing is written; see `Review.apply`.

    Raises
    ------
    DataError
        For a file that is no Word file, or is not of this edition of the book.
    """
    root = Path(root).resolve()
    lines = source_lines(root, profile, made)
    result, places, faults = Review(), dict[str, Line | None](), list[Fault | str]()
    config = read_config(root, profile)
    finished = config.output / f"{config.book.get('output-file') or config.output.name.lstrip('_') or 'book'}.docx"
    sent = {_bare(p.text) for p in read(finished)} if finished.is_file() else set()
    known = {_bare(line.text) for line in lines}
    for path in map(Path, files):
        try:
            paragraphs = read(path)
        except DataError as error:
            faults += error.faults
            continue
        long = [p for p in paragraphs if len(_bare(p.text)) >= 12]
        share = sum(bool(_placed(p, lines, known, places)) for p in long[:200]) / max(1, len(long[:200]))
        if share < SAME_BOOK:
            faults.append(
                Fault(
                    path.name,
                    say("a review of this edition's Word file", "这一版 Word 文件的审阅稿"),
                    say(f"{share:.0%} of its paragraphs are in this book", f"只有{share:.0%}的段落出自本书"),
                    say(
                        "choose its edition or book (--book), or send the finished Word file again",
                        "请选对年份和书（--book），或重新发出本版 Word 文件",
                    ),
                    kind="review-edition",
                )
            )
            continue
        result.found += _untracked(path.name, paragraphs, sent, lines, known, places)
        for paragraph in paragraphs:
            marks: list[Edit | Comment] = [*paragraph.edits, *paragraph.comments]
            for what in marks:
                result.found.append(_judge(path.name, paragraph, what, _placed(paragraph, lines, known, places)))
    if faults:
        raise DataError(faults)
    _merge(result)
    return result


def _untracked(
    name: str, paragraphs: Sequence[Paragraph], sent: set[str], lines: Sequence[Line], known: set[str], places: dict
) -> list[Found]:
    """Paragraphs that were sent out otherwise and bear no mark: someone typed over them with tracking off."""
    found = []
    for paragraph in paragraphs if sent else ():
        bare = _bare(paragraph.text)
        if paragraph.chapter and len(bare) >= 12 and bare not in sent:
            line = _placed(paragraph, lines, known, places)
            what = Edit("", paragraph.text, "", "", "")
            found.append(Found(name, paragraph, what, line.place if line else "", "untracked", line))
    return found


def source_lines(root: Path, profile: str, made: Sequence[str]) -> list[Line]:
    """Every line of a book's text, and where it comes from."""
    config = read_config(root, profile)
    ctx = Context(config.root, config.work, faults=[])
    if (root / "_variables.yml").is_file():
        ctx.variables = load_yaml(root / "_variables.yml", root, ctx.faults)
    found = []
    for item in (i for i in config.items if i.path is not None):
        source = read_chapter(item.path, ctx, merge(config.metadata, config.directory_metadata(item.path.parent)))
        for text, place in zip(source.lines, source.places, strict=True):
            name, number = str(getattr(place, "file", place)), getattr(place, "line", None)
            written = number and not any(name.startswith(folder) for folder in made)
            if _bare(text):
                found.append(Line(text, str(place), root / name if written else None, number or 0))
    return found


def _bare(text: str) -> str:
    """Letters and Chinese characters: what mark-up and numbers of references do not change."""
    return re.sub(r"[^A-Za-z\u3400-\u9fff]", "", re.sub(r"\{[^{}]*\}|\[?-?@[\w:-]+\]?", "", text))


def _placed(paragraph: Paragraph, lines: Sequence[Line], known: set[str], kept: dict) -> Line | None:
    """The line that a paragraph was made from: the same letters, else the most alike."""
    bare = _bare(paragraph.text)
    if bare in kept:
        return kept[bare]
    best: Line | None = None
    if bare in known:
        best = next(line for line in lines if _bare(line.text) == bare)
    elif bare:
        most = ALIKE
        matcher = difflib.SequenceMatcher(autojunk=False)
        matcher.set_seq2(bare)
        for line in lines:
            matcher.set_seq1(_bare(line.text))
            if matcher.real_quick_ratio() > most and matcher.quick_ratio() > most and (r := matcher.ratio()) > most:
                best, most = line, r
    kept[bare] = best
    return best


def _judge(name: str, paragraph: Paragraph, what: Edit | Comment, line: Line | None) -> Found:
    found = Found(name, paragraph, what, line.place if line else "", line=line)
    if isinstance(what, Comment):
        found.outcome = "comment"
    elif line and line.file is None:
        found.outcome = "computed"
    elif line and line.file:
        text = line.file.read_text("utf-8-sig").splitlines()[line.number - 1]
        found.span = spot_of(text, what)
        found.outcome = "source" if found.span else "unplaced"
    return found


def spot_of(text: str, edit: Edit) -> tuple[int, int] | None:
    """Where a change belongs in a line: the one place with the same words around it; None for none or two.

    Examples
    --------
    >>> spot_of("收入差距**缩小**，见 @fig-a 。", Edit("缩小", "收窄", "收入差距", "，见图 1", "甲"))
    (6, 8)
    >>> spot_of("甲乙甲乙", Edit("乙", "丙", "", "", "甲")) is None
    True
    """
    for width in CONTEXT:
        left, right = edit.before[max(0, len(edit.before) - width) :], edit.after[:width]
        for before, after in ((left, right), (left, ""), ("", right)):
            if not (before or edit.old or after) or (not edit.old and not (before or after)):
                continue
            starts = [m.start() for m in re.finditer(f"(?={re.escape(before + edit.old + after)})", text)]
            if len(starts) == 1:
                start = starts[0] + len(before)
                return start, start + len(edit.old)
    return None


def _merge(result: Review) -> None:
    """Changes of all reviewers in one text a source; two that change the same words differently are a conflict."""
    places: dict[tuple[Path, int], list[Found]] = {}
    for found in result.found:
        if found.outcome == "source" and found.line and found.line.file:
            places.setdefault((found.line.file, found.line.number), []).append(found)
    for (path, number), those in places.items():
        for one in those:
            if any(_clash(one, other) for other in those):
                one.outcome = "conflict"
        lines = result.texts.get(path, path.read_text("utf-8")).splitlines(True)
        lines[number - 1] = _changed(lines[number - 1], [f for f in those if f.outcome == "source"])
        result.texts[path] = "".join(lines)
    result.texts = {p: t for p, t in result.texts.items() if t != p.read_text("utf-8")}


def _clash(one: Found, other: Found) -> bool:
    (a, b), (c, d) = one.span or (0, 0), other.span or (0, 0)
    same = (one.span, one.what.new) == (other.span, other.what.new)  # type: ignore[union-attr]
    return one is not other and not same and (a < d and c < b or a == c)


def _changed(text: str, those: Iterable[Found]) -> str:
    edits = sorted({(f.span or (0, 0), f.what.new) for f in those}, reverse=True)  # type: ignore[union-attr]
    for (start, end), new in edits:
        text = text[:start] + new + text[end:]
    return text
