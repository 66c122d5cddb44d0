"""The book as its writers get it: chapters with resolved trees, and the index of what can be referred to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from research.book.beside import Beside
from research.book.tree import ast
from research.core.status import SAMPLE_MARK, is_sample


@dataclass
class Target:
    """Something that a reference can point to.

    Parameters
    ----------
    id : str
        Its id, unique in the book.
    kind : str
        `fig`, `tbl`, `eq`, `sec`, `subfig` or `subtbl`.
    number : str
        "2.1", "A", "2.1 (a)"; empty for what has no number.
    label : str
        What a reference prints: "图 2.1", "第 2 章".
    slug : str
        The chapter that holds it.
    title : str
        Caption or heading as plain text.
    """

    id: str
    kind: str
    number: str
    label: str
    slug: str
    title: str = ""


@dataclass
class Entry:
    """A line of a chapter's contents."""

    level: int
    id: str
    number: str
    title: str


@dataclass
class Chapter:
    """One chapter, ready to be written.

    Parameters
    ----------
    path : Path
        Its source.
    slug : str
        Name of its page without suffix.
    title : str
        Plain text.
    number : str
        "2", "A", or "" for none.
    kind : str
        `index`, `chapter`, `appendix` or `part`.
    part : str or None
        Title of the part that it stands in.
    blocks : list of dict
        pandoc's tree; the level-1 heading comes first.
    toc : list of Entry
        Headings below the title.
    id : str
        Id of the level-1 heading.
    meta : dict
        The chapter's metadata, inherited values included.
    label : str
        "第 2 章", "附录 A", or the title where there is no number.
    status : str
        The weakest status of the figures, tables and sentences that it shows; empty when none says.
    """

    path: Path
    slug: str
    title: str
    number: str
    kind: str
    part: str | None
    blocks: list
    toc: list[Entry]
    id: str
    meta: dict = field(default_factory=dict)
    label: str = ""
    status: str = ""

    @property
    def sample(self) -> bool:
        """Whether the chapter stands on sample data, in every format alike.

        Its own word, what its figures and tables say, or a callout at its head.
        """
        if any(map(is_sample, (self.status, self.meta.get("status")))) or self.says_sample:
            return True
        return any(is_sample(ast.get(node, "status")) for node in ast.find(self.blocks, "Div"))

    @property
    def says_sample(self) -> bool:
        """Whether a callout at the head of the chapter carries the mark (then its page needs no banner)."""
        heads = [b for b in self.blocks[:4] if b["t"] == "Div" and ast.has_class(b, "bb-callout")]
        return any(SAMPLE_MARK in ast.text(b) for b in heads)


def keywords(meta: dict[str, Any]) -> list[str]:
    """The keywords that metadata names: a list, or one text with any of the usual marks between them.

    Examples
    --------
    >>> keywords({"keywords": "收入；差距"}), keywords({"keywords": ["收入", "差距"]}), keywords({})
    (['收入', '差距'], ['收入', '差距'], [])
    """
    said = meta.get("keywords") or []
    listed = said if isinstance(said, list) else re.split(r"[;；,，、]\s*", str(said))
    return [str(k).strip() for k in listed if str(k).strip()]


@dataclass
class Book:
    """A whole book.

    Parameters
    ----------
    title, subtitle, author, date, lang : str
        From `book:`; empty where it says nothing.
    metadata : dict
        `_quarto.yml` with its profiles merged in.
    profile : str
        Names of the profiles, joined by commas.
    root, work, output : Path
        The project, the folder kept between renders, the folder of the finished book.
    parts : list of str
        Titles of the parts in order.
    chapters : list of Chapter
        In order.
    targets : dict
        Everything that can be referred to, by id.
    bibliography : list of Path
        Reference files.
    csl : Path
        Citation style.
    by_format : set of str
        Formats that conditional content names (see `normal.seen_by`: then formats may need a book of their own).
    words : dict
        The language's words: `fig`, `tbl`, `toc` ...
    inputs : set of Path
        Every file that the book was made from.
    downloads : list of (str, str)
        Label and file name of the book's other formats, for the website's menu.
    data : dict of str to list of str
        The CSV texts that figures and tables carry, by the key in their `frames` attribute.
    beside : Beside, optional
        Makes further pages of the website (see `research.book.beside`).
    """

    title: str
    subtitle: str
    author: str
    date: str
    lang: str
    metadata: dict
    profile: str
    root: Path
    work: Path
    output: Path
    parts: list[str] = field(default_factory=list)
    chapters: list[Chapter] = field(default_factory=list)
    targets: dict[str, Target] = field(default_factory=dict)
    bibliography: list[Path] = field(default_factory=list)
    csl: Path | None = None
    by_format: set[str] = field(default_factory=set)
    words: dict = field(default_factory=dict)
    inputs: set = field(default_factory=set)
    downloads: list = field(default_factory=list)
    data: dict = field(default_factory=dict)
    beside: Beside | None = None

    @property
    def stem(self) -> str:
        """What the book's files are called, without suffix: `output-file:`, else the output folder's name."""
        return str((self.metadata.get("book") or {}).get("output-file") or self.output.name.lstrip("_") or "book")

    @property
    def sample(self) -> bool:
        """Whether the book stands on sample data: its metadata says so, or one of its chapters does."""
        own = self.metadata.get("book")
        said = self.metadata.get("status") or (own.get("status") if isinstance(own, dict) else None)
        return is_sample(said) or any(c.sample for c in self.chapters)

    def chapter(self, slug: str) -> Chapter:
        """The chapter with a slug."""
        return next(c for c in self.chapters if c.slug == slug)


WORDS = {
    "zh": {
        "fig": "图 {}",
        "tbl": "表 {}",
        "eq": "式（{}）",
        "sec": "第 {} 节",
        "chapter": "第 {} 章",
        "appendix": "附录 {}",
        "subfig": "{} ({})",
        "toc": "目录",
        "page-toc": "本页内容",
        "search": "搜索",
        "lof": "图目录",
        "lot": "表目录",
        "references": "参考文献",
        "notes": "注释",
        "downloads": "下载",
        "older": "（较早的一版）",
        "code": "代码",
        "appendices": "附录",
        "author-sep": "、",
        "prev": "上一章",
        "next": "下一章",
        "note": "注记",
        "tip": "提示",
        "warning": "警告",
        "important": "重要",
        "caution": "注意",
        "lst": "列表 {}",
        "thm": "定理 {}",
        "lem": "引理 {}",
        "cor": "推论 {}",
        "prp": "命题 {}",
        "cnj": "猜想 {}",
        "def": "定义 {}",
        "exm": "例 {}",
        "exr": "练习 {}",
        "alg": "算法 {}",
        "rem": "评注 {}",
        "sol": "解 {}",
        "proof": "证明",
        "titled": "{}（{}）",
    },
    "en": {
        "fig": "Figure {}",
        "tbl": "Table {}",
        "eq": "Equation {}",
        "sec": "Section {}",
        "chapter": "Chapter {}",
        "appendix": "Appendix {}",
        "subfig": "{} ({})",
        "toc": "Contents",
        "page-toc": "On this page",
        "search": "Search",
        "lof": "List of figures",
        "lot": "List of tables",
        "references": "References",
        "notes": "Notes",
        "downloads": "Downloads",
        "code": "Code",
        "older": " (an older version)",
        "appendices": "Appendices",
        "author-sep": ", ",
        "prev": "Previous",
        "next": "Next",
        "note": "Note",
        "tip": "Tip",
        "warning": "Warning",
        "important": "Important",
        "caution": "Caution",
        "lst": "Listing {}",
        "thm": "Theorem {}",
        "lem": "Lemma {}",
        "cor": "Corollary {}",
        "prp": "Proposition {}",
        "cnj": "Conjecture {}",
        "def": "Definition {}",
        "exm": "Example {}",
        "exr": "Exercise {}",
        "alg": "Algorithm {}",
        "rem": "Remark {}",
        "sol": "Solution {}",
        "proof": "Proof",
        "titled": "{} ({})",
    },
}


def words(lang: str) -> dict[str, str]:
    """The words of a language: Chinese, or English for any other."""
    return WORDS["zh" if str(lang).lower().startswith("zh") else "en"]


THEOREMS = ("thm", "lem", "cor", "prp", "cnj", "def", "exm", "exr", "alg", "rem", "sol")
"""Kinds of theorems, by the beginning of their labels."""
CALLOUTS = {"nte": "note", "tip": "tip", "wrn": "warning", "imp": "important", "cau": "caution"}
"""Beginning of a callout's label, where it is numbered, and its kind."""
UNNUMBERED = {"proof": "proof", "remark": "rem", "solution": "sol"}
"""Classes of theorem-like divisions without a number."""
NAMED = ("fig", "tbl", "sec", "eq", "lst", *THEOREMS, *CALLOUTS)
"""Beginnings of labels that can be referred to by @."""

CROSSREF = {
    "fig-title": "fig",
    "fig-prefix": "fig",
    "tbl-title": "tbl",
    "tbl-prefix": "tbl",
    "eq-prefix": "eq",
    "sec-prefix": "sec",
    "ch-prefix": "chapter",
    "apx-prefix": "appendix",
    **{f"{k}-{end}": k for k in ("lst", *THEOREMS) for end in ("title", "prefix")},
}
LANGUAGE = {
    **{f"crossref-{k}": v for k, v in CROSSREF.items()},
    "toc-title-document": "toc",
    "toc-title": "toc",
    "toc-title-website": "page-toc",
    "section-title-references": "references",
    "code-summary": "code",
    "environment-proof-title": "proof",
    "environment-remark-title": "rem",
    "environment-solution-title": "sol",
    "section-title-footnotes": "notes",
    "section-title-appendices": "appendices",
    **{
        f"callout-{k}-{end}": k
        for k in ("note", "tip", "warning", "important", "caution")
        for end in ("title", "caption")
    },
}
"""Keys of `crossref:` and `language:` that are carried, and the words they stand for."""


def chosen_words(metadata: dict[str, Any]) -> tuple[dict[str, str], list[Any]]:
    """The words of a book's language, with what its `crossref:` and `language:` say instead.

    Returns
    -------
    tuple
        The words, and the names of keys that are not carried.

    Examples
    --------
    >>> said, lost = chosen_words({"lang": "en", "crossref": {"fig-title": "Fig.", "vid-title": "Film"}})
    >>> said["fig"], lost
    ('Fig. {}', ['crossref.vid-title'])
    """
    found, lost = dict(words(metadata.get("lang", "en"))), []
    for name, known in (("language", LANGUAGE), ("crossref", CROSSREF)):
        said = metadata.get(name)
        for key, value in said.items() if isinstance(said, dict) else ():
            word = known.get(key)
            if word is None and not (name == "crossref" and key == "chapters"):
                lost.append(f"{name}.{key}")
            elif word and not found[word].startswith(str(value)):  # "式（{}）" says 式 already
                found[word] = f"{value} {{}}" if "{}" in found[word] else str(value)
    return found, lost
