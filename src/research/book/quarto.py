"""Real Quarto, where it is installed: one command for all formats, its traces of this machine removed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from research.core import fonts
from research.errors import BluebookError, MissingError

NAMES = {"html": "html", "docx": "docx", "pdf": "typst"}


def found() -> bool:
    """Whether `quarto` is on PATH."""
    return shutil.which("quarto") is not None


def program() -> str:
    """Path of quarto.

    Raises
    ------
    MissingError
        When it is not on PATH.
    """
    path = shutil.which("quarto")
    if path is None:
        raise MissingError(
            "quarto is not on PATH (conda env create -f environment.yml brings it, or take "
            "--engine pandoc, which needs nothing more)"
        )
    return path


def command(program: str, profile: str, to: list[str], output: str = "") -> list[str]:
    """The one command: `render --to X` alone would empty the other formats, so all stand in it.

    Examples
    --------
    >>> command("quarto", "bluebook", ["html", "docx", "pdf"])
    ['quarto', 'render', '--profile', 'bluebook']
    >>> command("quarto", "bluebook", ["html"])[-2:]
    ['--to', 'html']
    """
    args = [program, "render", *(["--profile", profile] if profile else [])]
    args += ["--output-dir", output] if output else []
    return args if set(to) == set(NAMES) else [*args, "--to", ",".join(NAMES[f] for f in to)]


def render(program: str, root: Path, profile: str, to: list[str], output: Path) -> list[Path]:
    """Render with quarto into an empty folder, so that the former book stands while quarto works.

    Parameters
    ----------
    program : str
        Path of quarto.
    root : Path
        Folder of `_quarto.yml`.
    profile : str
        Profile names joined by commas.
    to : list of str
        Formats out of `html`, `docx`, `pdf`.
    output : Path
        Folder that the book is written to.

    Returns
    -------
    list of Path
        The home page and the files beside it.

    Raises
    ------
    BluebookError
        With the end of quarto's own output, when it fails.
    """
    ignored = _read(root / ".gitignore")
    done = subprocess.run(
        command(program, profile, to, os.path.relpath(output, root)),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
    )
    _put_back(root / ".gitignore", ignored)
    if done.returncode:
        tail = "\n".join((done.stderr or done.stdout).strip().splitlines()[-20:])
        raise BluebookError(f"quarto render failed ({done.returncode}):\n{tail}")
    for line in warnings(done.stderr, root):
        print(f"quarto: {line}", file=sys.stderr)
    _forget_folders(root)
    forget_paths(output, root)
    return _made(output, to)


def environment() -> dict[str, str]:
    """What Quarto is started with: the fonts of the books, for its PDF; its warnings and no more."""
    folders = [str(p) for p in fonts.typst_font_paths()] + [p for p in [os.environ.get("TYPST_FONT_PATHS")] if p]
    return {**os.environ, "QUARTO_LOG_LEVEL": "WARN", "TYPST_FONT_PATHS": os.pathsep.join(folders)}


def _read(path):
    return path.read_bytes() if path.is_file() else None


def _put_back(path, content):
    """Quarto adds lines of its own to `.gitignore`: a render changes no file of the project."""
    if _read(path) == content:
        return
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)


def warnings(text: str, root: Path) -> list[str]:
    """What Quarto warned of though it went on: each once, files as seen from the project.

    Examples
    --------
    >>> warnings("WARN: Unable to resolve link target: b.qmd\\nWARN: Unable to resolve link target: b.qmd\\n", ".")
    ['Unable to resolve link target: b.qmd']
    """
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text or "").replace(f"{root}/", "")
    found = re.findall(r"^\s*\[?WARN(?:ING)?\]?:?\s*(\S.*?)\s*$", plain, re.M)
    return list(dict.fromkeys(found))


def _forget_folders(root):
    """Quarto leaves an empty folder of figures beside a page that has none."""
    for folder in Path(root).glob("*_files"):
        if folder.is_dir() and not any(p.is_file() for p in folder.rglob("*")):
            shutil.rmtree(folder)


def _made(output, to):
    paths = []
    for name in to:
        here = [output / "index.html"] if name == "html" else sorted(output.glob(f"*.{name}"))
        here = [p for p in here if p.is_file()]
        if not here:
            raise BluebookError(f"quarto render wrote no {name} into {output.name}")
        paths += here
    return paths


def forget_paths(output: Path, root: Path) -> None:
    """Take this machine's folder out of the pages (Quarto leaves it in `data-notebook`)."""
    for path in sorted(Path(output).rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        clean = text.replace(f"{root}/", "").replace(str(root), "")
        if clean != text:
            path.write_text(clean, encoding="utf-8")
