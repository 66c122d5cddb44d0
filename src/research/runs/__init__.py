"""Parameterised notebooks: planned, run side by side in isolation, recorded, and repeatable byte for byte.

The public names are loaded when first used, so that a program which only plans stays quick.
"""

from importlib import import_module

_PUBLIC = {
    "plan": "planner",
    "matrix": "own",
    "Plan": "planner",
    "Run": "planner",
    "execute": "executor",
    "resume": "executor",
    "verify": "verify_runs",
    "states": "history",
    "timeline": "history",
    "install_kernelspec": "provisioner",
    "Report": "report",
    "Event": "report",
    "check": "templates",
    "read_template": "templates",
    "find_templates": "templates",
    "read_record": "record",
}

__all__ = list(_PUBLIC)


def __getattr__(name):
    if name in _PUBLIC:
        return getattr(import_module(f"research.runs.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'research.runs' has no attribute {name!r}")
