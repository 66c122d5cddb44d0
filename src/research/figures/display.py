"""What a notebook cell puts on the page: a figure, a table, or a sentence, each with its status.

All three write metadata under the key `bluebook` (caption, alt text, status, source, and the frames as CSV)
into the output, where the later steps find it; nothing has to be parsed back out of a picture.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from string import Formatter
from typing import TYPE_CHECKING, Any

import pandas as pd

from research.core.status import is_sample, sample_mark
from research.errors import DataError, Fault, nearest
from research.errors import say as told
from research.figures.frames import carried
from research.figures.items import Absent, Picture, Sheet, Words, sources_of, status_of
from research.figures.pipes import escape, markdown, width
from research.figures.style import MUTED, ORANGE
from research.figures.svg import to_svg
from research.indicators.analysis.tidy import About
from research.indicators.privacy.microdata import admit
from research.wording import minus
from research.wording.compose import Composed, compose
from research.wording.values import Value

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 150


def show(
    figure: Any,
    caption: str | None = None,
    alt: str | None = None,
    data: Any = (),
    source: str | None = None,
    status: str | None = None,
    note: str = "",
    otherwise: Sequence[Any] | None = None,
) -> Any:
    """Display a figure as one output with SVG and PNG, or a table.

    Parameters
    ----------
    figure : Picture, Figure or DataFrame
        A chart of `research.charts` knows what it stands on; a `Picture` brings caption, alt text and data.
    caption : str
        May name what the chart's data know in braces: `{place}`, `{year}`.
    alt : str, optional
        The message in words; default what the chart says of itself. Needed with a figure of another's.
    data : list of DataFrame
        What it stands on, each with a `status` column.
    source : str, optional
        Words after 资料来源：; default: the frames' `source` columns.
    status : str, optional
        Used when the frames hold no row.
    note : str, optional
        Printed under a table.
    otherwise : (Figure, str) or list of them, optional
        Other charts with their captions; the first that has a row is shown where this one has none.

    Raises
    ------
    DataError
        When caption or alt text is missing, a frame has no status, or nothing was drawn and nothing is known to say
        of it.
    """
    if isinstance(figure, Absent):
        return _absent(figure)
    if isinstance(figure, pd.DataFrame):
        return table(figure, caption, list(data) or None, source, status, note)
    if hasattr(figure, "drawn"):
        others = [otherwise] if isinstance(otherwise, tuple) else otherwise or []
        for other, words in others if figure.drawn.empty else ():
            if not other.drawn.empty:
                return show(other, words)
        figure = _of_chart(figure, caption, alt, data, source, status)
        if isinstance(figure, Absent):
            return _absent(figure)
    if not isinstance(figure, Picture):
        figure = Picture(figure, caption or "", alt or "", list(data), source, status)
    lacking = [name for name in ("caption", "alt") if not getattr(figure, name)]
    if lacking:
        raise DataError([Fault("figures.show", f"a text for {name}", "none", kind="figure") for name in lacking])
    facts = _facts(figure)
    _source_line(figure.figure, facts)
    _settle(figure.figure)
    bundle = {"image/svg+xml": to_svg(figure.figure), "image/png": to_png(figure.figure)}
    bundle["text/plain"] = f"{facts['caption']}"
    _display(bundle, {**facts, "alt": figure.alt})


def table(
    frame: Any,
    caption: str | None = None,
    data: list[pd.DataFrame] | None = None,
    source: str | None = None,
    status: str | None = None,
    note: str = "",
) -> Any:
    """Display a table as one markdown pipe table, with the source line under it.

    Parameters
    ----------
    frame : Sheet or DataFrame
        Cells ready to read; numbers given as text are aligned right all the same.
    caption : str
        Needed with a bare frame.
    data : list of DataFrame, optional
        What it stands on; default: the frame itself.
    source, status, note : str, optional
        As in `show`; the note is printed before the source line.
    """
    if isinstance(frame, Absent):
        return _absent(frame)
    if isinstance(frame, pd.DataFrame):
        admit(frame, "figures.table")
    if isinstance(getattr(frame, "about", None), About):
        frame = _of_tidy(frame, caption, data, source, status, note)
        if isinstance(frame, Absent):
            return _absent(frame)
    if not isinstance(frame, Sheet):
        frame = Sheet(frame, caption or "", [frame] if data is None else list(data), source, status, note)
    if not frame.caption:
        raise DataError(Fault("figures.table", "a text for caption", "none", kind="figure"))
    facts = _facts(frame)
    under = [f"注：{escape(frame.note)}"] if frame.note else []
    under += [f"资料来源：{escape(facts['source'])}"] if facts["source"] else []
    text = "\n\n".join([markdown(frame.frame), *under]) + "\n"
    _display({"text/markdown": text, "text/plain": facts["caption"]}, facts)


def say(
    *sentences: str | Words | Composed, data: Any = (), status: str | None = None, optional: bool = False, **values: Any
) -> None:
    """Display sentences as one paragraph.

    Parameters
    ----------
    *sentences : str, Words, Composed, or iterable of str
        Chinese sentences with their full stops; empty ones are left out. They are taken as plain text:
        a name with markdown or tags in it stays a name. With `values`, names in braces are put in
        (`research.wording.compose`): a clause whose value does not exist falls away, words that contradict the
        numbers are refused.
    data : list of DataFrame, optional
        What they stand on, for the status.
    status : str, optional
        Used when the frames hold no row.
    optional : bool
        Whether there may be nothing worth a sentence (a forecast without a target); the cell's output is then empty.
        Otherwise values that all lack are an error.
    **values
        What the names in braces stand for: values of estimates, or words.

    Raises
    ------
    DataError
        For a name that nothing is known of, a number without a unit, words that contradict the numbers.
    """
    data, flat = list(data), []
    links: list[dict[str, Any]] = []
    for item in sentences:
        item = compose(item, values) if values and isinstance(item, str) else item
        if isinstance(item, Composed):
            data, links = data + item.data, links + item.links
            status = status or _status_in(item.used.values())
            item = "" if item.text in flat else item.text  # what is lacking is said once
        item = Words(item.text, [], item.status) if isinstance(item, Absent) else item
        if isinstance(item, Words):
            data, status = data + item.data, status or item.status
        flat += [item] if isinstance(item, str) else [item.text] if isinstance(item, Words) else list(item)
    for frame in data:
        admit(frame, "data of figures.say")
    text = minus("".join(s for s in flat if s))
    status = status or _status_in(values.values())
    if values and not text and not optional:
        raise DataError(
            Fault(
                told("say", "say"),
                told("a sentence whose values exist", "至少一句有数值的话"),
                told("none", "没有"),
                kind="sentence",
            )
        )
    _display(
        {"text/markdown": escape(text) + "\n", "text/plain": text},
        {"status": status_of(data, status), "numbers": links},
    )


def _status_in(values):
    """The edition's status as the values know it, for sentences that stand on no row."""
    return next((v.status for v in values if isinstance(v, Value) and v.status), None)


def _worded(caption, words):
    """A caption with what its data know; an unknown name is an error that names what is known."""
    asked = {name for _, name, _, _ in Formatter().parse(caption or "") if name}
    unknown = sorted(asked - set(words))
    if unknown:
        raise DataError(
            [
                Fault(
                    told("name in the caption", "图题、表题中的名称"),
                    told("one of " + ", ".join(sorted(words)), "以下之一：" + "、".join(sorted(words))),
                    "{" + name + "}",
                    nearest(name, list(words)),
                    kind="sentence",
                )
                for name in unknown
            ]
        )
    return (caption or "").format_map({k: "" if v is None else v for k, v in words.items()}) if asked else caption or ""


def _of_chart(figure, caption, alt, data, source, status):
    """A chart as a `Picture`; what is said in its place where it has no row."""
    drawn = figure.drawn
    caption = _worded(caption, drawn.words)
    if drawn.empty and not drawn.absent:
        raise DataError(
            Fault(
                told("the chart", "图"),
                told("one row or more", "至少一行数据"),
                told("none", "没有"),
                told("look at the rows it was given", "请查看交给图的数据"),
                kind="empty",
            )
        )
    if drawn.empty:
        return Absent(drawn.absent, caption, status or drawn.status)
    return Picture(
        figure,
        caption,
        (drawn.alt or caption) if alt is None else alt,
        list(data) or drawn.data,
        source,
        status or drawn.status,
    )


def _of_tidy(frame, caption, data, source, status, note):
    """A tidy frame as a `Sheet`; what is said in its place where it has no row."""
    about = frame.known()
    caption = _worded(caption, about.words)
    status = status or about.status
    if frame.empty:
        return Absent(about.absent or f"{caption}：没有可列出的内容。", caption, status)
    stands = list(data or about.data or (frame,))
    return Sheet(pd.DataFrame(frame), caption, stands, source, status, note or about.words.get("note", ""))


def _absent(item):
    """The sentence that stands where a figure or table has no rows; label and caption stay, so references hold."""
    _display(
        {"text/markdown": escape(item.text) + "\n", "text/plain": item.text},
        {"caption": item.caption, "status": item.status, "absent": True},
    )


def notice(text: str) -> None:
    """Tell who works in the notebook what was left out and why; a book passes it over.

    Parameters
    ----------
    text : str
        Outside a notebook it is a warning.
    """
    import warnings

    from IPython import get_ipython

    if get_ipython() is None:
        warnings.warn(text, UserWarning, stacklevel=3)
    else:
        _display({"text/plain": text}, {"notice": True})


def to_png(figure: Figure) -> str:
    """The figure as base64 text of a PNG at 150 dots an inch, without clock or program name."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    stream, dpi = io.BytesIO(), figure.dpi
    figure.dpi = DPI
    try:  # straight to the canvas: `savefig` draws each figure once more, only to look for a renderer
        FigureCanvasAgg(figure).print_png(stream, metadata={"Software": None})
    finally:
        figure.dpi = dpi
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _facts(item):
    for frame in item.data:
        admit(frame, "data of a figure or table")
    source = item.source if item.source is not None else sources_of(item.data)
    return {
        "caption": item.caption,
        "status": status_of(item.data, item.status),
        "source": source,
        "data": carried(item.data),
    }


def _source_line(figure, facts):
    """Write the source bottom left, and the sample mark bottom right: a copied picture keeps both."""
    height = figure.get_figheight()
    low = 0.24 / height
    figure.get_layout_engine().set(rect=(0, low, 1, 1 - low))
    sample = is_sample(facts)
    if facts["source"]:
        room = 52 if sample else 74
        text = facts["source"] if width(facts["source"]) <= room else _shorten(facts["source"], room)
        figure.text(0.012, 0.07 / height, f"资料来源：{text}", fontsize=7, color=MUTED, va="bottom", parse_math=False)
    if sample:
        figure.text(0.988, 0.07 / height, sample_mark(facts), fontsize=7, color=ORANGE, va="bottom", ha="right")


def _settle(figure):
    """Lay the figure out once; the two pictures made of it then need not do it again."""
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")


def _shorten(text, room):
    kept = ""
    for character in text:
        if width(kept + character) > room - 2:
            break
        kept += character
    return kept + "…"


def _display(bundle, facts):
    from IPython.display import display

    display(bundle, metadata={"bluebook": {k: v for k, v in facts.items() if v}}, raw=True)
