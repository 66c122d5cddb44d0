"""One thread for linear algebra in each of the tests' processes: those that share cores would wait for each other."""

import pytest

from research.core.threads import one_thread

one_thread()

KERNELS = {"warm_parent", "finished"}
"""Fixtures behind which real kernels run."""


def pytest_collection_modifyitems(items):
    for item in items:
        if KERNELS & set(getattr(item, "fixturenames", ())) or "notebooks" in item.path.parts:
            item.add_marker(pytest.mark.kernel)
