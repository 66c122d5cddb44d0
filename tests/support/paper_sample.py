"""A small resolved book, written by the convention between the core and the writers."""

import base64
import json
import subprocess

from research.book.tree import pandoc
from research.book.tree.model import Book, Chapter, words
from research.book.tree.references import CSL as CSL

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="360" height="200" viewBox="0 0 360 200">
<rect x="40" y="20" width="300" height="150" fill="none" stroke="#666"/>
<path d="M40 170 C150 160 250 120 340 20" fill="none" stroke="#17426b" stroke-width="2"/>
<text x="60" y="50" font-family="Noto Sans SC" font-size="12">黄岩区 0.42</text></svg>"""
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAGCAIAAAB1kpiRAAAAFElEQVR4nGOUq4hiwA2Y8MgNsDQAsVoA/BE8srMAAAAASUVORK5CYII="
)

INDEX = """
# 前言 {#sec-preface .unnumbered}

本书按年度编写，回答三个问题：谁先富起来、差距有多大、目标走到哪里[^a]。
各章的图表均可追溯到[共同富裕研究](https://example.org/)的记录，见[第 1 章]{.x}。

[^a]: 数据口径见[附录 A](#sec-sources){.bb-ref}。*Italic* 与 **黑体**。

引用文献[@zhang2021; @cobham2013]，另见 @cobham2013。
"""

PART_TITLE = "第一部分　总报告"

ONE = """
# 三大差距 {#sec-gaps number="1"}

## 收入差距 {#sec-income number="1.1"}

2024 年全区居民人均可支配收入 65,432 元，同比增长 5.2%，城乡居民收入倍差降至 1.61，比上年缩小 0.02。
如[图 1.1](#fig-lorenz){.bb-ref}与[表 1.1](#tbl-income){.bb-ref}所示，
基尼系数按[式（1.1）](#eq-gini){.bb-ref}计算；“共同富裕”不是同等富裕。

::: {#fig-lorenz .bb-figure number="1.1" label="图 1.1" alt="收入的洛伦兹曲线，曲线低于对角线"}
![](IMG){alt="收入的洛伦兹曲线，曲线低于对角线"}

::: bb-caption
收入的洛伦兹曲线（示例数据，非真实统计）
:::
:::

[$$G = \\frac{1}{2 n^2 \\mu} \\sum_{i=1}^{n}
\\sum_{j=1}^{n} |x_i - x_j|$$]{#eq-gini .bb-equation number="1.1" label="式（1.1）"}

其中 $x_i$ 为第 $i$ 户的人均收入，$\\mu$ 为均值。

::: {#tbl-income .bb-table number="1.1" label="表 1.1"}
::: bb-caption
分城乡居民人均可支配收入
:::

| 年份 | 全体居民（元） | 城镇居民（元） | 农村居民（元） | 城乡倍差 |
|------|------:|------:|------:|------:|
| 2021 | 55,432 | 68,123 | 38,456 | 1.77 |
| 2022 | 58,100 | 70,900 | 41,000 | 1.73 |
| 2023 | 62,040 | 74,050 | 44,500 | 1.66 |
| 2024 | 65,432 | 77,800 | 48,300 | 1.61 |

资料来源：示例住户调查，2021—2024 年。
:::

### 按来源分解 {#sec-sources-income number="1.1.1"}

::: {.bb-callout .callout-note collapse="false"}
::: bb-callout-title
口径
:::
::: bb-callout-body
收入为**可支配收入**，按人口加权。

- 工资性收入；
- 经营净收入。
:::
:::

:::: bb-tabset
::: {.bb-tab title="城镇"}
城镇居民收入的 62% 来自工资。
:::
::: {.bb-tab title="农村"}
农村居民收入的 48% 来自工资。
:::
::::

::: {.bb-code fold="true" summary="代码"}
```python
m.gini(frame["income"], frame["weight"])  # 按人口加权
```
:::

## 城乡差距 {#sec-urban number="1.2"}

::: {#fig-pair .bb-figure number="1.2" label="图 1.2" ncol="2" alt="两幅"}
::: {#fig-pair-a .bb-subfigure number="a" label="图 1.2 (a)" alt="甲"}
![](IMG){alt="甲图" png="PNGPATH"}

::: bb-caption
城镇
:::
:::
::: {#fig-pair-b .bb-subfigure number="b" label="图 1.2 (b)" alt="乙"}
![](IMG){alt="乙图"}

::: bb-caption
农村
:::
:::
::: bb-caption
城乡的洛伦兹曲线
:::
:::

> 扎实推动共同富裕，逐步缩小三大差距。

1. 第一步；
2. 第二步。
"""

WIDE = """
# 乡镇街道 {#sec-towns number="2"}

## 一览 {#sec-list number="2.1"}

::: {#tbl-towns .bb-table number="2.1" label="表 2.1"}
::: bb-caption
十九个乡镇街道的主要指标
:::

ROWS

资料来源：示例数据。
:::

WIDETABLE
"""

SOURCES = """
# 数据来源 {#sec-sources number="A"}

## 来源 {#sec-source-list number="A.1"}

见[第 1 章](#sec-gaps){.bb-ref}。

## 参考文献 {#sec-bib .unnumbered}

::: {#refs}
:::
"""

BIB = """
@book{zhang2021,author={张三},title={共同富裕论},publisher={浙江人民出版社},address={杭州},year={2021},langid={zh-CN}}
@article{cobham2013,author={Cobham, Alex and Sumner, Andy},title={Putting the Gini back in the bottle?},
 journal={Working Paper},year={2013},volume={1},pages={1-20}}
"""


def long_table(rows=60):
    """A pipe table that does not fit one page."""
    head = "| 地区 | 人口（人） | 收入（元） | 说明 |\n|---|---:|---:|---|\n"
    line = "| 乡镇{n} | {p} | {i} | 西部山区，收入低于全区平均水平，差距逐年缩小 |\n"
    return head + "".join(line.format(n=n, p=1000 + n, i=30000 + 7 * n) for n in range(1, rows + 1))


def wide_table():
    """A table that needs a turned page."""
    names = [f"指标名称较长的第{n}项" for n in range(14)]
    head = "| 地区 | " + " | ".join(names) + " |\n|---" * 1 + "|---:" * 14 + "|\n"
    body = "".join(f"| 乡镇{n} | " + " | ".join(["12,345.6"] * 14) + " |\n" for n in range(5))
    return (
        f'::: {{#tbl-wide .bb-table number="2.2" label="表 2.2"}}\n::: bb-caption\n很宽的表\n:::\n\n{head}{body}\n:::\n'
    )


def blocks(text):
    """pandoc's tree of a text in pandoc's own markdown."""
    done = subprocess.run(
        [pandoc.executable(), "-f", "markdown", "-t", "json"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    return json.loads(done.stdout)["blocks"]


def make_book(folder, **metadata):
    """A book of four chapters in one part under `folder`, with images and a bibliography written there."""
    (folder / "a.svg").write_text(SVG, encoding="utf-8")
    (folder / "a.png").write_bytes(PNG)
    (folder / "refs.bib").write_text(BIB, encoding="utf-8")
    texts = [
        ("index", "index", "前言", "", None, INDEX),
        ("gaps", "chapter", "三大差距", "1", PART_TITLE, ONE),
        ("towns", "chapter", "乡镇街道", "2", PART_TITLE, WIDE),
        ("sources", "appendix", "数据来源", "A", None, SOURCES),
    ]
    chapters = []
    for slug, kind, title, number, part, text in texts:
        text = text.replace("IMG", "a.svg").replace("PNGPATH", "a.png")
        text = text.replace("WIDETABLE", wide_table()).replace("ROWS", long_table())
        label = {"chapter": "第 {} 章", "appendix": "附录 {}"}.get(kind, "{}").format(number) if number else title
        tree = blocks(text)
        status = "sample" if kind == "chapter" else "published"
        place = folder / f"{slug}.qmd"
        heading = tree[0]["c"][1][0]
        chapters.append(Chapter(place, slug, title, number, kind, part, tree, [], heading, {}, label, status))
    meta = {"publisher": "黄岩区共同富裕研究中心", "edition": "2024 年卷", **metadata}
    return Book(
        "黄岩区共同富裕蓝皮书",
        "缩小三大差距的进展与前景",
        "课题组",
        "2025-03-18",
        "zh",
        meta,
        "bluebook",
        folder,
        folder / "work",
        folder / "out",
        [PART_TITLE],
        chapters,
        {},
        [folder / "refs.bib"],
        CSL,
        words=words("zh"),
    )
