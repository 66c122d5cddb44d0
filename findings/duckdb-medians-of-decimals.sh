#!/usr/bin/env bash
# Guess:  DuckDB's `median` and `quantile_cont` interpolate: the median of 0.1 and 0.2 is 0.15 in a DECIMAL column as in a
#         DOUBLE one, as `avg` of the same column is; of whole numbers it is a DOUBLE too.
# Seen:   DuckDB 2.0.1 gives the result the column's own type and cuts what does not fit, towards zero: 0.1 for 0.15, -0.1
#         for -0.15, and of yuan in DECIMAL(18,0) 3 and 4 the median 3, the upper quartile 3 for 3.75. A number with a
#         point that is typed in SQL is such a DECIMAL.
# Hurts:  medians and quartiles of shares, scores and incomes from databases (money is DECIMAL there) are always low, and
#         disagree with the means beside them. Our measures cast to DOUBLE before anything is reckoned.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export LC_ALL=C.UTF-8 TZ=UTC
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check duckdb==2.0.1
cat >try.py <<'PY'
import sys

import duckdb


def ask(expression, values):
    return str(duckdb.sql(f"SELECT {expression} FROM (VALUES {', '.join(f'({v})' for v in values)}) t(x)").fetchall()[0][0])


seen = {
    "decimal": ask("median(x)", ["0.1", "0.2"]),
    "below zero": ask("median(x)", ["-0.1", "-0.2"]),
    "yuan": ask("median(x::DECIMAL(18, 0))", ["3", "4"]),
    "quartile": ask("quantile_cont(x::DECIMAL(18, 0), 0.75)", ["3", "4"]),
    "double": ask("round(median(x::DOUBLE), 6)", ["0.1", "0.2"]),
    "mean": ask("round(avg(x), 6)", ["0.1", "0.2"]),
    "whole numbers": ask("median(x::INTEGER)", ["3", "4"]),
}
print("duckdb", duckdb.__version__, seen)
expected = {
    "decimal": "0.1",
    "below zero": "-0.1",
    "yuan": "3",
    "quartile": "3",
    "double": "0.15",
    "mean": "0.15",
    "whole numbers": "3.5",
}
sys.exit(0 if seen == expected else "the behaviour has changed")
PY
venv/bin/python try.py
