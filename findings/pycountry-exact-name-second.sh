#!/usr/bin/env bash
# pycountry 26.2.16: search_fuzzy does not put the country first whose own name was given. "Niger" finds
# Nigeria first, and "Curaçao" finds the Netherlands, of which it is also a subdivision. All other names
# of the database come first in their own search, so a short test does not show it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pycountry==26.2.16
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import pycountry

print("pycountry", version("pycountry"))
others = {country.name: pycountry.countries.search_fuzzy(country.name)[0].name
          for country in pycountry.countries
          if pycountry.countries.search_fuzzy(country.name)[0] is not country}
print(len(pycountry.countries), "countries; another one comes first for:", others)
same = others == {"Niger": "Nigeria", "Curaçao": "Netherlands"}
sys.exit(0 if same else "The behaviour has changed.")
PY
