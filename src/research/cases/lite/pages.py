"""A folder to be served on the reader's own machine: the bundles, and a page that runs their notebooks."""

from __future__ import annotations

import json
import shutil
import zipfile
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from research.cases.lite.pieces import PACKAGES, gather
from research.core.files import replacing_folder
from research.core.fonts import STATIC_PACKAGE, sans_path
from research.core.plain import template
from research.core.scope import Project
from research.core.status import SAMPLE_MARK, Status, mark
from research.errors import DataError, Fault, say

__all__ = ["write"]

ASSETS = Path(__file__).parent / "assets"
STAMP = (1980, 1, 1, 0, 0, 0)


def write(project: Project, folder: Path) -> Path:
    """Write the pages for the bundles in `reports/bundles`.

    Parameters
    ----------
    project : Project
    folder : Path
        Replaced when all is there.

    Returns
    -------
    Path
        The page that lists the cases.

    Raises
    ------
    DataError
        When there is no bundle with a notebook that may be run by anyone.
    MissingError
        When Python for browsers is not on this machine.
    """
    cases = [case for path in sorted((project.reports / "bundles").glob("*.case.zip")) if (case := _case(path))]
    if not cases:
        raise DataError(
            Fault(
                "reports/bundles",
                say("bundles of cases with a notebook", "带有笔记本的案例包"),
                say("none", "一个也没有"),
                say("run `bluebook case bundle ID` first", "请先运行 bluebook case bundle 案例编号"),
                "lite",
            )
        )
    with replacing_folder(folder) as part:
        gather(part / "pyodide")
        _python(part / "python.zip")
        for case in cases:
            shutil.copyfile(case["path"], part / case["file"])
        for name in ("lite.css", "lite.js", "worker.js"):
            shutil.copyfile(ASSETS / name, part / name)
        shutil.copyfile(Path(__file__).with_name("replay.py"), part / "replay.py")
        for name in ("index.html", "run.html"):
            page = template((ASSETS / name).read_text("utf-8")).render(cases=cases, packages=",".join(PACKAGES))
            (part / name).write_text(page, encoding="utf-8")
    return folder / "index.html"


def _case(path: Path) -> dict[str, Any] | None:
    """What the page says of a bundle; None for one without a notebook, or whose data stay in the house."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = json.loads(archive.read("manifest.json"))
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        return None
    if not about.get("evidence") or about.get("withheld"):
        return None
    status = about.get("status") or ""
    known = {str(s): s.meaning for s in Status} | {str(Status.SAMPLE): SAMPLE_MARK}
    return {
        "path": path,
        "file": path.name,
        "id": about["case"],
        "title": mark(about["title"], about),
        "year": about.get("year", ""),
        "mark": known.get(status, ""),
    }


def _python(target: Path) -> None:
    """What no release of Pyodide carries and the notebooks need: YAML without its C part, and the charts' font."""
    home = Path(yaml.__file__).parent
    files = {f"yaml/{path.name}": path for path in sorted(home.glob("*.py"))}
    files[f"{STATIC_PACKAGE}/__init__.py"] = Path(str(resources.files(STATIC_PACKAGE))) / "__init__.py"
    files[f"{STATIC_PACKAGE}/{Path(sans_path()).name}"] = Path(sans_path())
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files.items():
            archive.writestr(zipfile.ZipInfo(name, STAMP), path.read_bytes(), zipfile.ZIP_DEFLATED)
