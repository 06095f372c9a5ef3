#!/usr/bin/env bash
# isodate 0.7.2 writes "a month less two hours" as "-P1MT2H", which is a month and two hours ago, and reads it back
# so. Of a duration whose months and days have different signs one sign is kept for all, without an error; such
# a duration is what isodate's own addition gives. ISO 8601-2 has a sign at each part for it (P1MT-2H), which
# isodate does not read. A reminder "a month less two hours from now" is so two months early.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check isodate==0.7.2
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import datetime, timedelta
from importlib.metadata import version

from isodate import Duration, duration_isoformat, parse_duration

print("isodate", version("isodate"))
start = datetime(2026, 6, 10, 12)
seen = []
for title, duration in {
    "a month and two hours": Duration(months=1) + timedelta(hours=2),
    "a month less two hours": Duration(months=1) - timedelta(hours=2),
    "a year less a day": Duration(years=1) - timedelta(days=1),
    "two days less a month": Duration(months=-1) + timedelta(days=2),
}.items():
    text = duration_isoformat(duration)
    seen.append((text, str(start + duration), str(start + parse_duration(text))))
    print(f"{title}: from {start} to {seen[-1][1]}, written {text}, which leads to {seen[-1][2]}")
same = seen == [
    ("P1MT2H", "2026-07-10 14:00:00", "2026-07-10 14:00:00"),
    ("-P1MT2H", "2026-07-10 10:00:00", "2026-05-10 10:00:00"),
    ("-P1Y1D", "2027-06-09 12:00:00", "2025-06-09 12:00:00"),
    ("-P1M2D", "2026-05-12 12:00:00", "2026-05-08 12:00:00"),
]
sys.exit(0 if same else f"The behaviour has changed: {seen}")
PY
