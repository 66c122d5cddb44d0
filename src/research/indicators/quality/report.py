"""The quality report, ready to show: one table a question, in Chinese, for the notebook and for the replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research.indicators.quality import quality
from research.indicators.reference import calibre
from research.indicators.store import store

if TYPE_CHECKING:
    from research.indicators.edition import Edition

KINDS = {"jump": "较上年变动过大", "fall": "累计数减少", "outlier": "与其他乡镇街道差异过大"}
"""Kinds of `quality.flags`, in words."""
SHOWN = 12
"""Most rows of a list in the chapter; the rest are counted."""


def _names(edition):
    return dict(zip(edition.indicators["id"], edition.indicators["name_zh"], strict=True))


def short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def completeness(edition: Edition, by: str) -> pd.DataFrame:
    """Completeness of the edition's year by department or by place: 应报, 已报, 完整率, lowest first.

    Examples
    --------
    >>> from research.indicators import open_edition
    >>> list(completeness(open_edition("2024"), "department").columns)
    ['部门', '应报（项）', '已报（项）', '完整率（%）']
    """
    frame = quality.completeness(edition, [by, "year"]).query("year == @edition.edition")
    frame = frame.sort_values(["share", by])
    name = frame[by] if by == "department" else frame[by].map(edition.name)
    return pd.DataFrame(
        {
            "部门" if by == "department" else "地区": name.to_list(),
            "应报（项）": frame["due"].map(str),
            "已报（项）": frame["given"].map(str),
            "完整率（%）": frame["share"].map("{:.1%}".format).str[:-1],
        }
    )


def completeness_bars(edition: Edition) -> pd.DataFrame:
    """Completeness of the `SHOWN` departments with the lowest, for a chart: name, value (per cent), status."""
    frame = quality.completeness(edition, ["department", "year"]).query("year == @edition.edition")
    frame = frame.nsmallest(SHOWN, "share")
    return pd.DataFrame({"name": frame["department"], "value": 100 * frame["share"], "status": frame["status"]})


def timeliness(edition: Edition) -> pd.DataFrame:
    """When the edition's values came in, by department: on time, late, the day of the last one.

    The last day is the setting `report_deadline` of the year after. Without a history (the sample has none) the
    table is empty.
    """
    columns = ["部门", "已报（项）", "按时（项）", "迟报（项）", "最后报送日"]
    rows = store.all_rows(edition.folder) if (edition.folder / "history").is_dir() else pd.DataFrame()
    if rows.empty:
        return pd.DataFrame(columns=columns)
    first = rows[rows["year"].eq(edition.edition)].drop_duplicates(store.KEY)
    day = first["imported_at"].str[:10]
    owner = first["indicator"].map(edition.indicators.set_index("id")["source_department"])
    limit = f"{edition.edition + 1}-{edition.settings.get('report_deadline', '12-31')}"
    made = pd.DataFrame({"部门": owner, "late": day.gt(limit), "day": day}).groupby("部门")
    out = made.agg(given=("late", "size"), late=("late", "sum"), last=("day", "max")).reset_index()
    return pd.DataFrame(
        {
            "部门": out["部门"],
            "已报（项）": out["given"].map(str),
            "按时（项）": (out["given"] - out["late"]).map(str),
            "迟报（项）": out["late"].map(str),
            "最后报送日": out["last"],
        }
    )


def outliers(edition: Edition) -> pd.DataFrame:
    """Values of the edition's year that deserve a look: indicator, place, value, its error, why; the farthest first."""
    frame = quality.flags(edition).query("year == @edition.edition")
    errors = edition.table("observations").set_index(["place", "year", "indicator"])["se"]
    frame = frame.reindex(frame["measure"].abs().sort_values(ascending=False).index)
    return pd.DataFrame(
        {
            "指标": frame["indicator"].map(_names(edition)),
            "地区": frame["place"].map(edition.name),
            "数值": frame["value"].map(short),
            "标准误": [
                "–" if pd.isna(e) else short(e)
                for e in errors.reindex(pd.MultiIndex.from_frame(frame[["place", "year", "indicator"]]))
            ],
            "需核对的原因": frame["kind"].map(KINDS),
            "程度": [
                f"{m:+.0%}" if k != "outlier" else f"z={m:.1f}"
                for k, m in zip(frame["kind"], frame["measure"], strict=True)
            ],
        }
    ).reset_index(drop=True)


def revisions(edition: Edition) -> pd.DataFrame:
    """Values that were handed in again with another number: old, new, who, when, the reason that was given."""
    columns = ["指标", "地区", "年份", "原值", "新值", "报送单位", "日期", "理由"]
    rows = store.all_rows(edition.folder) if (edition.folder / "history").is_dir() else pd.DataFrame()
    if rows.empty:
        return pd.DataFrame(columns=columns)
    rows = rows[rows["year"].le(edition.edition)]
    former = rows.groupby(store.KEY, sort=False)["value"].shift()
    new = rows[former.notna() & former.ne(rows["value"])]
    return pd.DataFrame(
        {
            "指标": new["indicator"].map(_names(edition)),
            "地区": new["place"].map(edition.name),
            "年份": new["year"].map(str),
            "原值": former[new.index].map("{:.10g}".format),
            "新值": new["value"].map("{:.10g}".format),
            "报送单位": new["supplier"],
            "日期": new["imported_at"].str[:10],
            "理由": new["accepted"].where(new["accepted"].ne(""), "—"),
        }
    )[columns].reset_index(drop=True)


def calibre_changes(edition: Edition) -> pd.DataFrame:
    """Breaks of series that are known, and values whose survey method or kind changed from the year before."""
    names, rows = _names(edition), []
    for entry in (calibre.load(edition.project).get("breaks") or {}).values():
        rows += [
            (names[i], "全部", str(entry["year"]), entry["before"], entry["after"])
            for i in entry["indicators"]
            if i in names
        ]
    frame = edition.handed_in.sort_values(["indicator", "place", "year"])
    for column in ("method", "calibre", "population"):
        if column not in frame:
            continue
        text = frame[column].fillna("")
        old = text.groupby([frame["indicator"], frame["place"]]).shift()
        changed = old.notna() & old.ne("") & text.ne("") & old.ne(text)
        rows += [
            (names.get(i, i), edition.name(p), str(y), a, b)
            for i, p, y, a, b in zip(
                frame["indicator"][changed],
                frame["place"][changed],
                frame["year"][changed],
                old[changed],
                text[changed],
                strict=True,
            )
        ]
    return pd.DataFrame(rows, columns=["指标", "地区", "年份", "此前", "此后"])


def lead(edition: Edition) -> tuple[str, str]:
    """One sentence on completeness and one on what is to be looked at."""
    made = quality.completeness(edition, ["year"]).query("year == @edition.edition").iloc[0]
    marked = quality.flags(edition).query("year == @edition.edition")
    counts = marked["kind"].value_counts()
    told = "，".join(f"{words}{counts[kind]}项" for kind, words in KINDS.items() if kind in counts)
    return (
        f"{edition.edition}年应报{made['due']}项，已报{made['given']}项，完整率{made['share']:.1%}。",
        f"需核对的数值共{len(marked)}项" + (f"：{told}。" if told else "。"),
    )


def shortened(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The first `SHOWN` rows of a list and how many more there are (a note, or "")."""
    return frame.head(SHOWN), (f"另有{len(frame) - SHOWN}项，见数据文件。" if len(frame) > SHOWN else "")
