"""Charts: a table in, a figure out. The public name is `research.charts`.

Every chart takes its data first and names columns by role (`x=`, `y=`, `hue=`, `weight=`), returns a matplotlib figure
and changes nothing of the data. Rows of an edition's households are drawn as what is published of them, or refused.
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "arrows": "distance", "bars": "compare", "profile": "compare", "ranking": "compare", "stacked": "compare",
    "ways": "distance", "decomposition": "decompose", "density": "distribution", "lorenz": "distribution",
    "ridge": "distribution", "status_matrix": "grid", "tile_map": "grid", "waffle": "grid", "gains": "index",
    "rank_ranges": "index", "small_states": "index", "lorenz_intervals": "intervals", "density_ridge": "measures",
    "dominance": "measures", "growth_curve": "measures", "interval_ranking": "measures", "lines": "time",
    "slope": "time", "trend": "time", "pathways": "panels", "small_area_diagnostics": "small_area",
}  # fmt: skip
"""File of each chart. None is called as a chart is: once imported, that name would lead to the file."""
__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    from research.errors import nearest

    raise AttributeError(f"module 'research.charts' has no chart {name!r} {nearest(name, __all__)}")


def __dir__() -> list[str]:
    return list(__all__)
