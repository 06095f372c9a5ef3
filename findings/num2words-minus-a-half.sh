#!/usr/bin/env bash
# num2words 0.5.14 leaves out the minus sign of every number between -1 and 0: -0.5 is "zero point five",
# while -1.5 is "minus one point five". It does so in 47 languages, among them English, German, French
# and Spanish, so that a temperature of half a degree below zero is read out as half a degree above.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check num2words==0.5.14
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

from num2words import CONVERTER_CLASSES, num2words

print("num2words", version("num2words"))


def loses_the_sign(language: str) -> bool:
    try:
        return num2words(-0.5, lang=language) == num2words(0.5, lang=language)
    except (NotImplementedError, TypeError, AttributeError, IndexError, KeyError, ValueError):
        return False  # this language does not read fractions


for number in (-1.5, -0.5, 0.5):
    print(f"{number:5} English: {num2words(number)!r}, German: {num2words(number, lang='de')!r}")
lost = [language for language in CONVERTER_CLASSES if loses_the_sign(language)]
print(len(lost), "languages say -0.5 and 0.5 alike:", *lost)
same = {"en", "de", "fr", "es", "nl"} <= set(lost) and num2words(-1.5) == "minus one point five"
sys.exit(0 if same else "The behaviour has changed.")
PY
