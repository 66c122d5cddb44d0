"""The measures of one distribution, each with all that is known of it; a file put here registers what it holds."""

from importlib import import_module
from pkgutil import iter_modules

_FIRST = (
    "shares",
    "gini",
    "entropy",
    "welfare",
    "inequality",
    "ratios",
    "extremes",
    "polarization",
    "shape",
    "deprivation",
    "poverty",
    "sen",
    "risk",
    "bands",
)
"""The order in which measures are listed; files that are not named follow by name."""

for _name in dict.fromkeys([*_FIRST, *sorted(m.name for m in iter_modules(__path__))]):
    import_module(f"{__name__}.{_name}")
