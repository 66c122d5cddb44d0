"""The library example of both READMEs gives the figure that the book prints."""

import re
from pathlib import Path

import pytest

from research.core.scope import Scope, open_project
from research.core.tables import read_table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_example_gives_the_books_gini(name):
    path = Scope.of(open_project(ROOT), 2024).results / "measures.parquet"
    if not path.is_file():
        pytest.skip("the sample's edition is not built")
    code = next(b for b in re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S) if "gini" in b)
    given = {}
    *lines, last = [line for line in code.splitlines() if line.strip() and not line.startswith("design")]
    exec("\n".join(lines), given)  # the project's own page
    table = read_table(path).query("measure == 'gini' and year == 2024 and residence == 'all'").set_index("place")
    assert eval(last, given) == pytest.approx(table.at["331003", "value"], abs=1e-12)
