"""Do the tests notice a changed sign? ``python benchmarks/mutants.py [--rooms composite privacy] [--count 40]``.

Draws mutants of the rooms that numbers come out of (cosmic-ray's operators; `pip install cosmic-ray`), runs the room's
tests on each, its own docstrings first and the slow ones last, and prints those that no test noticed. A mutant lives in a forked process whose
import of the one module is changed; no file is. Kept out of the tests: forty mutants take about a quarter of an hour.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import multiprocessing
import os
import random
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {
    "measures": (
        ["measures/*.py", "measures/formulas/*.py", "measures/survey/*.py", "measures/decompose/*.py"],
        ["tests/measures"],
    ),
    "composite": (["composite/*.py"], ["tests/composite"]),
    "privacy": (["indicators/privacy/*.py"], ["tests/indicators/privacy", "tests/attacks/test_privacy.py"]),
}
OPERATORS = (
    *(
        f"ReplaceBinaryOperator_{a}_{b}"
        for a, b in (("Add", "Sub"), ("Sub", "Add"), ("Mul", "Div"), ("Div", "Mul"), ("Pow", "Mul"))
    ),
    *(
        f"ReplaceComparisonOperator_{a}_{b}"
        for a, b in (("Lt", "LtE"), ("Gt", "GtE"), ("LtE", "Lt"), ("GtE", "Gt"), ("Eq", "NotEq"))
    ),
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "AddNot",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "NumberReplacer",
)
SECONDS = 600


def mutants(path: Path) -> list[tuple[Path, str, int]]:
    """Each possible change of one file: path, operator, occurrence."""
    from cosmic_ray.ast import get_ast
    from cosmic_ray.mutating import MutationVisitor
    from cosmic_ray.plugins import get_operator

    found, tree = [], get_ast(path.read_text("utf-8"))
    for name in OPERATORS:
        counter = MutationVisitor(-1, get_operator(f"core/{name}")())
        counter.walk(tree)
        found += [(path, name, n) for n in range(counter._count)]
    return found


class Changed(MetaPathFinder):
    """Imports one module from a changed text."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        self.name, self.path, self.text = name, path, text

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        text = self.text

        class Loader(SourceFileLoader):
            def get_code(self, fullname):
                return compile(text, self.path, "exec", dont_inherit=True)

        return importlib.util.spec_from_file_location(name, self.path, loader=Loader(name, str(self.path)))


def noticed(path: Path, text: str, tests: list[str]) -> None:
    """In a process of its own: run the tests on the changed module, and end with pytest's code."""
    import pytest

    name = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts)
    sys.meta_path.insert(0, Changed(name, path, text))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1), os.dup2(quiet, 2)
    try:
        importlib.import_module(name)  # here, before pytest's own loader finds the file among its arguments
    except Exception:
        os._exit(1)
    plain = ["-x", "-q", "-p", "no:cacheprovider"]
    for asked in (["--doctest-modules", str(path)], ["-m", "not slow", *tests], ["-m", "slow", *tests]):
        code = pytest.main([*plain, *asked])
        if code not in (0, 5):  # 5: there was no such test
            os._exit(code)
    os._exit(0)


def one(path: Path, operator: str, occurrence: int, tests: list[str]) -> tuple[str, str]:
    """What became of one mutant, and its changed lines."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    before = path.read_text("utf-8")
    text = mutate_code(before, get_operator(f"core/{operator}")(), occurrence)
    try:
        compile(text, str(path), "exec")
    except SyntaxError:
        return "no program", ""
    pairs = zip(before.splitlines(), text.splitlines(), strict=False)
    where, was, now = next(((n, a, b) for n, (a, b) in enumerate(pairs, 1) if a != b), (0, "", ""))
    child = multiprocessing.get_context("fork").Process(target=noticed, args=(path, text, tests))
    child.start()
    child.join(SECONDS)
    if child.is_alive():
        child.kill()
        child.join()
        return "noticed", ""
    state = "survived" if child.exitcode == 0 else "noticed"
    return state, f"{path.relative_to(ROOT)}:{where} {operator}\n    - {was.strip()}\n    + {now.strip()}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rooms", nargs="+", choices=ROOMS, default=list(ROOMS))
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in ("numpy", "pandas", "scipy.stats", "scipy.optimize", "hypothesis", "pytest", "duckdb"):
        importlib.import_module(name)  # once, before the forks
    for room in given.rooms:
        patterns, tests = ROOMS[room]
        files = sorted(
            p for pattern in patterns for p in (ROOT / "src/research").glob(pattern) if p.name != "__init__.py"
        )
        every = [m for path in files for m in mutants(path)]
        counts = {"noticed": 0, "survived": 0, "no program": 0}
        for mutant in random.Random(given.seed).sample(every, min(given.count, len(every))):
            state, told = one(*mutant, [str(ROOT / t) for t in tests])
            counts[state] += 1
            if state == "survived":
                print(told, flush=True)
        print(f"{room}: {len(every)} mutants, {counts}", flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
