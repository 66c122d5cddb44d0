"""What happens in a kernel before a notebook's first cell and after its last: it leaves no trace in it.

Both kinds of kernel, warm and plain, are brought to one state here, so that they give the same bytes.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

SALT = "common-prosperity-bluebook"
CODE = (".py", ".pyc", ".so", ".pth")
CHANGING = (
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.utime",
    "os.setxattr",
    "shutil.rmtree",
)
"""Events of the interpreter that change the file named first."""

INSTALLED = tuple(
    {
        os.path.realpath(p) + os.sep
        for p in (sys.prefix, sys.base_prefix, os.path.dirname(os.__file__), os.path.dirname(os.path.dirname(__file__)))
    }
)
"""Folders of code that is watched otherwise: by the lock of the packages, and by the checksum of this one."""

_READ: set[str] = set()


def prepare(seed: int = 0, root: str | None = None, folder: str | None = None) -> None:
    """Fix what would differ between two runs - random states, ids in drawings and tables - and bound what it writes.

    Parameters
    ----------
    seed : int
        For the random states of Python and numpy.
    root, folder : str, optional
        The project's folder, and the one folder in which the run may write.
    """
    if root and folder:
        guard(root, folder)
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed % 2**32)
    when_loaded("matplotlib", _settle_matplotlib)
    when_loaded("pandas.io.formats.style_render", lambda module: setattr(module, "uuid4", _FixedId))


def guard(root: str, folder: str) -> None:
    """Refuse to write outside the run's own folder; note the data that is read.

    Temporary files go to the run's folder as well, so that neither a project nor data that happen to lie in the
    system's temporary folder can be harmed. The hook says which rule was broken, for whatever goes through Python.
    Where the system has Landlock, it binds programs that a cell starts and libraries that open files by themselves
    as well, and no signal reaches another process.
    """
    import tempfile

    from research.runs.sandbox import confine

    root, own = os.path.realpath(root), os.path.realpath(folder)
    os.environ["TMPDIR"] = tempfile.tempdir = os.path.join(own, ".tmp")
    os.makedirs(tempfile.tempdir, exist_ok=True)
    shared = (os.path.expanduser("~/.cache"), "/dev", os.environ.get("MPLCONFIGDIR", own))
    allowed = [own, *(p for p in map(os.path.realpath, shared) if not (root + os.sep).startswith(p + os.sep))]
    confine(allowed)
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

    def refuse(path):
        if not isinstance(path, str | bytes | os.PathLike):
            return  # a descriptor: opened, and judged, before
        full = os.path.realpath(os.fsdecode(path))
        inside = [p for p in allowed if full == p or full.startswith(p + os.sep)]
        in_root = full == root or full.startswith(root + os.sep)
        if "__pycache__" in full or own in inside or (inside and not in_root):
            return
        raise PermissionError(f"a run may write only into its own folder, not {full}")

    def hook(event, arguments):
        if event == "open":
            path, mode, flags = arguments
            if (flags or 0) & writing or (mode and set(str(mode)) & set("wax+")):
                refuse(path)
            elif isinstance(path, str | os.PathLike) and (not str(path).endswith(CODE) or own_code(str(path))):
                note(str(path))
        elif event == "research.read":  # files that DuckDB opens for `research`
            note(arguments[0])
        elif event in CHANGING:
            refuse(arguments[0])
        elif event in ("os.link", "os.symlink"):
            refuse(arguments[1])
        elif event == "os.rename":
            refuse(arguments[0])
            refuse(arguments[1])

    sys.addaudithook(hook)
    when_loaded("pyarrow.parquet.core", _note_parquet)


def note(path: str) -> None:
    """Remember that a file was read."""
    _READ.add(os.path.abspath(path))


def own_code(path: str) -> bool:
    """Whether a file of code is somebody's own: source outside the interpreter's and this package's folders."""
    return str(path).endswith(".py") and not os.path.realpath(path).startswith(INSTALLED)


def _note_parquet(module):
    """Parquet files are opened outside of Python, where no hook is called: note them at the door."""
    for kind in (module.ParquetFile, module.ParquetDataset):

        def opened(self, source, *words, _old=kind.__init__, **more):
            if isinstance(source, str | os.PathLike):
                note(str(source))
            _old(self, source, *words, **more)

        kind.__init__ = opened


class _FixedId:
    """Stands in for `uuid4` where pandas names the tables it styles: counted, not random."""

    count = 0

    def __init__(self):
        _FixedId.count += 1
        self.hex = f"{_FixedId.count:05x}" + "0" * 27

    def __str__(self):
        return self.hex


def _settle_matplotlib(module):
    module.rcParams["svg.hashsalt"] = SALT


def when_loaded(name: str, act: Callable[..., Any]) -> None:
    """Act on a module now if it is loaded, else when it will be: nothing is imported for its own sake."""
    if name in sys.modules:
        act(sys.modules[name])
        return
    from importlib.util import find_spec

    class Finder:
        busy = False

        def find_spec(self, wanted, path=None, target=None):
            if wanted != name or Finder.busy:
                return None
            Finder.busy = True
            try:
                spec = find_spec(name)
            finally:
                Finder.busy = False
            if spec is None or spec.loader is None:
                return spec
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                act(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # this one import is acted upon
            sys.meta_path.remove(finder)
            return spec

    finder = Finder()
    sys.meta_path.insert(0, finder)


def reads() -> str:
    """What the notebook has read, as JSON: `reads` (data files, `null` when there are others), `modules`, `blind`.

    Polars and Dask open files by themselves: then nothing is known of data, and the run counts as reading all.
    """
    loaded = {name: module for name, module in list(sys.modules.items()) if module is not None}
    blind = sorted({"polars", "dask"} & set(loaded))
    files = {os.path.abspath(f) for m in loaded.values() if isinstance(f := getattr(m, "__file__", None), str)}
    modules = {f for f in files if own_code(f)} | {f for f in _READ if f.endswith(CODE)}
    data = None if blind else sorted(_READ - modules)
    return json.dumps({"reads": data, "modules": sorted(modules), "blind": blind})
