"""A book's sources as one `Book`: parsed, numbered, references resolved, all faults at once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.book.source.config import load_yaml, merge, read_config
from research.book.source.config_items import relative
from research.book.source.expand import read_chapter
from research.book.source.source import Context, Source
from research.book.tree import ast, normal, number, pandoc, sanitise
from research.book.tree.gathered import gathered
from research.book.tree.linking import Linker
from research.book.tree.model import Book, Chapter, chosen_words, keywords
from research.book.tree.references import CSL as CSL
from research.book.tree.references import check_citations
from research.core.status import STATUSES, weakest
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.book.source.config_items import Item


@dataclass
class Draft:
    """A chapter on its way to a `Chapter`."""

    source: Source
    kind: str
    part: str | None
    slug: str
    blocks: list = field(default_factory=list)
    heading: Any = None
    numbered: bool = True
    number: str = ""
    label: str = ""
    auto: dict = field(default_factory=dict)
    inherited: dict = field(default_factory=dict)


def load_book(
    root: Path, profile: str = "", to: str = "html", work: Path | None = None, output: Path | None = None
) -> Book:
    """Read a Quarto book and resolve everything in it.

    Parameters
    ----------
    root : str or Path
        Folder of `_quarto.yml`.
    profile : str
        Profile names joined by commas; empty for the project's default.
    to : str
        Format that conditional content is decided for: html, docx, pdf.
    work : str or Path, optional
        Folder for parsed trees and images out of notebooks, kept between renders. Default: beside the
        book's output folder.
    output : Path, optional
        Folder that the book is written to. Default: the one that `_quarto.yml` names.

    Returns
    -------
    Book

    Raises
    ------
    DataError
        With every fault in the sources: unresolved references, constructs that are not carried,
        missing chapters, images, cells; each with file and line.
    """
    book, faults = inspect_book(root, profile, to, work, output)
    if faults:
        raise DataError(faults)
    return book


def inspect_book(
    root: Any, profile: str = "", to: str = "html", work: Path | None = None, output: Path | None = None
) -> tuple[Book, list[Fault]]:
    """Like `load_book`, but gives (book, faults) and raises nothing for what the sources say."""
    config = read_config(root, profile, output)
    work = Path(work).resolve() if work else config.work
    ctx = Context(config.root, work, faults=config.faults)
    if (config.root / "_variables.yml").is_file():
        ctx.variables = load_yaml(config.root / "_variables.yml", config.root, ctx.faults)
    language, lost = chosen_words(config.metadata)
    ctx.faults += [
        Fault(
            "_quarto.yml",
            say("settings the engine carries", "引擎支持的设置"),
            repr(key),
            say("leave it out", "请删去"),
            kind="unsupported",
        )
        for key in lost
    ]
    drafts = _drafts(config, ctx)
    by_format = _parse(drafts, config, ctx, to, language)
    drafts = [d for d in drafts if d.heading]
    book = _book(config, work, language)
    book.by_format = by_format
    _resolve(book, drafts, ctx, language)
    check_citations(book, drafts, ctx)
    _check_formulas(drafts, ctx)
    book.inputs, book.data = ctx.inputs, ctx.data
    return book, gathered(_unique(ctx.faults))


def _unique(faults):
    first: dict[str, Any] = {}
    for fault in faults:
        first.setdefault(str(fault), fault)
    return list(first.values())


def slugs(config: Any) -> list[tuple[Item, str]]:
    """The chapters that have a source, each with the name of its page: the file's, with its folders where taken."""
    found, taken = [], set()
    for item in (i for i in config.items if i.path is not None):
        slug = item.path.stem if item.path.stem not in taken else None
        slug = slug or relative(item.path.with_suffix(""), config.root).replace("/", "-")
        taken.add(slug)
        found.append((item, slug))
    return found


def _drafts(config, ctx):
    drafts = []
    for item, slug in slugs(config):
        inherited = merge(config.metadata, config.directory_metadata(item.path.parent))
        drafts.append(Draft(read_chapter(item.path, ctx, inherited), item.kind, item.part, slug, inherited=inherited))
    return drafts


# one chapter's tree


def _parse(drafts, config, ctx, to, language):
    """Parse all chapters (two at a time) and bring them to the writers' shapes."""
    chinese = str(config.metadata.get("lang", "")).lower().startswith("zh")
    reader = pandoc.READER + "-yaml_metadata_block-pandoc_title_block"
    reader += "+east_asian_line_breaks" if chinese else ""
    cache = ctx.work / "parsed"
    texts = [_titled(d.source) for d in drafts]
    with ThreadPoolExecutor(2) as pool:
        trees = list(pool.map(lambda t: pandoc.parse(t, reader, cache), texts))
        tables = dict(zip(ctx.html, pool.map(lambda h: pandoc.parse(h, "html", cache), ctx.html.values()), strict=True))
    tables = {key: sanitise.sanitised_tables(blocks) for key, blocks in tables.items()}
    by_format: set[str] = set()
    for draft, tree in zip(drafts, trees, strict=True):
        worker = normal.Normaliser(draft.source, ctx, to, config.profiles, tables, language)
        draft.blocks = worker.blocks(tree)
        by_format |= worker.by_format
        _head(draft, ctx, config)
    return by_format


def _titled(source):
    """The chapter's text, a title in its front matter written as its first heading."""
    title = source.own.get("title")
    if not title:
        return source.text
    return "# " + " ".join(str(title).split()) + "\n\n" + source.text


def _head(draft, ctx, config):
    """Find the chapter's one level-1 heading and put it first."""
    heads = [b for b in ast.find(draft.blocks, "Header") if b["c"][0] == 1]
    source = draft.source
    if not heads and draft.kind == "index" and config.book.get("title"):
        heads = [ast.header(1, ast.string(str(config.book["title"])), "", ["unnumbered"])]
        draft.blocks.insert(0, heads[0])
    if not heads:
        ctx.faults.append(
            Fault(
                relative(source.path, ctx.root),
                say("a title: '# ...', or title: in the front matter", "标题：“# …”，或文首的 title:"),
                say("none", "没有"),
                kind="title",
            )
        )
        return
    if len(heads) > 1:
        nth = 0 if source.own.get("title") else 1
        ctx.faults.append(
            Fault(
                source.find(r"^#\s", nth),
                say("one level-1 heading in a chapter", "一章一个一级标题"),
                f"'# {ast.text(heads[1]['c'][2])}'",
                say("use ## (a title: in the front matter counts as one)", "请用 ##（文首的 title: 也算一个）"),
                kind="title",
            )
        )
    draft.heading = heads[0]
    draft.blocks = [heads[0], *_keywords(draft), *(b for b in draft.blocks if b is not heads[0])]
    off = source.meta.get("number-sections") is False
    draft.numbered = "unnumbered" not in ast.node_attr(heads[0])[1] and not off


def _keywords(draft):
    """The keywords of a chapter's front matter as a paragraph, where its text has none of its own."""
    listed = keywords(draft.source.own)
    own = any(re.match(r"\s*(关键词|关键字|keywords)", ast.text(b), re.I) for b in draft.blocks if b["t"] == "Para")
    if not listed or own:
        return []
    chinese = str(draft.source.meta.get("lang", "")).startswith("zh")
    head, between = ("关键词：", "；") if chinese else ("Keywords: ", "; ")
    return [
        ast.para(
            [
                {"t": "Strong", "c": ast.string(head.strip())},
                {"t": "Space"},
                *ast.string(between.join(listed)),
            ]
        )
    ]


# the whole book


def _book(config, work, language):
    meta = config.book
    authors = meta.get("author") or config.metadata.get("author") or []
    authors = authors if isinstance(authors, list) else [authors]
    names = [str(a.get("name", "")) if isinstance(a, dict) else str(a) for a in authors]
    date = str(meta.get("date") or config.metadata.get("date") or "")
    if date in ("today", "now", "last-modified"):
        config.faults.append(
            Fault(
                "_quarto.yml",
                say("a date", "日期"),
                f"date: {date}",
                say("write the day: two renders must be equal", "请写明日期：两次生成须一致"),
                kind="date",
            )
        )
    return Book(
        str(meta.get("title") or ""),
        str(meta.get("subtitle") or ""),
        language["author-sep"].join(names),
        date,
        str(config.metadata.get("lang") or "en"),
        config.metadata,
        config.profile,
        config.root,
        work,
        config.output,
        words=language,
    )


def _resolve(book, drafts, ctx, language):
    number.number_chapters(drafts, language)
    taken = number.check_ids(drafts, ctx.faults)
    contents = []
    for draft in drafts:
        number.give_ids(draft, taken)
        contents.append(number.Counter(draft, language, book.targets).run())
    anchors = {i: d.slug for d in drafts for i in ast.ids(d.blocks)}
    paths = {d.source.path: d for d in drafts}
    for draft, toc in zip(drafts, contents, strict=True):
        linker = Linker(draft, book, ctx, anchors, paths)
        blocks = ast.transform(draft.blocks, linker.change)
        title = ast.text(blocks[0]["c"][2])
        chapter = Chapter(
            draft.source.path,
            draft.slug,
            title,
            draft.number,
            draft.kind,
            draft.part,
            blocks,
            toc,
            ast.node_attr(blocks[0])[0],
            draft.source.meta,
            draft.label if draft.number else title,
            _status(draft.source),
        )
        book.chapters.append(chapter)
    _name_parts(book)


def _status(source):
    """The weakest status shown in a chapter; its own `status:` counts when it is one."""
    found = {str(s) for s in (*source.statuses, source.own.get("status")) if s in STATUSES}
    return weakest(found) if found else ""


def _check_formulas(drafts, ctx):
    """Formulas that would come out as raw TeX."""
    used = [(d, node["c"][1]) for d in drafts for node in ast.find(d.blocks, "Math")]
    bad = pandoc.bad_formulas([formula for _, formula in used], ctx.work / "parsed") if used else {}
    for draft, formula in used:
        if formula in bad:
            first = next((line for line in formula.splitlines() if line.strip()), formula)
            ctx.faults.append(
                Fault(
                    draft.source.find(re.escape(first.strip()[:40])),
                    say("a formula in TeX", "TeX 公式"),
                    formula[:60],
                    bad[formula],
                    kind="formula",
                )
            )


def _name_parts(book):
    """Parts by their titles: a part that is a file gets that file's heading."""
    titles = {relative(c.path, book.root): c.title for c in book.chapters if c.kind == "part"}
    for chapter in book.chapters:
        if chapter.kind == "part":
            chapter.part = chapter.title
        elif chapter.part:
            chapter.part = titles.get(chapter.part, chapter.part)
        if chapter.part and chapter.part not in book.parts:
            book.parts.append(chapter.part)
