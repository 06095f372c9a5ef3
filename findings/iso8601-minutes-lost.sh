#!/usr/bin/env bash
# iso8601 2.1.0 loses the minutes of a time with a fraction of a minute: "10:30.5" (half past ten and thirty
# seconds) is 10:00:30.5. The minutes are read as seconds, the fraction as their fraction, and no error is
# raised. isodate 0.7.2 and aniso8601 10.0.1 read 10:30:30; ISO 8601 lets the lowest part have a fraction.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check iso8601==2.1.0 isodate==0.7.2 aniso8601==10.0.1
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import aniso8601
import iso8601
import isodate

print("iso8601", version("iso8601"), "beside isodate", version("isodate"), "and aniso8601", version("aniso8601"))
TEXT = "2026-12-24T10:30.5Z"
seen = {"iso8601": iso8601.parse_date(TEXT), "isodate": isodate.parse_datetime(TEXT),
        "aniso8601": aniso8601.parse_datetime(TEXT)}
for name, moment in seen.items():
    print(f"{TEXT} in {name}: {moment:%H:%M:%S.%f}")
times = [f"{moment:%H:%M:%S.%f}" for moment in seen.values()]
same = times == ["10:00:30.500000", "10:30:30.000000", "10:30:30.000000"]
sys.exit(0 if same else "The behaviour has changed.")
PY
