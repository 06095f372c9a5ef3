#!/usr/bin/env bash
# quantiphy 2.23 takes the first letter of a unit for a scale factor: "5 minutes" is 0.005 "inutes", "5 min" is
# 0.005 "in", "1.5 million" is 0.0015 "illion". "3 hours" and "12 V" are read as meant, so that a test with
# those does not show it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check quantiphy==2.23
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from quantiphy import Quantity

print("quantiphy", version("quantiphy"))
expected = {"12 V": (12, "V"), "3 hours": (3, "hours"), "5 minutes": (0.005, "inutes"),
            "5 min": (0.005, "in"), "1.5 million": (0.0015, "illion")}
seen = {text: (float(Quantity(text)), Quantity(text).units) for text in expected}
for text, (number, units) in seen.items():
    print(f"{text!r}: {number} {units!r}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
