#!/usr/bin/env bash
# anyascii 0.3.3 writes "1½" as "11/2", eleven halves, and "2¼ cups" as "21/4 cups". So does the compatibility
# form NFKC of Unicode itself, with a fraction slash. Unidecode 1.4.0 sets a space before the fraction.
# Powers become other numbers in all three: "10²" is "102".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check anyascii==0.3.3 unidecode==1.4.0
"$folder/venv/bin/python" - <<'PY'
import fractions
import sys
import unicodedata
from importlib.metadata import version

from anyascii import anyascii
from unidecode import unidecode

print("anyascii", version("anyascii"), "unidecode", version("unidecode"))
seen = []
for text in ("1½", "2¼ cups", "10²"):
    seen.append((anyascii(text), unicodedata.normalize("NFKC", text), unidecode(text)))
    print(f"{text!r}: anyascii {seen[-1][0]!r}, NFKC {seen[-1][1]!r}, Unidecode {seen[-1][2]!r}")
print("as a number:", fractions.Fraction(seen[0][0]))
expected = [("11/2", "11\u20442", "1 1/2"), ("21/4 cups", "21\u20444 cups", "2 1/4 cups"), ("102", "102", "102")]
sys.exit(0 if seen == expected and fractions.Fraction(seen[0][0]) == 5.5 else f"The behaviour has changed: {seen}")
PY
