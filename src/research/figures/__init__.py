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
    "charts_decompose": ("decomposition",),
    "charts_lorenz": ("lorenz_intervals", "lorenz_points"),
    "charts_measures": ("density_ridge", "dominance", "growth_curve", "interval_ranking"),
    "charts_grid": ("positions", "status_matrix", "tile_map", "waffle"),
    "charts_index": ("gains", "rank_ranges", "small_states"),
}
_VIEWS = {
    "Comparison": ("views_comparison", "Comparison"),
    "RegionalGap": ("views_gaps", "RegionalGap"),
    "UrbanRuralGap": ("views_urban_rural", "UrbanRuralGap"),
    "IncomeGap": ("views_income_gap", "IncomeGap"),
    "Targets": ("views_targets", "Targets"),
    "Index": ("views_index", "Index"),
    "Portraits": ("views_portraits", "Portraits"),
    "Robustness": ("views_robustness", "Robustness"),
    "Quality": ("views_quality", "Quality"),
}
_THEMES = {
    "economy": ("views_special", "Economy"),
    "income": ("views_income", "Income"),
    "services": ("views_special", "Services"),
    "governance": ("views_governance", "Governance"),
    "culture": ("views_special", "Culture"),
    "environment": ("views_special", "Environment"),
}
_WHERE = {name: module for module, names in _PUBLIC.items() for name in names}

__all__ = sorted([*_WHERE, *_VIEWS, "theme"])


def theme(name, edition, place=None):
    """The view of one theme at one place.

    Parameters
    ----------
    name : str
        One of `research.project.THEMES`.
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
