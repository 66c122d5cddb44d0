"""Reference tables, intake, checks, derived indicators, disclosure control: the data an edition stands on."""

from importlib import import_module

_PUBLIC = {
    "Edition": "edition",
    "open_edition": "edition",
    "edition_of": "edition",
    "wanted_scope": "edition",
    "years": "edition",
    "check": "checks.checks",
    "check_reference": "reference.checks",
    "build": "derive",
}

__all__ = [*_PUBLIC]


def __getattr__(name):
    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
