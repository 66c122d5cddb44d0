"""What a line of prose may hold beside markdown: a few tags of HTML, and straight quotes around Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

HAN = "\u3400-\u9fff\uf900-\ufaff，。；：！？、（）《》“”‘’…—"
KEPT = re.compile(
    r"(`+)(?!`).*?(?<!`)\1(?!`)|\\.|\$[^$]*\$|\{\{\{?<.*?>\}?\}\}|\{[^{}]*\}|\]\([^()]*\)"
    r"|^\s*\[[^\]]+\]:.*"
)
"""Code, escapes, formulas, shortcodes, attributes, targets of links: not prose."""

PAIRS: dict[str, Callable[[str], str]] = {
    "kbd": lambda x: f"`{x}`",
    "code": lambda x: f"`{x}`",
    "sub": lambda x: f"~{_close(x)}~",
    "sup": lambda x: f"^{_close(x)}^",
    "u": lambda x: f"[{x}]{{.underline}}",
    "mark": lambda x: f"[{x}]{{.mark}}",
    "b": lambda x: f"**{x}**",
    "strong": lambda x: f"**{x}**",
    "i": lambda x: f"*{x}*",
    "em": lambda x: f"*{x}*",
    "s": lambda x: f"~~{x}~~",
    "del": lambda x: f"~~{x}~~",
    "small": lambda x: x,
}
"""Tags that every format can show, and the markdown that says the same."""

BREAK = "[]{.bb-break}"
OTHER = (
    "a|abbr|acronym|big|button|center|cite|dfn|dd|dt|font|iframe|img|input|ins|label|li|object|ol|option|q|ruby|rt"
    "|samp|script|select|span|strike|style|svg|td|textarea|th|time|tr|tt|ul|var|video|wbr"
)
LEFT = re.compile(rf"</?({'|'.join(PAIRS)}|br|{OTHER})(\s[^<>]*)?/?>", re.I)
_PAIR = re.compile(rf"<({'|'.join(PAIRS)})>([^<>\[\]]+)</\1>", re.I)


def _close(text: str) -> str:
    """Spaces inside ~ and ^ are written with a backslash."""
    return text.replace(" ", "\\ ")


def apart(line: str, change: Callable[[str], str]) -> str:
    """`change` applied to a line's prose, with all that is not prose left as it is."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    return re.sub(r"\0(\d+)\0", lambda m: kept[int(m[1])], change(KEPT.sub(keep, line)))


def markdown(line: str) -> str:
    """The tags that every format can show, as markdown.

    Examples
    --------
    >>> markdown("按<kbd>Enter</kbd>，H<sub>2</sub>O，`<br>`")
    '按`Enter`，H~2~O，`<br>`'
    """
    if "<" not in line:
        return line

    def change(text: str) -> str:
        text = re.sub(r"<br\s*/?>", BREAK, text, flags=re.I)
        while (once := _PAIR.sub(lambda m: PAIRS[m[1].lower()](m[2]), text)) != text:
            text = once
        return text

    return apart(line, change)


def lost_tag(line: str) -> str:
    """The first tag that would be printed as letters; empty where there is none.

    Examples
    --------
    >>> lost_tag("见 <span style='x'>此</span>"), lost_tag("x < y，<https://example.org>")
    ("<span style='x'>", '')
    """
    found: list[str] = []
    apart(line, lambda text: found.extend(m[0] for m in LEFT.finditer(text)) or text)  # type: ignore[func-returns-value]
    return found[0] if found else ""


def quotes(line: str) -> str:
    """Straight quotes around or after Chinese as GB/T 15834 has them; pandoc would close what it should open.

    Examples
    --------
    >>> quotes('他说"好"，又说\\'行\\'。{fig-alt="图"}'), quotes('a "word"')
    ('他说“好”，又说‘行’。{fig-alt="图"}', 'a "word"')
    """
    if '"' not in line and "'" not in line:
        return line

    def change(text: str) -> str:
        for straight, opened, closed in (('"', "“", "”"), ("'", "‘", "’")):
            # Pairs are taken from the left, so that the end of one is not the beginning of the next; 5" opens none.
            pair = rf"(?<![A-Za-z0-9]){straight}([^{straight}]+){straight}(?![A-Za-z0-9])"

            def curled(match: re.Match[str], opened: str = opened, closed: str = closed) -> str:
                beside = match.string[max(match.start() - 1, 0) : match.start()] + match.string[match.end() :][:1]
                return f"{opened}{match[1]}{closed}" if re.search(f"[{HAN}]", beside) else match[0]

            text = re.sub(pair, curled, text)
        return text

    return apart(line, change)
