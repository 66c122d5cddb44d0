"""Evidence for an application to be a pilot: each claim with its numbers, figures, cases, and what is lacking."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.cases.model import load
from research.core.handed_out import hand_out
from research.core.plain import escape
from research.core.status import SAMPLE_MARK, weakest
from research.core.texts import read_json
from research.errors import DataError, Fault, nearest, say
from research.figures.captioned import table
from research.indicators.quality.reply import word_file
from research.indicators.registers.rules import parts
from research.registers.topics import facts

if TYPE_CHECKING:
    from research.indicators.edition import Edition

COLUMNS = ("application", "level", "claim", "evidence", "figures", "cases", "gaps", "status")
_CAPTION = re.compile(r"^#\|\s*(?:fig|tbl)-cap:\s*[\"']?(.*?)[\"']?\s*$", re.M)
_REACHED = {"yes": "已达到", "no": "未达到", "unassessed": "无法评估"}


def evidence(edition: Edition, applications: Sequence[str] = ()) -> pd.DataFrame:
    """Each claim of the register with what stands behind it.

    Parameters
    ----------
    edition : Edition
    applications : sequence of str
        Only these; by default all.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; evidence, figures, cases and gaps are lists of sentences. A claim without a number, a
        target or a case has the gap that says so; so has each number that is missing, old, of a sample, or whose
        change lies within its error.

    Raises
    ------
    DataError
        Applications that the register does not have, all at once.
    """
    rows = edition.register("claims")
    known = list(dict.fromkeys(rows["application"]))
    faults = [
        Fault(
            "application",
            say("an application of claims.csv", "claims.csv 中的申报"),
            repr(a),
            nearest(a, known),
            "claim",
        )
        for a in applications
        if a not in known
    ]
    if faults:
        raise DataError(faults)
    rows = rows[rows["application"].isin(applications)] if applications else rows
    titles = load(edition.project, unfinished="skip").set_index("id")["title"].to_dict()
    attained = edition.table("attainment").set_index("target_id") if len(rows) else pd.DataFrame()
    return pd.DataFrame(
        [_claim(edition, row, attained, titles) for row in rows.to_dict("records")], columns=list(COLUMNS)
    )


def _claim(edition: Edition, row: dict[str, Any], attained: pd.DataFrame, titles: dict[str, str]) -> dict[str, Any]:
    numbers = facts(edition, row["indicators"])
    said = [
        f"{n['name']}{n['year']}年为{n['value']}"
        + (f"（{n['level']}置信区间{n['interval']}）" if n["interval"] else "")
        + (f"，{n['change']}" if n["change"] else "")
        for n in numbers if n["value"]
    ]  # fmt: skip
    gaps = [g for n in numbers for g in n["lacks"]]
    targets = [t for t in parts(row["targets"]) if t in attained.index]
    for target in targets:
        name, verdict = attained.at[target, "target_name"], attained.at[target, "attained"]
        (said if verdict == "yes" else gaps).append(f"目标“{name}”{_REACHED[verdict]}")
    cases = [f"《{titles.get(c, c)}》" for c in parts(row["cases"])]
    figures = [_figure(edition, f) for f in parts(row["figures"])]
    if not (numbers or targets or cases):
        gaps.insert(0, "没有指标、目标或案例支持")
    if not figures:
        gaps.append("没有图表")
    status = weakest([row["status"], *(n["status"] for n in numbers if n["status"])])
    return {"application": row["application"], "level": row["level"], "claim": row["claim"], "evidence": said,
            "figures": figures, "cases": cases, "gaps": gaps, "status": status}  # fmt: skip


def _figure(edition: Edition, name: str) -> str:
    """The caption that a chart has in its notebook, and where it stands."""
    notebook, _, label = name.partition("#")
    for folder in ("district", "themes", "cases"):
        path = edition.project.notebooks / folder / f"{notebook}.ipynb"
        for cell in read_json(path, path.name)["cells"] if path.is_file() else ():
            source = "".join(cell["source"])
            if f"label: {label}\n" in source and (found := _CAPTION.search(source)):
                return found[1]
    return name


def evidence_tables(edition: Edition, rows: pd.DataFrame) -> str:
    """The evidence as markdown: a section and a table for each application."""
    sections = []
    for number, (name, part) in enumerate(rows.groupby("application", sort=False), start=1):
        status = weakest(list(part["status"]))
        cells = pd.DataFrame(
            {
                "主张": part["claim"],
                "指标与数值": ["；".join(e) for e in part["evidence"]],
                "图表与案例": ["；".join([*f, *c]) for f, c in zip(part["figures"], part["cases"], strict=True)],
                "证据缺口": ["；".join(g) for g in part["gaps"]],
            }
        )
        bare = int(sum(not e for e in part["evidence"]))
        gaps = sum(map(len, part["gaps"]))
        lead = f"{escape(part['level'].iloc[0])}试点，{len(part)}项主张，{bare}项没有数值支持，共有{gaps}处证据缺口。"
        caption, widths = f"{name}的证据", (22, 34, 22, 28)
        made = table(cells, caption, f"tbl-claims-{number}", status, "申报主张登记与本版各表", widths=widths)
        sections.append(f"## {escape(name)}\n\n{lead}\n\n{made}")
    return "\n\n".join(sections)


def write(edition: Edition, applications: Sequence[str], folder: str | Path) -> list[Path]:
    """The evidence of each application as a Word file.

    Parameters
    ----------
    edition : Edition
    applications : sequence of str
        By default all of the register.
    folder : str or Path

    Returns
    -------
    list of Path
    """
    rows, made = evidence(edition, applications), []
    for name, part in rows.groupby("application", sort=False):
        sample = weakest(list(part["status"])) == "sample"
        title = f"# {escape(name)}：证据表" + (f"（{SAMPLE_MARK}）" if sample else "")
        note = "证据缺口是申报前要补的；表中数值与本版蓝皮书相同，区间之内的变化不作结论。"
        text = re.sub(r" \{#tbl-[\w-]+\}", "", evidence_tables(edition, part))
        stem = re.sub(r"[^\w（）]+", "-", str(name))
        path = Path(folder) / f"{stem}-证据表-{edition.edition}.docx"
        made.append(hand_out(path, word_file(f"{title}\n\n{note}\n\n{text}\n")))
    return made
