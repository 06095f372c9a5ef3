#!/usr/bin/env bash
# text2num 3.1.0 writes the digits of numbers that were heard as words. Before "timer", "second" is a unit,
# but "thirty second timer" becomes "32nd timer", and "ninety second" "92nd": both numbers of the sentence
# are gone and another stands in their place. The plural "thirty seconds" is read as meant.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check text2num==3.1.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from text_to_num import alpha2digit

print("text2num", version("text2num"))
seen = {}
for said in ("set a thirty second timer", "wait thirty seconds", "a ninety second break",
             "i need a hundred and five screws"):
    seen[said] = alpha2digit(said, "en")
    print(f"{said!r} becomes {seen[said]!r}")
same = list(seen.values()) == ["set a 32nd timer", "wait 30 seconds", "a 92nd break",
                               "i need a 105 screws"]
sys.exit(0 if same else "The behaviour has changed.")
PY
