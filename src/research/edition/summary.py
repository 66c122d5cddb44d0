"""Tables of one edition that the general report and the appendices include: counts, sources, quality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from research.assessment.colours import target_rule, task_rule
from research.assessment.settings import rules
from research.core.status import STATUS_WORDS, STATUSES, weakest
from research.figures.captioned import table
from research.indicators.privacy.release import sample_counts
from research.wording import counted, plain
from research.wording.counts import defined

if TYPE_CHECKING:
    from research.indicators.edition import Edition
    from research.indicators.reference.plans import Plan

__all__ = ["edition_tables", "status_counts"]

_COLOURS = {"green": "绿", "yellow": "黄", "red": "红"}


def edition_tables(edition: Edition) -> dict[str, str]:
    """Tables that stand on an edition's data and results.

    Parameters
    ----------
    edition : Edition

    Returns
    -------
    dict of str to str
        File name without suffix to markdown, each marked where it stands on sample data.
    """
    return {
        "_status": status_sentence(edition),
        "_summary-actions": actions(edition.table("attainment"), edition.plan, colour_rule(edition)),
        "_colour-rules": colour_rules(edition),
        "_summary-domains": domains(edition),
        "_sources-edition": sources(edition),
        "_quality-domains": availability(edition),
        "_quality-places": places(edition),
        "_quality-survey": survey(edition),
    }


def status_counts(edition: Edition) -> dict[str, int]:
    """How many observations of the district and its places carry each status, strongest first."""
    counts = edition.observations["status"].value_counts()
    return {status: int(counts[status]) for status in STATUSES if status in counts}


def status_sentence(edition: Edition) -> str:
    """One paragraph on what the edition stands on."""
    parts = counted(status_counts(edition), STATUS_WORDS, "个")
    weakest_word, homes = STATUS_WORDS[edition.status], sample_counts(edition, [len(edition.households)])[0]
    survey = f"住户调查逐户记录约{homes}条" if len(edition.households) else "没有住户调查的逐户记录"
    return (
        f"本版共使用指标观测值{len(edition.observations)}个，按状态分为：{parts}；"
        f"{survey}。全部数据中最弱的状态是“{weakest_word}”。\n"
    )


def colour_rule(edition: Edition) -> str:
    """The rule of the targets' colours, with the thresholds in force."""
    held = rules(edition.settings, int(edition.edition), edition.plan)
    return target_rule(held.yellow, held.red)


def colour_rules(edition: Edition) -> str:
    """Both rules, for the methods."""
    held = rules(edition.settings, int(edition.edition), edition.plan)
    return f"{target_rule(held.yellow, held.red)}{task_rule(held.yellow, held.red)}\n"


def actions(attainment: pd.DataFrame, plan: Plan, rule: str = "") -> str:
    """Targets by action: how many there are, can be assessed, are attained, and stand in which colour."""
    rows = []
    for name, part in attainment.groupby("action", sort=False):
        done = int((part["attained"] == "yes").sum())
        assessed = int((part["attained"] != "unassessed").sum())
        rows.append(_action_row(name, part, done, assessed))
    done = int((attainment["attained"] == "yes").sum())
    assessed = int((attainment["attained"] != "unassessed").sum())
    rows.append(_action_row("合计", attainment, done, assessed))
    ended = bool(len(attainment)) and int(attainment["year"].iloc[0]) >= plan.end
    return table(
        pd.DataFrame(rows),
        f"{plan.name}目标达成情况（按行动）",
        "tbl-summary-actions",
        weakest(attainment["status"].unique()),
        note="达成率以可评估的目标为分母；"
        + ("末年已到，绿色为已达到，红色为未达到。" if ended else f"颜色包括尚未到期的目标。{rule}"),
        source=f"{plan.name}目标与指标观测值",
        widths=(36, 10, 10, 10, 12, 8, 8, 8),
    )


def _action_row(name, part, done, assessed):
    row = {"行动": name, "目标数": str(len(part)), "可评估": str(assessed), "已达成": str(done)}
    row["达成率（%）"] = plain(100 * done / assessed, "%") if assessed else "–"
    return row | {word: str(int((part["colour"] == colour).sum())) for colour, word in _COLOURS.items()}


def domains(edition: Edition) -> str:
    """The district's scorecard of the edition's year, by domain."""
    cards = edition.table("scorecards")
    cards = cards[(cards["place"] == edition.district) & (cards["year"] == edition.edition)]
    order = list(dict.fromkeys(edition.indicators["domain_code"])) + ["ALL"]
    cards = cards.set_index("domain").reindex([d for d in order if d in set(cards["domain"])])
    columns = {
        "domain_zh": "领域",
        "n_indicators": "指标数",
        "n_available": "有数据",
        "n_compared": "可比较",
        "n_improved": "改善",
        "n_same": "持平",
        "n_unconfirmed": "误差之内",
        "n_worsened": "变差",
        "n_target": "有数值目标",
        "n_on_target": "已达目标",
    }
    return table(
        cards[list(columns)].rename(columns=columns).astype(str),
        f"各领域指标进展（{edition.edition}年）",
        "tbl-summary-domains",
        weakest(cards["status"].unique()),
        note="改善、持平、变差均为与上年相比，按指标方向判断；有抽样误差的指标，变化在误差之内的单列。"
        "各领域结论中的“改善”则是与首年相比，两种计数的项数不同。" + defined("与上年相比", "与首年相比", "已达目标"),
        source="指标观测值",
    )


def sources(edition: Edition) -> str:
    """What the edition's data came from, one row a source and status."""
    data, rows = edition.observations, []
    for (source, status), part in data.groupby(["source", "status"], sort=True, dropna=False):
        rows.append(
            {
                "来源": source if isinstance(source, str) and source else "未注明",
                "内容": f"{part['indicator'].nunique()}项指标",
                "年份": f"{part['year'].min()}—{part['year'].max()}",
                "数量": str(len(part)),
                "状态": STATUS_WORDS[status],
            }
        )
    homes = edition.households
    if len(homes):
        name = edition.about.get("survey", {}).get("name", "住户调查")
        years = f"{homes['year'].min()}—{homes['year'].max()}"
        status = STATUS_WORDS[weakest(homes["status"].unique())]
        count = sample_counts(edition, [len(homes)])[0]
        rows.append({"来源": name, "内容": "逐户收支", "年份": years, "数量": count, "状态": status})
    for name, frame, words in (("任务登记", edition.tasks, "任务"), ("诉求登记", edition.demands, "诉求")):
        if len(frame):
            status = STATUS_WORDS[weakest(frame["status"].unique())]
            rows.append({"来源": name, "内容": words, "年份": "–", "数量": str(len(frame)), "状态": status})
    return table(pd.DataFrame(rows), "本版使用的数据", "tbl-sources-edition", edition.status)


def availability(edition: Edition) -> str:
    """Indicators of the district that have a value in the edition's year, by domain and status."""
    now = edition.observations
    now = now[(now["place"] == edition.district) & (now["year"] == edition.edition) & now["value"].notna()]
    indicators = edition.indicators
    rows = []
    for domain, part in indicators.groupby("domain_zh", sort=False):
        here = now[now["indicator"].isin(part["id"])]
        lacking = part.loc[~part["id"].isin(here["indicator"]), "name_zh"]
        rows.append(
            {
                "领域": domain,
                "指标数": str(len(part)),
                "有数据": str(here["indicator"].nunique()),
                "其中点名于条文": str(int((part["origin"] == "outline").sum())),
                "缺数据的指标": "、".join(lacking) or "无",
            }
        )
    caption = f"{edition.whole}指标的可得性（{edition.edition}年）"
    status = weakest(now["status"].unique()) if len(now) else None
    return table(pd.DataFrame(rows), caption, "tbl-quality-domains", status, widths=(24, 10, 10, 16, 40))


def places(edition: Edition) -> str:
    """Indicators and sample households of each place in the edition's year."""
    now = edition.observations
    now = now[(now["year"] == edition.edition) & now["value"].notna()]
    homes = edition.households
    homes = homes[homes["year"] == edition.edition] if len(homes) else homes
    asked = int((edition.indicators["level"] == "both").sum())
    rows = []
    for code, name in zip(edition.places["code"], edition.places["name"], strict=True):
        here = homes[homes["place"] == code] if len(homes) else homes
        rows.append(
            {
                "乡镇街道": name,
                "应有指标": str(asked),
                "有数据": str(now.loc[now["place"] == code, "indicator"].nunique()),
                "样本户": sample_counts(edition, [len(here)])[0],
                "样本村（社区）": str(here["village"].nunique() if len(here) else 0),
            }
        )
    caption = f"各乡镇街道的数据（{edition.edition}年）"
    return table(pd.DataFrame(rows), caption, "tbl-quality-places", edition.status)


def survey(edition: Edition) -> str:
    """The household survey by year: sample, clusters, strata, gaps."""
    homes, rows = edition.households, []
    for year, part in homes.groupby("year") if len(homes) else ():
        gaps = int(part["income"].isna().sum())
        few = 0 < gaps < edition.settings["min_households"]
        rows.append(
            {
                "年份": str(year),
                "样本户": sample_counts(edition, [len(part)])[0],
                "样本人口": sample_counts(edition, [int(part["size"].sum())])[0],
                "样本村（社区）": str(part["village"].nunique()),
                "层": str(part["stratum"].nunique()),
                "收入缺失户": sample_counts(edition, [gaps])[0],
                "缺失率（%）": "" if few else plain(100 * gaps / len(part), "%"),
            }
        )
    status = weakest(homes["status"].unique()) if len(homes) else None
    columns = ["年份", "样本户", "样本人口", "样本村（社区）", "层", "收入缺失户", "缺失率（%）"]
    return table(pd.DataFrame(rows, columns=columns), "住户调查样本", "tbl-quality-survey", status)
