"""Imports go one way, from the rooms above to the rooms below; the engine knows nothing of districts."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "research"
BASE = ("core", "errors", "project")
ORDER = ("wording", "measures", "effects", "indicators", "composite", "assessment", "figures", "runs", "book", "cases",
         "edition", "starter", "manual", "cli")
DISTRICT = ("effects", "indicators", "composite", "assessment", "figures", "runs")


def room(path):
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported_rooms(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] == "research":
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [a.name for a in node.names]
        elif isinstance(node, ast.Import):
            for alias in node.names:
                parts = alias.name.split(".")
                if parts[0] == "research" and len(parts) > 1:
                    yield parts[1]


FILES = sorted(p for p in SOURCE.rglob("*.py") if room(p) not in ("__init__", "__main__"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_room_imports_only_rooms_before_it(path):
    own = room(path)
    assert own in BASE or own in ORDER, f"{own}: a room that the plan does not know"
    allowed = set(BASE) | ({own} if own in BASE else set(ORDER[: ORDER.index(own) + 1]))
    allowed -= set(DISTRICT) if own == "book" else set()
    wrong = {r for r in imported_rooms(path) if r in BASE + ORDER and r not in allowed}
    assert not wrong, f"{own} must not import {sorted(wrong)}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_a_plain_install_needs_no_second_parquet_engine(path):
    text = path.read_text("utf-8")
    assert "to_parquet(" not in text and "pd.read_parquet" not in text, "use research.core.tables"
