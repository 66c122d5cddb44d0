"""The case library as pages: register, coverage, and the year's cases as sections of one chapter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from research.cases import library
from research.cases.chain_pages import chain_sections, chain_table, coverage, experience_words
from research.cases.model import place_names
from research.cases.prose import read_front_matter
from research.core.status import SAMPLE_MARK, STATUS_WORDS, Status
from research.core.texts import read_text
from research.figures.captioned import table

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["SAMPLE_CALLOUT", "case_list", "case_pages"]

SAMPLE_CALLOUT = f"""::: {{.callout-warning}}
## {SAMPLE_MARK}

本章的结果以示例数据为依据，数值由程序生成，只演示方法与版式，不能引用。
:::
"""
CASE_CALLOUT = f"""::: {{.callout-warning}}
## 示例数据

本案例的图、表和测算语句使用{SAMPLE_MARK}，只用来演示案例的写法与核验办法，不能引用。
:::
"""
"""What `_sample.md` puts on a case while the edition stands on a sample."""


def case_pages(project: Project, edition: int, register: pd.DataFrame) -> dict[str, str]:
    """The register, the coverage and the year's cases as pages to include.

    Parameters
    ----------
    project : Project
    edition : int
        Only cases of this year go into the bluebook.
    register : DataFrame
        From `research.cases.library.load`.

    Returns
    -------
    dict of str to str
    """
    chosen = register[(register["year"] == int(edition)) & ~register["example"]]
    bodies = [_case_section(project, row) for _, row in chosen.iterrows()]
    sample = (register["evidence_status"] == Status.SAMPLE).any()
    mark = SAMPLE_CALLOUT.replace("本章的结果以示例数据为依据", "本汇编的部分案例以示例数据为依据，各案例分别注明")
    return {
        "_cases.md": "\n\n".join(bodies) + "\n" if bodies else "本年度没有入选的案例。\n",
        "_cases-register.md": _register_table(project, register),
        "_cases-coverage.md": coverage(register, library.domains(project)),
        "_cases-chain.md": chain_table(project, register),
        "_cases-experiences.md": chain_sections(project, register),
        "_mark-cases.md": mark if sample else "\n",
    }


def _case_section(project, row):
    """A case as a section of one chapter: headings one level down, its own mark put in."""
    text = read_front_matter(read_text(project.root / row["path"], row["path"]))[1]
    for name in re.findall(r"\{\{<\s*include\s+(_[\w-]+\.md)\s*>\}\}", text):
        note = (project.reports / "cases" / name).read_text(encoding="utf-8").strip()
        text = re.sub(rf"\{{\{{<\s*include\s+{re.escape(name)}\s*>\}}\}}", note.replace("\\", r"\\"), text)
    text = re.sub(r"^(##+ )(?!示例数据$)", r"#\1", text, flags=re.M)
    facts = f"类别：{row['class']}；状态：{row['status']}；领域：{row['domain']}；牵头单位：{row['lead_unit']}。"
    if words := experience_words(project, row["experience"]):
        facts += f"指向的制度经验：{words}。"
    return f"## {row['title']} {{#sec-case-{row['id']}}}\n\n{facts}\n\n{text.strip()}"


def _register_table(project, register):
    names = place_names(project)
    cells = pd.DataFrame(
        {
            "案例": [f"[{t}]({i}.qmd)" for t, i in zip(register["title"], register["id"], strict=True)],
            "类别": ["方法示例" if e else c for e, c in zip(register["example"], register["class"], strict=True)],
            "状态": register["status"],
            "领域": register["domain"],
            "地点": ["、".join(names.get(c, c) for c in codes) or "区外" for codes in register["places"]],
            "依据": ["、".join(c) for c in register["clauses"]],
            "年度": register["year"].astype(str),
            "证据状态": [STATUS_WORDS.get(s, "无数据") for s in register["evidence_status"]],
        }
    )
    note = "“依据”一栏为规划条款；一（三）指第一部分第（三）项，段3指第3段。"
    made = table(cells, "案例目录", "tbl-cases-register", note=note, widths=(38, 9, 7, 11, 9, 14, 7, 9))
    return made.replace("\\[", "[").replace("\\]", "]")


def case_list(register: pd.DataFrame) -> list[str]:
    """Chapter lines of the case compilation: a part for each class, worked examples last."""
    groups = {
        f"{name}实践案例": register[(register["class"] == name) & ~register["example"]] for name in library.CLASSES
    }
    groups["方法示例（真实数据）"] = register[register["example"]]
    lines = []
    for name, rows in groups.items():
        if len(rows):
            lines += [f'- part: "{name}"', "  chapters:", *(f"    - {path}" for path in rows["path"])]
    return lines
