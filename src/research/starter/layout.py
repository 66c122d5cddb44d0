"""Lay a district's project out: notebooks, chapters, profiles, empty tables, a Makefile and a README of its own."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import research
from research import __version__
from research.core.files import replacing_folder
from research.errors import DataError, Fault, UsageError, say
from research.starter import sources, tables

STAMP = ".bluebook.json"
"""What was laid out, by checksum: an upgrade tells by it which files were edited."""

DATA = "data/own"
CSL = Path(research.__file__).parent / "book" / "assets" / "csl" / "gb-t-7714-2015-numeric.csl"
IGNORED = (
    ".venv/",
    "__pycache__/",
    ".ipynb_checkpoints/",
    "/data/results/",
    "/districts/",
    "/data/*/households-*.csv",
    "/reports/runs/",
    "/reports/output/",
    "/reports/bundles/",
    "/_variables.yml",
    "/_quarto-edition.yml",
    "/.quarto/",
    "**/*.quarto_ipynb",
    "*.part",
    "/forms/",
    "/replies/",
)


def words_of(
    name: str,
    code: str,
    *,
    name_en: str = "",
    city: str = "",
    province: str = "",
    centre: str = "",
    plan: str = "",
    plan_name: str = "规划",
    start: int = 2026,
    end: int = 2030,
    milestones: tuple[int, ...] = (),
    edition: int = 0,
    places: tuple[str, ...] = (),
) -> dict:
    """The words a new district is laid out with, checked; what is not given follows from its name.

    Raises
    ------
    UsageError
        For a name or code that is none, and for years that are no plan.

    Examples
    --------
    >>> words_of("某某县", "990199")["title"]
    '某某县共同富裕蓝皮书'
    """
    if not name.strip():
        raise UsageError(
            say("--name: the district's name in Chinese, such as 某某区", "--name：区（县）的名称，如 某某区")
        )
    if not re.fullmatch(r"\d{6}", code):
        raise UsageError(
            say(f"--code {code!r}: six digits, the district's administrative code", f"--code {code}：六位行政区划代码")
        )
    if end <= start:
        raise UsageError(say(f"--end {end}: a year after the start {start}", f"--end {end}：应晚于起始年{start}"))
    return {
        "name": name,
        "code": code,
        "name_en": name_en,
        "city": city,
        "province": province,
        "centre": centre or f"{name}共同富裕研究中心",
        "plan": plan or f"{name}共同富裕规划（{start}—{end}年）",
        "plan_name": plan_name,
        "start": start,
        "end": end,
        "milestones": list(milestones) or [end],
        "edition": edition or start,
        "places": list(places),
        "title": f"{name}共同富裕蓝皮书",
        "cases_title": f"{name}共同富裕实践案例汇编",
        "data": DATA,
    }


def project_files(words: dict) -> dict[str, bytes]:
    """Every file of a new project, by path: those of the program, then the district's own."""
    made = {name: sources.text_of(name, path, words) for name, path in sources.files().items()}
    own = {
        **tables.reference(words),
        **tables.data(words),
        ".gitignore": "\n".join(IGNORED) + "\n",
        "Makefile": sources.asset("Makefile"),
        "README.zh-CN.md": _readme(words),
    }
    made[f"reports/theme/{CSL.name}"] = CSL.read_bytes()
    return made | {name: text.encode() for name, text in own.items()}


def _readme(words: dict) -> str:
    text = sources.asset("README.zh-CN.md")
    return re.sub(r"@@(\w+)@@", lambda m: str(words[m[1]]), text)


def new_district(folder: Path, words: dict) -> list[Path]:
    """Lay a new project out in an empty folder, whole or not at all.

    Parameters
    ----------
    folder : Path
        Made where it is not there; refused where something stands in it.
    words : dict
        As `words_of` gives them.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    DataError
        For a folder that is not empty.
    """
    folder = Path(folder).expanduser().resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            Fault(
                str(folder),
                say("an empty folder, or none", "空文件夹，或不存在"),
                say("files", "有文件"),
                say("name another folder", "请另写文件夹"),
                "folder",
            )
        )
    made = project_files(words)
    with replacing_folder(folder) as part:
        for name, body in {**made, STAMP: stamp(words, made).encode()}.items():
            path = part / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    return [folder / name for name in sorted(made)]


def stamp(words: dict, made: dict[str, bytes]) -> str:
    """The record of a layout: version, words, and the checksum of every file as it was laid out."""
    sums = {name: checksum(name, body) for name, body in sorted(made.items())}
    return json.dumps({"version": __version__, "words": words, "files": sums}, ensure_ascii=False, indent=1) + "\n"


def checksum(name: str, body: bytes) -> str:
    """Checksum of a file as people may edit it: the lines that the stage makes in a profile are left out.

    Examples
    --------
    >>> one, two = (b"a\\n# places: begin\\n" + x + b"# places: end\\n" for x in (b"", b"- x\\n"))
    >>> checksum("_quarto-bluebook.yml", one) == checksum("_quarto-bluebook.yml", two)
    True
    """
    if name.startswith("_quarto-"):
        body = re.sub(rb"(# (\w+): begin[^\n]*\n).*?([ ]*# \2: end)", rb"\1\3", body, flags=re.S)
    return hashlib.sha256(body).hexdigest()
