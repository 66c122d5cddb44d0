"""Figures, tables and sentences of the notebooks: one look, one way to show, statuses carried along.

A chart takes a tidy frame (`research.charts`), `show` puts it on the page with its status and source, `say` puts
values into a sentence:

    gini = ed.estimate("gini", "income_pc", place=place)
    say("{place}的基尼系数{now}，{change}。", now=gini.at(), change=gini.change())

What the comparison with published figures and the report on quality share stands in *views*.
"""

from importlib import import_module

from research.figures import charts

_PUBLIC = {
    "display": ("Picture", "Sheet", "Words", "say", "show", "sources_of", "status_of", "table"),
    "style": ("canvas", "font_name", "use_style"),
    "charts.intervals": ("lorenz_points",),
    "charts.grid": ("positions",),
}
_VIEWS = {
    "Comparison": ("views.comparison", "Comparison"),
    "Quality": ("views.quality", "Quality"),
}
_WHERE = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted([*_WHERE, *_VIEWS, *charts.__all__])


def __getattr__(name):
    if name in _VIEWS:
        module, view = _VIEWS[name]
        return getattr(import_module(f"research.figures.{module}"), view)
    if name in charts.__all__:
        return getattr(charts, name)
    if name in _WHERE:
        return getattr(import_module(f"research.figures.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'research.figures' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
