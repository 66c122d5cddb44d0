"""Bitmaps for Word: a picture's own, or one made of its drawing; charts in few colours, a third of the size."""

from __future__ import annotations

import hashlib
import io
import shutil
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typst
from PIL import Image, ImageChops

from research.book.tree import ast as tree
from research.core import fonts
from research.core.files import write_whole
from research.errors import Fault, say

if TYPE_CHECKING:
    from research.book.tree.model import Chapter
    from research.core.faults import Words

BITMAPS = (".png", ".jpg", ".jpeg", ".gif")
PIXELS_PER_INCH = 200.0  # of drawings that come without a bitmap
SEEN = 20  # of 255: a greater change of colour than this could be seen


def lean(data: bytes) -> bytes:
    """A chart's PNG with a palette of 256 colours; a photograph, which needs more, stays as it is.

    Parameters
    ----------
    data : bytes
        A PNG file.

    Returns
    -------
    bytes
        The same picture on white; never longer than `data`.
    """
    image: Image.Image = Image.open(io.BytesIO(data))
    if image.mode not in ("RGB", "RGBA"):
        return data
    dots = image.info.get("dpi")
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    few = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette = few.getpalette() or []
    triples = [palette[k : k + 3] for k in range(0, len(palette), 3)]
    few.putpalette([c for t in triples for c in ((255, 255, 255) if min(t) > 250 else t)])  # white stays white
    change = ImageChops.difference(image.reduce(4), few.convert("RGB").reduce(4))
    extrema: Any = change.getextrema()
    if max(high for _, high in extrema) > SEEN:
        return data
    stream = io.BytesIO()
    few.save(stream, "PNG", compress_level=6, **({"dpi": dots} if dots else {}))
    return min(stream.getvalue(), data, key=len)


class Bitmaps:
    """Finds or makes a bitmap for each image.

    Parameters
    ----------
    book : Book
    folder : Path
        Where bitmaps of drawings are made.
    kept : Path
        Where lean charts are kept from one render to the next.
    """

    def __init__(self, book: Any, folder: Path, kept: Any) -> None:
        self.root, self.folder, self.kept = Path(book.root), folder, kept
        self.made: dict[Any, Any] = {}
        self.faults: list[Any] = []
        self.used: set[Any] = set()
        kept.mkdir(parents=True, exist_ok=True)

    def __call__(self, node, chapter):
        """Path of an image's bitmap (its own, or one made from the drawing), and its width in inches if known."""
        own = tree.get(node, "png")
        target = own or node["c"][2][0]
        path = Path(target) if Path(target).is_absolute() else self.root / target
        if not path.is_file():
            self.fault(chapter, say("an image file", "图片文件"), say(f"no {target}", f"没有 {target}"))
            return str(path), None
        if path.suffix.lower() in BITMAPS:
            return str(self._lean(path, chapter)), None
        made = self._draw(path, chapter)
        if not made.is_file():
            return str(made), None
        return str(made), struct.unpack(">I", made.read_bytes()[16:20])[0] / PIXELS_PER_INCH

    def fault(self, chapter: Chapter, expected: Words, found: str | Words) -> None:
        """Note a picture that cannot stand in the book, with its chapter."""
        self.faults.append(
            Fault(str(chapter.path), expected, found, say("mend or replace the file", "请修复或更换文件"), kind="image")
        )

    def prune(self) -> None:
        """Drop kept charts that this book did not use."""
        for path in set(self.kept.glob("*.png")) - self.used:
            path.unlink()

    def _lean(self, path, chapter):
        data = path.read_bytes()
        try:
            if path.suffix.lower() != ".png":
                Image.open(io.BytesIO(data)).verify()
                return path
            kept = self.kept / f"{hashlib.sha1(data, usedforsecurity=False).hexdigest()}.png"
            if not kept.is_file():
                write_whole(kept, lean(data), durable=False)
        except (OSError, SyntaxError, ValueError) as error:  # what Pillow raises for a broken file
            self.fault(
                chapter, say("an image that can be read", "能读取的图片"), f"{path.name}: {type(error).__name__}"
            )
            return path
        self.used.add(kept)
        return kept

    def _draw(self, path, chapter):
        if path not in self.made:
            made = self.folder / f"{len(self.made):04d}.png"
            shutil.copyfile(path, self.folder / f"drawing{path.suffix}")
            page = (f'#set page(width: auto, height: auto, margin: 0pt)\n#image("drawing{path.suffix}")').encode()
            known = typst.Fonts(
                include_system_fonts=False,
                include_embedded_fonts=True,
                font_paths=[str(p) for p in fonts.typst_font_paths()],
            )
            try:
                drawn: Any = typst.compile(
                    page,
                    root=str(self.folder),
                    font_paths=known,  # type: ignore[call-overload]
                    format="png",
                    ppi=PIXELS_PER_INCH,
                )  # a source as bytes is no overload
                made.write_bytes(drawn)
            except typst.TypstError as error:
                self.fault(chapter, say("an image that can be drawn", "能绘制的图片"), f"{path.name}: {error.message}")
            self.made[path] = made
        return self.made[path]
