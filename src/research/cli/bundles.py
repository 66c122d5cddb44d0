"""Pack a whole edition into one file with checksums: books, tables, data package, run records, sources.

Everything is read once more as a stranger would before it is packed; a release is refused while sample figures or
gaps to be filled are in it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from research import runs
from research.book import made
from research.cases.bundles import index as bundle_index
from research.cli.common import at_work
from research.core import scratch
from research.core.files import replacing
from research.core.status import SAMPLE_MARK, is_sample, sample_mark
from research.edition.changes.review import require_signed
from research.edition.chapters.elements import unfilled
from research.edition.identity import identity, require_fresh, require_tables
from research.edition.stage_fresh import ensure
from research.errors import DataError, Fault, say

if TYPE_CHECKING:
    from research.core.scope import Project as OpenProject
    from research.core.scope import Scope

STAMP = (1980, 1, 1, 0, 0, 0)  # the same inputs give the same bytes


def edition(scope: Scope, release: bool = False) -> Any:
    """Write `reports/bundles/bluebook-<edition>.zip` and return its path as people read it.

    Raises
    ------
    DataError
        When tables, runs and books are not all there, or do not belong together; when a household's id or a cell of
        too few households stands anywhere in it; when `release` is asked for, and sample figures or places to be
        filled in are left, or nobody has signed the page of changes of these tables.
    """
    with at_work(scope, stage=True):
        return _edition(scope, release)


def _edition(scope, release):
    project, year = scope.project, scope.edition
    made_for = identity(scope)
    manifest = require_tables(scope, made_for)
    if release and is_sample(manifest):
        raise DataError(
            Fault(
                f"edition {year}",
                say("figures that are all real", "全部真实的数据"),
                say(f"sample figures ({SAMPLE_MARK})", SAMPLE_MARK),
                say(
                    "put the district's own data in a folder and build with --data FOLDER",
                    "请把本区数据放进文件夹，用 --data 文件夹 重新计算",
                ),
                kind="release",
            )
        )
    if release and (open_places := unfilled(project.root)):
        raise DataError(open_places)
    signed = require_signed(scope) if release else None
    require_fresh(runs.plan(scope))
    ensure(scope)
    if strangers := list(_strange_books(scope, made_for)):
        raise DataError(strangers)
    with scratch.folder("package") as folder:
        files = dict(_files(scope)) | _package(scope, Path(folder))
        _refuse_private(scope, Path(folder))
        return _write(scope, files, {**manifest, "signed": signed} if signed else manifest)


def _package(scope, folder):
    """The edition's aggregates as a Frictionless data package, under `data/`."""
    from research.indicators import edition_of
    from research.indicators.export import export

    made = export(edition_of(scope), folder, "package")
    return {f"data/{path.name}": path for path in sorted(made)}


def _refuse_private(scope, package):
    """No household, and no cell of too few, may leave the house in any file of the bundle."""
    from research.cli.steps import SAME, tell_unread
    from research.edition.protection import audited
    from research.indicators import edition_of
    from research.indicators.privacy.scanner import scan

    project = scope.project
    edition = edition_of(scope)
    ids = edition.households["household"] if len(edition.households) else ()
    folders = [package, scope.results, scope.runs, project.reference, *map(scope.output, released(project))]
    found = [
        f
        for folder in folders
        for f in scan(folder, ids, project.show(folder), skip=SAME, minimum=edition.settings["min_households"])
    ]
    if found:
        raise DataError(found)
    if len(ids):
        tell_unread(audited(scope, edition, *folders))


def _write(scope, files, manifest):
    project, target = scope.project, scope.bundles / f"bluebook-{scope.edition}.zip"
    with replacing(target) as part:
        _pack(part, files, manifest)
    bundle_index.write(project)
    return project.show(target)


def _strange_books(scope, made_for):
    """A fault for each book that is not there, or was not made of what is packed with it."""
    root, way_out = scope.project.root, f"bluebook render {scope.options}"
    for book in released(scope.project):
        folder = scope.output(book)
        record, files = made.read(folder.parent / ".work" / book), made.files_of(folder)
        if not files:
            yield Fault(
                scope.project.show(folder),
                say(f"the book of {scope}", f"{scope}的书"),
                say("none", "没有"),
                way_out,
                "identity",
            )
        for kind, path in files.items():
            where = scope.project.show(path)
            if made.older(record, kind, root, made_for):
                yield Fault(
                    where,
                    say(
                        f"a book of {scope}, made of the runs and chapters as they are now",
                        f"{scope}的书，由现有的运行结果和章节做成",
                    ),
                    say(
                        "one of other data, or of earlier runs or chapters", "另一套数据的书，或由以前的结果、章节做成"
                    ),
                    way_out,
                    "identity",
                )
            elif made.touched(record, kind, path):
                yield Fault(
                    where,
                    say("the file as it was made", "做成时的原文件"),
                    say("another: it was changed by hand", "已被改动"),
                    way_out,
                    "identity",
                )


RELEASED = ("bluebook", "cases")
"""Folders of `reports/output` that a bundle holds; `release:` in district.yml names others."""


def released(project: OpenProject) -> Any:
    """Folders of `reports/output` that are listed for release: what departments answered, and briefs, are not."""
    from research.indicators.reference import reference

    return tuple(reference.district(project).get("release") or RELEASED)


def _files(scope):
    """(name in the bundle, path) of the tables, the run records, the sources and the books listed for release."""
    project = scope.project
    for name in ("CITATION.cff", "LICENSE", "requirements.lock"):
        if (project.root / name).is_file():
            yield name, project.root / name
    books = [(f"books/{name}", scope.output(name)) for name in released(project)]
    for top, folder in (("tables", scope.results), ("runs", scope.runs), ("sources", project.reference), *books):
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
        described = {**manifest, "mark": sample_mark(manifest), "sha256": sums}
        pack.writestr(
            zipfile.ZipInfo("manifest.json", STAMP),
            json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True),
            zipfile.ZIP_DEFLATED,
        )
