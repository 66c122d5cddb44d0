"""调查方法与精度: what was asked of whom, how many answered, how exact the figures are, what may be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from research.core.status import SAMPLE_MARK, Status
from research.survey.files import HEADINGS

LIMIT = 0.15
"""Figures with a coefficient of variation above this are for orientation only."""
RATES = {"RR1": "应答率（RR1）", "COOP1": "合作率", "REF1": "拒访率", "CON1": "接触率"}
"""Rates of AAPOR that the appendix tells."""
DESIGN = {
    "stratum": "层",
    "villages": "村（社区）",
    "villages_drawn": "抽中村",
    "households": "总户数",
    "invited": "抽中户",
    "reserves": "备用户",
    "answered": "完成户",
}
"""Columns of the design, in order."""


RESIDENCE = {"urban": "城镇", "rural": "农村"}
"""Levels of a margin that have a word of their own."""


def appendix(
    tables: Mapping[str, pd.DataFrame],
    name: Callable[[str], str] = str,
    labels: Mapping[str, str] | None = None,
    *,
    units: Mapping[str, str] | None = None,
    marked: bool = False,
) -> str:
    """The chapter's text without its heading.

    Parameters
    ----------
    tables : mapping
        `estimates`, `differences` and `design`; `gaps`, `rates` and `margins` where they are there.
    name : callable
        What a domain is called: the name of a code.
    labels : mapping, optional
        What a measure is called.
    units : mapping, optional
        In what a measure is told.
    marked : bool
        Whether the chapter says already that its figures are a sample's.

    Returns
    -------
    str
        Markdown, every number from the tables.

    Examples
    --------
    >>> told = pd.DataFrame({"measure": "income", "place": ["", "a"], "estimate": [10.0, 12], "se": [1.0, 3],
    ...     "cv": [0.1, 0.25], "lower": [8.0, 6], "upper": [12.0, 18], "n": [90, 30], "status": "survey",
    ...     "withheld": False})
    >>> design = pd.DataFrame({"stratum": ["s"], "villages_answered": [4], "answered": [90]})
    >>> text = appendix({"estimates": told, "differences": pd.DataFrame(), "design": design})
    >>> "在4个村（社区）完成90户" in text, "变异系数超过15%的有1个：a" in text
    (True, True)
    """
    labels = labels or {}
    parts = [_design(tables["design"], name), _response(tables, labels), _margins(tables, name)]
    estimates = tables["estimates"].assign(place=tables["estimates"]["place"].fillna("").astype(str))
    if not marked and (estimates["status"] == Status.SAMPLE).any():
        parts.insert(0, f"{SAMPLE_MARK}。")
    differences = tables["differences"]
    for k, (measure, part) in enumerate(estimates.groupby("measure", sort=False), 1):
        pairs = differences[differences["measure"] == measure] if len(differences) else differences
        label, unit = str(labels.get(str(measure), measure)), (units or {}).get(str(measure), "")
        parts.append(_measure(k, label, unit, part, pairs, name))
    return "\n\n".join(p for p in parts if p) + "\n"


def _table(heads: list[str], lines: list[list[str]], caption: str, label: str, words: int = 1) -> str:
    """A table whose first columns hold words, the others numbers."""
    rule = "|:--" * words + "|--:" * (len(heads) - words) + "|"
    rows = ["| " + " | ".join(line) + " |" for line in [heads, *lines]]
    return "\n".join([rows[0], rule, *rows[1:], "", f": {caption} {{#{label}}}"])


def _count(value: object) -> str:
    return "–" if pd.isna(value) else f"{float(str(value)):,.0f}"


def _figure(value: float, digits: int = 4) -> str:
    """A number to so many figures; whole ones of thousands and more, never as a power of ten.

    Examples
    --------
    >>> _figure(63260.4), _figure(1270.2, 3), _figure(0.31234), _figure(40.0)
    ('63,260', '1,270', '0.3123', '40')
    """
    return f"{value:,.0f}" if abs(value) >= 10 ** (digits - 1) else f"{value:,.{digits}g}"


def _design(design: pd.DataFrame, name: Callable[[str], str]) -> str:
    lead = (
        f"本次调查在{design['villages_answered'].sum():.0f}个村（社区）完成{design['answered'].sum():,.0f}户。"
        "抽样分两个阶段：村（社区）按户数成比例抽取，村内随机抽户；种子和名册的校验值留有记录，可以重抽核对。"
        "各层的抽样和完成情况见 @tbl-survey-design。"
    )
    if design.get("reserves", pd.Series(0)).sum():
        lead += "备用户只在抽中户没有完成时按次序使用，没有用到的不计入应答率。"
    shown = [c for c in DESIGN if c in design]
    lines = [[name(str(r["stratum"])), *(_count(r[c]) for c in shown[1:])] for r in design.to_dict("records")]
    lines.append(["合计", *(_count(design[c].sum()) for c in shown[1:])])
    made = _table([DESIGN[c] for c in shown], lines, "抽样设计与完成情况", "tbl-survey-design")
    return f"## 设计\n\n{lead}\n\n{made}"


def _response(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> str:
    parts = [_rates(tables), _gaps(tables, labels)]
    return "\n\n".join(["## 应答", *(p for p in parts if p)]) if any(parts) else ""


def _gaps(tables: Mapping[str, pd.DataFrame], labels: Mapping[str, str]) -> str:
    """Questions left open by those who took part."""
    if "gaps" not in tables or tables["gaps"].empty:
        return ""
    gaps = tables["gaps"].assign(item=tables["gaps"]["item"].fillna("").astype(str))
    items, none = gaps[gaps["item"] != ""], gaps.loc[gaps["item"] == "", "missing"]
    open_ = items[items["missing"] > 0]
    if open_.empty:
        return f"完成调查的户对所问的{len(items)}项都作了回答。"
    lead = (f"完成调查的户中，所问的{len(items)}项里有{len(open_)}项有人没有回答，见 @tbl-survey-gaps；"
            "各项的估计以回答了该项的户为准，没有回答的与回答的若有系统差别，估计会有偏差。")  # fmt: skip
    if len(none) and none.iloc[0]:
        lead += f"一项也没有回答的有{none.iloc[0]:.0f}户。"
    lines = [[labels.get(r["item"], r["item"]), _count(r["missing"]), f"{r['share']:.1%}"] for r in
             open_.to_dict("records")]  # fmt: skip
    return lead + "\n\n" + _table(["项目", "未答户数", "未答占比（加权）"], lines, "单项未答", "tbl-survey-gaps")


def _rates(tables: Mapping[str, pd.DataFrame]) -> str:
    if "rates" not in tables:
        return ""
    rates = tables["rates"].set_index("name")["rate"]
    told = "，".join(f"{zh}{rates[k]:.1%}" for k, zh in RATES.items() if k in rates and pd.notna(rates[k]))
    return f"按 AAPOR 的定义：{told}。没有完成的户，由同一类的户代表。"


def _margins(tables: Mapping[str, pd.DataFrame], name: Callable[[str], str]) -> str:
    if "margins" not in tables:
        return ""
    margins = tables["margins"]
    words = [HEADINGS.get(m, m) for m in margins["margin"].astype(str)]
    margins, names = margins.assign(margin=words), "、".join(dict.fromkeys(words))
    lead = f"权数按{names}的已知总数校准，{_met(margins['gap'])}，见 @tbl-survey-margins。"
    lines = [
        [
            str(r["margin"]),
            "" if pd.isna(r["level"]) else RESIDENCE.get(str(r["level"]), name(str(r["level"]))),
            _count(r["before"]),
            _count(r["target"]),
            _count(r["after"]),
        ]
        for r in margins.to_dict("records")
    ]
    heads = ["总数项目", "类别", "校准前", "已知总数", "校准后"]
    return f"## 校准\n\n{lead}\n\n" + _table(heads, lines, "校准前后的总数", "tbl-survey-margins", words=2)


def _met(gap: pd.Series) -> str:
    """How near the weights come to the totals."""
    most = float(gap.abs().max())
    return "校准后与总数一致" if most < 0.00005 else f"校准后与总数的最大差距为{most:.2%}"


def _measure(k: int, label: str, unit: str, part: pd.DataFrame, pairs: pd.DataFrame, name: Callable[[str], str]) -> str:
    gone = [name(p) if p else "全部" for p in part.loc[part["withheld"].astype(bool), "place"]]
    shown = part[~part["withheld"].astype(bool)]
    lines = [
        [
            name(r["place"]) if r["place"] else "全部",
            _figure(r["estimate"]),
            _figure(r["se"], 3),
            f"{r['cv']:.1%}",
            f"{_figure(r['lower'])}至{_figure(r['upper'])}",
            _count(r["n"]),
        ]
        for r in shown.to_dict("records")
    ]
    heads = ["范围", "估计值", "标准误", "变异系数", f"{_level(part):.3g}%区间", "样本户数"]
    texts = [
        f"## {label}的精度",
        f"{label}的估计值和误差见 @tbl-survey-precision-{k}。标准误按抽样设计计算，校准过的按校准后的残差计算。",
        _table(heads, lines, f"{label}：估计值与精度{f'（{unit}）' if unit else ''}", f"tbl-survey-precision-{k}"),
        _weak(shown, name),
        _comparable(pairs, name, _level(part)),
    ]
    if gone:
        texts.append(f"为保护住户，{'、'.join(gone)}的数值不予公布。")
    return "\n\n".join(t for t in texts if t)


def _weak(shown: pd.DataFrame, name: Callable[[str], str]) -> str:
    own = shown[shown["place"] != ""]
    weak = [name(p) for p in own.loc[own["cv"] > LIMIT, "place"]]
    if not weak:
        return f"各地的变异系数都不超过{LIMIT:.0%}。" if len(own) else ""
    return f"变异系数超过{LIMIT:.0%}的有{len(weak)}个：{'、'.join(weak)}，只作参考，不宜单独引用或排名。"


def _level(part: pd.DataFrame) -> float:
    """Per cent of the intervals; tables of before the column have 95."""
    return 100 * float(part["level"].iloc[0]) if "level" in part else 95.0


def _comparable(pairs: pd.DataFrame, name: Callable[[str], str], level: float = 95.0) -> str:
    """Which differences stand, of all that could be looked at."""
    if not len(pairs):
        return ""
    apart = pairs[pairs["apart"].astype(bool)]
    said = f"两两比较{len(pairs)}对（Holm 校正，显著性水平{100 - level:.3g}%），"
    if apart.empty:
        return said + "没有一对能分出高低，各地之间不作比较。"
    largest = apart.reindex(apart["difference"].abs().sort_values(ascending=False).index)[:5]
    told = "；".join(
        f"{name(str(r['second']))}{'高于' if r['difference'] > 0 else '低于'}{name(str(r['first']))}"
        for r in largest.to_dict("records")
    )
    more = f"其中相差最大的{len(largest)}对：" if len(apart) > len(largest) else ""
    return said + f"能分出高低的{len(apart)}对，{more}{told}。其余各对的差距在误差之内，不能据此说高低。"
