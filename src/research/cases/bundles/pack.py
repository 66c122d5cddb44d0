"""One case as one file that a stranger can check and rerun: text, notebook, shareable data, code, locks, sums.

The file is a zip with the project's own layout, so that the unpacked folder is a small project. The same
inputs give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from research import __version__
from research.cases import library as cases
from research.cases.bundles.meta import citation, crate, datacite
from research.cases.evidence.compare import compare, failed, sources_differ
from research.cases.evidence.evidence import read_evidence
from research.cases.evidence.run import rerun
from research.core.files import replacing
from research.core.texts import read_json, read_yaml
from research.errors import DataError, Fault, nearest, say

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["FORMAT", "pack", "may_share"]

FORMAT = "common-prosperity-case-bundle/1"
STAMP = (1980, 1, 1, 0, 0, 0)
CODE_LEFT_OUT = {
    "cli",
    "assets",
    "atlas",
    "lite",
    "manual",
    "parity.py",
    "parity_read.py",
    "starter",
}  # no evidence notebook can need them
NEEDED = (
    "pandas",
    "statsmodels",
    "seaborn",
    "matplotlib",
    "duckdb",
    "pandera",
    "pydantic",
    "pyyaml",
    "openpyxl",
    "pylopdf-fonts-zh-cn",
    "manimgx-fonts-cjk",
    "nbclient",
    "nbformat",
    "ipykernel",
)
"""What an evidence notebook and `research` below it need; versions come from the lock."""


def pack(project: Project, case_id: str, folder: Path | None = None) -> Path:
    """Write the bundle of one case.

    Parameters
    ----------
    project : Project
    case_id : str
        Name of a case in the library.
    folder : Path, optional
        Where the file goes; default `reports/bundles`.

    Returns
    -------
    Path
        `<case_id>.case.zip`.

    Raises
    ------
    DataError
        When there is no such case, when the case has faults, when its notebook does not run, or when it
        no longer gives the outputs that are kept in it.
    """
    path, case = _case(project, case_id)
    notebook = project.root / case.evidence if case.evidence else None
    reads = _proved_reads(project, notebook) if notebook else ()
    shared: list[str] = []
    withheld: list[str] = []
    for name in reads:
        (shared if may_share(project, name) else withheld).append(name)
    files = {project.show(path): path.read_bytes(), **dict(_project_files(project))}
    if notebook:
        files[case.evidence] = notebook.read_bytes()
    files.update({name: (project.root / name).read_bytes() for name in shared})
    centre = str(_yaml(project.reference / "district.yml").get("centre") or "")
    files["CITATION.cff"], files["datacite.json"] = citation(case, centre), datacite(case, centre=centre)
    files["ro-crate-metadata.json"] = crate(case, files, centre)
    manifest = {
        "format": FORMAT,
        "case": case.id,
        "title": case.title,
        "year": case.year,
        "licence": case.licence,
        "status": read_evidence(notebook).status if notebook else None,
        "text": project.show(path),
        "evidence": case.evidence,
        "withheld": withheld,
        "code": _code_version(project),
        "needed": list(NEEDED),
        "sha256": {n: hashlib.sha256(c).hexdigest() for n, c in sorted(files.items())},
    }
    files["manifest.json"] = _json(manifest)
    return _write(Path(folder or project.reports / "bundles") / f"{case.id}.case.zip", files)


def may_share(project: Project, name: str) -> bool:
    """Whether a file below `data/` may leave the house.

    Reference tables and everything of a sample may; of other data only what its `meta.yml` lists under
    `publishable` (its built tables under the word ``results``), and microdata (households) never.

    Parameters
    ----------
    project : Project
    name : str
        Path from the project's root, with slashes.

    Returns
    -------
    bool
    """
    parts = Path(name).parts
    if ".." in parts or parts[:1] != ("data",) or len(parts) < 3:
        return False
    if parts[1] == "reference":
        return True
    built = _yaml((project.root / name).parent / "manifest.json") if parts[1] == "results" else {}
    folder = str(built.get("data", parts[1]))  # "sample", "data/own"; of one outside the project nothing is known
    meta = _yaml(project.root / "data" / folder.removeprefix("data/") / "meta.yml")
    if "sample" in (meta.get("status"), built.get("status")):
        return True
    if built:
        return "results" in (meta.get("publishable") or [])
    return parts[-1] in (meta.get("publishable") or []) and not parts[-1].startswith("households")


def _yaml(path):
    return read_yaml(path) if path.is_file() else {}


def _case(project, case_id):
    known = {path.stem: path for path in cases.files(project)}
    if case_id not in known:
        raise DataError(
            Fault(
                f"case {case_id}",
                say("the id of a case", "案例编号"),
                say("none such", "没有这个"),
                nearest(case_id, known),
                "case",
            )
        )
    path = known[case_id]
    case, _, faults = cases.read(project, path)
    about = {project.show(path), case.evidence if case else None}
    faults = faults or [f for f in cases.check(project) if f.place.file in about]
    if faults:
        raise DataError(faults)
    return path, case


def _proved_reads(project, notebook):
    """Run the notebook once: it must show what it keeps; the data files it read are known then."""
    kept = read_json(notebook, project.show(notebook))
    result = rerun(project.root, notebook)
    name = project.show(notebook)
    if result.notebook is None:
        raise DataError(
            Fault(
                name,
                say("a notebook that runs", "能够运行的笔记本"),
                result.error.splitlines()[-1],
                say("mend it", "请改正"),
                "bundle",
            )
        )
    if sources_differ(kept, result.notebook) or failed(found := compare(kept, result.notebook)):
        place = ", ".join(d.label for d in found if d.outcome == "differs")
        raise DataError(
            Fault(
                name,
                say("outputs that a new run gives again", "重新运行得到相同的结果"),
                say(f"others in {place}", f"{place}的结果不同"),
                say("execute the notebook again and keep its outputs", "请重新运行笔记本并保留结果"),
                "bundle",
            )
        )
    return result.reads


def _project_files(project):
    """What makes the unpacked folder a project: its mark, reference tables, code, licence, pins."""
    yield "_quarto.yml", b"project:\n  type: book\n"
    for name in ("pyproject.toml", "requirements.lock", "LICENSE"):
        yield name, (project.root / name).read_bytes()
    code = Path(__file__).resolve().parents[2]
    for top, folder in (("data/reference", project.reference), ("src/research", code)):
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            inner = path.relative_to(folder)
            if top != "src/research" or not CODE_LEFT_OUT & set(inner.parts):
                yield f"{top}/{inner.as_posix()}", path.read_bytes()


def _code_version(project):
    """Version, commit, and whether the working tree differed from it."""

    def git(*words):
        done = subprocess.run(["git", "-C", str(project.root), *words], capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        commit, dirty = git("rev-parse", "HEAD"), bool(git("status", "--porcelain", "--", "src", "requirements.lock"))
    except FileNotFoundError:
        commit, dirty = "", False
    return {"version": __version__, "commit": commit, "dirty": dirty}


def _json(value):
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _write(target, files):
    with replacing(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, STAMP), files[name], zipfile.ZIP_DEFLATED, 9)
    return target
