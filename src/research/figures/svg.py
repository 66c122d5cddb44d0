"""SVG made small and steady: no clock, no prolog, short paths; the same figure gives the same text."""

from __future__ import annotations

import hashlib
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from research.figures.style import font_name

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_NO_CLOCK = {"Date": None, "Creator": None, "Format": None, "Type": None}
_TOKEN = re.compile(r"[MLCQZz]|-?\d+(?:\.\d+)?")
_PAIRS = {"M": 1, "L": 1, "C": 3, "Q": 2}


def to_svg(figure: Figure) -> str:
    """The figure as SVG text, Chinese glyphs as paths (a reader's machine may have no Chinese font).

    Parameters
    ----------
    figure : Figure

    Returns
    -------
    str
        From `<svg` on, without XML prolog, comments, metadata or blanks between tags.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    stream, dpi = io.StringIO(), figure.dpi
    FigureCanvasSVG(figure).print_svg(stream, metadata=_NO_CLOCK)  # `savefig` would draw it twice
    figure.dpi = dpi
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'\b(d|x|y)="([^"]*)"', _shorter, text)  # a hundredth of a point is not seen
    text = re.sub(r' d="([^"]*)" transform="scale\(0\.015625\)"', _glyph, text)
    text = re.sub(r'"/?\s*transform="translate\((-?[\d.]+) 0\)"', r'" x="\1"', text)
    text = re.sub(r'<g id="[^"]*"', "<g", text)  # ids of groups would repeat on a page with two pictures
    text = text.replace(font_name().replace(" ", "") + "-Regular-", "c")
    return _steady_clips(re.sub(r"\s*\n\s*", " ", re.sub(r">\s+<", "><", text))).strip() + "\n"


def _steady_clips(text):
    """Clipping areas to a hundredth, named by what they are: matplotlib's names hang on the last bit of a corner.

    That bit differs between processors, and a kept drawing would differ with it.
    """
    for name, area in dict(re.findall(r'<clipPath id="(p[0-9a-f]{10})">(.*?)</clipPath>', text, re.DOTALL)).items():
        short = _hundredths(area)
        text = text.replace(area, short).replace(name, "p" + hashlib.sha256(short.encode()).hexdigest()[:10])
    return text


def _hundredths(text):
    return re.sub(r"-?\d+\.\d{3,}", lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), text)


def _shorter(match):
    text = _hundredths(match[2])
    tight = re.sub(r"\s*([A-Za-z])\s*", r"\1", text)
    return f'{match[1]}="{tight}"'


def _glyph(match):
    """A glyph on a grid of 800 units an em instead of 6400, in relative steps: half the size, same look."""
    return f' d="{relative_path(match[1], 8)}" transform="scale(0.125)"'


@lru_cache(4096)  # the same characters come again in every figure
def relative_path(path: str, divide: int = 1) -> str:
    """A path of M, L, C, Q and z with absolute numbers, rewritten in relative whole steps.

    Parameters
    ----------
    path : str
        SVG path data.
    divide : float
        Coordinates are divided by this before they are rounded.

    Returns
    -------
    str

    Examples
    --------
    >>> relative_path("M10 20L30 20C31 21 32 22 33 23z")
    'm10 20h20c1 1 2 2 3 3z'
    """
    tokens, out, i = _TOKEN.findall(path), [], 0
    x = y = start_x = start_y = 0
    command = "M"
    while i < len(tokens):
        if tokens[i] in "MLCQZz":
            command = tokens[i].upper()
            i += 1
            if command == "Z":
                out.append("z")
                x, y = start_x, start_y
                continue
        count = 2 * _PAIRS[command]
        points = [round(float(t) / divide) for t in tokens[i : i + count]]
        i += count
        out.append(_step(command, points, x, y))
        x, y = points[-2:]
        if command == "M":
            start_x, start_y, command = x, y, "L"
    return "".join(out)


def _step(command, points, x, y):
    moves = [p - (y if k % 2 else x) for k, p in enumerate(points)]
    if command == "L" and 0 in moves:
        return f"h{moves[0]}" if moves[1] == 0 else f"v{moves[1]}"
    return command.lower() + " ".join(map(str, moves)).replace(" -", "-")
