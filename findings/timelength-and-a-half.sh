#!/usr/bin/env bash
# timelength 3.0.4 reads "half an hour" and "3.5 hours", but of "three and a half hours" it keeps the half
# alone: 1,800 seconds. The result is marked as a success; the three stands in the list of invalid parts.
# "minus five minutes" is five minutes, also a success. A timer set with it rings three hours early.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check timelength==3.0.4
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from timelength import TimeLength

print("timelength", version("timelength"))
seen = {}
for said in ("half an hour", "3.5 hours", "three and a half hours", "an hour and a half",
             "two hours and thirty minutes", "minus five minutes"):
    result = TimeLength(said).result
    seen[said] = (result.success, result.seconds)
    print(f"{said!r}: success {result.success}, {result.seconds:g} seconds,",
          "left out:", [str(part) for part in result.invalid])
same = (seen["half an hour"] == (True, 1800) and seen["3.5 hours"] == (True, 12600)
        and seen["three and a half hours"] == (True, 1800)
        and seen["an hour and a half"] == (True, 3600)
        and seen["minus five minutes"] == (True, 300))
sys.exit(0 if same else "The behaviour has changed.")
PY
