"""Files that people fill in: the same content gives the same bytes, and what somebody may have changed is kept.

The checksum of each file that was handed out stands in its folder. A file that is no longer as it was handed out is
never written over: the new one is laid beside it, and that is said.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from research.core.files import write_whole
from research.core.texts import read_made

__all__ = ["hand_out", "steady"]

RECORD = ".handed-out.json"
BESIDE = "-新"
_STAMP = (1980, 1, 1, 0, 0, 0)
_DATE = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")


def steady(data: bytes) -> bytes:
    """An Office file (.xlsx, .docx) without the moment at which it was made: the same content, the same bytes.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    bytes

    Examples
    --------
    >>> from openpyxl import Workbook
    >>> def made():
    ...     stream = io.BytesIO()
    ...     Workbook().save(stream)
    ...     return stream.getvalue()
    >>> steady(made()) == steady(made())
    True
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "docProps/core.xml":
                content = _DATE.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", content)
            new.writestr(zipfile.ZipInfo(info.filename, _STAMP), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def hand_out(path: str | Path, data: bytes) -> Path:
    """Write a file that somebody will fill in or work on.

    Parameters
    ----------
    path : str or Path
    data : bytes

    Returns
    -------
    Path
        `path`; where what stands there was changed since it was handed out (or nobody knows), `<name>-新` beside it,
        with a number where that was changed too.

    Examples
    --------
    >>> import tempfile
    >>> form = Path(tempfile.mkdtemp()) / "form.txt"
    >>> hand_out(form, b"asked").name, hand_out(form, b"asked again").name
    ('form.txt', 'form.txt')
    >>> _ = form.write_bytes(b"answered")
    >>> hand_out(form, b"asked once more").name, form.read_bytes()
    ('form-新.txt', b'answered')
    """
    path = Path(path)
    known = read_made(path.parent / RECORD)
    target = next(p for p in _names(path) if not p.exists() or _sum(p.read_bytes()) in (known.get(p.name), _sum(data)))
    write_whole(target, data)
    write_whole(
        path.parent / RECORD,
        json.dumps({**known, target.name: _sum(data)}, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
    )
    if target != path:
        print(
            f"{path.name}: changed since it was handed out, so it is kept; the new one is {target.name}",
            file=sys.stderr,
        )
    return target


def _names(path: Path) -> Iterator[Path]:
    yield path
    yield path.with_name(f"{path.stem}{BESIDE}{path.suffix}")
    number = 2
    while True:
        yield path.with_name(f"{path.stem}{BESIDE}{number}{path.suffix}")
        number += 1


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
