"""Further indices as a page: what each tree is made of and says of itself, and its results by township."""

from __future__ import annotations

from typing import Any

import pandas as pd

from research.cases.model import clause_words
from research.composite.trees import IndexTree, files, further_index, read_tree
from research.core.plain import escape
from research.core.status import weakest
from research.figures.captioned import table
from research.indicators.edition import Edition
from research.wording import plain

_NONE = "本版没有综合指数以外的指数。\n"


def indices_page(edition: Edition) -> str:
    """A section for each tree of `data/reference/indices/`: its own words, its nodes, its results.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    str
        Markdown.
    """
    sections = [_section(edition, path.stem, read_tree(edition.project, path)) for path in files(edition.project)]
    return "\n\n".join(sections) or _NONE


def _section(edition: Edition, name: str, found: IndexTree) -> str:
    told = f"规划的原话：「{found.quote}」（{clause_words(found.clause)}）。" if found.quote else ""
    about = f"{told}{found.note}。来源：{found.source}。" if found.note else told
    parts = [f"## {escape(found.name)} {{#sec-index-{name}}}", escape(about), _nodes(name, found)]
    result = further_index(edition, found)
    if result is None:
        return "\n\n".join([*parts, f"登记表 {found.register_name}.csv 中还没有数值，暂无结果。"])
    scores = result.scores
    now = scores[scores["year"] == edition.edition]
    if now.empty:
        return "\n\n".join([*parts, f"{edition.edition}年还没有数值，暂无结果。"])
    made = _villages if found.units == "villages" else _places
    return "\n\n".join([*parts, made(edition, name, found, scores, now)])


def _nodes(name: str, found: IndexTree) -> str:
    names = {n.code: n.name for n in found.nodes}
    rows: list[dict[str, str]] = []
    for node in (n for n in found.nodes if n.item):
        row = {"组成": names[node.parent], "项目": node.name, "单位": node.unit}
        if node.price is not None:
            price = f"{plain(node.price, '', 2)}{found.money}/{node.unit}"
            row |= {"价格": price, "价格年份": str(node.price_year), "价格来源": node.price_source}
        else:
            ends = "～".join(f"{p:g}" for p in node.goalposts)
            row |= {"上下限": ends, "对应的指标": node.of}
        rows.append(row)
    note = "各项及上下限、价格均为建议，待确认。" if found.origin == "proposal" else ""
    return table(pd.DataFrame(rows), f"{found.name}的构成", f"tbl-index-{name}-nodes", found.status, note=note)


def _villages(edition: Edition, name: str, found: IndexTree, scores: pd.DataFrame, now: pd.DataFrame) -> str:
    """By township: villages are not named, their spread is."""
    place = dict(zip(edition.villages["code"], edition.villages["place"], strict=True))
    root, parts = _levels(found)
    whole = now[now["code"] == root]
    first = scores[(scores["code"] == root) & (scores["year"] == scores["year"].min())]
    status = weakest([found.status, *now["status"].unique()])
    rows = [_spread("合计", whole, first, now, parts)]
    for code in edition.places["code"]:
        own = [v for v in whole["place"] if place.get(v) == code]
        here, then, nodes = (f[f["place"].isin(own)] for f in (whole, first, now))
        if own:
            rows.append(_spread(edition.name(code), here, then, nodes, parts))
    lead = (
        f"{edition.edition}年共{len(whole)}个村（社区）计入，{whole['score'].notna().sum()}个有完整的数值；"
        "下表只列各乡镇街道的分布，不列单个村的名次。"
    )
    caption = f"{found.name}按乡镇街道的分布（{edition.edition}年）"
    return escape(lead) + "\n\n" + table(pd.DataFrame(rows), caption, f"tbl-index-{name}", status, "村级数值登记")


def _spread(
    name: str, whole: pd.DataFrame, first: pd.DataFrame, now: pd.DataFrame, parts: dict[str, str]
) -> dict[str, Any]:
    score = whole["score"].dropna()
    low, middle, high = (score.quantile(q) for q in (0.25, 0.5, 0.75))
    common = whole.set_index("place")["score"] - first.set_index("place")["score"]
    row = {"地区": name, "村数": str(len(whole)), "平均": plain(score.mean(), "", 1), "中位数": plain(middle, "", 1),
           "四分位": f"{plain(low, '', 1)}～{plain(high, '', 1)}"}  # fmt: skip
    year = int(first["year"].iloc[0]) if len(first) else 0
    row |= {title: plain(now.loc[now["code"] == code, "score"].mean(), "", 1) for code, title in parts.items()}
    return row | ({f"比{year}年": plain(common.mean(), "", 1)} if year and year < int(whole["year"].iloc[0]) else {})


def _places(edition: Edition, name: str, found: IndexTree, scores: pd.DataFrame, now: pd.DataFrame) -> str:
    root, parts = _levels(found)
    unit = found.money or "分"
    status = weakest([found.status, *now["status"].unique()])
    wide = now.pivot(index="place", columns="code", values="score").reindex(edition.places["code"])
    rows = [
        {"地区": edition.name(code)}
        | {title: _number(wide.at[code, part]) for part, title in parts.items()}
        | {"合计" if found.money else "得分": _number(wide.at[code, root])}
        for code in wide.index
    ]
    lead = ""
    if found.money:
        total = {**parts, root: "合计"}
        rows.append({"地区": edition.whole} | {t: _number(wide[c].sum(min_count=len(wide))) for c, t in total.items()})
        lead = _money(edition, found, scores[scores["code"] == root])
    caption = f"{found.name}（{edition.edition}年，{unit}）"
    return escape(lead) + "\n\n" + table(pd.DataFrame(rows), caption, f"tbl-index-{name}", status, "实物量登记与价格表")


def _money(edition: Edition, found: IndexTree, whole: pd.DataFrame) -> str:
    """The district's sum by year at one year's prices; nothing for a year in which a place is missing."""
    sums = whole.groupby("year")["score"].agg(lambda s: s.sum(min_count=len(edition.places)))
    sums = sums.dropna()
    if edition.edition not in sums.index:
        return f"{edition.edition}年有乡镇街道缺实物量，不加总。"
    first, last = int(sums.index.min()), edition.edition
    years = sorted({n.price_year for n in found.nodes if n.price_year})
    told = "、".join(map(str, years))
    text = f"{edition.whole}{last}年合计{plain(sums[last], '', 0)}{found.money}（按{told}年价格）"
    if first == last:
        return f"{text}。"
    moved = 100 * (sums[last] / sums[first] - 1)
    return f"{text}，比{first}年{'增长' if moved >= 0 else '下降'}{plain(abs(moved), '%', 1)}%。"


def _levels(found: IndexTree) -> tuple[str, dict[str, str]]:
    root = next(n.code for n in found.nodes if not n.parent)
    return root, {n.code: n.name for n in found.nodes if n.parent == root}


def _number(value: float) -> str:
    return "" if pd.isna(value) else plain(value, "", 0)
