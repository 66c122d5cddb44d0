"""What hand-written prose may say: quotes of the outline word for word, and no number of its own."""

from __future__ import annotations

import re

__all__ = ["bare_numbers", "clause_texts", "mask", "quotes", "read_front_matter"]

# Longest first: what a reader does not read as prose, or what a machine computed.
_NOT_PROSE = (
    r"\A---\n.*?\n---\n",  # front matter
    r"<!--.*?-->",
    r"^```.*?^```[ \t]*$",
    r"^\$\$.*?\$\$[^\n]*$",
    r"\{\{<.*?>\}\}",
    r"\$[^$\n]+\$",
    r"`[^`\n]*`",
    r"\]\([^)\n]*\)",  # targets of links
    r"\{[#.][^}\n]*\}",  # ids and classes
    r"^:::+.*?$",
    r"https?://\S+",
    r"@[A-Za-z][\w:.-]*",
)
# Numbers that only name something: a clause, a year, an item of a list, an anchor of the outline.
_NAMES = (
    r"第\s*\d+(?:[、,—~-]\d+)*\s*[条段]",
    r"(?<!\d)(?:19|20)\d\d(?:(?:[—~-]|年[—~-])(?:19|20)\d\d)?(?=\s*年)",
    r"^\s*\d+\.\s",
    r"表1",
)
_QUOTE = re.compile(r"「([^」]*)」(?:（(引言|第\d+条|第\d+段|第[一二三四五六]部分(?:（[一二三四五六七八九]）)?)）)?")
_HEADING = re.compile(r" (?:[一二三四五六]、|\([一二三四五六七八九]\))")
_NUMERALS = "一二三四五六七八九"


def mask(text: str, *, names: bool = False, quoted: bool = True) -> str:
    """`text` with all that is not a hand-written sentence blanked, line for line.

    Parameters
    ----------
    text : str
        A chapter in Quarto markdown.
    names : bool
        Blank years, clause numbers and list markers too.
    quoted : bool
        Blank quotes of the outline 「...」 too.

    Returns
    -------
    str
        Of the same length and with the same line breaks, so that positions stay true.

    Examples
    --------
    >>> mask("比上年{{< var n >}}。")
    '比上年             。'
    """
    patterns = [*_NOT_PROSE, *(_NAMES if names else ())]
    if quoted:
        patterns.append(r"「[^」]*」")
    for pattern in patterns:
        text = re.sub(pattern, _blank, text, flags=re.S | re.M)
    return text


def _blank(match):
    return re.sub(r"[^\n]", " ", match[0])


def bare_numbers(text: str) -> list[tuple[int, str]]:
    """Numbers that stand in the prose by hand: neither quoted, nor embedded, nor a name.

    Returns
    -------
    list of (int, str)
        Line (from 1) and the digits.

    Examples
    --------
    >>> bare_numbers("2022年覆盖率为 93.5%，「2022年完成2个」（第50条）。")
    [(1, '93.5')]
    """
    masked = mask(text, names=True)
    return [(masked.count("\n", 0, m.start()) + 1, m[0]) for m in re.finditer(r"\d+(?:[.,]\d+)*", masked)]


def quotes(text: str) -> list[tuple[int, str, str | None]]:
    """Quotes of the outline in a chapter, with the clause each names.

    Returns
    -------
    list of (int, str, str or None)
        Line (from 1), the quoted words, and the clause as a key of `clause_texts` ("26", "一(二)",
        "引言") or None when the quote names none.

    Examples
    --------
    >>> quotes("「建成100家」（第27条），「齐步跑」（第一部分（二））")
    [(1, '建成100家', '27'), (1, '齐步跑', '一(二)')]
    """
    visible = mask(text, quoted=False)
    return [(visible.count("\n", 0, m.start()) + 1, m[1], _key(m[2])) for m in _QUOTE.finditer(visible)]


def _key(cited):
    if not cited or cited == "引言":
        return cited
    if cited.endswith("条"):
        return cited[1:-1]
    if cited.endswith("段"):
        return f"段{cited[1:-1]}"
    return cited[1] + (f"({cited[5]})" if cited.endswith("）") else "")


def clause_texts(outline: str) -> dict[str, str]:
    """The outline cut into its numbered clauses, goals and headings.

    Parameters
    ----------
    outline : str
        The whole text.

    Returns
    -------
    dict of str to str
        "1" ... "87" for clauses, "一(一)" for a goal, "二(三)" for the heading of an action, "三" for
        the opening words of a part, "引言" for what stands before the first part. A text without
        numbered clauses is cut into its paragraphs: "段1", "段2" ..., cited as （第1段）.

    Examples
    --------
    >>> text = "引子 一、目标 总述 (一)更高:快跑 二、任务 说明 (一)行动 1.做甲。 2.做乙。"
    >>> clause_texts(text)["2"], clause_texts(text)["一(一)"]
    ('2.做乙。', '(一)更高:快跑')
    >>> clause_texts("增加收入。\\n\\n缩小差距。")
    {'段1': '增加收入。', '段2': '缩小差距。'}
    """
    cuts = sorted(_cuts(outline))
    if not cuts:
        lines = (line.strip() for line in outline.splitlines())
        return {f"段{number}": line for number, line in enumerate(filter(None, lines), start=1)}
    ends = [start for start, _ in cuts[1:]] + [len(outline)]
    parts = {key: outline[start:end].strip() for (start, key), end in zip(cuts, ends, strict=True)}
    return {"引言": outline[: cuts[0][0]].strip(), **parts}


def _cuts(outline):
    part, position = "", 0
    for match in _HEADING.finditer(outline):
        if match[0].endswith("、"):
            part = match[0][1]
            yield match.start() + 1, part
        elif part:
            yield match.start() + 1, f"{part}({match[0][2]})"
    number = 1
    while True:  # clauses count up, so a decimal such as 1.05 is never taken for one
        clause = re.compile(rf" {number}\.(?=[^\d\s])").search(outline, position)
        if not clause:
            return
        yield clause.start() + 1, str(number)
        number, position = number + 1, clause.end()


def read_front_matter(text: str) -> tuple[str | None, str]:
    """The raw YAML between the two `---` lines at the head of a chapter, and the line it starts on.

    Returns
    -------
    (str or None, str)
        YAML text (None when the file has none), and the text after it.

    Examples
    --------
    >>> read_front_matter("---\\ntitle: a\\n---\\nText")
    ('title: a\\n', 'Text')
    """
    match = re.match(r"---\n(.*?)^---[ \t]*\n?", text, flags=re.S | re.M)
    return (match[1], text[match.end() :]) if match else (None, text)
