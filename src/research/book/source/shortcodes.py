"""Quarto's shortcodes that the engine carries out: include, embed, var, meta. Any other is a fault."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.book.source.notebook import cell_lines, read_notebook
from research.book.source.reader import Reader
from research.core.faults import nearest, say, spot

if TYPE_CHECKING:
    from research.core.faults import Place

SHORTCODE = re.compile(r"\{\{<\s*(.*?)\s*>\}\}")


class Shortcodes(Reader):
    """The part of an expander that carries out shortcodes (see `research.book.source.expand`)."""

    def inline(self, line: str, place: Place | str) -> Any:
        """The line with var and meta replaced; other shortcodes are faults."""
        if "{{<" not in line:
            return line
        kept: list[str] = []

        def keep(match: re.Match[str]) -> str:
            kept.append(match[1])
            return f"\0{len(kept) - 1}\0"

        line = re.sub(r"\{\{\{<(.*?)>\}\}\}", keep, line)
        line = SHORTCODE.sub(lambda m: self.value(m[1].split(), place), line)
        return re.sub(r"\0(\d+)\0", lambda m: "{{<" + kept[int(m[1])] + ">}}", line)

    def value(self, words: list[str], place: Place | str) -> str:
        kind = words[0] if words else ""
        if kind not in ("var", "meta") or len(words) < 2:
            alone = " on a line of its own" if kind in ("include", "embed") else ""
            way = nearest(kind, ["var", "meta", "include", "embed"])
            way = say("put it on a line of its own, with empty lines around", "请单独成行，前后空行") if alone else way
            self.fault(place, "a shortcode the engine carries" + alone, "{{< " + " ".join(words) + " >}}", way)
            return ""
        found = self.ctx.variables if kind == "var" else self.source.meta
        for key in words[1].split("."):
            if not isinstance(found, dict) or key not in found:
                known = _keys(self.ctx.variables if kind == "var" else self.source.meta)
                where = "_variables.yml" if kind == "var" else "the metadata"
                self.fault(
                    place,
                    say(f"a name that {where} holds", f"{where} 中有的名称"),
                    f"{{{{< {kind} {words[1]} >}}}}",
                    nearest(words[1], known) if known else f"{where} is empty",
                    kind,
                )
                return ""
            found = found[key]
        return str(found)

    def include(self, words: list[str], place: Place) -> None:
        name = words[0].strip("\"'") if words else ""
        base = self.ctx.root if name.startswith("/") else self.files[-1].parent
        path = (base / name.lstrip("/")).resolve()
        if not name or not path.is_file():
            near = [p.name for p in path.parent.glob("*")] if path.parent.is_dir() else []
            hint = nearest(Path(name).name, near) if near else ""
            self.fault(
                place, say("a file to include", "要引入的文件"), say(f"no {name}", f"没有 {name}"), hint, "include"
            )
        elif path in self.files:
            self.fault(place, say("a file that does not include itself", "不引入自身的文件"), name, kind="include")
        else:
            self.ctx.inputs.add(path)
            self.emit("", place)
            self.blank = True
            self.file(path)
            self.emit("", place)

    def embed(self, words: list[str], place: Place) -> None:
        target = words[0].strip("\"'") if words else ""
        name, _, cells = target.partition("#")
        echo = any(re.fullmatch(r"echo=[\"']?true[\"']?", w) for w in words[1:])
        base = self.ctx.root if name.startswith("/") else self.source.path.parent
        path = (base / name.lstrip("/")).resolve()
        if path.suffix != ".ipynb" or not path.is_file():
            near = [p.name for p in sorted(path.parent.glob("*.ipynb"))] if path.parent.is_dir() else []
            hint = nearest(path.name, near) if near else "run the notebooks first"
            self.fault(
                place, say("a notebook to embed", "要嵌入的笔记本"), say(f"no {name}", f"没有 {name}"), hint, "embed"
            )
            return
        self.ctx.inputs.add(path)
        book = read_notebook(path, self.ctx)
        if book is None:
            return
        wanted = cells.split(",") if cells else [c.options.get("label") or c.identifier for c in book.cells]
        for label in wanted:
            found = [c for c in book.cells if c.called(label)]
            if not found and cells:
                hint = nearest(label, book.names) if book.names else "its cells have no labels"
                self.fault(place, say(f"a cell of {book.name}", f"{book.name} 的单元格"), f"#{label}", hint, "embed")
            for cell in found:
                lines = cell_lines(cell, book.name, self.ctx, self.defaults(), echo=echo)
                self.source.statuses |= cell.statuses
                self.raw(lines, spot(book.name, item=f"cell {cell.number}"))


def _keys(tree, prefix=""):
    keys = []
    for key, value in tree.items():
        keys.append(f"{prefix}{key}")
        if isinstance(value, dict):
            keys += _keys(value, f"{prefix}{key}.")
    return keys
