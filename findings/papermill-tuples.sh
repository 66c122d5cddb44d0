#!/usr/bin/env bash
# Guess:  parameters reach a Python notebook as they are: a tuple of quantiles, a table of codes whose keys are numbers.
# Seen:   papermill 2.7.0 writes the tuple (0.1, 0.9) into the cell as the text "(0.1, 0.9)", without a word, and
#         {1: "urban"} with the key "1". A list and a dict of texts arrive whole.
# Hurts:  `for q in quantiles` then goes through characters, and no code of the table is ever found, so that all
#         households fall under "other". Our runs write parameters as source (`runs/literals.py`).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export LC_ALL=C.UTF-8 TZ=UTC HOME="$folder"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check papermill==2.7.0
cat >try.py <<'PY'
import ast
import sys
from importlib.metadata import version

import nbformat
import papermill
from nbformat.v4 import new_code_cell, new_notebook

kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
cell = new_code_cell("x = None", metadata={"tags": ["parameters"]})
nbformat.write(new_notebook(cells=[cell], metadata=kernel), "in.ipynb")


def arrives(value):
    """What the injected cell assigns."""
    made = papermill.execute_notebook("in.ipynb", "out.ipynb", {"x": value}, prepare_only=True, progress_bar=False)
    return ast.literal_eval(made.cells[1].source.split("x = ", 1)[1].strip())


seen = [arrives(v) for v in ((0.1, 0.9), {1: "urban"}, [0.1, 0.9], {"a": 1})]
print("papermill", version("papermill"), "seen", seen)
sys.exit(0 if seen == ["(0.1, 0.9)", {"1": "urban"}, [0.1, 0.9], {"a": 1}] else "the behaviour has changed")
PY
venv/bin/python try.py
