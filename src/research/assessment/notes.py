"""The outline's own inconsistencies, found again in its text and targets each time, printed as notes."""

from __future__ import annotations

import pandas as pd

# id, clause, what it is, what it means for the assessment, quotes that show it (all must stand in the outline).
_FOUND_IN_TEXT = (
    ("I01", "一(六)；47", "同一水质指标一处写“超90.9%”，一处写“达到90.9%”", "两条目标分别按“大于”“不小于”判断",
     ("地表水达到或好于Ⅲ类水体比例超90.9%", "水质断面比例达到90.9%")),
    ("I02", "17；30", "高技能人才：2025年累计新增3000名以上，而2022年一年即0.26万人", "两条目标分别列示，不相接",
     ("新增高技能人才3000名以上", "新增高技能人才0.26万人")),
    ("I03", "25；39", "2025年建设10个未来乡村的目标出现两次", "各按一条计，计数时注明重复",
     ("10个未来乡村新社区", "未来乡村10个")),
    ("I04", "7；77", "应用名称一处为“瓜果天下”，一处为“瓜农天下”", "名称照录，不作统一",
     ("“瓜果天下”数字化应用场景", "瓜农天下")),
    ("I05", "59", "食品安全抽检量“4批次/人”，量级可疑", "照录原文，待主管部门确认单位",
     ("食品安全抽检量达到4批次/人",)),
    ("I06", "48", "标题为“两镇样板”，正文2022年列三个乡镇；屿头两次出现", "按正文列名计数",
     ("“两镇样板、七镇美丽”", "澄江、屿头争取创成省级样板")),
    ("I07", "12", "可办事项2022年以“项”、2025年以“件”计", "视为同一单位", ("实现482项事项", "超660件")),
    ("I08", "47", "空气质量优良“天数”以百分比表示", "按优良天数比例理解", ("空气质量优良天数高于96%",)),
    ("I09", "26", "“创收300万以上”未写单位、期间与是否每村", "照录，按2025年累计、万元理解",
     ("推动中西部村集体创收300万以上",)),
    ("I10", "27", "“建成100家”缺主语", "按“小橘灯”暖心工坊理解", ("到2025年,建成100家",)),
    ("I11", "7；9；16；58", "2022年与2025年口径不同（新建或补建与新建、新增与总量）", "不同口径的两年目标不相接",
     ("新建或补建高标准农田3100亩", "新建高标准农田1.05万亩")),
    ("I12", "35", "“2025达到”缺“年”字", "按2025年理解", ("2025达到13000元/年",)),
    ("I13", "56", "一处写“共同富裕先行区”，其余为“区域标杆”", "名称照录", ("共同富裕先行区",)),
    ("I14", "55", "“安装量达到60万”缺量词", "照录，单位记为万", ("安装量达到60万",)),
    ("I15", "69", "表1标题与注存，表体缺失", "64项指标为重建，凡出现处均标注", ("*号指标为黄岩特色指标",)),
    ("I16", "52", "“非化石资源”疑为“非化石能源”", "名称照录", ("强化非化石资源",)),
    ("I17", "34", "家庭医生签约率2022年与2025年的人群不同", "两条目标分别判断，不相接",
     ("家庭医生签约覆盖率75%以上", "家庭医生规范签约覆盖率达到45%")),
    ("I18", "18", "2025年质押金额未写“累计”", "按累计理解，属设定", ("到2025年专利权质押金额达30亿元以上",)),
)


def notes(outline, targets):
    """Inconsistencies of the outline, each with whether its evidence was found.

    Parameters
    ----------
    outline : str
        The whole text.
    targets : DataFrame
        As `targets.csv`.

    Returns
    -------
    DataFrame
        id, clause, finding, handling, evidence, found, source (text or targets). Rows with ids I01 to I18
        are the known ones; rows N.. were found in the table of targets by rule.
    """
    rows = [{"id": i, "clause": c, "finding": what, "handling": how, "evidence": "；".join(f"“{q}”" for q in quotes),
             "found": all(q in outline for q in quotes), "source": "text"}
            for i, c, what, how, quotes in _FOUND_IN_TEXT]
    found = [*_kinds_that_change(targets), *_same_twice(targets), *_first_year_does_it_all(targets)]
    rows += [{"id": f"N{n:02d}", "found": True, "source": "targets", **row} for n, row in enumerate(found, start=1)]
    return pd.DataFrame(rows)


def _numbers(targets, column):
    return pd.to_numeric(targets[column], errors="coerce")


def _kinds_that_change(targets):
    """Targets whose 2022 figure is of another kind than their 2025 figure."""
    part = targets[targets["kind_2022"].replace("", None).notna()]
    for r in part.itertuples():
        yield {"clause": str(r.clause), "finding": f"{r.indicator}：2022年为当年数，2025年为累计数",
               "handling": "两年目标不相接，2022年按当年增量判断", "evidence": f"{r.id}：{r.quote}"}


def _same_twice(targets):
    """The same number of the same unit for nearly the same thing in two clauses."""
    late = targets.assign(_v=_numbers(targets, "target_2025")).dropna(subset="_v")
    for _, part in late.groupby(["_v", "unit"]):
        rows = list(part.itertuples())
        for i, a in enumerate(rows):
            for b in rows[i + 1:]:
                short, long = sorted((a.indicator, b.indicator), key=len)
                if a.clause != b.clause and len(short) >= 4 and short in long:
                    yield {"clause": f"{a.clause}；{b.clause}",
                           "finding": f"{short}：同一目标值{a.target_2025}{a.unit}在两条中出现",
                           "handling": "各按一条计，注明重复", "evidence": f"{a.id}、{b.id}"}


def _first_year_does_it_all(targets):
    """Cumulative targets of which the 2022 figure alone is 80% or more of the 2025 one."""
    early, late = _numbers(targets, "target_2022"), _numbers(targets, "target_2025")
    part = targets[(targets["kind"] == "cumulative") & (late > 0) & (early / late >= 0.8)]
    for r in part.itertuples():
        yield {"clause": str(r.clause), "finding": f"{r.indicator}：2022年数已占2025年累计的八成以上",
               "handling": "照录，请主管部门核对", "evidence": f"{r.id}：{r.target_2022}、{r.target_2025}"}
