"""Pandoc's document tree as plain Python: build, walk, read as text.

A node is what pandoc's JSON holds: ``{"t": "Para", "c": [...]}``. An `attr` is
``[id, [classes], [[key, value], ...]]``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

BLOCK_WITH_ATTR = {
    "Header": 1,
    "Div": 0,
    "Span": 0,
    "CodeBlock": 0,
    "Code": 0,
    "Link": 0,
    "Image": 0,
    "Figure": 0,
    "Table": 0,
}


def attr(identifier: str = "", classes: Sequence[str] = (), **values: str | None) -> list[Any]:
    """An attribute triple; values that are None are left out.

    Examples
    --------
    >>> attr("fig-a", ["x"], number="1.1")
    ['fig-a', ['x'], [['number', '1.1']]]
    """
    pairs = [[k.replace("_", "-"), str(v)] for k, v in values.items() if v is not None]
    return [identifier, list(classes), pairs]


def node_attr(node: dict[str, Any]) -> list[Any]:
    """The attribute triple of a node, or an empty one for nodes that have none."""
    place = BLOCK_WITH_ATTR.get(node["t"])
    return ["", [], []] if place is None else node["c"][place]


def get(node_or_attr: Any, key: str, default: Any = None) -> Any:
    """The value of one attribute of a node (or of an attribute triple)."""
    triple = node_attr(node_or_attr) if isinstance(node_or_attr, dict) else node_or_attr
    return next((v for k, v in triple[2] if k == key), default)


def has_class(node: dict[str, Any], name: str) -> bool:
    """Whether a node carries a class."""
    return name in node_attr(node)[1]


def div(
    children: list[dict[str, Any]], identifier: str = "", classes: Sequence[str] = (), **values: str | None
) -> dict[str, Any]:
    """A Div."""
    return {"t": "Div", "c": [attr(identifier, classes, **values), list(children)]}


def span(
    children: list[dict[str, Any]], identifier: str = "", classes: Sequence[str] = (), **values: Any
) -> dict[str, Any]:
    """A Span."""
    return {"t": "Span", "c": [attr(identifier, classes, **values), list(children)]}


def para(inlines: list[dict[str, Any]], kind: str = "Para") -> dict[str, Any]:
    """A paragraph (`kind="Plain"` for one without space around it)."""
    return {"t": kind, "c": list(inlines)}


def string(text: str) -> list[dict[str, str]]:
    """Inlines of a plain text: words and spaces.

    Examples
    --------
    >>> [n.get("c") for n in string("图 2.1")]
    ['图', None, '2.1']
    """
    inlines = []
    for i, word in enumerate(text.split(" ")):
        if i:
            inlines.append({"t": "Space"})
        if word:
            inlines.append({"t": "Str", "c": word})
    return inlines


def link(
    inlines: list[dict[str, Any]], target: str, classes: Sequence[str] = (), identifier: str = "", **values: str
) -> dict[str, Any]:
    """A Link."""
    return {"t": "Link", "c": [attr(identifier, classes, **values), list(inlines), [target, ""]]}


def header(
    level: int, inlines: list[dict[str, str]], identifier: str = "", classes: Sequence[str] = (), **values: Any
) -> dict[str, Any]:
    """A Header."""
    return {"t": "Header", "c": [level, attr(identifier, classes, **values), list(inlines)]}


def text(node: list[dict[str, Any]] | dict[str, Any]) -> str:
    """All text in a node, list of nodes or row of a table, formatting dropped.

    Examples
    --------
    >>> text([{"t": "Strong", "c": string("a b")}, {"t": "Str", "c": "c"}])
    'a bc'
    """
    parts: list[str] = []
    _collect(node, parts)
    return "".join(parts)


def _collect(node, parts):
    if isinstance(node, list):
        for item in node:
            _collect(item, parts)
    elif isinstance(node, dict):
        kind = node.get("t")
        if kind == "Str":
            parts.append(node["c"])
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            parts.append(" ")
        elif kind in ("Code", "CodeBlock", "Math"):
            parts.append(node["c"][1])
        elif kind == "Quoted":
            _quoted(node, parts)
        elif kind in ("Link", "Image", "Cite"):
            _collect(node["c"][1], parts)
        elif kind != "Note" and "c" in node:
            _collect(node["c"], parts)


def _quoted(node, parts):
    left, right = "‘’" if node["c"][0]["t"] == "SingleQuote" else "“”"
    parts.append(left)
    _collect(node["c"][1], parts)
    parts.append(right)


def transform(node: Any, change: Callable[..., Any]) -> Any:
    """Rebuild a tree from the leaves up.

    Parameters
    ----------
    node : list or dict
        A tree, or a list of nodes.
    change : callable
        Takes a node whose children are done; returns None (keep), a node, or a list of nodes that
        take its place (an empty list drops it).

    Returns
    -------
    list or dict
        The rebuilt tree; the given one is not changed.

    Examples
    --------
    >>> transform([{"t": "Str", "c": "a"}], lambda n: [n, n] if n["t"] == "Str" else None)
    [{'t': 'Str', 'c': 'a'}, {'t': 'Str', 'c': 'a'}]
    """
    if isinstance(node, list):
        done = []
        for item in node:
            kind = type(item)
            if kind is dict and "t" in item:
                result = _changed(item, change)
                done.extend(result) if type(result) is list else done.append(result)
            else:
                done.append(transform(item, change) if kind is list or kind is dict else item)
        return done
    if isinstance(node, dict):
        if "t" in node:
            result = _changed(node, change)
            return result[0] if isinstance(result, list) and result else result
        return {k: transform(v, change) for k, v in node.items()}
    return node


def _changed(node, change):
    if "c" in node and isinstance(node["c"], list):
        node = {"t": node["t"], "c": transform(node["c"], change)}
    result = change(node)
    return node if result is None else result


def visit(node: Any, look: Callable[..., Any]) -> None:
    """Call `look` on every node, parents first, in the order of the text."""
    waiting = [node]  # a stack: a book has a million nodes, and calls cost more than what they do
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "t" not in node:
                waiting.extend(reversed(node.values()))
                continue
            look(node)
            node = node.get("c")
        if isinstance(node, list):
            waiting.extend(item for item in reversed(node) if isinstance(item, (dict, list)))


LEAVES = frozenset(["Str", "Space", "SoftBreak", "LineBreak"])


def find(node: list[dict[str, Any]] | dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """All nodes of one kind, in the order of the text."""
    return [n for n in _nodes(node, LEAVES - {kind}) if n["t"] == kind]


def ids(node: list[dict[str, Any]]) -> list[str]:
    """All ids in a tree, in the order of the text."""
    return [i for n in _nodes(node, LEAVES) if (i := node_attr(n)[0])]


def _nodes(node, skipped):
    """Nodes in the order of the text, without the many leaves that nobody looks for."""
    found, waiting = [], [node]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            if "t" not in node:
                waiting.extend(reversed(node.values()))
                continue
            found.append(node)
            node = node.get("c")
        if type(node) is list:
            for item in reversed(node):  # a loop: this is the most walked place of the engine
                kind = type(item)
                if (kind is dict and item.get("t") not in skipped) or (kind is list and item):
                    waiting.append(item)
    return found
