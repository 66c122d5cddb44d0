"""The numbers behind a website's figures and tables: a CSV for each, all as one tidy table.

Beside the pages stand, in `data/`: each figure's own file with its own columns; `<book>-data.csv` and `.xlsx`, all
numbers as one long table; `<book>-data-dictionary.csv`, what its columns, measures and the narrow files' codes mean.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from research.book.tree import ast
from research.book.tree.ast import get, has_class, node_attr
from research.book.web.dictionary import Dictionary
from research.book.web.frame import in_frame
from research.book.web.tidy import CODES, COLUMNS, NUMBER, long_table
from research.book.web.workbook import MOST_ROWS, write_workbook
from research.core.formulas import neutral
from research.core.status import Status

if TYPE_CHECKING:
    from research.book.tree.model import Chapter


class Data:
    """Collects the frames of the pages that are written, and writes them beside the pages.

    Parameters
    ----------
    book : Book
    out : Path
        The site's folder.
    """

    def __init__(self, book: Any, out: Any) -> None:
        self.book, self.out = book, out
        self.floats: list[Any] = []
        self.unnamed: dict[Any, Any] = {}

    def links(self, node: dict[str, Any], chapter: Chapter) -> list[tuple[str, str]]:
        """Write the data of one figure or table; the (address, words) of its files."""
        texts = self.book.data.get(get(node, "frames") or "", [])
        frames = [list(csv.reader(io.StringIO(text, newline=""))) for text in texts]
        carried = bool(frames)
        if not carried:
            frames = shown_rows(node, get(node, "status") or chapter.status)
        if not frames:
            return []
        stem, caption = self.name(node, chapter), caption_of(node)
        made, files = [], []
        for n, rows in enumerate(frames, 1):
            target = self.out / "data" / (f"{stem}.csv" if n == 1 else f"{stem}-{n}.csv")
            write_csv(target, rows)
            made.append((f"data/{quote(target.name)}", f"数据 {n}" if len(frames) > 1 else "数据"))
            files.append((target.name, [plain_head(rows[0]), *rows[1:]]))
        if carried:  # a table that someone wrote is text; the book's data are what figures were computed from
            self.floats.append((stem, get(node, "label") or "", caption, chapter.slug, files))
        return made

    def name(self, node: dict[str, Any], chapter: Chapter) -> str:
        """A file is called after the label, else after page and position."""
        if node_attr(node)[0]:
            return re.sub(r"[^\w-]", "-", node_attr(node)[0])
        self.unnamed[chapter.slug] = self.unnamed.get(chapter.slug, 0) + 1
        plain = re.sub(r"[^\w-]", "-", chapter.slug)
        return f"{plain}-table-{self.unnamed[chapter.slug]}"

    def write_all(self, stem: str) -> None:
        """Everything in one long table, as CSV and workbook with a dictionary, at the addresses of `names`."""
        dictionary = Dictionary.of(self.book)
        table = long_table(
            ((i, label, caption, files) for i, label, caption, _, files in self.floats),
            dictionary.units,
            dictionary.about,
        )
        words = dictionary.rows(table, [(i, file, frame) for i, *_, files in self.floats for file, frame in files])
        write_csv(self.out / "data" / f"{stem}-data.csv", table)
        write_csv(self.out / "data" / f"{stem}-data-dictionary.csv", words)
        contents = [["标签", "编号", "标题", "网页", "窄表", "行数"]] + [
            [i, label, caption, f"{slug}.html", "、".join(file for file, _ in files), sum(len(f) - 1 for _, f in files)]
            for i, label, caption, slug, files in self.floats
        ]
        write_workbook(
            self.out / "data" / f"{stem}-data.xlsx",
            {"说明": self.notes(), "数据字典": words, "目录": contents, **sheets(table)},
        )

    def notes(self) -> list[list[str]]:
        """The workbook's first sheet: what is in it, and what its columns and statuses mean."""
        about = [
            [self.book.title, self.book.subtitle],
            ["“数据”表", "全书图表所依据的数字，一行一个数，按出现先后排列"],
            ["各图表自己的数据文件（窄表）", "在同一文件夹中"],
            ["“数据字典”表", "各列、各测度和窄表各列的含义与单位"],
            ["“目录”表", "图表的标签、编号、标题和所在网页"],
            ["", ""],
            ["列", "含义"],
        ]
        return [
            *about,
            *map(list, COLUMNS.items()),
            ["", ""],
            ["数据状态", "含义（由强到弱）"],
            *([str(s), s.meaning] for s in Status),
        ]


def names(stem: str, lang: str = "zh") -> list[tuple[str, str]]:
    """Words and addresses of the files that hold everything, for the downloads menu."""
    files = (("数据 CSV", "data.csv"), ("数据 Excel", "data.xlsx"), ("数据字典", "data-dictionary.csv"))
    return [(in_frame(words, lang), f"data/{quote(stem)}-{name}") for words, name in files]


def sheets(table: list[list[str]]) -> dict[str, Any]:
    """The long table with numbers as numbers, in as many sheets as Excel's number of rows asks for."""
    head, *body = table
    numeric = [c not in CODES and c in ("row", "year", "value", "lower", "upper", "se", "n") for c in head]
    known = lru_cache(1 << 14)(number)
    rows = [[known(v) if wanted else v for v, wanted in zip(row, numeric, strict=True)] for row in body]
    parts = [rows[n : n + MOST_ROWS] for n in range(0, len(rows), MOST_ROWS)] or [[]]
    return {"数据" if n == 1 else f"数据{n}": [head, *part] for n, part in enumerate(parts, 1)}


def plain_head(head: list[str]) -> list[str]:
    """The headings of a frame in which `n` means households asked, and nothing else: other counts are called count.

    Examples
    --------
    >>> plain_head(["place", "measure", "n"]), plain_head(["place", "rank", "n"])
    (['place', 'measure', 'n'], ['place', 'rank', 'count'])
    """
    if {"measure", "residence", "se"} & set(head) or "count" in head:
        return head
    return ["count" if c == "n" else c for c in head]


def number(text: str) -> str | float:
    """A text as a number where it is one.

    Examples
    --------
    >>> number("3.50"), number("007"), number("2.1.3")
    (3.5, '007', '2.1.3')
    """
    if not NUMBER.fullmatch(text):
        return text
    return int(text) if re.fullmatch(r"-?\d{1,15}", text) else float(text)


def write_csv(target: Path, rows: list[list[str]]) -> None:
    """Rows as a CSV that Excel opens in Chinese and in which nothing runs as a formula."""
    stream = io.StringIO()
    safe = lru_cache(1 << 14, typed=True)(neutral)  # a book's texts stand in many rows
    csv.writer(stream).writerows(map(safe, row) for row in rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\ufeff" + stream.getvalue(), encoding="utf-8", newline="")


def caption_of(node: dict[str, Any]) -> str:
    """The caption as plain text."""
    found = next((c for c in node["c"][1] if c["t"] == "Div" and has_class(c, "bb-caption")), None)
    return " ".join(ast.text(found).split()) if found else ""


def shown_rows(node: dict[str, Any], status: str) -> list[list[list[str]]]:
    """The cells of the tables as readers see them, their status in a last column."""
    if not has_class(node, "bb-table"):
        return []
    frames = []
    for table in ast.find(node["c"][1], "Table"):
        _, _, _, head, bodies, foot = table["c"]
        parts = [head[1], *(p for body in bodies for p in (body[2], body[3])), foot[1]]
        rows = [[" ".join(ast.text(cell[4]).split()) for cell in row[1]] for part in parts for row in part]
        if not rows or not any(any(r) for r in rows[1:]):
            continue
        head = rows[0] if "status" in rows[0] else [*rows[0], "status"]
        frames.append([head, *(r if head is rows[0] else [*r, status] for r in rows[1:])])
    return frames
