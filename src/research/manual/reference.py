"""The reference pages of the manual: every public name, from its docstring, through quartodoc.

quartodoc reads the NumPy docstrings and writes markdown; what in it only a website carries (empty link
texts, classes of headings) is brought to what both engines carry.
"""

from __future__ import annotations

import ast
import logging
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

SECTIONS = {
    "Parameters": "参数", "Returns": "返回", "Raises": "报错", "Examples": "示例", "Attributes": "属性",
    "Methods": "方法", "Functions": "函数", "Classes": "类", "References": "文献", "Notes": "说明", "Yields": "产出",
    "See Also": "另见", "Warnings": "警告", "Warns": "警告", "Other Parameters": "其他参数",
}  # fmt: skip
HEADS = {"Name": "名称", "Type": "类型", "Description": "说明", "Default": "默认"}
WIDTHS = {2: (24, 76), 3: (14, 24, 62), 4: (16, 24, 48, 12)}  # of a table's columns, in hundredths of the text
_HEADING = re.compile(r"^(#{2,6}) (.*?)(?: \{ ?(?:#(\S+)|\.doc-section[^}]*) ?\})?$")


@dataclass(frozen=True)
class Name:
    """One public name.

    Parameters
    ----------
    module : str
        Where people import it from: `research.measures`.
    name : str
    home : str
        Where it is written, below `research`: `measures.inequality.gini`.
    """

    module: str
    name: str
    home: str


def public_modules(package: str = "research") -> list[Any]:
    """Modules that say which of their names are public, the package itself first.

    Returns
    -------
    list of str

    Examples
    --------
    >>> public_modules()[0], "research.measures.decompose" in public_modules()
    ('research', True)
    """
    root = Path(str(import_module(package).__file__)).parent
    found = []
    for path in root.rglob("*.py"):
        names = path.relative_to(root.parent).with_suffix("").parts
        tree = ast.parse(path.read_text("utf-8"))
        if any(isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "__all__" for n in tree.body):
            found.append(".".join(names[:-1] if names[-1] == "__init__" else names))
    return sorted(found)


def public_names(module: Any) -> Any:
    """The public names of a module, rooms (modules in it) left out: they have pages of their own."""
    room, found = import_module(module), []
    for name in room.__all__:
        thing = getattr(room, name)
        if not hasattr(thing, "__path__") and type(thing).__name__ != "module":
            found.append(Name(module, name, _home(module, name, thing)))
    return found


def _home(module, name, thing):
    """Where a thing is written; a plain value has no record of it, so the sources are asked."""
    made = getattr(thing, "__module__", "")
    if made.startswith("research.") and getattr(thing, "__qualname__", None) == getattr(thing, "__name__", ""):
        return f"{made}.{thing.__name__}".removeprefix("research.")
    own = Path(str(import_module(module).__file__))
    for path in [own, *sorted(own.parent.rglob("*.py"))]:
        if re.search(rf"^{re.escape(name)}\b[^=\n(]*=", path.read_text("utf-8"), re.M):
            parts = path.relative_to(Path(str(import_module("research").__file__)).parent).with_suffix("").parts
            return ".".join([*(p for p in parts if p != "__init__"), name])
    return f"{module}.{name}".removeprefix("research.")


def describe(names: Any) -> dict[Any, Any]:
    """Markdown of each name, made by quartodoc in one reading of the sources.

    Parameters
    ----------
    names : list of Name

    Returns
    -------
    dict of Name to str
        Headings start at level 3; ids are `api-` and the name people import.
    """
    from quartodoc import blueprint, layout
    from quartodoc.renderers import MdRenderer

    logging.getLogger("griffe").setLevel(logging.ERROR)  # it warns of fields that a frozen dataclass makes itself
    homes = list(dict.fromkeys(n.home for n in names))
    section = layout.Section(title="x", contents=[layout.Auto(name=h) for h in homes])
    plan = blueprint(layout.Layout(sections=[section], package="research"), dynamic=False)
    things = [c for page in plan.sections[0].contents for c in getattr(page, "contents", [page])]
    for thing in things:
        _carried(thing)
    renderer = MdRenderer(header_level=3, display_name="name")
    texts = {home: renderer.render(thing) for home, thing in zip(homes, things, strict=True)}
    return {n: tidy(texts[n.home], n) for n in names}


def _carried(thing):
    """Sections that quartodoc cannot render (Yields, Receives, Warns) become text, for a name and its members."""
    from griffe import DocstringSectionText

    found = thing.obj.docstring.parsed if thing.obj.docstring else []
    for i, section in enumerate(found):
        kind = str(section.kind.value)
        if kind in ("yields", "receives", "warns"):
            lines = [": ".join(w for w in (str(x.annotation or ""), x.description) if w) for x in section.value]
            found[i] = DocstringSectionText(f"**{SECTIONS.get(kind.title(), kind)}**\n\n" + "\n\n".join(lines))
    for member in getattr(thing, "members", ()):
        _carried(member)


def tidy(text: str, name: str) -> Any:
    """quartodoc's markdown of one name in the syntax that both engines carry, in Chinese where it is fixed.

    Examples
    --------
    >>> name = Name("research.a", "f", "a.f")
    >>> shown = tidy("### a.f { #research.a.f }\\n\\n#### Raises {.doc-section}\\n\\nText.", name)
    >>> shown.splitlines()[0]
    '### `f` {#api-research.a.f}'
    >>> "**报错**" in shown
    True
    """
    done, code = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            code = not code
        done.append(_in_code(line, name) if code else _line(line, name))
    text = "\n".join(done).strip() + "\n"
    return re.sub(r"\{\{<(.*?)>\}\}", r"{{{<\1>}}}", text)  # shown, not carried out


def _in_code(line, name):
    return re.sub(rf"^{re.escape(name.home)}(?=[(.\s]|$)", f"{name.module}.{name.name}", line)


def _line(line, name):
    heading = _HEADING.match(line)
    if heading:
        return _heading(heading, name)
    if re.match(r"\|[ :|-]+\|$", line):
        widths = WIDTHS.get(line.count("|") - 1, (20,) * (line.count("|") - 1))
        return "|" + "|".join("-" * w for w in widths) + "|"
    if line.startswith("| ") and set(re.findall(r"\w+", line)) <= set(HEADS):
        return re.sub(r"\w+", lambda m: HEADS[m[0]], line)
    line = re.sub(r"\[([^\]]+)\]\(#([\w.]+)\)", r"`\1`", line)
    line = re.sub(rf"`{re.escape(name.home)}`", f"`{name.module}.{name.name}`", line)
    return _plain(line)


def _plain(line):
    """Outside code, what markdown or the engine would take for markup of its own is text."""
    parts = re.split(r"(`+[^`]*`+)", line)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"(?<![\\\w])@(?=\w)", r"\\@", parts[i].replace("$", r"\$")).replace("_required_", "必填")
        parts[i] = re.sub(r"<(?=[A-Za-z/!])", r"\\<", parts[i])
        parts[i] = re.sub(r"(?<!\\)(['\"])", r"\\\1", parts[i])  # a Chinese font sets curly ones as wide as a character
    return "".join(parts)


def _heading(match, name):
    title, place = match[2], match[3]
    if place is None:
        return f"**{SECTIONS.get(title, title)}**"
    if place.removeprefix("research.") == name.home:
        return f"### `{name.name}` {{#api-{name.module}.{name.name}}}"
    member = place.removeprefix("research.").removeprefix(name.home + ".")
    return f"#### `{name.name}.{member}` {{.unnumbered .unlisted #api-{name.module}.{name.name}.{member}}}"
