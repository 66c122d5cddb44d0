"""What a notebook's cell printed, as markdown: images as files, tables, text; never raw HTML."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from research.errors import Fault, say

if TYPE_CHECKING:
    from research.book.source.source import Context
    from research.core.faults import Place

IMAGES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}


def joined(value: str | list[str]) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def fence_for(text: str) -> str:
    longest = max((len(m) for m in re.findall(r"`{3,}", text)), default=2)
    return "`" * (longest + 1)


def braces(identifier: str = "", classes: Sequence[str] = (), **values: int | str | Place | None) -> str:
    """A pandoc attribute in braces; values are quoted and escaped."""
    parts = [f"#{identifier}"] if identifier else []
    parts += [f".{c}" for c in classes]
    for key, value in values.items():
        if value not in (None, ""):
            safe = re.sub(r"\s+", " ", str(value)).replace("\\", "\\\\").replace('"', '\\"').strip()
            parts.append(f'{key.replace("_", "-")}="{safe}"')
    return "{" + " ".join(parts) + "}"


def output_pieces(output: dict[str, Any], options: dict[str, Any], place: Place, ctx: Context) -> list[dict[str, Any]]:
    """The pieces (kind, lines, status) of one output."""
    kind = output.get("output_type")
    if kind == "stream":
        if output.get("name") == "stderr" and options.get("warning", True) is False:
            return []
        text = joined(output.get("text", "")).rstrip()
        asis = options.get("output") == "asis" and output.get("name") != "stderr"
        return [_markdown(text, place, ctx) if asis else _plain(text)] if text else []
    if kind == "error":
        if options.get("error") is not True:
            ctx.faults.append(
                Fault(
                    place,
                    say("a cell that ran", "运行成功的单元"),
                    f"{output.get('ename')}: {output.get('evalue')}",
                    say("mend the notebook and run it again", "请改正笔记本后重新运行"),
                    kind="cell-error",
                )
            )
        return [_plain(f"{output.get('ename')}: {output.get('evalue')}")]
    return _display(output, options, place, ctx)


def _display(output, options, place, ctx):
    data, meta = output.get("data", {}), output.get("metadata", {}).get("bluebook", {})
    if meta.get("notice"):  # said to who works in the notebook, not to readers
        return []
    status, frames = meta.get("status"), keep_frames(meta.get("data"), ctx)
    if any(mime in data for mime in IMAGES):
        return [{"kind": "image", "status": status, "frames": frames, "lines": [_image(data, options, ctx)]}]
    if "text/markdown" in data:
        return [
            _markdown(joined(data["text/markdown"]), place, ctx)
            | {"status": status, "frames": frames, "absent": bool(meta.get("absent"))}
        ]
    if "text/html" in data and "<table" in joined(data["text/html"]):
        html = joined(data["text/html"])
        key = hashlib.sha256(html.encode()).hexdigest()[:16]
        ctx.html[key] = html
        return [{"kind": "table", "status": status, "lines": [f'::: {{.bb-html key="{key}"}}', ":::"]}]
    if "text/plain" in data:
        return [_plain(joined(data["text/plain"]))]
    ctx.faults.append(
        Fault(
            place,
            say("an image, markdown, a table or text", "图片、Markdown、表格或文字"),
            ", ".join(sorted(data)) or "nothing",
            say("show it as a figure or a table", "请以图或表展示"),
            kind="cell-output",
        )
    )
    return []


def keep_frames(texts: list[str] | None, ctx: Context) -> str | None:
    """Keep the CSV texts that a cell's output carries; the key that a figure or table names them by."""
    if not isinstance(texts, list) or not texts or not all(isinstance(t, str) for t in texts):
        return None
    key = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    ctx.data[key] = texts
    return key


def _plain(text):
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    fence = fence_for(text)
    return {"kind": "text", "lines": [fence + " {.output}", *text.splitlines(), fence]}


def _markdown(text, place, ctx):
    lines = text.strip("\n").splitlines()
    depth = sum(
        1
        if re.match(r"\s*:{3,}\s*\S", x) and not re.match(r"\s*:{3,}\s*$", x)
        else -1
        if re.match(r"\s*:{3,}\s*$", x)
        else 0
        for x in lines
    )
    fences = sum(1 for x in lines if re.match(r"\s*(```|~~~)", x))
    if depth or fences % 2:
        ctx.faults.append(
            Fault(
                place,
                say("markdown that closes what it opens", "首尾成对的 Markdown"),
                say("an open ::: or ```", "没有结束的 ::: 或 ```"),
                say("mend the cell that prints it", "请改正输出它的单元"),
                kind="div",
            )
        )
        return {"kind": "text", "lines": []}
    has_table = any(
        re.match(r"\s*\|?[\s:|+=-]*-{2,}[\s:|+=-]*$", x) and ("|" in x or "+" in x or "  " in x) for x in lines
    )
    return {"kind": "table" if has_table else "text", "lines": lines}


def _image(data, options, ctx):
    """Write an image's renderings into the image folder; the markdown that shows it."""
    paths = {}
    for mime, suffix in IMAGES.items():
        if mime in data:
            raw = joined(data[mime])
            content = raw.encode() if suffix == "svg" else base64.b64decode(raw)
            paths[suffix] = ctx.keep_image(content, suffix)
    best = next(paths[s] for s in ("svg", "png", "jpg") if s in paths)
    png = paths.get("png") if best != paths.get("png") else None
    return f"![]({best})" + braces(
        classes=["bb-image"], png=png, width=options.get("out-width"), fig_align=options.get("fig-align")
    )
