"""Chinese fonts with real glyphs for charts and PDF: found, or the build stops; never tofu."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from research.errors import MissingError, UsageError

FOLDERS_VARIABLE = "BLUEBOOK_FONTS"
STATIC_PACKAGE = "pylopdf_fonts_zh_cn"  # static Regular cuts of Noto Sans SC and Noto Serif SC
BOLD_PACKAGE = "manimgx_fonts_cjk"  # variable Noto Sans CJK: typst can set it bold, matplotlib must not see it
PROBE = "共富裕县镇乡骨。"  # simplified forms: a font that holds these can set a Chinese book
SERIF_WORDS = ("serif", "song", "sun", "ming", "宋", "明")
WAY_OUT = (
    "install them with `pip install pylopdf-fonts-zh-cn manimgx-fonts-cjk`, "
    f"or set {FOLDERS_VARIABLE} to a folder that holds a Chinese font such as Noto Sans SC"
)


@dataclass(frozen=True)
class Font:
    """One face of a font file, as far as the book needs to know it.

    Parameters
    ----------
    path : Path
        The file.
    family : str
        Family name, which matplotlib and typst ask for.
    serif : bool
        Whether it is a 宋体 (body text) or a 黑体 (headings, charts).
    variable : bool
        Whether its weights are made by variation: typst sets those well, matplotlib as hairlines.
    """

    path: Path
    family: str
    serif: bool
    variable: bool = False


def read_font(path: str | Path) -> Font | None:
    """What a font file holds, or None where it cannot set simplified Chinese.

    Parameters
    ----------
    path : str or Path
        A .ttf, .otf, .ttc or .otc file. Of a collection the first face counts, because that is the one
        matplotlib takes; where it holds Japanese forms (Noto's collections), the file does not do.

    Returns
    -------
    Font or None

    Examples
    --------
    >>> read_font(sans_path()).family
    'Noto Sans SC'
    """
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            family = font["name"].getDebugName(16) or font["name"].getDebugName(1) or ""
            known = font.getBestCmap() or {}
            variable = "fvar" in font
    except (TTLibError, OSError, KeyError, AssertionError):
        return None
    if not all(ord(c) in known for c in PROBE) or family.endswith((" JP", " KR", " J", " K")):
        return None
    return Font(Path(path), family, any(w in family.lower() for w in SERIF_WORDS), variable)


def sans_path() -> Path:
    """File of a static 黑体 (Noto Sans SC or what stands in for it), fit for matplotlib.

    Returns
    -------
    Path

    Raises
    ------
    MissingError
        When no configured folder, package or system folder holds one, with what to install.

    Examples
    --------
    >>> sans_path().suffix in {".otf", ".ttf", ".ttc"}
    True
    """
    return static_font(serif=False).path


def serif_path() -> Path:
    """File of a static 宋体 (Noto Serif SC or what stands in for it).

    Returns
    -------
    Path

    Raises
    ------
    MissingError
        As for `sans_path`.

    Examples
    --------
    >>> serif_path().name
    'NotoSerifSC-Regular.otf'
    """
    return static_font(serif=True).path


def static_font(serif: bool = False) -> Font:
    """The first static Chinese font of one kind: configured, then packaged, then the system's.

    Parameters
    ----------
    serif : bool
        True for 宋体, False for 黑体.

    Returns
    -------
    Font

    Raises
    ------
    MissingError
        When there is none, with what to install.
    UsageError
        When `BLUEBOOK_FONTS` names a folder that does not exist.

    Examples
    --------
    >>> static_font(serif=True).family
    'Noto Serif SC'
    """
    for font in (*_in_folders(configured_folders()), *_packaged(), *_system_fonts()):
        if font.serif == serif and not font.variable:
            return font
    kind = "serif (宋体)" if serif else "sans-serif (黑体)"
    raise MissingError(f"no {kind} Chinese font found: {WAY_OUT}")


def typst_font_paths() -> list[Path]:
    """Folders that typst is to look into for fonts, the configured ones first.

    Returns
    -------
    list of Path
        Without the system's own folders where the packages hold all that is needed, so that the
        same sources give the same PDF on every machine.

    Raises
    ------
    MissingError
        When there is no Chinese font, with what to install.

    Examples
    --------
    >>> len(typst_font_paths()) >= 1
    True
    """
    families = typst_families()
    folders = [*configured_folders(), *_package_folders()]
    folders += [f.path.parent for f in families.values()]
    return list(dict.fromkeys(folders))


def typst_families() -> dict[str, Font]:
    """The fonts a PDF is set in: `serif` for text, `sans` for headings, `bold` for what stands out.

    Returns
    -------
    dict of str to Font
        `bold` is a variable 黑体 where there is one, else the same as `sans`.

    Raises
    ------
    MissingError
        When there is no Chinese font, with what to install.

    Examples
    --------
    >>> {kind: font.family for kind, font in typst_families().items()}
    {'serif': 'Noto Serif SC', 'sans': 'Noto Sans SC', 'bold': 'Noto Sans CJK SC'}
    """
    sans, serif = static_font(serif=False), static_font(serif=True)
    bold = next((f for f in _in_folders(configured_folders()) if f.variable and not f.serif), None)
    package = _package_folder(BOLD_PACKAGE)
    if bold is None and package:
        # The collection's first face is Japanese; typst asks by family name and gets the right one.
        bold = Font(package / "NotoSansCJK-VF.otf.ttc", "Noto Sans CJK SC", serif=False, variable=True)
    return {"serif": serif, "sans": sans, "bold": bold or sans}


def configured_folders() -> list[Path]:
    """Folders named by `BLUEBOOK_FONTS` (several are parted as in PATH).

    Returns
    -------
    list of Path

    Raises
    ------
    UsageError
        Naming a folder that does not exist.

    Examples
    --------
    >>> all(folder.is_dir() for folder in configured_folders())
    True
    """
    named = [Path(p).expanduser() for p in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if p]
    for folder in named:
        if not folder.is_dir():
            raise UsageError(f"{FOLDERS_VARIABLE}: no such folder: {folder}")
    return named


def _package_folder(package: str) -> Path | None:
    """Folder of an installed font package, or None; the package itself is not imported."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _package_folders() -> list[Path]:
    return [f for f in map(_package_folder, (STATIC_PACKAGE, BOLD_PACKAGE)) if f]


def _packaged() -> list[Font]:
    """The fonts of the static package; their names are known, so no file is opened."""
    folder = _package_folder(STATIC_PACKAGE)
    faces = [("NotoSansSC-Regular.otf", "Noto Sans SC", False), ("NotoSerifSC-Regular.otf", "Noto Serif SC", True)]
    return [Font(folder / n, f, s) for n, f, s in faces if folder and (folder / n).is_file()]


def _in_folders(folders: Iterable[Path]) -> Iterator[Font]:
    """Chinese fonts under some folders, in the order of their names."""
    for folder in folders:
        yield from _read_folder(str(folder))


@lru_cache(maxsize=64)
def _read_folder(folder: str) -> list[Font]:
    files = sorted(p for p in Path(folder).rglob("*") if p.suffix.lower() in {".otf", ".ttf", ".ttc", ".otc"})
    return [font for font in map(read_font, files) if font]


def _system_fonts() -> Iterator[Font]:
    """Chinese fonts in the system's folders; asked last, since opening them all takes a second."""
    home, share = Path.home(), Path("/usr/share/fonts")
    known = {
        "win32": [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"],
        "darwin": [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"],
    }
    other = [home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), share]
    folders = known.get(sys.platform, other)
    yield from _in_folders(f for f in folders if f.is_dir())
