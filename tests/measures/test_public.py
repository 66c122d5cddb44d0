"""The public surface: every name is documented, runs an example, and the room stays pure."""

import ast
import importlib
import inspect
import re
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


@pytest.mark.parametrize("module, name", FUNCTIONS, ids=[f"{f[0].__name__.split('.')[-1]}.{f[1]}" for f in FUNCTIONS])
def test_has_a_formula_a_reference_and_ranges(module, name):
    doc = inspect.getdoc(getattr(module, name))
    before = doc.split("Parameters\n---")[0]
    assert re.search(r"``[^`]+``", before) or name == "table", f"{name} has no formula before its parameters"
    assert "References\n---" in doc, f"{name} has no reference"
    returns = doc.split("Returns\n---")[1].split("\n\nRaises")[0]
    assert re.search(r"\d|yuan|unit|Tidy|`\w+`|share|[A-Z]\w+$", returns), f"{name} states no range or unit"


CLASSES = [(mod, n) for mod in dict.fromkeys(f[0] for f in FUNCTIONS) for n in getattr(mod, "__all__", [])
           if inspect.isclass(getattr(mod, n))]  # fmt: skip


@pytest.mark.parametrize("module, name", CLASSES, ids=[c[1] for c in CLASSES])
def test_classes_say_what_they_hold(module, name):
    kind = getattr(module, name)
    doc = inspect.getdoc(kind)
    assert "Parameters\n---" in doc or "Attributes\n---" in doc, name
    for method, f in vars(kind).items():
        if inspect.isfunction(f) and method[0] != "_":
            assert inspect.getdoc(f), f"{name}.{method}"
    for method in ("estimate", "contrast", "statistic", "quantile", "decile_shares", "pip", "poverty"):
        f = vars(kind).get(method)
        if f is not None and name != "Distribution":
            for section in ("Raises", "Examples"):
                assert f"{section}\n---" in inspect.getdoc(f), f"{name}.{method} has no {section}"


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
                inside = not name.startswith("research") or name.startswith(("research.measures", "research.core"))
                assert inside or name == "research", f"{path.name} imports {name}"
