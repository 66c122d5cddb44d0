"""What happens in a kernel before a notebook's first cell and after its last: it leaves no trace in it.

Both kinds of kernel, warm and plain, are brought to one state here, so that they give the same bytes.
"""

from __future__ import annotations

import json
import sys

SALT = "common-prosperity-bluebook"


def prepare(seed=0):
    """Fix what would differ between two runs: random states, ids in drawings and tables."""
    import random

    import numpy as np

    random.seed(seed)
    np.random.seed(seed % 2**32)
    when_loaded("matplotlib", _settle_matplotlib)
    when_loaded("pandas.io.formats.style_render", lambda module: setattr(module, "uuid4", _FixedId))


class _FixedId:
    """Stands in for `uuid4` where pandas names the tables it styles: counted, not random."""

    count = 0

    def __init__(self):
        _FixedId.count += 1
        self.hex = f"{_FixedId.count:05x}" + "0" * 27

    def __str__(self):
        return self.hex


def _settle_matplotlib(module):
    module.rcParams["svg.hashsalt"] = SALT


def when_loaded(name, act):
    """Act on a module now if it is loaded, else when it will be: nothing is imported for its own sake."""
    if name in sys.modules:
        act(sys.modules[name])
        return
    from importlib.util import find_spec

    class Finder:
        busy = False

        def find_spec(self, wanted, path=None, target=None):
            if wanted != name or Finder.busy:
                return None
            Finder.busy = True
            try:
                spec = find_spec(name)
            finally:
                Finder.busy = False
            if spec is None or spec.loader is None:
                return spec
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                act(module)

            spec.loader.exec_module = exec_module
            sys.meta_path.remove(finder)
            return spec

    finder = Finder()
    sys.meta_path.insert(0, finder)


def reads():
    """Names of the inputs the notebook has read, as JSON, or `null` when that is not known.

    An edition that keeps a set `reads` of input names (as `results/measures.parquet`) is believed.
    """
    edition = sys.modules.get("research.indicators.edition")
    kept = getattr(edition, "READS", None)
    return json.dumps({"reads": sorted(kept) if kept else None})
