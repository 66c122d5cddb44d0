"""How households are protected, for the quality appendix: what was attacked, what was found, what protection costs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

import research
from research.core.kept import signatures
from research.figures.captioned import table
from research.indicators.analysis.measured import named
from research.indicators.privacy.intruder.audit import Audit
from research.indicators.privacy.intruder.kept import Kept
from research.indicators.privacy.utility import utility
from research.wording import plain

if TYPE_CHECKING:
    from research.core.scope import Scope
    from research.indicators.edition import Edition

__all__ = ["audited", "kept_for", "protection_pages"]

ATTACKED, COST = "对已成稿内容的保密检验", "保护住户信息的代价"
NAMES = {"low_households": "低收入家庭户数", "mean_consumption": "人均消费支出", "mean_log_deviation": "平均对数离差",
         "hoover": "胡佛系数"}  # fmt: skip


def kept_for(scope: Scope, *names: Any) -> Any:
    """What former audits of the same thing found clean, as long as data, settings, tables and code are the same.

    Parameters
    ----------
    scope : Scope
    *names : str
        What is looked at.

    Returns
    -------
    Kept
        Empty, and never filled, where data come from a store that no file tells of.
    """
    data, project = scope.data.folder, scope.project
    settings = [f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith("BLUEBOOK_")]
    asked = ["audit", str(project.root), str(scope.edition), str(data), sys.version, pd.__version__, *settings, *names]
    if os.environ.get("BLUEBOOK_STORE") or (data / "store.yml").is_file():
        return Kept(asked, {})
    return Kept(asked, signatures({project.root / "data", data, scope.results, Path(research.__file__).parent}))


def audited(scope: Scope, edition: Edition, *paths: Path, where: str = "", kept: Any = None) -> Audit:
    """An audit of finished files; everything found is raised.

    Parameters
    ----------
    scope : Scope
    edition : Edition
    *paths : Path
        Folders, files or archives; all of them are held together.
    where : str
        How to call the first in messages; default: by its path in the project.
    kept : Kept, optional
        As `kept_for` gives it.

    Returns
    -------
    Audit

    Raises
    ------
    DataError
        With every find.
    """
    kept = kept or kept_for(scope, *map(scope.project.show, paths))
    audit = Audit(edition, kept)
    for path in paths:
        audit.read(path, where or scope.project.show(path))
    if not (len(paths) == 1 and paths[0].is_file()):  # one page alone has no sums
        audit.together()
    audit.refuse()
    kept.write()
    return audit


def protection_pages(scope: Scope, edition: Edition) -> dict[str, str]:
    """The pages of the appendix: the attacks on all that the chapters embed, and what is withheld and rounded.

    The finished books and bundles are attacked once more, and are not put in place where anything is found.

    Parameters
    ----------
    scope : Scope
    edition : Edition

    Returns
    -------
    dict of str to str
        File name to markdown.

    Raises
    ------
    DataError
        Where an attack finds something.
    """
    if not len(edition.households):
        nothing = pd.DataFrame()
        return {"_quality-attacks.md": table(nothing, ATTACKED, "tbl-quality-attacks"),
                "_quality-withheld.md": table(nothing, COST, "tbl-quality-withheld")}  # fmt: skip
    status = edition.status
    audit = audited(scope, edition, *(p for p in (scope.results, scope.runs) if p.is_dir()))
    return {"_quality-attacks.md": _attacks(audit.report(), status), "_quality-withheld.md": _withheld(edition, status)}


def _attacks(report, status):
    rows = pd.DataFrame({"攻击": report["name"], "尝试次数": report["tried"].astype(int).astype(str),
                         "得手次数": report["breaches"].astype(int).astype(str)})  # fmt: skip
    return table(rows, ATTACKED, "tbl-quality-attacks", status,
                 note="攻击者知道每户的收入，只读取已成稿的表、图、文字和数据文件；网站、Word和发布包成稿后再检验一次，"
                      "PDF的文字在装有pdftotext的机器上一并检验，不能检验的在成稿时提示；"
                      "有一次得手就不予发布。")  # fmt: skip


def _withheld(edition, status):
    found = utility(edition, edition.table("measures"))
    words = {name: NAMES.get(name) or named(edition, name) for name in found["measure"]}
    rows = pd.DataFrame({
        "测度": found["measure"].map(words), "单元格": found["cells"].astype(str),
        "只看户数须隐去": found["plain"].astype(str), "实际隐去": found["withheld"].astype(str),
        "其中给出上限": found["bounded"].astype(str), "取整": found["rounded"].astype(str),
        "取整步长（标准误的倍数）": ["" if pd.isna(s) else plain(s, "", 2) for s in found["step"]],
    })  # fmt: skip
    return table(rows, COST, "tbl-quality-withheld", status,
                 note="单元格为乡镇街道和总体、各年份、城乡合计与分开的组合。占比的分子在乡镇街道只有几户，须隐去，"
                      "改为给出按样本户数确定的上限和小域估计；最高组份额须最高组达到最少户数。"
                      "户数和损失户数另按基数取整。")  # fmt: skip
