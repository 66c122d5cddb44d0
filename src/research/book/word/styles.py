"""The looks of the Word book: `gov`, after the layout of official documents, and the plainer `modern`."""

from __future__ import annotations

from dataclasses import dataclass

from research.errors import DataError, Fault, nearest, say

FANGSONG, HEITI, KAITI, SONGTI = "仿宋", "黑体", "楷体", "宋体"
FALLBACKS = {
    FANGSONG: "仿宋_GB2312;FangSong;STFangsong;Noto Serif CJK SC;Noto Serif SC",
    HEITI: "SimHei;STHeiti;Noto Sans CJK SC;Noto Sans SC",
    KAITI: "楷体_GB2312;KaiTi;STKaiti;Noto Serif CJK SC;Noto Serif SC",
    SONGTI: "SimSun;STSong;Noto Serif CJK SC;Noto Serif SC",
}
LATIN = "Times New Roman"
BLUE = "17426B"


@dataclass(frozen=True)
class Look:
    """Measures of one look.

    Parameters
    ----------
    margins : tuple of float
        Top, bottom, left, right, mm.
    body : str
        Font of the text.
    size : float
        Size of the text, pt.
    pitch : float
        Distance of lines, pt.
    small, tiny : float
        Sizes of tables and captions, and of notes and sources, pt.
    heads : tuple of (str, float, bool, str)
        Font, size in pt, bold and alignment of headings 1 to 6.
    colour : str
        Colour of headings, six hexadecimal digits.
    """

    margins: tuple
    body: str
    size: float
    pitch: float
    small: float
    tiny: float
    heads: tuple
    colour: str

    @property
    def line(self):
        """Length of the line on an upright A4 page, pt."""
        return (210 - self.margins[2] - self.margins[3]) * 72 / 25.4

    @property
    def turned(self):
        """Length of the line on a turned page, pt."""
        return (297 - self.margins[0] - self.margins[1]) * 72 / 25.4


LOOKS = {
    # 37/35/28/26 mm, 仿宋 三号, 28 pt lines, 黑体 and 楷体 headings: how officials expect a report
    "gov": Look((37, 35, 28, 26), FANGSONG, 16, 28, 10.5, 10.5,
                ((HEITI, 22, False, "center"), (HEITI, 16, False, "left"), (KAITI, 16, True, "left"),
                 (FANGSONG, 16, True, "left"), (FANGSONG, 16, False, "left"), (FANGSONG, 16, False, "left")),
                "000000"),
    "modern": Look((28, 26, 28, 26), SONGTI, 11, 20, 9.5, 9,
                   ((HEITI, 22, False, "left"), (HEITI, 15, False, "left"), (HEITI, 13, False, "left"),
                    (HEITI, 11, False, "left"), (KAITI, 11, True, "left"), (KAITI, 11, False, "left")), BLUE),
}


def look(metadata):
    """The look that the metadata's `docx-style` names; `gov` where it names none.

    Parameters
    ----------
    metadata : dict

    Returns
    -------
    Look

    Raises
    ------
    DataError
        When there is no such look, with the nearest name.

    Examples
    --------
    >>> look({}).margins
    (37, 35, 28, 26)
    """
    name = str(metadata.get("docx-style") or "gov")
    if name not in LOOKS:
        raise DataError(Fault("_quarto.yml, docx-style", say("a look of the Word book", "Word 书的样式"), repr(name),
                              nearest(name, LOOKS), kind="setting"))
    return LOOKS[name]


def fonts(east, latin=LATIN):
    """The font element of a style."""
    return f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{east}" w:cs="{latin}"/>'


def characters(east, size, bold=False, colour="", latin=LATIN):
    """Character properties of a style; `size` in pt."""
    weight = "<w:b/><w:bCs/>" if bold else '<w:b w:val="0"/><w:bCs w:val="0"/>'
    tint = f'<w:color w:val="{colour}"/>' if colour else ""
    half = round(size * 2)
    return (f'<w:rPr>{fonts(east, latin)}{weight}<w:i w:val="0"/>{tint}'
            f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>')


def layout(pitch=None, before=0, after=0, indent=0, align="", keep=False, extra="", hanging=0, left=0,
           least=None):
    """Paragraph properties of a style.

    Parameters
    ----------
    pitch : float, optional
        Exact distance of lines, pt; None for single lines that grow with what they hold.
    before, after : float
        Space around the paragraph, pt.
    indent, hanging, left : float
        First-line indent, hanging indent, left indent, in characters.
    align : str
        left, center, right or both.
    least : float, optional
        Least distance of lines, pt, where there is no pitch: the same in every program and font.
    keep : bool
        Whether the paragraph stays with the next one.
    extra : str
        Properties that stand between keepNext and spacing, such as borders and tabs.

    Returns
    -------
    str
    """
    line = 'w:line="240" w:lineRule="auto"'
    if pitch or least:
        line = f'w:line="{round((pitch or least) * 20)}" w:lineRule="{"exact" if pitch else "atLeast"}"'
    kept = "<w:keepNext/><w:keepLines/>" if keep else ""
    first = f'w:hangingChars="{round(hanging * 100)}" w:hanging="{round(hanging * 240)}"' if hanging else (
        f'w:firstLineChars="{round(indent * 100)}" w:firstLine="{round(indent * 320)}"' if indent else
        'w:firstLineChars="0" w:firstLine="0"')
    side = f'w:leftChars="{round(left * 100)}" w:left="{round(left * 240)}"' if left else 'w:left="0"'
    return (f'<w:pPr>{kept}{extra}<w:spacing w:before="{round(before * 20)}" w:after="{round(after * 20)}" {line}/>'
            f'<w:ind {side} {first}/>' + (f'<w:jc w:val="{align}"/>' if align else "") + "</w:pPr>")
