"""Open a stranger's bundle without trusting it: every rule is checked before a byte of it is unpacked or run."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from research.cases.bundles.pack import FORMAT
from research.errors import DataError, Fault, say

__all__ = ["foreign_code", "open_checked", "unpack"]

MOST_FILES, MOST_BYTES, MOST_RATIO = 2_000, 200 * 2**20, 200
MOST_JSON, MOST_SOURCE, MOST_DEPTH = 50 * 2**20, 200_000, 60
SUFFIXES = {
    ".py",
    ".ipynb",
    ".qmd",
    ".csv",
    ".yml",
    ".json",
    ".toml",
    ".lock",
    ".txt",
    ".cff",
    ".parquet",
    ".md",
    ".typed",
    "",
}
TEMPLATE = ("src/research/", ".html")
"""The product's own pages to be filled, beside the modules that fill them; nowhere else is HTML part of a case."""
NETWORK = {"socket", "urllib", "http", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "telnetlib", "websockets"}
STARTS = {"subprocess", "pty", "ctypes", "multiprocessing", "importlib", "runpy", "builtins", "shutil", "signal"}
TEXT_CODE = {"eval", "exec", "compile", "__import__", "__builtins__", "breakpoint"}
INNER = {"__subclasses__", "__globals__", "__builtins__", "__loader__", "__code__", "system", "popen", "modules"}
PLACES = ("data/", "src/research/", "notebooks/cases/", "reports/cases/")
ROOT_FILES = {
    "manifest.json",
    "ro-crate-metadata.json",
    "datacite.json",
    "CITATION.cff",
    "LICENSE",
    "_quarto.yml",
    "pyproject.toml",
    "requirements.lock",
}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*"|[^]["{}]+', re.S)  # all of JSON but its brackets


def open_checked(path: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """The files and the manifest of a bundle that obeys every rule.

    Parameters
    ----------
    path : Path
        The bundle.

    Returns
    -------
    (dict of str to bytes, dict)
        Content by name, and the manifest.

    Raises
    ------
    DataError
        All rules that are broken, at once: names that escape, links, bombs, programs, wrong checksums,
        files that the manifest does not know, notebooks with magics, network or program calls.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            faults = _archive_faults(path.name, archive)
            if faults:
                raise DataError(faults)
            files = {i.filename: _read(archive, i) for i in archive.infolist() if not i.is_dir()}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            Fault(
                path.name,
                say("a case bundle (.case.zip)", "案例包（.case.zip）"),
                say(f"unreadable: {error}", f"无法读取：{error}"),
                kind="bundle",
            )
        ) from error
    manifest = _manifest(path.name, files)
    faults = [*_sum_faults(files, manifest), *_notebook_faults(files, manifest)]
    if faults:
        raise DataError(faults)
    return files, manifest


def unpack(files: dict[str, bytes], folder: Path) -> None:
    """Write checked files below `folder`, readable and not executable."""
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _read(archive, info):
    """Read no more than the header promised: a header can lie about a bomb's size."""
    with archive.open(info) as stream:
        content = stream.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise ValueError(f"{info.filename}: not as long as its header says")
    return content


def _archive_faults(bundle, archive):
    infos = archive.infolist()
    total = sum(i.file_size for i in infos)
    packed = sum(i.compress_size for i in infos) or 1
    if len(infos) > MOST_FILES or total > MOST_BYTES or total / packed > MOST_RATIO:
        found = f"{len(infos)} files, {total / 2**20:.0f} MiB, packed {total / packed:.0f} to 1"
        limits = f"at most {MOST_FILES} files, {MOST_BYTES // 2**20} MiB, {MOST_RATIO} to 1"
        return [Fault(bundle, limits, found, say("do not open it", "请不要打开"), "bomb")]
    faults, seen = [], set()
    for info in infos:
        place = f"{bundle}, {info.filename!r}"
        parts = PurePosixPath(info.filename).parts
        mode = info.external_attr >> 16
        if info.filename.startswith("/") or ".." in parts or "\\" in info.filename or ":" in info.filename:
            faults.append(
                Fault(
                    place,
                    say("a path inside the bundle", "包内的路径"),
                    say("one that escapes", "指向包外"),
                    say("do not open it", "请不要打开"),
                    "escape",
                )
            )
        elif stat.S_ISLNK(mode) or (mode and not stat.S_ISREG(mode) and not info.is_dir() and stat.S_IFMT(mode)):
            faults.append(
                Fault(
                    place,
                    say("a plain file", "普通文件"),
                    say("a link or device", "链接或设备"),
                    say("do not open it", "请不要打开"),
                    "link",
                )
            )
        elif not info.is_dir() and not info.filename.startswith(PLACES) and info.filename not in ROOT_FILES:
            faults.append(
                Fault(
                    place,
                    say("a file in its place: " + ", ".join(PLACES), "放在应有的位置：" + "、".join(PLACES)),
                    say("another place", "别的位置"),
                    "",
                    "place",
                )
            )
        kind, template = PurePosixPath(info.filename).suffix, info.filename.startswith(TEMPLATE[0])
        known = kind in SUFFIXES or (template and kind == TEMPLATE[1])
        if mode & 0o111 and stat.S_ISREG(mode) or not known:
            faults.append(
                Fault(
                    place,
                    say("text, tables and notebooks", "文字、表格与笔记本"),
                    say("a program or unknown kind", "程序或未知类型"),
                    "",
                    "program",
                )
            )
        if info.filename.casefold() in seen:
            faults.append(
                Fault(
                    place,
                    say("each name once", "每个文件名只出现一次"),
                    say("a second file of this name", "又一个同名文件"),
                    "",
                    "double",
                )
            )
        seen.add(info.filename.casefold())
    return faults


def _manifest(bundle, files):
    try:
        manifest = _json(files["manifest.json"])
        known = manifest["format"] == FORMAT and _ID.fullmatch(manifest["case"])
        named = manifest["text"] in files and (manifest["evidence"] is None or manifest["evidence"] in files)
        whole = known and named and isinstance(manifest["sha256"], dict)
    except (KeyError, ValueError, TypeError):
        whole = False
    if not whole:
        place = f"{bundle}, manifest.json"
        raise DataError(
            Fault(
                place,
                say(f"a manifest of {FORMAT}", f"{FORMAT}格式的清单"),
                say("none or another", "没有或是别的"),
                kind="manifest",
            )
        )
    return manifest


class TooDeep(ValueError):
    """Text that nests deeper, or is longer, than anything that people write."""


def _json(content):
    """Parsed JSON of a size and depth that no reader chokes on.

    The depth is counted before parsing: parsers recurse, and end in their own ways.
    """
    if len(content) > MOST_JSON:
        raise TooDeep(f"{len(content) / 2**20:.0f} MiB (at most {MOST_JSON // 2**20})")
    depth = most = 0
    for sign in _BRACKET.sub(b"", content):
        depth += 1 if sign in b"[{" else -1
        most = max(most, depth)
    if most > MOST_DEPTH:
        raise TooDeep(f"nested {most} levels deep (at most {MOST_DEPTH})")
    return json.loads(content)


def _sum_faults(files, manifest):
    sums = manifest["sha256"]
    for name in sorted((set(files) | set(sums)) - {"manifest.json"}):
        if name not in files:
            yield Fault(
                name,
                say("a file that the manifest lists", "清单所列的文件"),
                say("missing", "缺少"),
                say("ask for a whole bundle", "请索取完整的案例包"),
                "checksum",
            )
        elif name not in sums:
            yield Fault(
                name,
                say("only files that the manifest lists", "只有清单所列的文件"),
                say("one more", "多出一个"),
                say("do not trust it", "请不要采信"),
                "checksum",
            )
        elif hashlib.sha256(files[name]).hexdigest() != sums[name]:
            yield Fault(
                name,
                say("the checksum of the manifest", "清单所记的校验码"),
                say("another: the file was changed", "不一致：文件被改动过"),
                "",
                "checksum",
            )


def _notebook_faults(files, manifest):
    name = manifest["evidence"]
    if name is None:
        return
    try:
        cells = [c for c in _json(files[name])["cells"] if c["cell_type"] == "code"]
        sources = ["".join(c["source"]) for c in cells]
    except (ValueError, KeyError, TypeError) as error:
        found = str(error) if isinstance(error, TooDeep) else "unreadable"
        yield Fault(
            name,
            say("a Jupyter notebook", "Jupyter 笔记本"),
            found,
            say("do not open it", "请不要打开"),
            kind="notebook",
        )
        return
    for number, source in enumerate(sources, start=1):
        for found in _dangers(source):
            yield Fault(
                f"{name}, code cell {number}",
                say("plain Python that reads and shows", "只读取和展示的普通 Python"),
                found,
                say("do not run it", "请不要运行"),
                "danger",
            )


def _dangers(source):
    if re.search(r"^\s*[%!]|^\s*\w+\s*=\s*[%!]", source, re.M) or "get_ipython" in source:
        yield "a magic or shell line"
        return
    if len(source) > MOST_SOURCE:
        yield f"{len(source):,} characters of code (at most {MOST_SOURCE:,})"
        return
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"no Python: {error.msg}"
        return
    except (RecursionError, MemoryError, ValueError):
        yield "an expression nested too deep to be read"
        return
    for node in ast.walk(tree):
        yield from _node_dangers(node)


def _node_dangers(node):
    names = []
    if isinstance(node, ast.Import):
        names = [a.name for a in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or ""]
    for name in names:
        top = name.split(".")[0]
        if top in NETWORK:
            yield f"a network call (import {name})"
        elif top in STARTS or top in ("os", "sys"):
            yield f"a call to programs or the system (import {name})"
    if isinstance(node, ast.Name) and node.id in TEXT_CODE:
        yield f"code made from text ({node.id})"
    if isinstance(node, ast.Attribute) and node.attr in INNER:
        yield f"a way around the checks (.{node.attr})"
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    if re.match(r"(?i)(https?|ftp|s3|gs)://", text):
        yield f"a network call ({text[:40]})"


def foreign_code(files: dict[str, bytes]) -> list[str]:
    """Program files of the bundle that are not those of this installation, byte for byte.

    Parameters
    ----------
    files : dict of str to bytes
        From `open_checked`.

    Returns
    -------
    list of str
        Names; none of them is imported by a verification unless the user asks for it.
    """
    here = Path(__file__).resolve().parents[2]
    found = []
    for name, content in sorted(files.items()):
        if name.startswith("src/research/"):
            own = here / name.removeprefix("src/research/")
            if not own.is_file() or own.read_bytes() != content:
                found.append(name)
    return found
