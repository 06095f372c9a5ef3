#!/usr/bin/env bash
# lat-lon-parser 1.3.1 rounds minutes and seconds without carrying: 12.9999999 degrees are written as
# 12° 59' 60.00" and as 12° 60.000', which many readers of coordinates refuse or, if they cut the number, read
# as another place.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check lat-lon-parser==1.3.1
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from lat_lon_parser import to_str_deg_min, to_str_deg_min_sec

print("lat-lon-parser", version("lat-lon-parser"))
seen = {value: (to_str_deg_min_sec(value), to_str_deg_min(value)) for value in (12.5, 12.9999999, -0.99999999)}
for value, texts in seen.items():
    print(value, "is written", " and ".join(texts))
same = seen[12.9999999] == ("12° 59' 60.00\"", "12° 60.000'")
sys.exit(0 if same else "The behaviour has changed.")
PY
