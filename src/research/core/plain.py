"""Words that stay words in every format: what a text of the data may hold, and what a name may hold.

A name goes into headings, captions, charts, file names, cells and sentences of every kind; one that reads as markup in
any of them is refused where it stands. Longer texts (sources, notes, tasks, answers) are written out as text instead.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from research.core.faults import Words, say
from research.core.formulas import is_formula

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["escape", "name_fault", "template", "text_fault"]

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff]")
"""What no XML holds, what moves a cursor, and what turns the direction of the letters after it."""
_MARKUP = re.compile(r"[<>\[\]{}`$*|\\^~@\t\r\n]|(?<!\w)_|_(?!\w)|^#|&#?\w+;|://|\bwww\.|--|\.\.\.|!\[|:::")
"""Signs of markdown, HTML, typst, TeX and links. Names in Chinese need none of them; full-width ones are letters."""


def text_fault(text: str) -> Words | str:
    """What in a text can be printed nowhere; empty for a text that can.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> text_fault("宁溪镇"), text_fault("=1+1 <b>"), str(text_fault("a\\x07"))
    ('', '', 'the invisible character U+0007')
    """
    found = _CONTROL.search(text)
    code = f"U+{ord(found[0]):04X}" if found else ""
    return say(f"the invisible character {code}", f"看不见的字符{code}") if found else ""


def name_fault(text: str) -> Words | str:
    """What in a name would be taken for markup or a formula; empty for a name that is words.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> name_fault("R&D经费支出占GDP比重（10—50万元）"), name_fault("PM2.5_年均"), name_fault("元/人")
    ('', '', '')
    >>> [str(name_fault(t)) for t in ("<b>镇</b>", "＝SUM(A1)", "10~50万元")]
    ["the sign '<'", "a formula ('＝SUM(A1)')", "the sign '~'"]
    """
    if told := text_fault(text):
        return told
    if is_formula(text):
        return say(f"a formula ({text[:20]!r})", f"公式样的文字“{text[:20]}”")
    found = _MARKUP.search(text)
    return say(f"the sign {found[0]!r}", f"符号“{found[0]}”") if found else ""


def escape(text: str) -> str:
    """Text that stays text in markdown: no tags, links, emphasis, formulas or cell borders out of data.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        On one line.

    Examples
    --------
    >>> escape("a|b <i>*c*</i>"), escape(r"\\x $1 {{< y >}}")
    ('a\\\\|b &lt;i&gt;\\\\*c\\\\*&lt;/i&gt;', '&#92;x &#36;1 &#123;&#123;&lt; y &gt;&#125;&#125;')
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"[\\@${}]|:(?=::)|(?<=::):", lambda m: f"&#{ord(m[0])};", text)  # nothing looks like them any more
    return re.sub(r"([|*_`\[\]^~]|(?<!&)#)", r"\\\1", re.sub(r"\s+", " ", text))


@lru_cache
def template(text: str) -> Template:
    """A page of HTML to be filled: every value stays a text, and a name that is not given is an error.

    Parameters
    ----------
    text : str
        Source in Jinja's language.

    Returns
    -------
    jinja2.Template

    Raises
    ------
    jinja2.TemplateSyntaxError
        When the source is none.

    Examples
    --------
    >>> template("<b>{{ name }}</b>").render(name="<i>")
    '<b>&lt;i&gt;</b>'
    """
    from jinja2 import Environment, StrictUndefined  # few commands write a page

    shared = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    return shared.from_string(text)
