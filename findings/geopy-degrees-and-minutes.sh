#!/usr/bin/env bash
# geopy 2.5.0: Point reads degrees and minutes without their signs from the end of the text and drops what
# comes before. "52 30 0 N, 13 24 0 E" (Berlin) is 24 north, 0 east; "N 52 30 E 13 24" is 13 north, 24 east;
# and the decimal comma "52,5 13,4" is 13 north, 4 east. No error is raised. With the signs of degrees and
# minutes, and with decimal points, the same place is read as meant.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check geopy==2.5.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from geopy.point import Point

print("geopy", version("geopy"))
expected = {"52.5 13.4": (52.5, 13.4), "52° 30' N 13° 24' E": (52.5, 13.4),
            "52 30 0 N, 13 24 0 E": (24, 0), "N 52 30 E 13 24": (13, 24), "52,5 13,4": (13, 4)}
seen = {text: tuple(Point(text))[:2] for text in expected}
for text, place in seen.items():
    print(f"{text}: latitude {place[0]}, longitude {place[1]}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
