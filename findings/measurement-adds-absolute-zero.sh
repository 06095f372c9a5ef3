#!/usr/bin/env bash
# measurement 3.2.2 calculates with temperatures in kelvin and then says degrees Celsius: 20 °C plus 5 °C is
# 298.15 °C, half of 20 °C is -126.575 °C, 20 °C minus 5 °C is -258.15 °C.
# Conversions and comparisons are right, and so is a mean of two, since the mistakes of + and / cancel out.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check measurement==3.2.2
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from measurement.measures import Temperature

print("measurement", version("measurement"))
warm, warmer, step = Temperature(c=20), Temperature(c=22), Temperature(c=5)
seen = {"20 C in Fahrenheit": warm.f, "20 C + 5 C": (warm + step).c, "20 C - 5 C": (warm - step).c,
        "20 C / 2": (warm / 2).c, "(20 C + 22 C) / 2": ((warm + warmer) / 2).c}
for sum_, value in seen.items():
    print(f"{sum_}: {value:.3f}")
same = [round(value, 3) for value in seen.values()] == [68, 298.15, -258.15, -126.575, 21]
sys.exit(0 if same else "The behaviour has changed.")
PY
