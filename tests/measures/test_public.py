"""The public surface: every name is documented, runs an example, and the room stays pure."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import research.measures as m

ROOMS = ("decompose", "dynamics", "grouped", "small_area", "survey")
FUNCTIONS = [(m, n) for n in m.__all__ if inspect.isfunction(getattr(m, n))]
for room in ROOMS:
    module = importlib.import_module(f"research.measures.{room}")
    names = getattr(module, "__all__", [n for n, f in vars(module).items() if inspect.isfunction(f) and n[0] != "_"])
    FUNCTIONS += [(module, n) for n in names if inspect.isfunction(getattr(module, n))]


@pytest.mark.parametrize("module, name", FUNCTIONS, ids=[f"{f[0].__name__.split('.')[-1]}.{f[1]}" for f in FUNCTIONS])
def test_documented(module, name):
    doc = inspect.getdoc(getattr(module, name)) or ""
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"{section}\n---" in doc, f"{name} has no section {section}"


def test_every_measure_is_public():
    for name in m.MEASURES:
        assert name in m.__all__
    assert sorted(m.__all__) == sorted(set(m.__all__))
    for name in [*m.__all__, *ROOMS]:
        assert getattr(m, name) is not None


def test_measures_import_no_other_room():
    folder = Path(m.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
            for name in filter(None, names):
                inside = not name.startswith("research") or name.startswith(("research.measures", "research.errors"))
                assert inside or name == "research", f"{path.name} imports {name}"
