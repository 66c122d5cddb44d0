"""The words around a page, in the book's language: what stands in templates and scripts, and what Python adds."""

from __future__ import annotations

import re

ENGLISH = {
    "跳到正文": "Skip to the text",
    "深色模式": "Dark mode",
    "引用本章": "Cite this chapter",
    "复制": "Copy",
    "已复制": "Copied",
    "前后章节": "Previous and next chapter",
    "在全书中搜索…": "Search the whole book…",
    "在全书中搜索": "Search the whole book",
    "关闭搜索": "Close the search",
    "放大的图": "Enlarged figure",
    "关闭": "Close",
    "没有这一页": "No such page",
    "全书目录": "All chapters",
    "网址可能写错了，或者这一页在本版中改了名。请从目录里找。": (
        "The address may be mistyped, or the page has another name in this edition. Look in the contents."
    ),
    "本页列出笔记本里的代码；图、表和句子都由这些代码从数据算出。": (
        "The code of the notebook: it computes the figures, tables and sentences from the data."
    ),
    '"找到 " + found.length + " 处"': 'found.length + " found"',
    '"没有找到“" + input.value.trim() + "”"': '"Nothing found for “" + input.value.trim() + "”"',
    "按此列排序": "Sort by this column",
    "位置": "Location",
    "本节链接：": "Link to this section: ",
    "脚注 ": "Footnote ",
    "脚注": "Footnotes",
    "放大：": "Enlarge: ",
    "本表": "This table",
    "表格": "Table",
    "数据字典": "Data dictionary",
    "数据 Excel": "Data Excel",
    "数据 CSV": "Data CSV",
    "数据": "Data",
    "代码：": "Code: ",
}
"""What the frame says in Chinese, and the same in English."""
_PATTERNS = (
    (r"回到正文第 (\d+) 处脚注", r"Back to footnote \1 in the text"),
    (r" 第 (\d+) 格", r", cell \1"),
    (r"第 (\d+) 格", r"Cell \1"),
    (r"(\S.*?) 的(.+)，CSV 文件", r"\2 of \1, CSV file"),
)
_ALL = re.compile("|".join(re.escape(k) for k in sorted(ENGLISH, key=len, reverse=True)))


def in_frame(text: str, lang: str) -> str:
    """Words of the frame in the book's language.

    Parameters
    ----------
    text : str
        Words of the frame, a template or a script, in Chinese.
    lang : str
        The book's language.

    Returns
    -------
    str
        As it was for Chinese; in English for any other language.

    Examples
    --------
    >>> in_frame("数据 2", "en"), in_frame("Table 1 的数据，CSV 文件", "en"), in_frame("数据", "zh-CN")
    ('Data 2', 'Data of Table 1, CSV file', '数据')
    """
    if str(lang).lower().startswith("zh"):
        return text
    for pattern, words in _PATTERNS:
        text = re.sub(pattern, words, text)
    return _ALL.sub(lambda m: ENGLISH[m[0]], text)
