"""What the warm parent imports before its first fork, and whether it may fork at all."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from typing import Any

IMPORTS = (
    "ctypes",
    "IPython",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "ipykernel.heartbeat",
    "ipykernel.control",
    "ipykernel.shellchannel",
    "IPython.core.completer",
    "comm",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "faulthandler",
    "pdb",
    "psutil",
    "resource",
    "tornado.platform.asyncio",
    "xml.etree.ElementTree",
    "numpy",
    "pandas",
    "pyarrow",
    "pyarrow.parquet",
    "pandas.io.parquet",
    "scipy.stats",
    "statsmodels.api",
    "statsmodels.formula.api",
    "matplotlib.pyplot",
    "matplotlib.font_manager",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "yaml",
    "pydantic",
    "duckdb",
    "fontTools.ttLib.ttFont",
    "fontTools.ttLib.tables._c_m_a_p",
    "fontTools.ttLib.tables._n_a_m_e",
    "PIL.PngImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.BmpImagePlugin",
    "PIL.PpmImagePlugin",
    "pandas.core.methods.to_dict",
    "pandas.io.formats.style",
    "pyarrow.pandas_compat",
    "encodings.utf_8_sig",
    "encodings.utf_16_be",
    "encodings.mac_roman",
    "research.runs.prelude",
)
"""Imported before the first fork; what is missing is left out."""

ROOMS = ("core", "measures", "indicators", "composite", "assessment", "figures", "wording")
"""Parts of `research` that notebooks use."""

THREADED = ("polars",)
"""Packages that start threads when imported; optional imports of them must miss before the fork."""


def threads() -> int:
    """Number of threads of this process: a fork copies one of them, so there must be one."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        import threading

        return threading.active_count()


def warm_up(names: Any = IMPORTS, rooms: Any = ROOMS) -> str:
    """Import what notebooks need; return the problem that forbids forking, or an empty text."""
    from importlib import import_module
    from pkgutil import walk_packages

    sys.modules.update(dict.fromkeys(THREADED))  # type: ignore[arg-type]  # None forbids the import
    for name in names:
        with contextlib.suppress(ImportError):
            import_module(name)
    for room in rooms:
        with contextlib.suppress(Exception):
            module = import_module(f"research.{room}")
            inside = walk_packages(getattr(module, "__path__", ()), f"research.{room}.", onerror=lambda name: None)
            for part in (p.name for p in inside if not p.name.endswith("__main__")):
                with contextlib.suppress(Exception):  # its notebook will tell, where it needs it
                    import_module(part)
    with contextlib.suppress(Exception):
        rehearse()
    for name in THREADED:
        del sys.modules[name]  # a kernel may import them
    freeze()
    return problem()


def freeze() -> None:
    """The collector leaves alone what the kernels share."""
    gc.collect()
    gc.freeze()


def rehearse() -> None:
    """Draw one figure in the books' style: the search for fonts is made once, here, for all kernels."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from research.figures.style import canvas

    with matplotlib.rc_context():
        figure, axes = canvas(2)
        axes.plot([1, 2], [1, 2], label="共同富裕")
        axes.set_title("共同富裕")
        axes.legend()
        FigureCanvasAgg(figure).draw()


def problem() -> str:
    """Why this process must not fork; an empty text when it may."""
    count = threads()
    return "" if count == 1 else f"{count} threads in the warm parent; a fork needs exactly one"
