"""The one-page answer to a department: what came, what is missing, what deserves a second look."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from research.core import scratch
from research.core.handed_out import hand_out, steady
from research.core.plain import escape
from research.core.status import SAMPLE_MARK, is_sample
from research.errors import DataError, Fault, UsageError, nearest, say
from research.indicators.quality import quality
from research.indicators.quality import report as quality_report

if TYPE_CHECKING:
    from research.indicators.edition import Edition

_KINDS = quality_report.KINDS
_SHOWN = 15


def reply(edition: Edition, department: str) -> str:
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
        hint = nearest(department, owners)
        raise UsageError(say(f"department {department}: {hint}", f"部门 {department}：{hint.zh}"))
    names = dict(zip(edition.indicators["id"], edition.indicators["name_zh"], strict=True))
    own = quality.due(edition).query("department == @department and year == @year")
    lines = [f"# {department}{year}年数据质量反馈", ""]
    lines += [f"{SAMPLE_MARK}。", ""] if is_sample(edition) else []
    lines += [f"应报{len(own)}项，已报{int(own['given'].sum())}项，完整率{own['given'].mean():.1%}。", ""]
    lost = own[~own["given"]]
    lines += _section("尚缺", [f"{names[r.indicator]}（{edition.name(r.place)}）" for r in lost.itertuples()])
    marked = quality.flags(edition).query("year == @year")
    marked = marked[marked["indicator"].isin(own["indicator"])]
    told = [
        f"{names[r.indicator]}（{edition.name(r.place)}）：{quality_report.short(r.value)}，{_KINDS[r.kind]}"
        for r in marked.itertuples()
    ]
    lines += _section("请核对", told)
    lines += _revised(edition, names, own)
    return "\n".join(lines).rstrip() + "\n"


def _revised(edition, names, own):
    """What this department handed in again, and when it came; nothing where there is no history."""
    came = quality_report.timeliness(edition)
    came = came[came["部门"].eq(own["department"].iloc[0])]
    told = [f"按时{r[3]}项，迟报{r[4]}项，最后报送日{r[5]}" for r in came.itertuples()]
    lines = _section("报送时间", told) if told else []
    changed = quality_report.revisions(edition)
    changed = changed[changed["指标"].isin([names[i] for i in own["indicator"]])]
    if len(changed):
        lines += _section(
            "改过的数值",
            [f"{r.指标}（{r.地区}，{r.年份}年）：{r.原值} → {r.新值}，理由：{r.理由}" for r in changed.itertuples()],
        )
    return lines


def write(edition: Edition, folder: Path, department: str = "") -> list[Path]:
    """One page a department as a Word file.

    Parameters
    ----------
    edition : Edition
    folder : str or Path
        Made when it is not there.
    department : str
        Only this one; default each that owes an indicator.

    Returns
    -------
    list of Path
    """
    owners = [department] if department else sorted(edition.indicators["source_department"].unique())
    pages = {owner: reply(edition, owner) for owner in owners}
    folder = Path(folder)
    return [
        hand_out(folder / f"{owner}-{edition.edition}-数据质量反馈.docx", word_file(text))
        for owner, text in pages.items()
    ]


def word_file(text: str) -> bytes:
    """A text as a Word file; the same text gives the same bytes."""
    import pypandoc

    with scratch.folder("reply") as folder:
        path = Path(folder) / "reply.docx"
        try:
            pypandoc.convert_text(text, "docx", format="markdown", outputfile=str(path))
        except RuntimeError as error:  # pandoc's own words, without where in pandoc they were said
            told = str(error).partition("during conversion: ")[2] or str(error)
            raise DataError(
                Fault(
                    tempfile.gettempdir(),
                    say("room for a Word file", "能写入Word文件的临时文件夹"),
                    told.splitlines()[0],
                    say("free some space, or set TMPDIR to another folder", "请腾出空间，或用TMPDIR指定别的文件夹"),
                    "disk",
                )
            ) from None
        return steady(path.read_bytes())


def _section(title, items):
    shown = [f"- {escape(item)}" for item in items[:_SHOWN]]
    more = [f"- ……另有{len(items) - _SHOWN}项"] if len(items) > _SHOWN else []
    return [f"## {title}", "", *(shown + more or ["- 无"]), ""]
