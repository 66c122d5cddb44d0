"""The appendix 调查方法与精度 of an edition whose data has the tables of a survey; none without them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from research.core.faults import Fault, say, spot
from research.core.status import Status
from research.errors import DataError
from research.survey.appendix import appendix

PAGE = "appendix-survey.qmd"
"""Name of the made chapter on the stage."""
PICTURES = """
## 小域模型的诊断

样本少的乡镇街道，收入和比例按估计的误差在直接估计与模型之间选用（见 @sec-small-area）。
@fig-quality-small-area-band 检查中等收入家庭比例的模型，人均收入的见 @fig-quality-small-area：
左上残差是否近于正态，右上本地样本的权重，左下直接估计与模型估计，右下变异系数的前与后。

{{< embed quality.ipynb#fig-quality-small-area-band >}}
"""
"""What a model of small areas is judged by; the notebook stands beside the page on the stage."""
LABELS = {
    "income_pc": "人均可支配收入", "income": "家庭可支配收入", "consumption": "家庭消费支出",
    "income/size": "人均可支配收入", "家庭可支配收入/家庭人口": "人均可支配收入",
    "consumption/size": "人均消费支出", "家庭消费支出/家庭人口": "人均消费支出",
    "家庭可支配收入": "家庭可支配收入", "家庭消费支出": "家庭消费支出",
}  # fmt: skip
"""What measures are called; all of them are in yuan."""
NEEDED = {
    "estimates": ("measure", "place", "estimate", "se", "cv", "lower", "upper", "n", "status", "withheld"),
    "differences": ("measure", "first", "second", "difference", "apart"),
    "design": ("stratum", "villages_answered", "answered"),
}
OPTIONAL = {
    "gaps": ("item", "missing", "share"),
    "rates": ("name", "rate"),
    "margins": ("margin", "level", "before", "target", "after", "gap"),
}


def survey_folder(ed: Any) -> Path | None:
    """Where the tables of the edition's survey stand: `survey-<year>` of its data, of the newest year up to it.

    Returns
    -------
    Path or None
    """
    years = [
        y
        for p in ed.folder.glob("survey-*")
        if (y := p.name.removeprefix("survey-")).isdigit() and p.is_dir() and int(y) <= int(ed.edition)
    ]
    return ed.folder / f"survey-{max(years, key=int)}" if years else None


def survey_page(ed: Any) -> str | None:
    """The chapter's text; None where the data has no survey.

    Parameters
    ----------
    ed : Edition

    Returns
    -------
    str or None

    Raises
    ------
    DataError
        For tables that are missing or lack columns, all at once.
    """
    folder = survey_folder(ed)
    if folder is None:
        return None
    tables, faults = {}, []
    way = say(
        "bluebook survey report FOLDER --to DATA --year YEAR writes them",
        "用 bluebook survey report 文件夹 --to 数据文件夹 --year 年份 写出",
    )
    for name, columns in (NEEDED | OPTIONAL).items():
        path = folder / f"{name}.csv"
        if not path.is_file():
            if name in NEEDED:
                faults.append(
                    Fault(
                        f"{folder.name}/{name}.csv",
                        say("this table", "有这张表"),
                        say("none", "没有"),
                        way,
                        kind="survey",
                    )
                )
            continue
        tables[name] = pd.read_csv(path, dtype={"place": str, "first": str, "second": str, "level": str})
        faults += [
            Fault(
                spot(f"{folder.name}/{name}.csv", column=c),
                say("a column of this name", "有这一列"),
                say("none", "没有"),
                way,
                kind="survey",
            )
            for c in columns
            if c not in tables[name]
        ]
    if faults:
        raise DataError(faults)
    names = dict(zip(ed.places["code"].astype(str), ed.places["name"], strict=True))
    labels = LABELS
    year = folder.name.removeprefix("survey-")
    lead = f"本附录说明{year}年住户调查怎样抽样、有多少户应答、各地的数有多准、哪些可以比较。"
    text = appendix(tables, lambda code: names.get(code, code), labels, units=dict.fromkeys(labels, "元"),
                    marked=ed.status == Status.SAMPLE)  # fmt: skip
    text += PICTURES
    return f"# 调查方法与精度 {{#sec-survey-method}}\n\n{{{{< include _mark.md >}}}}\n\n{lead}\n\n{text}"
