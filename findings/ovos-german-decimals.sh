#!/usr/bin/env bash
# ovos-number-parser 0.19.13 reads German decimals with the noughts of its rounding: 1.5 is "eins Komma
# fünf null null" (English: "one point five"). Below one it leaves out the "null" before the comma, so that
# 0.5 starts with a blank, and -0.5 is "minus", two blanks and "Komma fünf null null".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ovos-number-parser==0.19.13
"$folder/venv/bin/python" - 2> "$folder/log" <<'PY'
import sys
from importlib.metadata import version

from ovos_number_parser import pronounce_number

print("ovos-number-parser", version("ovos-number-parser"))
seen = {}
for number in (1000, 1.5, 2.25, 0.5, -0.5):
    seen[number] = pronounce_number(number, "de")
    print(f"{number}: German {seen[number]!r}, English {pronounce_number(number, 'en')!r}")
same = (seen[1.5] == "eins Komma fünf null null" and seen[0.5] == " Komma fünf null null"
        and pronounce_number(1.5, "en") == "one point five")
sys.exit(0 if same else "The behaviour has changed.")
PY
