"""Files of the website beside its pages: figures, linked files, the code behind a figure, search data."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from research.book.source.source import Context
from research.book.tree import ast
from research.book.tree.ast import has_class, node_attr
from research.book.web.frame import in_frame

if TYPE_CHECKING:
    from research.book.tree.model import Book


class Keeper:
    """Copies what pages show into the site, under names made from name and content.

    Parameters
    ----------
    book : Book
        The book.
    out : Path
        The site's folder.
    """

    def __init__(self, book: Any, out: Any) -> None:
        self.book, self.out = book, out
        self.kept: dict[Any, Any] = {}
        self.cells: dict[Any, Any] = {}
        self.stem = "image"
        self.data: Any = None

    def __call__(self, path, stem, folder):
        """Copy one file; its address in the site, and its size in pixels when it is an image."""
        path = Path(path)
        if path not in self.kept:
            content = path.read_bytes()
            mark = hashlib.sha256(content).hexdigest()[:8]
            stem = path.stem if re.fullmatch(r"[\w.-]{1,60}", path.stem) and folder == "files" else self.name(path)
            target = self.out / folder / f"{stem}-{mark}{path.suffix.lower()}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            size = pixels(path, content) if folder == "figures" else None
            self.kept[path] = (f"{folder}/{quote(target.name)}", size)
        return self.kept[path]

    def name(self, path: Path) -> str:
        """A figure's file is called after its label, else after itself."""
        plain = re.sub(r"[^A-Za-z0-9_-]", "", self.stem) or "figure"
        return plain if re.fullmatch(r"[0-9a-f]{20}", path.stem) else re.sub(r"[^\w.-]", "", path.stem) or plain

    def cell(self, place: str) -> tuple[str, str] | None:
        """Address and words of the page that shows a notebook's cell, or None."""
        found = re.fullmatch(r"(.+\.ipynb), cell (\d+)", place)
        if not found or not (self.book.root / found[1]).is_file():
            return None
        stem = Path(found[1]).stem
        self.cells[found[1]] = stem
        return f"code/{quote(stem)}.html#cell-{found[2]}", f"代码：{stem}.ipynb 第 {found[2]} 格"


def pixels(path: Path, content: bytes) -> Any:
    """Width and height of an image, so that a page keeps its place; None when unknown.

    Examples
    --------
    >>> pixels(Path("a.svg"), b'<svg viewBox="0 0 320 180">')
    (320, 180)
    """
    if path.suffix.lower() == ".png" and len(content) > 24:
        return struct.unpack(">II", content[16:24])
    if path.suffix.lower() != ".svg":
        return None
    head = content[:3000].decode(errors="replace")
    head = head[head.find("<svg") :]
    found = [re.search(rf'\b{k}="([\d.]+)(pt|px|)"', head) for k in ("width", "height")]
    sides = [f for f in found if f]
    if len(sides) == 2:
        return tuple(round(float(f[1]) * (4 / 3 if f[2] == "pt" else 1)) for f in sides)
    box = re.search(r'viewBox="[\d.-]+ [\d.-]+ ([\d.]+) ([\d.]+)"', head)
    return (round(float(box[1])), round(float(box[2]))) if box else None


def search_records(book: Book) -> list[list[str]]:
    """One record a heading: [page, id, chapter, heading, text], for the full-text search."""
    records = []
    for chapter in book.chapters:
        current = [chapter.slug, "", _named(chapter.label if chapter.number else "", chapter.title), "", []]
        records.append(current)
        for block in _flat(chapter.blocks[1:]):
            if block["t"] == "Header":
                number = ast.get(block, "number") or ""
                current = [chapter.slug, node_attr(block)[0], current[2], _named(number, ast.text(block["c"][2])), []]
                records.append(current)
            else:
                current[4].append(_label(block) + plain(block))
    return [[*r[:4], re.sub(r"\s+", " ", " ".join(r[4])).strip()] for r in records]


def _named(number, title):
    return f"{number} {title}".strip()


def _label(block):
    label = ast.get(block, "label")
    return f"{label} " if label else ""


def _flat(blocks):
    """Blocks with plain groups opened, so that headings inside them are seen."""
    for block in blocks:
        opened = block["t"] == "Div" and any(has_class(block, c) for c in ("bb-tabset", "bb-tab", "bb-layout"))
        if block["t"] == "Div" and (opened or not node_attr(block)[1]):
            yield from _flat(block["c"][1])
        else:
            yield block


def plain(node: dict[str, Any]) -> str:
    """Searchable text of a block; paragraphs and cells are kept apart, formulas and keys left out."""
    parts = []

    def look(item):
        if item["t"] in ("Para", "Plain", "Header"):
            words = ast.text(ast.transform(item["c"], _silent))
            parts.append(words)
        elif item["t"] == "CodeBlock":
            parts.append(item["c"][1][:400])

    ast.visit(node, look)
    return " ".join(p for p in parts if p.strip())


def _silent(node):
    return [] if node["t"] in ("Cite", "Math", "Image") else None


def script(name: str, value: list[list[str]] | dict[str, list[str]]) -> str:
    """A data file as a script, which pages can load from file:// too."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"window.{name}={text};\n"


def unscript(text: str) -> dict[str, list[str]]:
    """The value that a data file holds.

    Examples
    --------
    >>> unscript(script("A", {"b": ["<"]}))
    {'b': ['<']}
    """
    return json.loads(text.partition("=")[2].rstrip().removesuffix(";"))


def previews(book: Book, kept: dict[Path, Any]) -> dict[str, list[str]]:
    """What a reference shows when pointed at: label, title and small picture, by id."""
    shown = {}
    for chapter in book.chapters:
        for node in ast.find(chapter.blocks, "Div"):
            identifier = node_attr(node)[0]
            if identifier in book.targets and has_class(node, "bb-figure"):
                image = next(iter(ast.find(node, "Image")), None)
                address = kept.get(book.root / image["c"][2][0]) if image else None
                shown[identifier] = address[0] if address else ""
    return {t.id: [t.label, t.title, shown.get(t.id, "")] for t in book.targets.values()}


def write_code_pages(keeper: Keeper, page: Callable[..., Any]) -> None:
    """A plain page for each notebook that figures point to: its code, cell by cell."""
    from research.book.source.notebook import read_notebook

    ctx = Context(keeper.book.root, keeper.book.work)
    for name, stem in sorted(keeper.cells.items()):
        notebook = read_notebook(keeper.book.root / name, ctx)
        parts = []
        for cell in notebook.cells if notebook else []:
            if cell.kind == "code" and cell.code.strip():
                label = cell.options.get("label") or ""
                name = in_frame(f"第 {cell.number} 格", keeper.book.lang)
                parts.append(
                    f'<h2 id="cell-{cell.number}">{name} <code>{escape(str(label))}</code></h2>\n'
                    f'<pre tabindex="0"><code>{escape(cell.code)}</code></pre>\n'
                )
        target = keeper.out / "code" / f"{stem}.html"
        target.parent.mkdir(exist_ok=True)
        target.write_text(page(stem, "".join(parts)), encoding="utf-8")


def copy_assets(source: Path, out: Path, lang: str = "zh") -> None:
    """Styles and scripts into the site; a script's words in the book's language."""
    out.mkdir(parents=True, exist_ok=True)
    for path in sorted(source.iterdir()):
        if path.suffix in (".css", ".js", ".svg"):
            if path.suffix == ".js":
                (out / path.name).write_text(in_frame(path.read_text("utf-8"), lang), encoding="utf-8")
            else:
                shutil.copyfile(path, out / path.name)
