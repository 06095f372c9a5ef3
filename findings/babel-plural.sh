#!/usr/bin/env bash
# Babel 2.19.0 prints "1 hours" for Decimal("1.0") and "1 hour" for 1.0, and "1.00 US dollar" for 1 but
# "1.00 US dollars" for Decimal("1.00"): singular or plural follows the decimal places of the number
# that is given, not those that are printed. Amounts read from JSON with parse_float=Decimal, the usual
# care with money, are so written or spoken wrongly.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check babel==2.19.0
"$folder/venv/bin/python" - <<'PY'
import sys
from decimal import Decimal
from importlib.metadata import version

from babel.numbers import format_currency
from babel.units import format_unit

print("babel", version("babel"))
seen = []
for amount in (1, 1.0, Decimal("1"), Decimal("1.0"), Decimal("1.00")):
    price = format_currency(amount, "USD", locale="en", format_type="name")
    hours = format_unit(amount, "hour", locale="en")
    seen.append((price, hours))
    print(f"{amount!r:16} -> {price!r}, {hours!r}")

one, many = ("1.00 US dollar", "1 hour"), ("1.00 US dollars", "1 hours")
print("The same printed digits get both forms.")
sys.exit(0 if seen == [one, one, one, many, many] else "The behaviour has changed.")
PY
