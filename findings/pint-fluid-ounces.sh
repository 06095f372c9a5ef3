#!/usr/bin/env bash
# pint 0.25.3 reads "16 fl oz" as 16 femtolitres times ounces: "fl" is a femtolitre and a space
# multiplies. No error is raised, although "fl oz" is how a cup or a bottle is labelled; pint's own
# symbol is "floz". A conversion then fails far from the cause, or a product of units is stored.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pint==0.25.3
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import pint

print("pint", version("pint"))
units = pint.UnitRegistry()
seen = {}
for text in ("16 fl oz", "16 fl. oz", "16 floz", "12 oz"):
    seen[text] = str(units(text))
    print(f"{text!r:12} is read as {seen[text]}  {dict(units(text).dimensionality)}")
try:
    units("16 fl oz").to("millilitre")
    failure = "none"
except pint.DimensionalityError as error:
    failure = type(error).__name__
print("16 fl oz in millilitres:", failure)

expected = {
    "16 fl oz": "16 femtoliter * ounce",
    "16 fl. oz": "16 femtoliter * ounce",
    "16 floz": "16 fluid_ounce",
    "12 oz": "12 ounce",
}
print("The label on a cup is read as a volume times a mass.")
sys.exit(0 if (seen, failure) == (expected, "DimensionalityError") else "The behaviour has changed.")
PY
