"""The case notebooks' stored outputs are what their cells give today (nbval)."""

import os
import subprocess
import sys

import pytest

from research.cases import numbers as case_numbers


@pytest.mark.slow
def test_nbval_finds_the_outputs_of_the_case_notebooks_as_they_are_kept(real):
    paths = sorted((real.notebooks / "cases").glob("*.ipynb"))
    if not paths:
        pytest.skip("no case notebooks")
    rules = real.root / "tests" / "nbval.cfg"
    check = ["--nbval", "--nbval-sanitize-with", str(rules)] if rules.is_file() else ["--nbval-lax"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "nbval", "-p", "no:cacheprovider", *check, *map(str, paths)]
    env = {**os.environ, "BLUEBOOK_PROJECT": str(real.root)}
    done = subprocess.run(command, capture_output=True, text=True, cwd=real.root, env=env, timeout=570)
    moved = [] if done.returncode == 0 else [str(fault) for fault in case_numbers.faults(real)]  # by number, no diff
    assert done.returncode == 0, moved or done.stdout[-4000:]
