#!/usr/bin/env bash
# DuckDB 2.0.1 hands a year to Python as 360 days: age() of two dates exactly a year apart arrives as
# timedelta(days=360), five days short, and age() of 31 January and 1 March, 29 days apart, as 31. Each month is 30
# days on the way, without a warning. DuckDB's own epoch() has 365.25 days for the year, and "-" between the same two
# timestamps gives the days that passed. Whoever adds the answer to the first date misses the second.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check duckdb==2.0.1
"$folder/venv/bin/python" - <<'PY'
import datetime
import sys

import duckdb

print("DuckDB", duckdb.__version__)
seen = []
for first, last in (("2026-06-10", "2027-06-10"), ("2026-01-31", "2026-03-01"), ("2026-06-10", "2026-06-20")):
    query = "SELECT age($b::TIMESTAMP, $a::TIMESTAMP), epoch(age($b::TIMESTAMP, $a::TIMESTAMP)) / 86400,"
    query += " $b::TIMESTAMP - $a::TIMESTAMP, $a::TIMESTAMP + age($b::TIMESTAMP, $a::TIMESTAMP)"
    age, epoch, minus, reached = duckdb.execute(query, {"a": first, "b": last}).fetchone()
    in_python = datetime.datetime.fromisoformat(first) + age
    seen.append((age.days, epoch, minus.days, str(reached.date()), str(in_python.date())))
    print(f"{first} to {last}: age() {age.days} days, its epoch() {epoch:g} days, by - {minus.days} days;", end=" ")
    print(f"{first} and age() is {reached.date()} in SQL, {in_python.date()} in Python")
same = seen == [
    (360, 365.25, 365, "2027-06-10", "2027-06-05"),
    (31, 31.0, 29, "2026-03-01", "2026-03-03"),
    (10, 10.0, 10, "2026-06-20", "2026-06-20"),
]
sys.exit(0 if same else f"The behaviour has changed: {seen}")
PY
