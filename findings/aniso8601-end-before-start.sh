#!/usr/bin/env bash
# aniso8601 10.0.1 reads the end of a day, "2026-12-24T24:00", as the beginning of the day: an
# interval from 22:00 to 24:00 ends 22 hours before it starts. In ISO 8601, 24:00 is the
# midnight at which the day ends. ciso8601 2.4.1 reads the start of the next day.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check aniso8601==10.0.1 ciso8601==2.4.1
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import aniso8601
import ciso8601

print("aniso8601", version("aniso8601"), "and ciso8601", version("ciso8601"))
TEXT = "2026-12-24T24:00"
ours, other = aniso8601.parse_datetime(TEXT), ciso8601.parse_datetime(TEXT)
start, end = aniso8601.parse_interval(f"2026-12-24T22:00/{TEXT}")
print(f"{TEXT} is {ours} in aniso8601 and {other} in ciso8601")
print(f"22:00/24:00 of one day: from {start} to {end}, length {end - start}")
same = f"{ours:%d}" == "24" and f"{other:%d}" == "25" and end < start
sys.exit(0 if same else "The behaviour has changed.")
PY
