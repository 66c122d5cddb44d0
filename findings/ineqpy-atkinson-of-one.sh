#!/usr/bin/env bash
# Guess:  ineqpy's Atkinson index with e=1 is 1 less the geometric mean over the mean, 0 where all have the same, and does
#         not care whether incomes are in yuan or in ten thousands, like its index with e=0.5.
# Seen:   ineqpy 0.4.1 takes the logarithm of the mean once for each row instead of once: five equal incomes of 30000 give
#         1 and not 0, in units of ten thousand 0.988, and of incomes below their unit it is negative. With e=0.5 it is right.
# Hurts:  who checks the yearbook's Atkinson index with it finds nearly perfect inequality everywhere, the more the more
#         households there are. The manual's comparison of measures has the pair of values.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export LC_ALL=C.UTF-8 TZ=UTC
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check ineqpy==0.4.1 numpy==2.4.6 pandas==3.0.0
cat >try.py <<'PY'
import sys
from importlib.metadata import version

import numpy as np
from ineqpy.inequality import atkinson

same, five, w = np.full(5, 30000.0), np.array([1.0, 2.0, 3.0, 4.0, 10.0]), np.ones(5)
seen = {
    "equal, yuan": round(float(atkinson(same, w, e=1)), 6),
    "equal, 10000 yuan": round(float(atkinson(same / 10000, w, e=1)), 6),
    "five": round(float(atkinson(five, w, e=1)), 6),
    "five, hundreds": round(float(atkinson(five / 100, w, e=1)), 6),
    "five, e=0.5": round(float(atkinson(five, w, e=0.5)), 6),
}
right = {"five": round(1 - float(np.exp(np.log(five).mean()) / five.mean()), 6)}
right["five, e=0.5"] = round(1 - float(np.sqrt(five).mean() ** 2 / five.mean()), 6)
print("ineqpy", version("ineqpy"), "seen", seen, "by definition", right)
holds = seen["five, e=0.5"] == right["five, e=0.5"] and seen["five"] != right["five"]
holds = holds and seen["equal, yuan"] == 1.0 and seen["equal, 10000 yuan"] > 0.98 and seen["five, hundreds"] < 0
sys.exit(0 if holds else "the behaviour has changed")
PY
venv/bin/python try.py
