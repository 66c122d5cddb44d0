#!/usr/bin/env bash
# Guess:  `extra_date_formats=["%tm"]` of pyreadstat's `read_dta` holds for that call, and a month of Stata (2024m6 is
#         773) comes out as June 2024.
# Seen:   with pyreadstat 1.3.7 the format stays for all later calls of the process, also for other files: one call with
#         the same arguments gives 773.0 before and a date after. And the months are taken for days: 1962-02-12.
#         `read_sav` goes on likewise with what was once named for SPSS.
# Hurts:  in a notebook's kernel a table depends on which cell ran before; a panel by month or quarter is moved to the
#         1960s. `disable_datetime_conversion=True` is not touched by it: we read so, and reckon dates by their formats.
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

pyreadstat.write_dta(pd.DataFrame({"month": [773.0]}), "months.dta", variable_format={"month": "%tm"})
assert str(pd.read_stata("months.dta")["month"][0])[:10] == "2024-06-01", "the file does not hold June 2024"
pyreadstat.write_sav(pd.DataFrame({"month": [13923446400.0]}), "months.sav", variable_format={"month": "MOYR8"})


def stata(**options):
    return str(pyreadstat.read_dta("months.dta", **options)[0]["month"][0])


def spss(**options):
    return str(pyreadstat.read_sav("months.sav", **options)[0]["month"][0])


seen = [stata(), stata(extra_date_formats=["%tm"]), stata()]
seen += [spss(), spss(extra_date_formats=["MOYR8"]), spss()]
seen += [stata(disable_datetime_conversion=True)]
print("pyreadstat", pyreadstat.__version__, "before, with the option, after; Stata, then SPSS:", seen)
expected = ["773.0", "1962-02-12", "1962-02-12", "13923446400.0", "2024-01-01", "2024-01-01", "773.0"]
sys.exit(0 if seen == expected else "the behaviour has changed")
PY
venv/bin/python try.py
