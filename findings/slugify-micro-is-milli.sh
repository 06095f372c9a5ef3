#!/usr/bin/env bash
# python-slugify 9.2.0 turns "250 µg" into "250-mg" and "5 µm" into "5-mm", a thousand times as much: the micro
# sign is first made a Greek mu and that is transliterated as the letter m. Unidecode, which it can use in
# place of its default, has "u" for the sign and "m" for the letter, but the sign never gets there, so the
# result is the same with both. "mg" and "µg" files of one drug get the same name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check python-slugify==9.2.0 text-unidecode==1.3 unidecode==1.4.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from slugify import slugify
from unidecode import unidecode

print("python-slugify", version("python-slugify"))
expected = {"dose 250 µg": "dose-250-mg", "dose 250 mg": "dose-250-mg", "5 µm": "5-mm", "3 µs": "3-ms"}
seen = {text: slugify(text) for text in expected}
for text, slug in seen.items():
    print(f"{text!r} becomes {slug!r}")
direct = unidecode("250 \N{MICRO SIGN}g"), unidecode("250 \N{GREEK SMALL LETTER MU}g")
print("Unidecode itself, for the sign and for the letter:", *direct)
sys.exit(0 if seen == expected and direct == ("250 ug", "250 mg") else f"The behaviour has changed: {seen} {direct}")
PY
