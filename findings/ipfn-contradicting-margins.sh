#!/usr/bin/env bash
# Guess:  raking to margins that contradict each other (the sexes add up to 100, the residences to 110) ends as not
#         converged.
# Seen:   ipfn 1.4.4 reports convergence (flag 1) after a few rounds: the rate at which it stops compares one round with
#         the one before, not the table with the margins. The margin that came last is met, the other is 10% off.
# Hurts:  two departments' totals of the same population differ nearly always; the weights silently follow the one that was
#         named last. Our calibration refuses such totals, or is told how far they may be missed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export LC_ALL=C.UTF-8 TZ=UTC
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check ipfn==1.4.4 numpy==2.4.6 pandas==3.0.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import numpy as np
from ipfn.ipfn import ipfn

SEXES, RESIDENCES = np.array([40.0, 60.0]), np.array([50.0, 60.0])


def rake(first, second):
    """The table's sums by row and column, and what is said of convergence."""
    margins, dimensions = ([SEXES, RESIDENCES], [[0], [1]]) if first == 0 else ([RESIDENCES, SEXES], [[1], [0]])
    made, converged, _ = ipfn(np.array([[10.0, 20.0], [30.0, 40.0]]), margins, dimensions, verbose=2).iteration()
    return int(converged), made.sum(axis=1).round(3).tolist(), made.sum(axis=0).round(3).tolist()


seen = {"residences last": rake(0, 1), "sexes last": rake(1, 0)}
print("ipfn", version("ipfn"), "wanted", SEXES, RESIDENCES, "flag, rows, columns:", seen)
expected = {
    "residences last": (1, [44.0, 66.0], [50.0, 60.0]),
    "sexes last": (1, [40.0, 60.0], [45.455, 54.545]),
}
sys.exit(0 if seen == expected else "the behaviour has changed")
PY
venv/bin/python try.py
