#!/usr/bin/env bash
# ovos-date-parser 0.29.0 finds no length in "an hour" (English): the article is not read as one. In
# a longer phrase the hour is left out in silence: "an hour and ten minutes" is ten minutes, while "one hour
# and ten minutes" is seventy. A negative length is said as one day less: minus five minutes come out as
# "twenty three hours fifty five minutes".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ovos-date-parser==0.29.0
"$folder/venv/bin/python" - 2> "$folder/log" <<'PY'
import sys
from datetime import timedelta
from importlib.metadata import version

from ovos_date_parser import extract_duration, nice_duration

print("ovos-date-parser", version("ovos-date-parser"))
seen = {}
for said in ("half an hour", "an hour", "one hour and ten minutes", "an hour and ten minutes",
             "a week and two days"):
    seen[said], rest = extract_duration(said, "en")
    print(f"{said!r}: {seen[said]}, left over: {rest!r}")
negative = nice_duration(timedelta(minutes=-5), "en")
print("minus five minutes is said as:", negative)
same = (seen["an hour"] is None and seen["an hour and ten minutes"] == timedelta(minutes=10)
        and seen["one hour and ten minutes"] == timedelta(minutes=70)
        and seen["a week and two days"] == timedelta(days=2)
        and negative == "twenty three hours fifty five minutes")
sys.exit(0 if same else "The behaviour has changed.")
PY
