"""The order of the rooms, from one table: imports go one way, nowhere in a circle, and no folder is a heap."""

import ast
from collections import Counter
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "research"
ORDER = (
    "core",
    "wording",
    "measures",
    "effects",
    "survey",
    "indicators",
    "transfers",
    "composite",
    "assessment",
    "figures",
    "runs",
    "book",
    "cases",
    "registers",
    "edition",
    "atlas",
    "starter",
    "manual",
    "cli",
)
"""A room imports only from itself and from rooms before it."""
NOT_FOR = {
    "book": (
        "wording",
        "measures",
        "effects",
        "survey",
        "indicators",
        "transfers",
        "composite",
        "assessment",
        "figures",
        "runs",
    )
}
"""Rooms that stand before another and are closed to it: the engine renders any book and knows nothing of districts."""
OLD_PLACES = ("errors", "project")
"""Modules at the top that only lead to where their names stand now, in core."""
FULL = 14
HEAPS = {
    "measures": "each measure's function, influence and names are still files of their own",
    "measures/formulas": "one file a family of measures, each with all that belongs to them",
    "composite": "one file a step of the index",
    "runs": "planner, executor and the warm kernels side by side",
    "assessment": "one file a question that the plan asks",
}
"""Folders that hold more files than `FULL`, and what they hold."""
BY_STRING = {
    "manual/reference.py": "reads every module of the package",
    "runs/warmup.py": "imports every module that notebooks use before the first fork",
}
"""Modules besides the packages' `__init__` that import what they are given the name of."""


def relative(path):
    return path.relative_to(SOURCE).as_posix()


def name_of(path):
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = sorted(p for p in SOURCE.rglob("*.py") if relative(p) not in ("__init__.py", "__main__.py"))
MODULES = {name_of(p): p for p in SOURCE.rglob("*.py")}


def for_types_only(tree):
    """Nodes that no program runs."""
    tests = (n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test))
    return {id(inner) for test in tests for line in test.body for inner in ast.walk(line)}


def imports(path):
    """Modules of the package that a file imports, at its top or in its functions."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped, found = for_types_only(tree), set()
    for node in (n for n in ast.walk(tree) if id(n) not in skipped):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)}, line {node.lineno}: imports are written from the package's root"
            module = node.module or ""
            found |= {whole if (whole := f"{module}.{a.name}") in MODULES else module for a in node.names}
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
    return {m for m in found if m in MODULES and m != "research"} - {name_of(path)}


GRAPH = {name: imports(path) for name, path in MODULES.items()}


def room(module):
    return module.split(".")[1]


def circles(graph):
    """Groups of modules that import each other, by taking away again and again what imports nothing that is left."""
    left = {a: set(b) for a, b in graph.items()}
    while ends := [a for a in left if not left[a] & left.keys()]:
        for a in ends:
            del left[a]
    while starts := set(left) - {b for targets in left.values() for b in targets}:
        for a in starts:
            del left[a]
    return sorted(left)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_room_imports_only_rooms_before_it(path):
    own = room(name_of(path))
    if own in OLD_PLACES:
        allowed = {"core", *OLD_PLACES}
    else:
        assert own in ORDER, f"{own}: a room that the table does not know"
        allowed = {*ORDER[: ORDER.index(own) + 1], *OLD_PLACES} - set(NOT_FOR.get(own, ()))
    wrong = {m for m in GRAPH[name_of(path)] if room(m) not in allowed}
    assert not wrong, f"{relative(path)} must not import {sorted(wrong)}"


def test_every_room_of_the_table_is_there():
    assert {p.name for p in SOURCE.iterdir() if p.is_dir() and any(p.glob("*.py"))} == set(ORDER)


def test_no_module_imports_itself_by_way_of_others():
    """Packages' own files only say what is public, and lead to it when asked."""
    packages = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    assert circles({a: b - packages for a, b in GRAPH.items() if a not in packages}) == []


def test_a_circle_would_be_seen():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": set()}) == ["b", "c"]


def test_only_packages_import_by_string():
    calls = {p: (n.func for n in ast.walk(ast.parse(p.read_text("utf-8"))) if isinstance(n, ast.Call)) for p in FILES}
    found = {
        relative(p)
        for p, made in calls.items()
        if any(ast.unparse(f).split(".")[-1] in ("import_module", "__import__") for f in made)
    }
    assert {name for name in found if not name.endswith("__init__.py")} == set(BY_STRING)


def test_a_folder_holds_as_many_files_as_one_can_look_over():
    held = Counter(p.parent.relative_to(SOURCE).as_posix() for p in FILES if p.name != "__init__.py")
    assert {folder for folder, count in held.items() if count > FULL} == set(HEAPS)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_plain_install_needs_no_second_parquet_engine(path):
    text = path.read_text("utf-8")
    assert "to_parquet(" not in text and "pd.read_parquet" not in text, "use research.core.tables"


def _public(tree):
    """Functions that others call: of the module, and of its public classes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public(node)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_public_function_says_its_types(path):
    untold = []
    for function in _public(ast.parse(path.read_text("utf-8"))):
        given = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
        bare = [a.arg for a in given if a.annotation is None and a.arg not in ("self", "cls")]
        untold += [f"line {function.lineno}, {function.name}: {name}" for name in bare]
        untold += [f"line {function.lineno}, {function.name}: what it returns"] if function.returns is None else []
    assert not untold, f"{relative(path)} does not say the types of " + "; ".join(untold)
