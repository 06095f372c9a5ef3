#!/usr/bin/env bash
# price-parser 0.5.1 reads "0.999 €" as 999 and the petrol price "1.799 €" as 1799: a dot with three digits
# after it counts as a separator of thousands, even after a nought, where there is nothing to separate. With
# two or four digits the same price is read right, and a "$1.5m" house costs 1.50. The caller can name the
# decimal separator; then 0.999 is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check price-parser==0.5.1
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from price_parser import Price

print("price-parser", version("price-parser"))
expected = {"0.999 €": "999", "0,999 €": "999", "1.799 € per litre": "1799", "1.79 €": "1.79", "1.7990 €": "1.7990",
            "$1.5m": "1.5"}
seen = {text: str(Price.fromstring(text).amount) for text in expected}
for text, amount in seen.items():
    print(f"{text!r}: {amount}")
named = str(Price.fromstring("0.999 €", decimal_separator=".").amount)
print("with decimal_separator='.':", named)
sys.exit(0 if seen == expected and named == "0.999" else f"The behaviour has changed: {seen} {named}")
PY
