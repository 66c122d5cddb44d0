"""The chapter list of a book, and settings that its configuration may hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.faults import Fault, nearest, say, spot

if TYPE_CHECKING:
    from research.book.source.config import Config
    from research.core.faults import Place

BOOK_KEYS = frozenset(
    [
        "title",
        "subtitle",
        "author",
        "date",
        "date-format",
        "abstract",
        "description",
        "doi",
        "favicon",
        "site-url",
        "site-path",
        "repo-url",
        "repo-subdir",
        "repo-branch",
        "repo-actions",
        "repo-link-target",
        "repo-link-rel",
        "issue-url",
        "reader-mode",
        "search",
        "navbar",
        "sidebar",
        "page-navigation",
        "back-to-top-navigation",
        "bread-crumbs",
        "page-header",
        "page-footer",
        "margin-header",
        "margin-footer",
        "body-header",
        "body-footer",
        "cover-image",
        "cover-image-alt",
        "chapters",
        "appendices",
        "references",
        "output-file",
        "downloads",
        "tools",
        "sharing",
        "open-graph",
        "twitter-card",
        "image",
        "image-alt",
        "license",
        "google-analytics",
        "cookie-consent",
        "announcement",
        "comments",
        "code-links",
        "other-links",
        "contents",
        "footnotes-hover",
        "bibliography-hover",
        "llms-txt",
        "drafts",
        "draft-mode",
        "image-height",
        "image-width",
        # what CSL says of a whole book
        "abstract-url",
        "accessed",
        "annote",
        "archive",
        "archive-collection",
        "archive-location",
        "authority",
        "call-number",
        "chair",
        "citation-key",
        "collection-editor",
        "collection-number",
        "collection-title",
        "compiler",
        "contributor",
        "DOI",
        "edition",
        "editor",
        "event-date",
        "event-place",
        "event-title",
        "genre",
        "ISBN",
        "ISSN",
        "issue",
        "issued",
        "jurisdiction",
        "keyword",
        "language",
        "medium",
        "note",
        "number-of-pages",
        "number-of-volumes",
        "original-date",
        "original-publisher",
        "original-publisher-place",
        "original-title",
        "publisher",
        "publisher-place",
        "source",
        "status",
        "title-short",
        "translator",
        "URL",
        "version",
        "volume",
        "volume-title",
    ]
)
NOT_CARRIED = frozenset(
    [
        "filters",
        "shortcodes",
        "include-in-header",
        "include-before-body",
        "include-after-body",
        "engine",
        "engines",
        "notebook-view",
        "from",
        "reader",
        "shift-heading-level-by",
        "number-offset",
        "cite-method",
        "listing",
        "about",
        "template",
        "template-partials",
        "citeproc",
        "pre-render",
        "post-render",
    ]
)
MARGIN = ("reference-location", "citation-location")  # carried at their default only
"""Settings that would change the text or the pages, and that this engine does not know."""


def unsupported(metadata: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Settings in some metadata that the engine does not carry, as dotted names.

    Examples
    --------
    >>> list(unsupported({"title": "x", "filters": ["a.lua"], "format": {"html": {"template": "t.html"}}}))
    ['filters', 'format.html.template']
    """
    for key, value in metadata.items():
        if key in NOT_CARRIED and value not in (None, False, []) or (key in MARGIN and value == "margin"):
            yield f"{prefix}{key}"
        elif key in ("format", "project") or prefix == "format.":
            yield from unsupported(value, f"{prefix}{key}.") if isinstance(value, dict) else ()


@dataclass(frozen=True)
class Item:
    """One line of the book's chapter list.

    Parameters
    ----------
    kind : str
        `index`, `chapter`, `appendix` or `part`.
    path : Path or None
        The source; None for a part that has only a title.
    title : str or None
        The title of a part without a source.
    part : str or None
        The part that a chapter stands in (its title, or its source as text).
    where : str
        Place in the configuration, for messages.
    """

    kind: str
    path: Any
    title: str | None
    part: str | None
    where: Any


def relative(path: Path, root: Path) -> str:
    """A path as messages show it: relative to the project where it lies inside."""
    path, root = Path(path), Path(root)
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def where(files: list[Path], root: Path, needle: str) -> str | Place:
    """Place of the first line of the configuration that holds some text."""
    for path in reversed(files):
        for number, line in enumerate(path.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1):
            if needle in line.split(" #")[0]:
                return spot(relative(path, root), line=number)
    return relative(files[0], root)


def check_keys(config: Config, files: list[Path]) -> None:
    kind = (config.metadata.get("project") or {}).get("type")
    if kind != "book":
        config.faults.append(
            Fault(
                where(files, config.root, "type:"),
                say("project: type: book", "project: type: book"),
                repr(kind),
                kind="config",
            )
        )
    for key in config.book:
        if key not in BOOK_KEYS:
            config.faults.append(
                Fault(
                    where(files, config.root, f"{key}:"),
                    say("a setting of book:", "book: 的设置"),
                    repr(key),
                    nearest(key, BOOK_KEYS),
                    kind="config",
                )
            )
    for key in unsupported(config.metadata):
        config.faults.append(
            Fault(
                where(files, config.root, f"{key.split('.')[-1]}:"),
                say("settings the engine carries", "引擎支持的设置"),
                repr(key),
                say("leave it out, or render with --engine quarto", "请删去，或用 --engine quarto 生成"),
                kind="unsupported",
            )
        )


def list_items(config: Any, files: list[Path]) -> None:
    """Flatten `chapters:` and `appendices:` into items."""
    chapters = config.book.get("chapters")
    if not isinstance(chapters, list) or not chapters:
        config.faults.append(
            Fault(
                where(files, config.root, "chapters:"),
                say("book: chapters: a list of files", "book: chapters: 文件列表"),
                repr(chapters),
                kind="chapters",
            )
        )
        return
    _walk(config, files, chapters, "chapter", None)
    _walk(config, files, config.book.get("appendices") or [], "appendix", None)
    if config.book.get("references"):
        _walk(config, files, [config.book["references"]], "chapter", None)
    first = next((i for i in config.items if i.path), None)
    if first is None or first.path.stem != "index" or first.path.parent != config.root:
        config.faults.append(
            Fault(
                where(files, config.root, "chapters:"),
                say("index.qmd as the first chapter", "第一章为 index.qmd"),
                relative(first.path, config.root) if first else "none",
                kind="chapters",
            )
        )


def _walk(config, files, entries, kind, part):
    if not isinstance(entries, list):
        config.faults.append(
            Fault(
                where(files, config.root, "chapters:"),
                say("a list of files", "文件列表"),
                repr(entries),
                kind="chapters",
            )
        )
        return
    for entry in entries:
        if isinstance(entry, dict) and "part" in entry:
            _add_part(config, files, entry, kind)
        else:
            name = (entry.get("file") or entry.get("href")) if isinstance(entry, dict) else entry
            _add_file(config, files, name, kind, part, entry)


def _add_part(config, files, entry, kind):
    name = str(entry["part"])
    if name.endswith((".qmd", ".md", ".ipynb")):
        _add_file(config, files, name, "part", None, entry)
    else:
        config.items.append(Item("part", None, name, None, where(files, config.root, name)))
    _walk(config, files, entry.get("chapters") or [], kind, name)


def _add_file(config, files, name, kind, part, entry):
    if not isinstance(name, str):
        config.faults.append(
            Fault(
                where(files, config.root, "chapters:"),
                say("a file name or a part", "文件名或分部"),
                repr(entry),
                kind="chapters",
            )
        )
        return
    path, place = (config.root / name).resolve(), where(files, config.root, name)
    listed = [i.path for i in config.items]
    if not path.is_file():
        near = [relative(p, config.root) for p in path.parent.glob("*") if p.suffix == path.suffix]
        hint = nearest(name, near) if near else "write the chapter, or take the line out"
        config.faults.append(
            Fault(
                place,
                say("a chapter's file", "章节文件"),
                say(f"no {name}", f"没有 {name}"),
                hint,
                kind="chapter-missing",
            )
        )
    elif path in listed:
        config.faults.append(
            Fault(
                place,
                say("each chapter once", "每章只出现一次"),
                say(f"{name} again", f"{name} 重复"),
                kind="chapter-twice",
            )
        )
    elif path.suffix not in (".qmd", ".md", ".ipynb"):
        config.faults.append(
            Fault(place, say("a .qmd, .md or .ipynb file", ".qmd、.md 或 .ipynb 文件"), name, kind="chapters")
        )
    else:
        is_index = path == config.root / f"index{path.suffix}"
        config.items.append(Item("index" if is_index else kind, path, None, part, place))
