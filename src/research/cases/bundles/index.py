"""The page that lists all bundles, with their checksums and how a reader verifies them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from research.core.files import write_whole
from research.core.plain import template
from research.core.status import Status, mark

if TYPE_CHECKING:
    from research.core.scope import Project

__all__ = ["write"]

TEMPLATE = Path(__file__).with_suffix(".html")


def write(project: Project) -> Path:
    """Write `reports/bundles/index.html`: one row a bundle, newest edition of each file as it lies there.

    Parameters
    ----------
    project : Project

    Returns
    -------
    Path
    """
    folder = project.reports / "bundles"
    folder.mkdir(parents=True, exist_ok=True)
    packs = [_row(path) for path in sorted(folder.glob("*.zip"))]
    page = template(TEMPLATE.read_text("utf-8")).render(packs=packs)
    write_whole(folder / "index.html", page)
    return folder / "index.html"


def _row(path):
    about = _about(path)
    content = path.read_bytes()
    whole = f"{about['edition']}年版全书（表、记录、成书）" if about.get("edition") else path.stem
    title = about.get("title") or whole
    title = mark(title, Status.SAMPLE if about.get("mark") else about)
    size = f"{len(content) / 2**20:.1f} MiB" if len(content) >= 2**20 else f"{len(content) / 2**10:.0f} KiB"
    return {
        "title": title,
        "file": path.name,
        "year": about.get("year") or about.get("edition") or "",
        "licence": about.get("licence", ""),
        "size": size,
        "sum": hashlib.sha256(content).hexdigest(),
    }


def _about(path):
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read("manifest.json"))
            return found if isinstance(found, dict) else {}
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, RecursionError, NotImplementedError, RuntimeError):
        return {}
