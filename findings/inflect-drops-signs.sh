#!/usr/bin/env bash
# inflect 7.6.0 reads a number from its digits alone and drops what stands between them: "1/2" is "twelve",
# "10:30" is "one thousand and thirty", "5-10" is "five hundred and ten", "1e3" is "thirteen". Every one
# of them is a plausible number, none is the one that was given, and no error is raised.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check inflect==7.6.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import inflect

print("inflect", version("inflect"))
engine = inflect.engine()
expected = {"2.50": "two point five zero", "1/2": "twelve", "1 1/2": "one hundred and twelve",
            "5-10": "five hundred and ten", "10:30": "one thousand and thirty", "1e3": "thirteen"}
seen = {text: engine.number_to_words(text) for text in expected}
for text, words in seen.items():
    print(f"{text!r}: {words}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
