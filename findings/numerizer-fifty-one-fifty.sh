#!/usr/bin/env bash
# numerizer 0.2.4 turns numbers in words into digits. It reads "one fifty" as 150, and applies this in the
# middle of a number too: "fifty one fifty" becomes "50 100 50" and "twenty one thirty" (21:30) "20 100 30",
# so a hundred is there that nobody said. A number with two words in its second half loses its digits
# likewise: "nineteen eighty four" becomes "19 80 4", though "eighty four" alone is 84.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check numerizer==0.2.4
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from numerizer import numerize

print("numerizer", version("numerizer"))
expected = {
    "one fifty": "150",
    "fifty one": "51",
    "fifty one fifty": "50 100 50",
    "the train at twenty one thirty": "the train at 20 100 30",
    "eighty four": "84",
    "nineteen eighty four": "19 80 4",
}
seen = {said: numerize(said) for said in expected}
for said, digits in seen.items():
    print(f"{said!r} becomes {digits!r}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
