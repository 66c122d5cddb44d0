"""What the book counts, defined once: the words of tables, notes and sentences come from here."""

from __future__ import annotations

DEFINITIONS = {
    "适用指标": "指标表中对该地有要求的指标；乡镇街道只含两级都有的。",
    "有数据": "表格中指本年有数值；“截至某年有数据”指到该年为止任何一年有过数值。",
    "与首年相比": "最近一个有数值的年份与有数据的第一年相比；两年显示的数值相同为持平，"
    "有抽样误差而变化在误差之内的单列。",
    "与上年相比": "本年与上年都有数值的指标才比较；没有上年数值的不计入，因此比“与首年相比”的项数少。",
    "可评定": "有数值、有可比标准，能判断达到与否的目标；不能评定的不计入任何比重的分母。",
    "已达到": "数值满足目标的比较方式（不小于、大于、左右等）；目标年到来以前指已提前达到。",
    "按进度": "目标年到来以前，以匀速走完全程应到的位置为准；目标年到来以后不再使用，没有起点的目标也不使用。",
    "有定量目标": "规划为该指标写明数值的；一项指标对应几条目标时只算一次，因此少于目标数。",
    "已达目标": "最近一个有数值的年份已满足规划末年的数值目标；一项指标只算一次，与各领域结论中的项数相同。",
}
"""Term -> definition, as printed."""


def defined(*terms: str) -> str:
    """The definitions of some terms as a note.

    Parameters
    ----------
    *terms : str
        Keys of `DEFINITIONS`.

    Returns
    -------
    str

    Examples
    --------
    >>> defined("可评定")
    '“可评定”：有数值、有可比标准，能判断达到与否的目标；不能评定的不计入任何比重的分母。'
    """
    return "".join(f"“{term}”：{DEFINITIONS[term]}" for term in terms)
