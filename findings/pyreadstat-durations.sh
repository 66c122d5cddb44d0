#!/usr/bin/env bash
# Guess:  SPSS counts durations in seconds (formats TIME and DTIME): 60 hours of work a week, or 100 days and a half,
#         come out of pyreadstat as such, or as a number.
# Seen:   pyreadstat 1.3.7 gives a time of the day and drops the whole days without a word: 60 hours read as 12:00:00,
#         100 days 12 hours as 12:00:00 too, 24 hours as midnight, minus one hour as 23:00:00.
# Hurts:  hours of work and care in a household survey: who works 60 hours a week is counted with 12. The numbers
#         themselves are in the file: `disable_datetime_conversion=True` gives the seconds, which is what we read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export LC_ALL=C.UTF-8 TZ=UTC
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyreadstat==1.3.7 pandas==3.0.0
cat >try.py <<'PY'
import sys

import pandas as pd
import pyreadstat

HOUR = 3600.0
told = pd.DataFrame({"week": [60 * HOUR, 24 * HOUR, -HOUR], "trip": [100 * 24 * HOUR + 12 * HOUR, 0.0, HOUR]})
pyreadstat.write_sav(told, "hours.sav", variable_format={"week": "TIME8", "trip": "DTIME12"})
read, facts = pyreadstat.read_sav("hours.sav")
raw, _ = pyreadstat.read_sav("hours.sav", disable_datetime_conversion=True)
assert raw.equals(told), "the file does not hold the seconds"
seen = {c: [str(v) for v in read[c]] for c in read}
print("pyreadstat", pyreadstat.__version__, "formats", facts.original_variable_types, "seen", seen)
expected = {"week": ["12:00:00", "00:00:00", "23:00:00"], "trip": ["12:00:00", "00:00:00", "01:00:00"]}
sys.exit(0 if seen == expected else "the behaviour has changed")
PY
venv/bin/python try.py
