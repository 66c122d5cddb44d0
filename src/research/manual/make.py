"""The made part of the manual: reference pages and pictures, written beside the hand-written chapters.

The manual is a Quarto book of its own, in `reports/manual`; what is written here goes to `made/` in it and
is not in git.
"""

from __future__ import annotations

import fnmatch
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research.core.files import write_whole
from research.manual import gallery
from research.manual.pictures import PICTURES
from research.manual.reference import describe, public_modules, public_names

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["PAGES", "manual_folder", "reference_pages", "write_made"]

PAGES = {
    "reference-start": ("入口", "`research` 一级的名称。", "research"),
    "reference-measures": (
        "测度",
        "不平等、贫困和差距的测度：数组进，数字出。写作 `from research import measures as m`。",
        "research.measures",
    ),
    "reference-measures-parts": (
        "测度：分解、动态、分组数据、小域、调查",
        "需要多于一组数字才能回答的问题，各有一个子模块。",
        "research.measures.*",
    ),
    "reference-effects": ("效果", "一项措施有没有效果：前后对比，必有对照，必带误差。", "research.effects*"),
    "reference-survey": (
        "调查",
        "一项调查从头到尾：样本量与分配、抽样、权数、估计。",
        "research.survey research.survey.*",
    ),
    "reference-indicators": ("指标", "参考表、收表、检查、派生指标、披露控制。", "research.indicators*"),
    "reference-transfers": (
        "转移",
        "一项给付、补贴或征收会带来什么：规则、试算、分配、披露控制。",
        "research.transfers*",
    ),
    "reference-registers": (
        "登记表",
        "政策、清单、结对、课题、试点：按日期的状态、两版之间的变化、前后比较、简报和证据。",
        "research.registers*",
    ),
    "reference-composite": ("综合指数", "指数的树、计算步骤、权重和稳健性。", "research.composite*"),
    "reference-assessment": ("评估", "目标达成、红黄绿、记分卡、任务、画像。", "research.assessment*"),
    "reference-figures": ("图表", "图、表、句子的画法和显示。", "research.figures"),
    "reference-figures-views": ("图表：各主题的视图", "笔记本里用到的视图，一个主题一个类。", "research.figures.*"),
    "reference-wording": ("措辞", "把数字写成中文句子。", "research.wording*"),
    "reference-runs": ("运行", "参数化笔记本的计划、执行和记录。", "research.runs*"),
    "reference-book": ("出书", "两个引擎、检查、章节和书的结构。", "research.book"),
    "reference-book-parts": ("出书：各步", "出书各步的模块。", "research.book.*"),
    "reference-cases": ("案例库：案例、证据、打包", "案例库和案例包的模块。", "research.cases*"),
    "reference-edition": ("一版蓝皮书：舞台、附录、摘要", "笔记本以外的内容怎样做成。", "research.edition*"),
    "reference-atlas": ("数据图集", "网站旁边的图集：页面、各专题的数据、图表对应的网址。", "research.atlas*"),
    "reference-manual": ("手册", "手册自己的参考页怎样做成。", "research.manual*"),
    "reference-core": (
        "基础",
        "各处共用：故障和位置、状态、文件的落位、一条命令所指的项目和数据。",
        "research.core* research.errors",
    ),
    "reference-starter": ("新项目", "一个区自己的项目怎样建立、怎样升级。", "research.starter*"),
    "reference-cli": ("命令行", "`bluebook` 命令的程序入口；命令本身见 @sec-commands 。", "research.cli*"),
}
"""Slug of a reference page: its title, its first sentence, the modules on it as patterns."""


def manual_folder(project: Project) -> Any:
    """Folder of the manual's own Quarto book."""
    return project.reports / "manual"


def reference_pages() -> Any:
    """The reference pages as markdown.

    Returns
    -------
    dict of str to str
        Text by slug; every public name stands on one page under each module that offers it.
    """
    modules = public_modules()
    names = {m: public_names(m) for m in modules}
    texts = describe([n for found in names.values() for n in found])
    pages = {}
    for slug, (title, about, wanted) in PAGES.items():
        parts = [f"# {title} {{#sec-api-{slug.removeprefix('reference-')}}}", about]
        for module in (m for pattern in wanted.split() for m in fnmatch.filter(modules, pattern)):
            parts += [f"## `{module}` {{#api-{module}}}", _listing(names[module])]
            parts += [texts[n] for n in names[module]]
        pages[slug] = "\n\n".join(parts) + "\n"
    return pages


def _listing(names):
    return "、".join(f"[`{n.name}`](#api-{n.module}.{n.name})" for n in names) + "。"


def write_made(project: Project, more: Any = None) -> list[Any]:
    """Write reference pages and pictures, unless the sources are those of the last time.

    Parameters
    ----------
    project : Project
    more : dict of str to str, optional
        Further pages by slug (the command reference, which the command line makes).

    Returns
    -------
    list of Path
        The made pages and pictures.
    """
    folder = manual_folder(project) / "made"
    key = _key()
    kept = folder / "sources.sha256"
    known = kept.read_text("utf-8") if kept.is_file() else ""
    if key != known or any(not (folder / f"{slug}.qmd").is_file() for slug in (*PAGES, "charts")):
        folder.mkdir(parents=True, exist_ok=True)
        for slug, text in reference_pages().items():
            write_whole(folder / f"{slug}.qmd", text)
        for name, draw in PICTURES.items():
            write_whole(folder / f"{name}.svg", draw())
        text, pictures = gallery.page()
        for name, svg in pictures.items():
            write_whole(folder / f"{name}.svg", svg)
        write_whole(folder / "charts.qmd", text)
        write_whole(kept, key)
    for slug, text in (more or {}).items():
        path = folder / f"{slug}.qmd"
        if not path.is_file() or path.read_text("utf-8") != text:
            write_whole(path, text)
    return sorted(p for p in folder.iterdir() if p.suffix in (".qmd", ".svg"))


def _key():
    """Checksum of the package's sources: made pages stand on nothing else."""
    from importlib.metadata import version

    total = hashlib.sha256(version("quartodoc").encode())
    root = Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        total.update(path.relative_to(root).as_posix().encode())
        total.update(path.read_bytes())
    return total.hexdigest()
