"""The atlas: a page beside a book's chapters to explore, weigh, compare, recompute and look ahead in.

It stands on the built tables of one edition, which the disclosure rules have passed, and works from a folder: a file of
data per topic (`topics`, `weighing`, `dates`), one page, small scripts without a build step, and two vendored libraries
(D3 and Observable Plot).
"""

from importlib import import_module
from typing import Any

__all__ = ["Atlas"]


def __getattr__(name: str) -> Any:
    if name == "Atlas":
        return import_module("research.atlas.page").Atlas
    raise AttributeError(f"module 'research.atlas' has no attribute {name!r}")
