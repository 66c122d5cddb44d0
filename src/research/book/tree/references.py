"""Reference files of a book, and the keys that its text cites."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from research.book.source.config import load_yaml
from research.book.source.config_items import relative
from research.book.tree import ast, pandoc
from research.book.tree.linking import CROSSREF
from research.errors import Fault, nearest, say

if TYPE_CHECKING:
    from research.book.source.source import Context
    from research.book.tree.model import Book
    from research.book.tree.resolve import Draft

CSL = Path(__file__).parents[1] / "assets" / "csl" / "gb-t-7714-2015-numeric.csl"


def check_citations(book: Book, drafts: list[Draft], ctx: Context) -> None:
    """Find the reference files and name every key that they do not hold."""
    book.csl = CSL if book.lang.startswith("zh") else None
    csl = book.metadata.get("csl")
    if csl:
        book.csl = book.root / str(csl)
        if not book.csl.is_file():
            ctx.faults.append(
                Fault(
                    "_quarto.yml",
                    say("a citation style (csl:)", "引文格式（csl:）"),
                    say(f"no {csl}", f"没有 {csl}"),
                    kind="missing",
                )
            )
    known = set()
    for name, folder in _bibliographies(book, drafts):
        path = folder / name
        if not path.is_file():
            ctx.faults.append(
                Fault(
                    "_quarto.yml" if folder == book.root else relative(folder, book.root),
                    say("a reference file (bibliography:)", "文献文件（bibliography:）"),
                    say(f"no {name}", f"没有 {name}"),
                    kind="missing",
                )
            )
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
                    ctx.faults.append(
                        Fault(
                            draft.source.find(rf"@\{{?{re.escape(key)}"),
                            say("a key of the reference files", "文献文件中的条目"),
                            f"@{key}",
                            way,
                            kind="citation",
                        )
                    )


def _bibliographies(book, drafts):
    listed = [(book.metadata.get("bibliography"), book.root)]
    for draft in drafts:
        listed += [
            (draft.inherited.get("bibliography"), book.root),
            (draft.source.own.get("bibliography"), draft.source.path.parent),
        ]
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
        ctx.faults.append(
            Fault(
                relative(path, ctx.root),
                say("a .bib, .json, .yaml or .ris file", ".bib、.json、.yaml 或 .ris 文件"),
                path.suffix,
                kind="missing",
            )
        )
        return set()
    if kind == "csljson":
        return {str(r.get("id")) for r in json.loads(path.read_text(encoding="utf-8"))}
    try:
        return {r["id"] for r in json.loads(pandoc.run(["-f", kind, "-t", "csljson"], path.read_bytes()))}
    except Exception as error:  # pandoc names line and column in its own words
        ctx.faults.append(
            Fault(
                relative(path, ctx.root),
                say("readable references", "能读取的文献"),
                str(error)[:300],
                kind="bibliography",
            )
        )
        return set()
