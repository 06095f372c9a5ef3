#!/usr/bin/env bash
# unit-parse 0.1.12 multiplies and divides what stands side by side: "10 km to 20 km" is 10 per kilometre to the
# 19th power, "2 hours 5 minutes" is 10 hour-minutes, and the consumption "7 l/100km" is 0.07 kilometre-litres
# (the slash before a number turns the unit round). "12 V" is the bare number 12, and "21,5 °C" is 215 °C.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check unit-parse==0.1.12
"$folder/venv/bin/python" - 2> "$folder/log" <<'PY'
import sys
from importlib.metadata import version

from unit_parse import parser

print("unit-parse", version("unit-parse"))
expected = {"100 km/h": "100.0 km / h", "5 minutes": "5 min", "12 V": "12",
            "2 hours 5 minutes": "10 h * min", "10 km to 20 km": "10.0 / km ** 19",
            "7 l/100km": "0.07 km * l", "21,5 °C": "215 °C"}
seen = {text: str(parser(text)) for text in expected}
for text, quantity in seen.items():
    print(f"{text!r}: {quantity}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
