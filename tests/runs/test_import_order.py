"""Each module of the runs can be the first that is imported: papermill loads our engine on its own way in."""

import pkgutil
import subprocess
import sys

import pytest

import research.runs

NAMES = [m.name for m in pkgutil.iter_modules(research.runs.__path__)]


@pytest.mark.parametrize("name", ["client", "engine", "provisioner", "worker", "warm", "executor"])
def test_a_module_can_be_imported_first(name):
    assert name in NAMES
    subprocess.run([sys.executable, "-c", f"import research.runs.{name}"], check=True, timeout=60)
