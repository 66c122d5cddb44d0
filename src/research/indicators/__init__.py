"""Reference tables, intake, checks, derived indicators, disclosure control: the data an edition stands on."""

from importlib import import_module

_PUBLIC = {
    "Edition": "edition", "open_edition": "edition", "years": "edition",
    "check": "checks", "check_reference": "reference_checks",
    "build": "derive",
}

__all__ = [*_PUBLIC]


_ROOMS = {"disclosure": "privacy.disclosure", "withholding": "privacy.withholding"}  # modules by their short name


def __getattr__(name):
    if name in _ROOMS:
        return import_module(f"{__name__}.{_ROOMS[name]}")
    if name in _PUBLIC:
        return getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
