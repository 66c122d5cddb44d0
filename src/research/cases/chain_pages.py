"""The chain from cases to the district's model, and the coverage of the library as tables and sections to include."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research.cases.chain import MODELS, anchor, experiences
from research.cases.model import CLASSES, basis_words, model_name
from research.core.status import STATUS_WORDS
from research.figures.captioned import table

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["chain_sections", "chain_table", "coverage", "experience_words"]


def chain_table(project: Project, register: pd.DataFrame) -> str:
    """One row an experience: the cases below it, the system it renews, the part of the model above it.

    Parameters
    ----------
    project : Project
    register : DataFrame
        From `research.cases.library.load`.

    Returns
    -------
    str
        A captioned table in markdown.
    """
    rows, model = [], model_name(project)
    for item in experiences(project):
        own = _cases_of(item, register)
        proved = sum(s not in (None, "sample") for s in own["evidence_status"].dropna())
        rows.append(
            {
                "实践案例": "；".join(_case(r) for r in own.itertuples()) or "空缺",
                "制度经验": f"[{item['title']}](#{anchor(item['id'])})（{item['state']}）",
                "迭代的体系": item["system"],
                model: item["model"],
                "有真实数据的案例": f"{proved}个",
            }
        )
    if not rows:  # a library that begins: the table stands, since the text refers to it, and says that it is empty
        rows = [
            {
                "实践案例": "空缺",
                "制度经验": "目前还没有归纳出制度经验",
                "迭代的体系": "–",
                model: "–",
                "有真实数据的案例": "0个",
            }
        ]
    note = f"标“候选”的制度经验由编者归纳，待研究中心确认；{model}的三个部分是{'、'.join(MODELS)}。"
    made = table(
        pd.DataFrame(rows), f"从案例到制度经验到{model}", "tbl-cases-chain", note=note, widths=(38, 26, 12, 12, 12)
    )
    return made.replace("\\[", "[").replace("\\]", "]").replace("\\#", "#")


def chain_sections(project: Project, register: pd.DataFrame) -> str:
    """One section an experience: cases below it, clauses, the part of the model above it, what is still wanted.

    Parameters
    ----------
    project : Project
    register : DataFrame

    Returns
    -------
    str
        Sections in markdown, then the gaps: cases that lead to no experience, parts of the model without one.
    """
    known = experiences(project)
    parts = [_section(project, item, _cases_of(item, register), model_name(project)) for item in known]
    real = register[~register["example"]]
    loose = [_case(r) for r in real.itertuples() if not r.experience]
    empty = [name for name in MODELS if name not in [item["model"] for item in known]]
    model = model_name(project)
    parts.append(
        "### 空缺\n\n"
        + (f"还没有归纳出制度经验的案例：{'、'.join(loose)}。" if loose else "全部案例都已指向一条制度经验。")
        + (
            f"{model}中还没有制度经验归入的部分：{'、'.join(empty)}。"
            if empty
            else f"{model}的三个部分都已有候选的制度经验归入。"
        )
    )
    return "\n\n".join(parts) + "\n"


def experience_words(project: Project, ids: list[str]) -> str:
    """Titles of experiences with their state, for the head of a case; empty where there is none."""
    found = [f"{item['title']}（{item['state']}）" for item in experiences(project) if item["id"] in ids]
    return "、".join(found)


def _section(project, item, own, model):
    cases = [
        f"{_case(r)}（{r['class']}，{r['status']}；证据：{STATUS_WORDS.get(r['evidence_status'], '无数据')}）"
        for _, r in own.iterrows()
    ]
    clauses = basis_words(project, item["clauses"])
    needs = "\n".join(f"  - {text}" for text in item["needs"])
    return (
        f"### {item['title']} {{#{anchor(item['id'])}}}\n\n"
        f"- 第一阶，实践案例：{'；'.join(cases) or '空缺'}。\n"
        f"- 第二阶，制度经验：{item['state']}，推动{item['system']}迭代；依据{clauses}。\n"
        f"- 第三阶，{model}：归入{item['model']}。\n"
        f"- {'确认前还需要' if item['state'] == '候选' else '确认时的依据'}：\n{needs}"
    )


def _cases_of(item, register):
    return register[[item["id"] in e for e in register["experience"]]]


def _case(row):
    title, case_id = (row["title"], row["id"]) if isinstance(row, pd.Series) else (row.title, row.id)
    return f"[{title}]({case_id}.qmd)"


def coverage(register: pd.DataFrame, domains: list[str]) -> str:
    """Cases by key field and kind, gaps said in words.

    Parameters
    ----------
    register : DataFrame
    domains : sequence of str
        The themes' Chinese names, in their order.

    Returns
    -------
    str
        A captioned table in markdown, and a sentence that names the gaps.

    Examples
    --------
    >>> frame = pd.DataFrame({"domain": ["经济发展"], "class": ["最佳"], "example": [False]})
    >>> "空缺" in coverage(frame, ["经济发展", "收入分配"])
    True
    """
    real = register[~register["example"]]
    rows, gaps = [], []
    for domain in domains:
        counts = {kind: int(((real["domain"] == domain) & (real["class"] == kind)).sum()) for kind in CLASSES}
        rows.append(
            {
                "关键领域": domain,
                **{k: f"{n}个" if n else "空缺" for k, n in counts.items()},
                "合计": f"{sum(counts.values())}个",
            }
        )
        gaps += [domain] if not sum(counts.values()) else []
    total = len(domains) * len(CLASSES)
    empty = sum(row[k] == "空缺" for row in rows for k in CLASSES)
    words = f"{total}格中有{empty}格空缺。"
    words += f"还没有任何案例的领域：{'、'.join(gaps)}。" if gaps else "各领域都至少有一个案例。"
    return table(pd.DataFrame(rows), "案例覆盖情况（关键领域与三类案例）", "tbl-cases-coverage") + "\n" + words + "\n"
