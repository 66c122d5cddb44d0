"""Executed notebooks as markdown: a cell's options, its code, and its outputs.

Nothing is run. Text that a cell printed is never read as raw HTML: HTML outputs are taken only for the
tables in them, everything else is markdown or plain text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from research.book.source.config_items import relative
from research.book.source.listing import code_lines, escape_start
from research.book.source.outputs import braces, joined, output_pieces
from research.core.faults import Fault, nearest, say, spot

if TYPE_CHECKING:
    from research.book.source.source import Context
    from research.core.faults import Place

OPTIONS = frozenset(
    [
        "label",
        "echo",
        "output",
        "include",
        "eval",
        "fig-cap",
        "fig-alt",
        "fig-subcap",
        "fig-width",
        "fig-height",
        "fig-align",
        "out-width",
        "out-height",
        "tbl-cap",
        "tbl-subcap",
        "tbl-colwidths",
        "layout-ncol",
        "layout-nrow",
        "code-fold",
        "code-summary",
        "warning",
        "error",
        "message",
        "tags",
        "classes",
        "id",
        "code-overflow",
        "code-line-numbers",
        "cap-location",
        "fig-format",
        "fig-dpi",
        "cache",
        "freeze",
        "tbl-cap-location",
        "fig-cap-location",
        "lst-label",
        "lst-cap",
        "filename",
        "code-annotations",
        "fig-pos",
        "fig-env",
        "fig-scap",
        "fig-asp",
        "fig-link",
    ]
)

TAGS = {
    **dict.fromkeys(("remove-cell", "hide-cell"), "include"),
    **dict.fromkeys(("remove-input", "hide-input", "remove-code", "hide-code"), "echo"),
    **dict.fromkeys(("remove-output", "hide-output"), "output"),
}
"""Tags of cells that take something out of the book, and the option that says the same."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""A book has thousands of option blocks: the loader in C where it is there."""


@dataclass
class Cell:
    """One cell of a notebook.

    Parameters
    ----------
    kind : str
        `code`, `markdown` or `raw`.
    number : int
        Its position in the notebook, from 1.
    code : str
        The source without the option lines.
    options : dict
        What the `#|` lines say.
    """

    kind: str
    number: int
    code: str
    options: dict
    outputs: list = field(default_factory=list)
    tags: list = field(default_factory=list)
    identifier: str = ""
    attachments: dict = field(default_factory=dict)

    def called(self, name: str) -> bool:
        """Whether an embed means this cell: by label, tag or id."""
        return self.kind == "code" and (
            self.options.get("label") == name or name in self.tags or self.identifier == name
        )

    @property
    def statuses(self) -> set[str]:
        """Statuses that its outputs carry."""
        found = (o.get("metadata", {}).get("bluebook", {}).get("status") for o in self.outputs)
        return {s for s in found if s}


@dataclass
class Notebook:
    """A notebook as read; `name` is how messages call it."""

    name: str
    cells: list[Cell]

    @property
    def names(self) -> list[str]:
        """All names that an embed can use."""
        return [n for c in self.cells if c.kind == "code" for n in (c.options.get("label"), *c.tags) if n]


def read_notebook(path: Path, ctx: Context) -> Notebook | None:
    """Read a notebook; what is wrong goes to `ctx.faults`.

    Parameters
    ----------
    path : Path
        An .ipynb file (format 4).
    ctx : research.book.source.source.Context
        Holds the root, the faults and the notebooks read so far.

    Returns
    -------
    Notebook or None
        None when the file is not there or is not a notebook.
    """
    if path in ctx.notebooks:
        return ctx.notebooks[path]
    name, found = relative(path, ctx.root), None
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        found = Notebook(name, [_cell(c, i, name, ctx) for i, c in enumerate(tree["cells"], 1)])
    except FileNotFoundError:
        pass
    except (ValueError, KeyError, TypeError, RecursionError):
        ctx.faults.append(
            Fault(
                name,
                say("a Jupyter notebook (format 4)", "Jupyter 笔记本（第4版格式）"),
                say("something else", "别的内容"),
                say("save it again in JupyterLab", "请在 JupyterLab 中重新保存"),
                kind="notebook",
            )
        )
    ctx.notebooks[path] = found
    return found


def _cell(raw, number, name, ctx):
    source = joined(raw.get("source", ""))
    kind = raw.get("cell_type", "raw")
    options: dict[str, Any] = {}
    if kind == "code":
        options, source = split_options(source, f"{name}, cell {number}", ctx.faults)
    meta = raw.get("metadata", {})
    said = options.get("tags") or ()
    tags = [*meta.get("tags", ()), *([said] if isinstance(said, str) else said)]
    tagged = {key: False for tag in tags if (key := TAGS.get(str(tag).replace("_", "-")))}
    options = {**tagged, **options}
    return Cell(
        kind,
        number,
        source,
        options,
        raw.get("outputs", []),
        list(meta.get("tags", [])),
        raw.get("id", ""),
        raw.get("attachments", {}),
    )


def split_options(source: str, place: str | Place, faults: list[Any]) -> tuple[dict[str, Any], str]:
    """The `#|` lines at the head of a cell as a dict, and the code after them.

    Examples
    --------
    >>> split_options("#| echo: false\\nprint(1)", "a.ipynb, cell 1", [])
    ({'echo': False}, 'print(1)')
    """
    lines = source.splitlines()
    head = 0
    while head < len(lines) and re.match(r"#\s?\|", lines[head]):
        head += 1
    if not head:
        return {}, source
    try:
        options = yaml.load("\n".join(re.sub(r"^#\s?\| ?", "", line) for line in lines[:head]), LOADER) or {}
        if not isinstance(options, dict):
            raise yaml.YAMLError("no 'key: value' lines")
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or str(error)
        faults.append(
            Fault(
                place,
                say("cell options as YAML", "YAML 格式的单元选项"),
                problem,
                say("quote texts that hold ': '", "含“: ”的文字请加引号"),
                kind="cell-options",
            )
        )
        options = {}
    for key in options:
        if key not in OPTIONS:
            faults.append(
                Fault(
                    place,
                    say("a cell option the engine carries", "引擎支持的单元选项"),
                    f"#| {key}:",
                    nearest(key, OPTIONS),
                    kind="cell-options",
                )
            )
    return options, "\n".join(lines[head:]).strip("\n")


def cell_lines(cell: Cell, name: str, ctx: Context, defaults: dict[str, bool], echo: bool | None = None) -> list[str]:
    """The markdown lines that show one code cell.

    Parameters
    ----------
    cell : Cell
        A code cell.
    name : str
        The notebook, for messages.
    ctx : Context
        Takes faults; images are written into its image folder.
    defaults : dict
        Options where the cell has none (`execute:` of the metadata).
    echo : bool, optional
        Overrides the cell's own `echo`.

    Returns
    -------
    list of str
    """
    options, place = {**defaults, **cell.options}, spot(name, item=f"cell {cell.number}")
    if options.get("include") is False:
        return []
    lines = []
    if (options.get("echo", True) if echo is None else echo) not in (False, "false"):
        lines += code_lines(cell.code, options)
    if options.get("output", True) is False:
        return lines
    pieces = [p for o in cell.outputs for p in output_pieces(o, options, place, ctx)]
    label = str(options.get("label") or "")
    caption = options.get("tbl-cap") if label.startswith("tbl-") else options.get("fig-cap")
    if label.startswith(("fig-", "tbl-")) or caption or options.get("tbl-cap"):
        return lines + _float_lines(pieces, label, options, place, ctx)
    wrapped = [line for p in pieces for line in ["", *p["lines"]]]
    if options.get("layout-ncol") or options.get("layout-nrow"):
        wrapped = ["", "::: " + braces(**_layout(options)), *wrapped, "", ":::"]
    return lines + wrapped + [""]


def _layout(options):
    return {k: options[k] for k in ("layout-ncol", "layout-nrow") if options.get(k)}


def _float_lines(pieces, label, options, place, ctx):
    """A labelled or captioned figure or table as one Div."""
    kind = "tbl" if label.startswith("tbl-") or (options.get("tbl-cap") and not label) else "fig"
    wanted = "image" if kind == "fig" else "table"
    absent = any(p.get("absent") for p in pieces)  # a sentence says that there is nothing to draw
    if not absent and not any(p["kind"] == wanted for p in pieces):
        what = "a figure" if kind == "fig" else "a table"
        ctx.faults.append(
            Fault(
                place,
                say(f"{what} for the label {label!r}", f"标签 {label!r} 的输出"),
                say("no such output", "没有这个输出"),
                say("run the notebook, or change the label", "请运行笔记本，或改正标签"),
                kind="cell-output",
            )
        )
        return []
    captions = options.get(f"{kind}-cap")
    caption = captions[0] if isinstance(captions, list) and captions else captions
    alt = options.get("fig-alt")
    status = next((p["status"] for p in pieces if p.get("status")), None)
    frames = next((p["frames"] for p in pieces if p.get("frames")), None)
    head = braces(
        label if label.startswith(kind + "-") else "",
        ["bb-cell", f"bb-cell-{kind}"],
        alt=alt[0] if isinstance(alt, list) and alt else alt,
        status=status,
        tbl_colwidths=options.get("tbl-colwidths"),
        cell=place,
        frames=frames,
        absent="true" if absent else None,
        **_layout(options),
    )
    subs = options.get(f"{kind}-subcap") or []
    body, numbered = [], 0
    for piece in pieces:
        if subs and piece["kind"] == wanted:
            numbered += 1
            body += _sub_lines(piece, f"{label}-{numbered}", subs, numbered)
        else:
            body += ["", *piece["lines"]]
    body += ["", "::: {.bb-caption}", escape_start(str(caption or "")), ":::"]
    return ["", f"::: {head}", *body, "", ":::", ""]


def _sub_lines(piece, label, subs, number):
    text = subs[number - 1] if isinstance(subs, list) and number <= len(subs) else ""
    return [
        "",
        "::: " + braces(label, ["bb-cell", "bb-cell-fig"]),
        "",
        *piece["lines"],
        "",
        "::: {.bb-caption}",
        escape_start(str(text)),
        ":::",
        "",
        ":::",
    ]
