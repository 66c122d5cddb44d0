"""The Common Prosperity Bluebook: from a district's data to a defensible publication.

The public names are few and are loaded when first used, so that ``import research`` costs nothing.
"""

from importlib import import_module
from typing import Any

_PUBLIC = {
    "open_edition": "research.indicators.edition",
    "open_project": "research.core.scope",
    "Project": "research.core.scope",
    "DataError": "research.errors",
    "Fault": "research.errors",
    "extrapolate": "research.assessment.projection",
    "argue": "research.figures.argued",
    "say": "research.figures.display",
    "show": "research.figures.display",
}
_AS = {"charts": "research.figures.charts"}
_ROOMS = (
    "measures",
    "effects",
    "survey",
    "indicators",
    "composite",
    "assessment",
    "figures",
    "wording",
    "runs",
    "book",
    "cases",
    "edition",
    "transfers",
)

__all__ = [*_PUBLIC, *_AS, *_ROOMS]
__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    if name in _AS:
        return import_module(_AS[name])
    if name in _ROOMS:
        return import_module(f"research.{name}")
    raise AttributeError(f"module 'research' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
