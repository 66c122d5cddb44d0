"""Pack a whole edition into one file with checksums; a release is refused while sample figures are in it."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile

from research.book import bundle_index, notes
from research.errors import DataError, Fault
from research.project import SAMPLE_MARK

STAMP = (1980, 1, 1, 0, 0, 0)  # the same inputs give the same bytes


def edition(job, release=False):
    """Write `reports/bundles/bluebook-<edition>.zip` and return its path as people read it.

    Raises
    ------
    DataError
        When the edition is not built and rendered, or holds sample figures and `release` is asked for.
    """
    project, year = job.project, job.edition
    manifest = _manifest(project, year)
    if release and manifest["status"] == "sample":
        raise DataError(Fault(f"edition {year}", "figures that are all real", f"sample figures ({SAMPLE_MARK})",
                              "put the district's own data in a folder and build with --data FOLDER", kind="release"))
    if release and (open_places := notes(project.root)):
        raise DataError(open_places)
    files = dict(_files(project, year))
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
