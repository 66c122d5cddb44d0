"""From cases to institutional experience to the district's model (clauses 84-87): the chain and its gaps."""

from __future__ import annotations

import pandas as pd
import yaml

from research.book.appendix import table
from research.book.case_model import CLASSES, DOMAINS, case_fault
from research.errors import nearest

__all__ = ["SYSTEMS", "chain_faults", "chain_table", "coverage", "experiences"]

FILE = "_experiences.yml"
SYSTEMS = ("工作体系", "政策体系", "评价体系")
"""What clause 87 has institutional experience renew."""
MODELS = ("工具箱", "制度经验库", "方法矩阵")
STATES = ("候选", "确认")
_KEYS = {"id": None, "title": None, "system": SYSTEMS, "model": MODELS, "state": STATES}


def experiences(project):
    """The institutional experiences that cases may lead to.

    Parameters
    ----------
    project : Project

    Returns
    -------
    list of dict
        id, title, system, model, state; empty where the project has none.
    """
    path = project.reports / "cases" / FILE
    return (yaml.safe_load(path.read_text("utf-8")) or []) if path.is_file() else []


def chain_faults(project, register):
    """What is wrong with the chain: experiences with wrong words, cases that lead to one that is not there.

    Parameters
    ----------
    project : Project
    register : iterable of (str, Case)
        File and front matter of each case.

    Returns
    -------
    list of Fault
    """
    name = f"reports/cases/{FILE}"
    known, faults = experiences(project), []
    ids = [str(row.get("id")) for row in known]
    for number, row in enumerate(known, start=1):
        place = f"{name}, entry {number}"
        faults += [case_fault(place, 1, f"the keys {', '.join(_KEYS)}", ", ".join(map(str, row)), "", "chain")
                   for _ in [0] if set(row) != set(_KEYS)]
        faults += [case_fault(place, 1, f"{key}: one of {'、'.join(words)}", repr(row.get(key)), "", "chain")
                   for key, words in _KEYS.items() if words and row.get(key) not in words]
        if ids.count(str(row.get("id"))) > 1:
            faults.append(case_fault(place, 1, "each id once", str(row.get("id")), "", "chain"))
    for path, case in register:
        faults += [case_fault(path, 1, f"an id of {name}", repr(e), nearest(e, ids), "chain")
                   for e in case.experience if e not in ids]
    return faults


def chain_table(project, register):
    """One row an experience: the cases below it, the system it renews, the part of the model above it.

    Parameters
    ----------
    project : Project
    register : DataFrame
        From `research.book.cases.load`.

    Returns
    -------
    str
        A captioned table in markdown.
    """
    rows = []
    for item in experiences(project):
        own = register[[item["id"] in e for e in register["experience"]]]
        proved = sum(s not in (None, "sample") for s in own["evidence_status"].dropna())
        rows.append({
            "实践案例": "；".join(f"[{r.title}]({r.id}.qmd)" for r in own.itertuples()) or "空缺",
            "制度经验": f"{item['title']}（{item['state']}）", "迭代的体系": item["system"], "黄岩模式": item["model"],
            "有真实数据的案例": f"{proved}个",
        })
    note = "“迭代的体系”和“黄岩模式”用纲要第87条的词语；标“候选”的制度经验由编者归纳，待研究中心确认。"
    made = table(pd.DataFrame(rows), "从案例到制度经验到黄岩模式", "tbl-cases-chain", note=note,
                 widths=(38, 26, 12, 12, 12))
    return made.replace("\\[", "[").replace("\\]", "]")


def coverage(register):
    """Cases by key field and kind, gaps said in words.

    Parameters
    ----------
    register : DataFrame

    Returns
    -------
    str
        A captioned table in markdown, and a sentence that names the gaps.

    Examples
    --------
    >>> frame = pd.DataFrame({"domain": ["经济发展"], "class": ["最佳"], "example": [False]})
    >>> "空缺" in coverage(frame)
    True
    """
    real = register[~register["example"]]
    rows, gaps = [], []
    for domain in DOMAINS:
        counts = {kind: int(((real["domain"] == domain) & (real["class"] == kind)).sum()) for kind in CLASSES}
        rows.append({"关键领域": domain, **{k: f"{n}个" if n else "空缺" for k, n in counts.items()},
                     "合计": f"{sum(counts.values())}个"})
        gaps += [domain] if not sum(counts.values()) else []
    total = len(DOMAINS) * len(CLASSES)
    empty = sum(row[k] == "空缺" for row in rows for k in CLASSES)
    words = f"{total}格中有{empty}格空缺。"
    words += f"还没有任何案例的领域：{'、'.join(gaps)}。" if gaps else "六个领域都至少有一个案例。"
    return table(pd.DataFrame(rows), "案例覆盖情况（关键领域与三类案例）", "tbl-cases-coverage") + "\n" + words + "\n"
