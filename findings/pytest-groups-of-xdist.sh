#!/usr/bin/env bash
# Guess:  `pytest -n 2 --dist loadgroup` keeps tests marked `xdist_group("one")` on one worker, so that a fixture that takes
#         minutes is made once (pytest-xdist's documentation).
# Seen:   with pytest 9.2.0 and pytest-xdist 3.8.0 the marks have no effect: the six tests of one group run on both
#         workers, without an error or a warning. xdist writes the group behind the test's id into an attribute that
#         pytest 9.2 no longer reads its ids from. With pytest 8.4.2 the same file runs on one worker.
# Hurts:  our whole-journey fixture was made twice at the same time: the run took 26 minutes instead of about 15.
#         `--dist loadfile` gives whole files to one worker and is what we use.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1 PYTEST_DISABLE_PLUGIN_AUTOLOAD=1
cat > test_group.py <<'PY'
import time

import pytest

pytestmark = pytest.mark.xdist_group("one")


@pytest.mark.parametrize("n", range(6))
def test_n(n):
    time.sleep(0.2)
PY
workers() {  # how many workers ran the group
  python3 -m venv "$1"
  "$1/bin/python" -m pip install -q --disable-pip-version-check "pytest==$2" "pytest-xdist==3.8.0"
  "$1/bin/python" -m pytest -p xdist -v -n 2 --dist loadgroup test_group.py | grep PASSED | grep -o '^\[gw[0-9]*\]' | sort -u | wc -l
}
new=$(workers new 9.2.0)
old=$(workers old 8.4.2)
echo "pytest-xdist 3.8.0, one group of six tests, two workers: pytest 9.2.0 uses $new, pytest 8.4.2 uses $old"
[ "$new" = 2 ] && [ "$old" = 1 ] || { echo "the behaviour has changed"; exit 1; }
