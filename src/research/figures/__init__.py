"""Figures, tables and sentences of the notebooks: one look, one way to show, statuses carried along.

A notebook opens a *view* (`theme`, `regional_gap`, `targets` ...), and shows what it offers:

    view = figures.theme("income", open_edition(edition, data), place)
    figures.show(view.lorenz())
"""

from importlib import import_module

_PUBLIC = {
    "display": ("Picture", "Sheet", "Words", "say", "show", "sources_of", "status_of", "table"),
    "style": ("canvas", "font_name", "use_style"),
    "charts_time": ("lines", "slope", "trend"),
    "charts_distribution": ("density", "lorenz", "ridge"),
    "charts_compare": ("arrows", "bars", "profile", "ranking", "stacked", "ways"),
    "charts_grid": ("positions", "status_matrix", "tile_map", "waffle"),
}
_WHERE = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted(_WHERE)


def __getattr__(name):
    if name in _WHERE:
        return getattr(import_module(f"research.figures.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'research.figures' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
