"""The manual's drawings: boxes and arrows in the books' own type and colours."""

from __future__ import annotations

from typing import Any

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from research.figures.style import BLUE, INK, MUTED, SEQUENTIAL, canvas
from research.figures.svg import to_svg

_FILL = {"in": "#fdf3e7", "step": SEQUENTIAL[0], "out": "#e6f3f0"}


def _board(height):
    figure, axes = canvas(height)
    axes.set_axis_off()
    axes.set_xlim(0, 100)
    axes.set_ylim(-0.6, height * 16)
    return figure, axes


def _box(axes, x, y, width, title, text="", kind="step", height=11):
    """A box whose middle is at (x, y): a title in bold ink, a smaller line below."""
    axes.add_patch(
        FancyBboxPatch(
            (x - width / 2, y - height / 2),
            width,
            height,
            facecolor=_FILL[kind],
            edgecolor=BLUE,
            linewidth=0.8,
            boxstyle="round,pad=0,rounding_size=1.2",
        )
    )
    axes.text(x, y + (2.4 if text else 0), title, ha="center", va="center", fontsize=9.5, color=INK)
    if text:
        axes.text(x, y - 2.6, text, ha="center", va="center", fontsize=7.5, color=MUTED, linespacing=1.3)


def _arrow(axes, start, end):
    axes.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=9, color=MUTED, linewidth=1, shrinkA=0, shrinkB=0)
    )


def flow() -> Any:
    """From data to the books, step by step, with the command of each step."""
    figure, axes = _board(2.9)
    _box(axes, 14, 38, 26, "数据", "data/own、data/sample", "in")
    _box(axes, 14, 22, 26, "参考表与设定", "data/reference", "in")
    _box(axes, 14, 6, 26, "手写的章节和案例", "reports/*.qmd", "in")
    _box(axes, 45, 38, 22, "计算", "bluebook build")
    _box(axes, 45, 22, 22, "运行笔记本", "bluebook run")
    _box(axes, 45, 6, 22, "排版", "bluebook render")
    _box(axes, 83, 38, 30, "结果表", "data/results/<年份>", "out")
    _box(axes, 83, 22, 30, "运行过的笔记本和记录", "reports/runs/<年份>", "out")
    _box(axes, 83, 6, 30, "网站、Word、PDF", "reports/output/<书>", "out")
    for y in (38, 22, 6):
        _arrow(axes, (57, y), (67.5, y))
    for y in (38, 6):
        _arrow(axes, (27.5, y), (33.5, y))
    _arrow(axes, (27.5, 24), (33.5, 34.5))
    for y in (38, 22):
        _arrow(axes, (45, y - 6), (45, y - 10))
    return to_svg(figure)


def readers() -> Any:
    """The four kinds of user, what each wants, and where each begins."""
    figure, axes = _board(2.3)
    rows = (
        ("分析人员", "改指标、写笔记本、核对数字", "Python 与 JupyterLab"),
        ("编辑", "改文字、排版、出三种格式", "文本编辑器"),
        ("乡镇（街道）填报员", "领表、填表、交表", "Excel"),
        ("书外的读者", "查数字的来历，重算一遍", "网站与打包文件"),
    )
    for i, (who, want, tool) in enumerate(rows):
        y = 32.5 - i * 8.8
        _box(axes, 15, y, 28, who, kind="in", height=7)
        axes.text(33, y, want, va="center", fontsize=8.5, color=INK)
        _box(axes, 83, y, 32, tool, kind="out", height=7)
        _arrow(axes, (61, y), (66, y))
    return to_svg(figure)


def rooms() -> Any:
    """The rooms of the package: each imports only from those before it."""
    figure, axes = _board(1.55)
    names = (
        ("measures", "测度"),
        ("indicators", "指标"),
        ("composite", "指数"),
        ("assessment", "评估"),
        ("wording", "措辞"),
        ("figures", "图表"),
        ("runs", "运行"),
        ("book", "出书"),
        ("cli", "命令"),
    )
    for i, (name, word) in enumerate(names):
        x, y = 10.5 + (i % 5) * 19.8, 17.5 if i < 5 else 5
        _box(axes, x, y, 15.5, name, word, height=10)
        if i % 5 and i:
            _arrow(axes, (x - 12, y), (x - 8.2, y))
    _arrow(axes, (89.7, 12), (89.7, 8.5))
    axes.text(89.7, 5.5, "接下一行", ha="center", va="center", fontsize=7.5, color=MUTED)
    return to_svg(figure)


PICTURES = {"flow": flow, "readers": readers, "rooms": rooms}
"""Drawings by name; each gives SVG text."""
