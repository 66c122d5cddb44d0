"""A book's sources as one `Book`: parsed, numbered, references resolved, all faults at once."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from research.book import ast, normal, number, pandoc
from research.book.config import load_yaml, read_config, relative
from research.book.model import Book, Chapter, words
from research.book.source import Context, Source, read_chapter
from research.errors import DataError, Fault, nearest
from research.project import STATUSES, weakest

CROSSREF = re.compile(r"^(fig|tbl|sec|eq)-", re.I)
CSL = Path(__file__).parent / "assets" / "csl" / "gb-t-7714-2015-numeric.csl"


@dataclass
class Draft:
    """A chapter on its way to a `Chapter`."""

    source: Source
    kind: str
    part: str | None
    slug: str
    blocks: list = field(default_factory=list)
    heading: dict | None = None
    numbered: bool = True
    number: str = ""
    label: str = ""
    auto: dict = field(default_factory=dict)


def load_book(root, profile="", to="html", work=None):
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

    Returns
    -------
    Book

    Raises
    ------
    DataError
        With every fault in the sources: unresolved references, constructs that are not carried,
        missing chapters, images, cells; each with file and line.
    """
    book, faults = inspect_book(root, profile, to, work)
    if faults:
        raise DataError(faults)
    return book


def inspect_book(root, profile="", to="html", work=None):
    """Like `load_book`, but gives (book, faults) and raises nothing for what the sources say."""
    config = read_config(root, profile)
    work = Path(work).resolve() if work else config.work
    ctx = Context(config.root, work, faults=config.faults)
    if (config.root / "_variables.yml").is_file():
        ctx.variables = load_yaml(config.root / "_variables.yml", config.root, ctx.faults)
    language = words(config.metadata.get("lang", "en"))
    drafts = _drafts(config, ctx)
    by_format = _parse(drafts, config, ctx, to, language)
    drafts = [d for d in drafts if d.heading]
    book = _book(config, work, language)
    book.by_format = by_format
    _resolve(book, drafts, ctx, language)
    _check_citations(book, drafts, ctx)
    book.inputs = ctx.inputs
    return book, _unique(ctx.faults)


def _unique(faults):
    seen = set()
    return [f for f in faults if not (str(f) in seen or seen.add(str(f)))]


def _drafts(config, ctx):
    drafts, slugs = [], set()
    for item in config.items:
        if item.path is None:
            continue
        inherited = {**config.metadata, **config.directory_metadata(item.path.parent)}
        slug = item.path.stem if item.path.stem not in slugs else None
        slug = slug or relative(item.path.with_suffix(""), config.root).replace("/", "-")
        slugs.add(slug)
        drafts.append(Draft(read_chapter(item.path, ctx, inherited), item.kind, item.part, slug))
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
        tables = dict(zip(ctx.html, pool.map(lambda h: pandoc.parse(h, "html", cache), ctx.html.values()),
                          strict=True))
    tables = {key: normal.sanitised_tables(blocks) for key, blocks in tables.items()}
    by_format = False
    for draft, tree in zip(drafts, trees, strict=True):
        worker = normal.Normaliser(draft.source, ctx, to, config.profiles, tables, language)
        draft.blocks = worker.blocks(tree)
        by_format = by_format or worker.by_format
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
        ctx.faults.append(Fault(relative(source.path, ctx.root), "a title: '# ...', or title: in the front matter",
                                "none", kind="title"))
        return
    if len(heads) > 1:
        nth = 0 if source.own.get("title") else 1
        ctx.faults.append(Fault(source.find(r"^#\s", nth), "one level-1 heading in a chapter",
                                f"'# {ast.text(heads[1]['c'][2])}'", "use ## (a title: in the front matter "
                                "counts as one)", kind="title"))
    draft.heading = heads[0]
    draft.blocks = [heads[0], *(b for b in draft.blocks if b is not heads[0])]
    off = source.meta.get("number-sections") is False or config.book.get("number-sections") is False
    draft.numbered = "unnumbered" not in ast.node_attr(heads[0])[1] and not off


# the whole book

def _book(config, work, language):
    meta = config.book
    authors = meta.get("author") or config.metadata.get("author") or []
    authors = authors if isinstance(authors, list) else [authors]
    names = [str(a.get("name", "")) if isinstance(a, dict) else str(a) for a in authors]
    date = str(meta.get("date") or config.metadata.get("date") or "")
    if date in ("today", "now", "last-modified"):
        config.faults.append(Fault("_quarto.yml", "a date", f"date: {date}",
                                   "write the day: two renders must be equal", kind="date"))
    return Book(str(meta.get("title") or ""), str(meta.get("subtitle") or ""), language["author-sep"].join(names),
                date, str(config.metadata.get("lang") or "en"), config.metadata, config.profile, config.root,
                work, config.output, words=language)


def _resolve(book, drafts, ctx, language):
    number.number_chapters(drafts, language)
    taken = number.check_ids(drafts, ctx.faults)
    contents = []
    for draft in drafts:
        number.give_ids(draft, taken)
        contents.append(number.Counter(draft, language, book.targets).run())
    anchors = {i: d.slug for d in drafts for i in _ids(d.blocks)}
    paths = {d.source.path: d for d in drafts}
    for draft, toc in zip(drafts, contents, strict=True):
        linker = _Linker(draft, book, ctx, anchors, paths)
        blocks = ast.transform(draft.blocks, linker.change)
        title = ast.text(blocks[0]["c"][2])
        chapter = Chapter(draft.source.path, draft.slug, title, draft.number, draft.kind, draft.part, blocks, toc,
                          ast.node_attr(blocks[0])[0], draft.source.meta,
                          draft.label if draft.number else title, _status(draft.source))
        book.chapters.append(chapter)
    _name_parts(book)


def _status(source):
    """The weakest status shown in a chapter; its own `status:` counts when it is one."""
    found = {str(s) for s in (*source.statuses, source.own.get("status")) if s in STATUSES}
    return weakest(found) if found else ""


def _ids(blocks):
    found = []
    ast.visit(blocks, lambda n: found.append(ast.node_attr(n)[0]) if ast.node_attr(n)[0] else None)
    return found


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


class _Linker:
    """Turns references into links, and checks links, in one chapter."""

    def __init__(self, draft, book, ctx, anchors, paths):
        self.draft, self.book, self.ctx, self.anchors, self.paths = draft, book, ctx, anchors, paths

    def fault(self, pattern, expected, found, way_out, kind):
        self.ctx.faults.append(Fault(self.draft.source.find(pattern), expected, found, way_out, kind=kind))

    def change(self, node):
        if node["t"] == "Cite":
            return self.cite(node)
        return self.link(node) if node["t"] == "Link" else None

    def cite(self, node):
        cited = node["c"][0]
        found = [bool(CROSSREF.match(c["citationId"])) for c in cited]
        if not any(found):
            return None
        if not all(found):
            keys = ", ".join("@" + c["citationId"] for c in cited)
            self.fault(re.escape("@" + cited[0]["citationId"]), "references and citations in brackets of their own",
                       keys, "write them apart", "reference")
            return node["c"][1]
        done = []
        for i, one in enumerate(cited):
            done += ([{"t": "Str", "c": "、" if self.book.words["author-sep"] == "、" else ","}] if i else [])
            done += self.reference(one)
        return done

    def reference(self, one):
        written = one["citationId"]
        name = written[0].lower() + written[1:]
        target = self.book.targets.get(name)
        if target is None:
            way = nearest(name, [t for t in self.book.targets if CROSSREF.match(t)] or ["(no labels in the book)"])
            if re.search(r"[\u3000-\u9fff\uff00-\uffef]", name):
                way = "put a space after it, or write [@...]: Chinese characters count as part of the name"
            self.fault(rf"@\{{?{re.escape(written)}", "a label in the book", f"@{written}", way, "reference")
            return [{"t": "Str", "c": f"@{written}"}]
        prefix, suffix = one["citationPrefix"], one["citationSuffix"]
        bare = one["citationMode"]["t"] == "SuppressAuthor" or prefix
        label = target.number if bare and target.number else target.label
        shown = ast.link(ast.string(label), f"#{name}", ["bb-ref"])
        return [*prefix, *([{"t": "Space"}] if prefix else []), shown, *suffix]

    def link(self, node):
        triple, inlines, (target, title) = node["c"]
        if target.startswith(normal.SCHEMES) or "bb-ref" in triple[1]:
            return None
        if target.startswith("#"):
            name = unquote(target[1:])
            return self.anchor(node, self.draft, name, target)
        name, _, fragment = target[1:].partition("#")
        other = self.paths.get((self.book.root / name).resolve())
        if other is None:
            return None
        if not fragment:
            return {"t": "Link", "c": [triple, inlines, ["#" + ast.node_attr(other.heading)[0], title]]}
        return self.anchor(node, other, fragment, target)

    def anchor(self, node, draft, name, written):
        found = draft.auto.get(name) or (name if name in self.anchors else None)
        if found is None:
            self.fault(re.escape(unquote(written).rpartition("#")[2]), "a heading or label in the book",
                       f"link to #{name}", nearest(name, [*draft.auto, *self.anchors]), "link")
            return None
        triple, inlines, (_, title) = node["c"]
        return {"t": "Link", "c": [triple, inlines, ["#" + found, title]]}


# citations

def _check_citations(book, drafts, ctx):
    """Find the reference files and name every key that they do not hold."""
    book.csl = CSL if book.lang.startswith("zh") else None
    csl = book.metadata.get("csl")
    if csl:
        book.csl = book.root / str(csl)
        if not book.csl.is_file():
            ctx.faults.append(Fault("_quarto.yml", "a citation style (csl:)", f"no {csl}", kind="missing"))
    known = set()
    for name, folder in _bibliographies(book, drafts):
        path = folder / name
        if not path.is_file():
            ctx.faults.append(Fault("_quarto.yml" if folder == book.root else relative(folder, book.root),
                                    "a reference file (bibliography:)", f"no {name}", kind="missing"))
        elif path not in book.bibliography:
            book.bibliography.append(path)
            known |= _keys(path, ctx)
    for draft in drafts:
        for cite in ast.find(draft.blocks, "Cite"):
            for one in cite["c"][0]:
                key = one["citationId"]
                if key not in known and not CROSSREF.match(key):
                    way = nearest(key, sorted(known)) if known else "set bibliography: in _quarto.yml"
                    way += "; any other @ is written \\@"
                    ctx.faults.append(Fault(draft.source.find(rf"@\{{?{re.escape(key)}"),
                                            "a key of the reference files", f"@{key}", way, kind="citation"))


def _bibliographies(book, drafts):
    listed = [(book.metadata.get("bibliography"), book.root)]
    listed += [(d.source.own.get("bibliography"), d.source.path.parent) for d in drafts]
    for names, folder in listed:
        for name in names if isinstance(names, list) else [names] if names else []:
            yield str(name), folder


def _keys(path, ctx):
    kinds = {".bib": "biblatex", ".bibtex": "bibtex", ".json": "csljson", ".ris": "ris"}
    kind = kinds.get(path.suffix.lower())
    if path.suffix.lower() in (".yaml", ".yml"):
        found = load_yaml(path, ctx.root, ctx.faults).get("references") or []
        return {str(r.get("id")) for r in found if isinstance(r, dict)}
    if kind is None:
        ctx.faults.append(Fault(relative(path, ctx.root), "a .bib, .json, .yaml or .ris file", path.suffix,
                                kind="missing"))
        return set()
    if kind == "csljson":
        return {str(r.get("id")) for r in json.loads(path.read_text(encoding="utf-8"))}
    try:
        return {r["id"] for r in json.loads(pandoc.run(["-f", kind, "-t", "csljson"], path.read_bytes()))}
    except Exception as error:  # pandoc names line and column in its own words
        ctx.faults.append(Fault(relative(path, ctx.root), "readable references", str(error)[:300],
                                kind="bibliography"))
        return set()
