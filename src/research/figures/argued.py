"""A finding of a general report: the claim, what it stands on, what may explain it and what may not, what follows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from research.core.faults import DataError, Fault
from research.core.faults import say as told
from research.core.plain import escape
from research.figures import display
from research.figures.items import status_of
from research.wording import minus
from research.wording.compose import compose
from research.wording.values import Value

PARTS = {"evidence": "证据", "because": "可能的原因", "but": "不能由此说的", "then": "建议"}
"""The paragraphs under a claim, by the name of the argument."""


def argue(*claims: str, evidence: str, then: Value | str, because: str = "", but: str = "",
          see: Iterable[str] = (), **values: Any) -> None:  # fmt: skip
    """Display a finding: a heading that claims something, and the paragraphs that bear it.

    Parameters
    ----------
    *claims : str
        The heading without a full stop, with values in braces as in `say`; the first whose values exist is taken.
        Where none has its values there is no finding, and nothing is printed.
    evidence : str
        The numbers with their intervals.
    then : Value
        What follows, with department and date; it may hold a slot that an editor has to fill in.
    because, but : str
        What may explain the finding, and what may not.
    see : iterable of str
        Labels of the figures and tables that show it.
    **values
        What the names in braces stand for.

    Raises
    ------
    DataError
        As `say`; and for a claim whose evidence has no value.
    """
    made = next((c for claim in claims if (c := compose(claim, values)).text and c.used), None)
    if made is None:
        return _nothing(values)
    parts = {name: compose(text, values) for name, text in (("evidence", evidence), ("because", because), ("but", but))}
    if not parts["evidence"].text:
        raise DataError(Fault("argue", told("evidence whose values exist", "有数值的证据"), made.text, kind="sentence"))
    labels = "、".join(f" @{label}" for label in see)
    shown = {PARTS[n]: escape(minus(c.text)) + (f"见{labels}。" if n == "evidence" and labels else "")
             for n, c in parts.items() if c.text}  # fmt: skip
    shown[PARTS["then"]] = escape(minus(str(then).rstrip("。"))) + "。"
    lines = [f"### {escape(minus(made.text.rstrip('。')))}", *(f"**{head}。** {text}" for head, text in shown.items())]
    held = [made, *parts.values()]
    data = [frame for c in (*held, then) for frame in getattr(c, "data", ())]  # what follows stands on registers
    status = status_of(data, display._status_in([*(v for c in held for v in c.used.values()), then]))
    links = [link for c in held for link in c.links]
    display._display(
        {"text/markdown": "\n\n".join(lines) + "\n", "text/plain": made.text}, {"status": status, "numbers": links}
    )
    return None


def _nothing(values: dict[str, Any]) -> None:
    """What stands in the notebook where there is nothing to find; without a heading no report takes it up."""
    text = "这一项没有可说的发现。"
    display._display(
        {"text/markdown": f"{text}\n", "text/plain": text},
        {"status": display._status_in(values.values()), "absent": True},
    )


__all__ = ["PARTS", "argue"]
