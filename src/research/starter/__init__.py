"""A district's own project: laid out whole from what the program brings, and kept up with its later versions."""

from importlib import import_module

_PUBLIC = {"new_district": "research.starter.layout", "upgrade": "research.starter.renewal"}

__all__ = [*_PUBLIC]


def __getattr__(name):
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'research.starter' has no attribute {name!r}")
