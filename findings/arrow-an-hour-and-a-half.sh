#!/usr/bin/env bash
# arrow 1.4.0 reads "in 2.5 hours" as in five hours, "in 1 hour and 30 minutes" as in 30 minutes, and "in an
# hour and a half" as in an hour: dehumanize() adds up what it knows ("an hour", "30 minutes", "5 hours") and
# skips the rest without a word. "in 1 hour" alone is refused with a ValueError, so a text with an unknown
# part is taken or refused by whether another part is known.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arrow==1.4.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import arrow

print("arrow", version("arrow"))
now = arrow.get(2026, 11, 21, 8, 30)
expected = {
    "in an hour and 30 minutes": "1:30:00",
    "in 1 hour and 30 minutes": "0:30:00",
    "in an hour and a half": "1:00:00",
    "in 2.5 hours": "5:00:00",
    "in 1 week and 2 days": "2 days, 0:00:00",
    "in 1 hour": "refused",
}
seen = {}
for said in expected:
    try:
        seen[said] = str(now.dehumanize(said) - now)
    except ValueError:
        seen[said] = "refused"
    print(f"{said!r}: {seen[said]}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
