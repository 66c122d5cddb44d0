"""What stands on a place's page: picked out of the built tables, numbers as words, nothing too long for its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from research.assessment.colours import task_rule
from research.assessment.settings import rules
from research.core.status import SAMPLE_MARK, is_sample
from research.wording import plain, rounded

if TYPE_CHECKING:
    from research.indicators.edition import Edition

KEPT = {"strengths": 3, "weaknesses": 3, "tasks": 7, "topics": 7}
COLOURS = ("red", "yellow", "green", "grey")


def facts(edition: Edition, place: str) -> dict[str, Any]:
    """All that the page of one place says, ready to be set: plain text and numbers only.

    Parameters
    ----------
    edition : Edition
        Built; see `bluebook build`.
    place : str
        Code of the district or of a township.

    Returns
    -------
    dict
        JSON-like; the template `onepage.typ` reads it.

    Raises
    ------
    DataError
        An unknown place; an edition that was not built. A place without an index gets a page that says so.
    """
    name = edition.name(place)
    brief = edition.table("portrait_brief")
    own = brief[brief["place"] == place]
    own = own.iloc[0] if len(own) else pd.Series(dict.fromkeys(brief.columns, float("nan")))  # a page of dashes
    tasks = _tasks(edition, place)
    topics = _topics(edition, place)
    return {
        "code": place,
        "name": name,
        "district": edition.about["name"],
        "year": str(edition.edition),
        "book": edition.about.get("books", {}).get("bluebook", "共同富裕蓝皮书"),
        "kind": _kind(edition, place),
        "sample": is_sample(edition),
        "mark": SAMPLE_MARK,
        "base": str(edition.plan.base),
        "publisher": edition.about.get("centre", ""),
        "against": "与本区各指标平均相比" if place == edition.district else "与乡镇街道平均相比",
        "cards": _cards(edition, place, own, tasks, topics),
        "domains": _domains(edition, place),
        "history": _history(edition, place),
        "tasks": tasks,
        "topics": topics,
        "strengths": _sides(edition, place, "strength"),
        "weaknesses": _sides(edition, place, "weakness"),
        "peer": _peer(edition, place),
        "barred": _barred(edition, place),
        "lead": _lead(edition, place, own, tasks, topics),
        "notes": _notes(edition),
    }


def _score(value):
    return "—" if pd.isna(value) else plain(value, "", 1)


def _rules(edition):
    return rules(edition.settings, int(edition.edition), edition.plan)


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign, or a dash.

    Examples
    --------
    >>> signed(2.345), signed(-1), signed(float("nan")), signed(0.01)
    ('+2.3', '-1.0', '—', '持平')
    """
    if pd.isna(value):
        return "—"
    number = rounded(value, digits)
    return "持平" if number == 0 else f"{number:+}"


def _kind(edition, place):
    if place == edition.district:
        return f"{edition.whole}（{len(edition.places)}个乡镇街道）"
    row = edition.places.set_index("code").loc[place]
    group = next((edition.group_names.get(g, g) for g, codes in edition.groups.items() if place in codes), "")
    return "　".join(t for t in (str(row["kind"]), group) if t)


def _cards(edition, place, own, tasks, topics):
    base = edition.plan.base
    index = {
        "head": "综合指数",
        "value": _score(own["score"]),
        "unit": "分",
        "note": f"比{base}年 {signed(own['since_base'])}　比上年 {signed(own['since_last'])}",
    }
    solved = {
        "head": "诉求办结率",
        "unit": "%",
        "value": plain(100 * own["resolved_rate"], "", 1) if pd.notna(own["resolved_rate"]) else "—",
        "note": f"诉求{topics['total']}件　未办结{topics['unmet']}件",
    }
    lamps = {
        "head": "重大任务",
        "lamps": tasks["counts"],
        "value": str(tasks["total"]),
        "unit": "项",
        "note": f"预警{tasks['warned']}项　久未更新{tasks['stale']}项",
    }
    if place == edition.district:
        whole = edition.table("attainment_rates")
        whole = whole[whole["scope"] == "overall"].iloc[0]
        ended = edition.edition >= edition.plan.end
        rate = whole["rate" if ended else "pace_rate"]
        second = {
            "head": "目标达到" if ended else "目标进度正常",
            "unit": "%",
            "value": "—" if pd.isna(rate) else plain(100 * rate, "", 1),
            "note": f"可评定{whole['n_assessed']}项　已达到{whole['n_attained']}项",
        }
    elif pd.isna(own["rank"]):
        second = {"head": "指数位次", "value": "—", "unit": "", "note": "数据不足，未列位次"}
    else:
        level = plain(100 * float(edition.table("intervals")["level"].iloc[0]), "", 0)
        second = {
            "head": "指数位次区间",
            "value": f"{int(own['rank_lower'])}～{int(own['rank_upper'])}",
            "unit": f"/ {int(own['n'])}",
            "note": f"{level}%区间，重叠的不分先后",
        }
    return [index, second, lamps, solved]


def _domains(edition, place):
    """Six dimensions: own score, change since the base year, mean (and for townships rank) of the townships."""
    year = int(edition.edition)
    vertical, side = edition.table("portrait_vertical"), edition.table("portrait_horizontal")
    own = vertical[(vertical["place"] == place) & (vertical["year"] == year) & (vertical["level"] == "domain")]
    side = side[(side["year"] == year) & (side["level"] == "domain")]
    mean, rank = side.groupby("code")["mean"].first(), side[side["place"] == place].set_index("code")["rank"]
    rows = own.set_index("code")
    out = []
    for code, name in edition.themes.set_index("domain_code")["name_zh"].items():
        score = rows["score"].get(code, float("nan"))
        out.append(
            {
                "name": name,
                "score": None if pd.isna(score) else round(float(score), 1),
                "text": _score(score),
                "since": signed(rows["since_base"].get(code, float("nan"))),
                "mean": None if pd.isna(mean.get(code, float("nan"))) else round(float(mean[code]), 1),
                "mean-text": _score(mean.get(code, float("nan"))),
                "rank": f"{int(rank[code])}" if code in rank.index and pd.notna(rank[code]) else "",
            }
        )
    return out


def _history(edition, place):
    rows = edition.table("portrait_vertical")
    rows = rows[(rows["place"] == place) & (rows["level"] == "index") & rows["score"].notna()].sort_values("year")
    return [
        {"year": str(y), "score": round(float(s), 1), "text": plain(s, "", 1)}
        for y, s in zip(rows["year"], rows["score"], strict=True)
    ]


def _tasks(edition, place):
    rows = edition.table("task_status")
    rows = rows if place == edition.district else rows[rows["place"] == place]
    first = rows.head(KEPT["tasks"])  # the register is in order of urgency
    shown = [
        {
            "name": r.name_,
            "colour": r.colour,
            "progress": _percent(r.progress),
            "expected": _percent(r.expected),
            "warning": (r.warning or "").removesuffix("预警"),
            "unit": r.lead_unit,
            "due": str(r.due)[:7],
        }
        for r in first.rename(columns={"name": "name_"}).itertuples()
    ]
    lag = int(rows["colour"].isin(["red", "yellow"]).sum())
    return {
        "total": len(rows),
        "counts": {c: int((rows["colour"] == c).sum()) for c in COLOURS},
        "warned": int((rows["warning"].fillna("") != "").sum()),
        "stale": int(rows["stale"].sum()),
        "shown": shown,
        "more": max(0, lag - len(shown)),
    }


def _percent(share):
    return "—" if pd.isna(share) else f"{100 * share:.0f}%"


def _topics(edition, place):
    rows = edition.table("demand_portrait")
    rows = rows[(rows["place"] == place) & (rows["year"] == int(edition.edition)) & (rows["count"] > 0)]
    rows = rows.sort_values(["count", "topic"], ascending=[False, True])
    top = [
        {
            "name": r.topic,
            "count": int(r.count_),
            "settled": _percent(r.resolved_rate),
            "share": round(float(r.count_ / rows["count"].max()), 4),
            "done": round(float(1 - r.unmet / r.count_), 4),
            "change": "" if pd.isna(r.change) else f"{100 * r.change:+.0f}%",
            "hot": bool(r.hot),
        }
        for r in rows.rename(columns={"count": "count_"}).head(KEPT["topics"]).itertuples()
    ]
    unmet = rows.loc[rows["unmet"].idxmax(), "topic"] if len(rows) and rows["unmet"].max() > 0 else ""
    return {"total": int(rows["count"].sum()), "unmet": int(rows["unmet"].sum()), "top": top, "most_unmet": unmet}


def _sides(edition, place, side):
    rows = edition.table("strengths")
    rows = rows[(rows["place"] == place) & (rows["year"] == int(edition.edition)) & (rows["side"] == side)]
    rows = rows.sort_values("order").head(KEPT["strengths"])
    return [
        {"name": r.name_, "score": plain(r.score, "", 0), "gap": signed(r.gap, 0)}
        for r in rows.rename(columns={"name": "name_"}).itertuples()
    ]


def _peer(edition, place):
    """The likest township that stands higher: whom to learn from."""
    if place == edition.district:
        return "各乡镇街道另有一页画像"
    rows = edition.table("peers")
    rows = rows[(rows["place"] == place) & (rows["year"] == int(edition.edition))]
    if not len(rows):
        return "数据不足，暂无可比的乡镇街道"
    if not (rows["lead"] > 0).any():
        return "得分高于结构相近的乡镇街道，宜总结经验供各地借鉴"
    best = rows[rows["lead"] > 0].sort_values("order").iloc[0]
    return f"结构相近、得分更高的{edition.name(best['peer'])}（高{plain(best['lead'], '', 1)}分）"


def _barred(edition, place):
    """What is most in the way of full marks, by the obstacle degree."""
    rows = edition.table("obstacles")
    rows = rows[(rows["place"] == place) & (rows["year"] == int(edition.edition)) & (rows["obstacle"] > 0)]
    rows = rows.sort_values("rank").head(3)
    named = "、".join(f"{n}（{plain(100 * o, '', 1)}%）" for n, o in zip(rows["name"], rows["obstacle"], strict=True))
    return f"离满分最远的指标（占差距的比重）：{named}" if named else "没有可列的障碍指标"


def _lead(edition, place, own, tasks, topics):
    """The page in one sentence."""
    parts = [
        f"{edition.edition}年综合指数{_score(own['score'])}分"
        if pd.notna(own["score"])
        else f"{edition.edition}年数据不足，没有综合指数"
    ]
    if pd.notna(own["rank"]):
        parts.append(f"在{int(own['n'])}个乡镇街道中位次区间为第{int(own['rank_lower'])}～{int(own['rank_upper'])}位")
    text = "，".join(parts)
    if pd.notna(own["best_domain"]) and own["best_domain"] and own["best_domain"] != own["worst_domain"]:
        text += f"；得分数值最高的领域是{own['best_domain']}、最低的是{own['worst_domain']}"
    late = tasks["counts"]["red"] + tasks["counts"]["yellow"]
    text += (
        f"；{tasks['total']}项重大任务中{late}项落后"
        if late
        else f"；{tasks['total']}项重大任务进度正常"
        if (tasks["total"])
        else "；没有登记在册的重大任务"
    )
    return text + (f"；群众诉求最集中的是{topics['top'][0]['name']}。" if topics["top"] else "；没有诉求登记。")


def _notes(edition):
    held = _rules(edition)
    scores = edition.table("scores")
    version = str(edition.index_versions.get("current", scores["version"].iloc[-1]))
    return [
        f"综合指数满分100分，版本{version}，指标、权重与上下限为设定；位次区间由变换方法、权重与抽样误差得到，相邻位次不宜细比。",
        f"{task_rule(held.yellow, held.red)[:-1]}；截至{edition.edition}年末。",
    ]
