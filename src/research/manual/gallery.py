"""The gallery of charts: each with its code, the picture that this code draws, when to use it and when not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from research.figures.svg import to_svg


class Entry(NamedTuple):
    """One chart of the gallery."""

    title: str
    code: str
    use: str
    avoid: str


_HELD = yaml.safe_load((Path(__file__).parent / "gallery.yml").read_text("utf-8"))
SETUP = _HELD["setup"].strip()
"""The frames of the examples: invented, four places that do not exist."""
ENTRIES = {name: Entry(**{k: v.strip() for k, v in held.items()}) for name, held in _HELD["charts"].items()}
"""Chart -> how it stands in the gallery; the charts of results of `research.measures` stand in their reference."""


def drawn(entry: Entry) -> Any:
    """The figure that an entry's code draws.

    Parameters
    ----------
    entry : Entry

    Returns
    -------
    Figure
    """
    space: dict[str, Any] = {}
    exec(SETUP, space)
    return eval(entry.code, space)


def page() -> tuple[str, dict[str, str]]:
    """The gallery's page and its pictures.

    Returns
    -------
    (str, dict of str to str)
        Markdown; SVG by file name without its ending.
    """
    parts = [
        "# 图的样本 {#sec-charts}",
        "每张图都由旁边的代码画成。图的函数都在 `research.charts`：第一个参数是表，用 `x=`、`y=`、`hue=`、"
        "`weight=` 指明列，返回 matplotlib 的图，不改动数据，也可以用在本项目以外的笔记本里。"
        "示例中的地方和数字都是虚构的。",
        "```python\n" + SETUP + "\n```",
    ]
    pictures = {}
    for name, entry in ENTRIES.items():
        pictures[f"chart-{name}"] = to_svg(drawn(entry))
        parts += [
            f"## {entry.title} `{name}` {{#sec-chart-{name.replace('_', '-')}}}",
            f"```python\n{entry.code}\n```",
            f"![{entry.title}（虚构的数字）](chart-{name}.svg){{#fig-chart-{name.replace('_', '-')} "
            f'fig-alt="{entry.title}的样本"}}',
            f"**什么时候用：** {entry.use}",
            f"**什么时候不用：** {entry.avoid}",
        ]
    return "\n\n".join(parts) + "\n", pictures


__all__ = ["ENTRIES", "SETUP", "Entry", "drawn", "page"]
