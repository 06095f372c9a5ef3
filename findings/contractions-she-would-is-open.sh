#!/usr/bin/env bash
# contractions 0.1.73 expands words that are no contractions: "shell" is "she will" and "shed" is "she would", so
# that "the shed is open" becomes "the she would is open". It leaves "ill call anna" alone, which is one. And
# "five o'clock" becomes "five of the clock". Lower-case text without apostrophes is what recognizers write.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check contractions==0.1.73
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import contractions

print("contractions", version("contractions"))
expected = {"don't go": "do not go", "the shed is open": "the she would is open",
            "stop at the shell station": "stop at the she will station",
            "wake me at five o'clock": "wake me at five of the clock", "ill call anna": "ill call anna"}
seen = {said: contractions.fix(said) for said in expected}
for said, text in seen.items():
    print(f"{said!r} becomes {text!r}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
