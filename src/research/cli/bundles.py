"""Pack a whole edition into one file with checksums: books, tables, data package, run records, sources.

Everything is read once more as a stranger would before it is packed; a release is refused while sample figures or
gaps to be filled are in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path

from research.cases.bundles import index as bundle_index
from research.edition.elements import unfilled
from research.errors import DataError, Fault
from research.project import SAMPLE_MARK

STAMP = (1980, 1, 1, 0, 0, 0)  # the same inputs give the same bytes


def edition(job, release=False):
    """Write `reports/bundles/bluebook-<edition>.zip` and return its path as people read it.

    Raises
    ------
    DataError
        When the edition is not built and rendered; when a household's id or a cell of too few households stands
        anywhere in it; when `release` is asked for, and sample figures or places to be filled in are left.
    """
    project, year = job.project, job.edition
    manifest = _manifest(project, year)
    if release and manifest["status"] == "sample":
        raise DataError(Fault(f"edition {year}", "figures that are all real", f"sample figures ({SAMPLE_MARK})",
                              "put the district's own data in a folder and build with --data FOLDER", kind="release"))
    if release and (open_places := unfilled(project.root)):
        raise DataError(open_places)
    with tempfile.TemporaryDirectory() as folder:
        files = dict(_files(project, year)) | _package(job, Path(folder))
        _refuse_private(job, Path(folder))
        return _write(project, year, files, manifest)


def _package(job, folder):
    """The edition's aggregates as a Frictionless data package, under `data/`."""
    from research.indicators import open_edition
    from research.indicators.export import export

    made = export(open_edition(job.edition, data=job.data, project=job.project), folder, "package")
    return {f"data/{path.name}": path for path in sorted(made)}


def _refuse_private(job, package):
    """No household, and no cell of too few, may leave the house in any file of the bundle."""
    from research.cli.steps import SAME
    from research.indicators import open_edition
    from research.indicators.privacy.scanner import scan

    project = job.project
    edition = open_edition(job.edition, data=job.data, project=project)
    ids = edition.households["household"] if len(edition.households) else ()
    books = sorted(p for p in project.output("").iterdir() if p.is_dir() and not p.name.startswith("."))
    folders = [package, project.results(job.edition), project.runs(job.edition), project.reference, *books]
    found = [f for folder in folders for f in scan(folder, ids, project.show(folder), skip=SAME,
                                                   minimum=edition.settings["min_households"])]
    if found:
        raise DataError(found)


def _write(project, year, files, manifest):
    target = project.reports / "bundles" / f"bluebook-{year}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _pack(part, files, manifest)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    bundle_index.write(project)
    return project.show(target)


def _manifest(project, year):
    path = project.results(year) / "manifest.json"
    if not path.is_file():
        raise DataError(f"edition {year} is not built; run `bluebook all --edition {year}` first")
    return json.loads(path.read_text("utf-8"))


def _files(project, year):
    """(name in the bundle, path) of the tables, the run records, the sources and the finished books."""
    for name in ("CITATION.cff", "LICENSE", "requirements.lock"):
        if (project.root / name).is_file():
            yield name, project.root / name
    for top, folder in (("tables", project.results(year)), ("runs", project.runs(year)),
                        ("sources", project.reference), ("books", project.reports / "output")):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            inner = path.relative_to(folder)
            if not any(part.startswith(".") for part in inner.parts):  # the engine's work folder is no book
                yield f"{top}/{inner.as_posix()}", path


def _pack(part, files, manifest):
    sums = {}
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, path in files.items():
            content = path.read_bytes()
            sums[name] = hashlib.sha256(content).hexdigest()
            pack.writestr(zipfile.ZipInfo(name, STAMP), content, zipfile.ZIP_DEFLATED)
        described = {**manifest, "mark": SAMPLE_MARK if manifest["status"] == "sample" else "", "sha256": sums}
        pack.writestr(zipfile.ZipInfo("manifest.json", STAMP),
                      json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True), zipfile.ZIP_DEFLATED)
