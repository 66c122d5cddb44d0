"""The one-page answer to a department: what came, what is missing, what deserves a second look."""

from __future__ import annotations

from research.errors import UsageError, nearest
from research.indicators import quality
from research.project import SAMPLE_MARK

_KINDS = {"jump": "较上年变动过大", "fall": "累计数减少", "outlier": "与其他乡镇街道差异过大"}
_SHOWN = 15


def reply(edition, department):
    """A department's data of the edition's year, in Chinese markdown.

    Parameters
    ----------
    edition : Edition
    department : str
        Name as in `departments.csv`.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        For a department that owes no indicator, with the nearest known one.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> print(reply(open_edition("2024"), "区教育局").splitlines()[0])
    # 区教育局2024年数据质量反馈
    """
    year, owners = edition.edition, sorted(edition.indicators["source_department"].unique())
    if department not in owners:
        raise UsageError(f"department {department}: {nearest(department, owners)}")
    names = dict(zip(edition.indicators["id"], edition.indicators["name_zh"], strict=True))
    own = quality.due(edition).query("department == @department and year == @year")
    lines = [f"# {department}{year}年数据质量反馈", ""]
    lines += [f"{SAMPLE_MARK}。", ""] if edition.status == "sample" else []
    lines += [f"应报{len(own)}项，已报{int(own['given'].sum())}项，完整率{own['given'].mean():.1%}。", ""]
    lost = own[~own["given"]]
    lines += _section("尚缺", [f"{names[r.indicator]}（{edition.name(r.place)}）" for r in lost.itertuples()])
    marked = quality.flags(edition).query("year == @year")
    marked = marked[marked["indicator"].isin(own["indicator"])]
    lines += _section("请核对", [f"{names[r.indicator]}（{edition.name(r.place)}）：{r.value:.10g}，{_KINDS[r.kind]}"
                              for r in marked.itertuples()])
    return "\n".join(lines).rstrip() + "\n"


def _section(title, items):
    shown = [f"- {item}" for item in items[:_SHOWN]]
    more = [f"- ……另有{len(items) - _SHOWN}项"] if len(items) > _SHOWN else []
    return [f"## {title}", "", *(shown + more or ["- 无"]), ""]
