#!/usr/bin/env bash
# parsedatetime 2.6 reads "in half an hour" as in one hour, "day after tomorrow" as tomorrow, and
# "monday morning at 8" as six o'clock; each time it reports that a date or time was found. It also
# finds dates in words that only begin like a day or month. A reminder so comes at the wrong time.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check parsedatetime==2.6
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import datetime
from importlib.metadata import version

import parsedatetime

print("parsedatetime", version("parsedatetime"), "- it is Monday, 30 November 2026, 09:00")
calendar = parsedatetime.Calendar()
now = datetime(2026, 11, 30, 9, 0)
cases = {
    "in 30 minutes": "2026-11-30 09:30",
    "in half an hour": "2026-11-30 10:00",
    "in an hour and a half": "2026-11-30 10:00",
    "day after tomorrow": "2026-12-01 09:00",
    "tomorrow at 7": "2026-12-01 09:00",
    "monday morning at 8": "2026-12-07 06:00",
    "I may go": "2027-05-01 09:00",
}
seen = {}
for text in cases:
    found, status = calendar.parseDT(text, sourceTime=now)
    seen[text] = found.strftime("%Y-%m-%d %H:%M")
    print(f"{text!r:24} -> {seen[text]}  {'found' if status else 'not found'}")

sys.exit(0 if seen == cases else "The behaviour has changed.")
PY
