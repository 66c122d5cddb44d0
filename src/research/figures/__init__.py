"""Figures, tables and sentences of the notebooks: one look, one way to show, statuses carried along.

A notebook opens a *view* (`theme`, `regional_gap`, `targets` ...), and shows what it offers:

    view = figures.theme("income", open_edition(edition, data), place)
    figures.show(view.lorenz())
"""

from importlib import import_module

_PUBLIC = {
    "display": ("Picture", "Sheet", "Words", "say", "show", "sources_of", "status_of", "table"),
    "style": ("canvas", "font_name", "use_style"),
    "charts.time": ("lines", "slope", "trend"),
    "charts.distribution": ("density", "lorenz", "ridge"),
    "charts.compare": ("arrows", "bars", "profile", "ranking", "stacked", "ways"),
    "charts.decompose": ("decomposition",),
    "charts.lorenz": ("lorenz_intervals", "lorenz_points"),
    "charts.measures": ("density_ridge", "dominance", "growth_curve", "interval_ranking"),
    "charts.grid": ("positions", "status_matrix", "tile_map", "waffle"),
    "charts.index": ("gains", "rank_ranges", "small_states"),
}
_VIEWS = {
    "Comparison": ("views.comparison", "Comparison"),
    "RegionalGap": ("views.gaps", "RegionalGap"),
    "UrbanRuralGap": ("views.urban_rural", "UrbanRuralGap"),
    "IncomeGap": ("views.income_gap", "IncomeGap"),
    "Targets": ("views.targets", "Targets"),
    "Index": ("views.index", "Index"),
    "Portraits": ("views.portraits", "Portraits"),
    "Robustness": ("views.robustness", "Robustness"),
    "Quality": ("views.quality", "Quality"),
}
_THEMES = {
    "economy": ("views.special", "Economy"),
    "income": ("views.income", "Income"),
    "services": ("views.special", "Services"),
    "governance": ("views.governance", "Governance"),
    "culture": ("views.special", "Culture"),
    "environment": ("views.special", "Environment"),
}
_WHERE = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted([*_WHERE, *_VIEWS, "theme"])


def theme(name, edition, place=None):
    """The view of one theme at one place.

    Parameters
    ----------
    name : str
        One of `research.core.scope.THEMES`.
    edition : Edition
        See `research.open_edition`.
    place : str, optional
        Code of the district (default) or of one of its places.

    Returns
    -------
    Theme

    Raises
    ------
    DataError
        For an unknown theme or place, with the nearest known one.
    """
    if name not in _THEMES:
        from research.errors import DataError, Fault, nearest

        raise DataError(Fault("theme", "a known theme", repr(name), nearest(name, list(_THEMES)), "theme"))
    module, view = _THEMES[name]
    return getattr(import_module(f"research.figures.{module}"), view)(name, edition, place)


def __getattr__(name):
    if name in _VIEWS:
        module, view = _VIEWS[name]
        return getattr(import_module(f"research.figures.{module}"), view)
    if name in _WHERE:
        return getattr(import_module(f"research.figures.{_WHERE[name]}"), name)
    raise AttributeError(f"module 'research.figures' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
