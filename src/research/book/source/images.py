"""Images that a chapter names: where they are, and whether they can be shown."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote
from xml.etree import ElementTree

if TYPE_CHECKING:
    from research.book.source.source import Context

SUFFIXES = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp")
MAGIC = {
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF8",),
    ".webp": (b"RIFF",),
}


def locate(target: str, folder: Path, ctx: Context) -> tuple[Path | str | None, tuple[str, str, str] | None]:
    """The image that a chapter means.

    Parameters
    ----------
    target : str
        The path as written; `/` at its start is the book's root.
    folder : Path
        The chapter's folder.
    ctx : research.book.source.source.Context
        Holds the root and the work folder, and collects what was read.

    Returns
    -------
    tuple
        Path relative to the root (absolute in a work folder outside it), and None; or None and what is
        wrong: (expected, found, way out).
    """
    if "://" in target or target.startswith("data:"):
        return None, ("an image file of the project", target[:60], "download it: a page asks nothing of the network")
    name = unquote(target)
    path = Path(name) if Path(name).is_relative_to(ctx.work) else None
    if path is None:
        path = ((ctx.root / name.lstrip("/")) if name.startswith("/") else (folder / name)).resolve()
    if not path.is_file():
        return None, ("an image file", f"no {name}", "check the path; it starts at the chapter's folder")
    if not (path.is_relative_to(ctx.root) or path.is_relative_to(ctx.work)):
        return None, ("an image inside the project", name, "copy it into the project")
    problem = broken(path)
    if problem:
        return None, (f"an image that opens ({', '.join(SUFFIXES)})", f"{name}: {problem}", "make or save it again")
    ctx.inputs.add(path)
    return path.relative_to(ctx.root).as_posix() if path.is_relative_to(ctx.root) else path, None


def broken(path: Path) -> str | None:
    """Why an image cannot be shown, or None."""
    stat = path.stat()
    return _broken(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=4096)
def _broken(path, size, _changed):
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        return f"{suffix or 'no suffix'} is no image format that all outputs show"
    if not size:
        return "the file is empty"
    content = path.read_bytes()
    if suffix == ".svg":
        try:
            root = ElementTree.fromstring(content)
        except ElementTree.ParseError as error:
            return f"not well-formed ({error})"
        return None if root.tag.endswith("svg") else "no <svg> element"
    if not content.startswith(MAGIC[suffix]):
        return f"not a {suffix[1:].upper()} file"
    if suffix == ".png" and b"IEND" not in content[-16:]:
        return "the file is cut short"
    return None
