"""One thread for linear algebra in each of the tests' processes: those that share cores would wait for each other."""

import pytest
from hypothesis import settings

from research.core.threads import one_thread

one_thread()
settings.register_profile("untimed", deadline=None)  # no test asserts a time, on a busy machine least of all
settings.load_profile("untimed")

KERNELS = {"warm_parent", "finished"}
"""Fixtures behind which real kernels run."""
LONGEST = "test_end_to_end.py"
"""Begins, so that no process is left alone with it; naming it before its folder no longer puts it first."""


def pytest_collection_modifyitems(items):
    for item in items:
        if KERNELS & set(getattr(item, "fixturenames", ())) or "notebooks" in item.path.parts:
            item.add_marker(pytest.mark.kernel)
    items.sort(key=lambda item: item.path.name != LONGEST)
