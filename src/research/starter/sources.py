"""Where the files of a project come from: the clone, or the copy that a wheel carries (see `setup.py`)."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

PATTERNS = (
    "index.qmd",
    "_quarto.yml",
    "_quarto-bluebook.yml",
    "_quarto-cases.yml",
    "notebooks/themes/*.ipynb",
    "notebooks/district/*.ipynb",
    "notebooks/explore/*.ipynb",
    "reports/bluebook/*.qmd",
    "reports/bluebook/_plan-*.md",
    "reports/cases/guide.qmd",
    "reports/cases/library.qmd",
    "reports/cases/check-number.qmd",
    "reports/cases/references.qmd",
    "reports/cases/_sample.md",
    "reports/theme/*",
    "data/reference/settings.yml",
    "data/reference/themes.csv",
)
"""Files of this repository that every district's project has; no name of a district stands in them."""

PACKED = "files"
"""Folder of this package that a wheel carries them in."""


def packed(root: Path) -> dict[str, Path]:
    """The files of a clone that a wheel packs, by their path in the project.

    Parameters
    ----------
    root : Path
        Folder of the clone.

    Returns
    -------
    dict of str to Path
    """
    found = {path.relative_to(root).as_posix(): path for pattern in PATTERNS for path in sorted(root.glob(pattern))}
    return {name: path for name, path in sorted(found.items()) if path.is_file()}


def files() -> dict[str, Path]:
    """The same files, from the wheel's copy where there is one, else from the clone around the package."""
    here = Path(__file__).parent
    copy = here / PACKED
    if copy.is_dir():
        return {p.relative_to(copy).as_posix(): p for p in sorted(copy.rglob("*")) if p.is_file()}
    return packed(here.parents[2])


def asset(name: str) -> str:
    """A text that only a district's project has: README.zh-CN.md, Makefile."""
    return (Path(__file__).parent / "assets" / name).read_text("utf-8")


def text_of(name: str, path: Path, words: dict) -> bytes:
    """A file as a district's project has it: without the former edition's made lines, with its own names.

    Parameters
    ----------
    name : str
        Path in the project.
    path : Path
        Where it comes from.
    words : dict
        Own words: code, centre, edition, title, cases_title.

    Returns
    -------
    bytes
    """
    if name.startswith("_quarto"):
        return _profile(path.read_text("utf-8"), words).encode()
    if name.endswith(".ipynb"):
        return _notebook(path.read_text("utf-8"), words).encode()
    if name.startswith("data/reference/"):
        return OF_TABLES[Path(name).name](path.read_text("utf-8"), words).encode()
    return path.read_bytes()


def _themes(text: str, words: dict) -> str:
    """The six themes; which indicators lead them and what they are called in a plan is the district's own."""
    rows = list(csv.DictReader(io.StringIO(text)))
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "phrase_zh": "", "lead": "", "panel": "", "panel_title": ""} for row in rows)
    return stream.getvalue()


def _settings(text: str, words: dict) -> str:
    """Every setting with the program's value, as a setting of the centre; no plan's words."""
    import yaml  # not there where a wheel is built

    start = min(words["start"], words["edition"])
    kept = {
        key: {
            "name": entry["name"],
            "unit": entry.get("unit", ""),
            "origin": "setting",
            "values": [{"from": start, "value": entry["values"][-1]["value"]}],
            "source": "setting; the program's value, to be confirmed",
        }
        for key, entry in yaml.safe_load(text).items()
    }
    return SETTINGS_HEAD + yaml.safe_dump(kept, allow_unicode=True, sort_keys=False, width=110)


SETTINGS_HEAD = """# Values that a plan leaves open, or states once for all; all of them are printed in the book.
# origin: outline = stated in the plan (give the clause in source); setting = the centre's choice, to be confirmed.
"""
OF_TABLES = {"themes.csv": _themes, "settings.yml": _settings}
"""How a reference table of this repository becomes a new district's."""


def _profile(text: str, words: dict) -> str:
    """Chapter lists that the stage makes are empty at first; the author is the district's centre."""
    quoted = {k: json.dumps(v, ensure_ascii=False) for k, v in words.items()}
    for block in ("places", "cases"):
        text = re.sub(rf"(# {block}: begin[^\n]*\n).*?([ ]*# {block}: end)", r"\1\2", text, flags=re.S)
    title = quoted["cases_title" if "# cases: begin" in text else "title"]
    text = re.sub(r"^( *)title: .*$", lambda m: f"{m[1]}title: {title}", text, count=1, flags=re.M)
    text = re.sub(r"^csl: .*/([^/\n]+)$", r"csl: reports/theme/\1", text, flags=re.M)
    author = json.dumps(f"{words['centre']} 编", ensure_ascii=False)
    return re.sub(r"^( *)author: .*$", lambda m: f"{m[1]}author: {author}", text, flags=re.M)


def _notebook(text: str, words: dict) -> str:
    """The parameters' defaults are the district's own, so that a notebook runs as it is opened."""
    text = re.sub(r'(edition = \\")\d{4}(\\")', rf"\g<1>{words['edition']}\2", text)
    text = re.sub(r'(place = \\")\d*(\\")', rf"\g<1>{words['code']}\2", text)
    return re.sub(r'(data = \\")sample(\\")', rf"\g<1>{words['data']}\2", text)
