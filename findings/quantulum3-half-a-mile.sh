#!/usr/bin/env bash
# quantulum3 0.10.0 reads "half a mile" as 0.5 "per mile": it takes the article for the "a" of "twice
# a day". "a half mile" is read rightly. Spoken directions ("turn left in half a mile") therefore
# lose their distance, while the value looks plausible.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check quantulum3==0.10.0
"$folder/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from quantulum3 import parser

print("quantulum3", version("quantulum3"))
expected = {
    "turn left in half a mile": (0.5, "per mile", "unknown"),
    "half a kilometre to go": (0.5, "per kilometre", "unknown"),
    "add half a litre": (0.5, "per litre", "unknown"),
    "turn left in a half mile": (0.5, "mile", "length"),
    "two and a half miles": (2.5, "mile", "length"),
}
seen = {}
for text in expected:
    found = parser.parse(text)[0]
    seen[text] = (found.value, found.unit.name, found.unit.entity.name)
    print(f"{text!r:28} value {found.value}, unit {found.unit.name!r}, kind {found.unit.entity.name!r}")

print("Half of a unit is read as a rate.")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
