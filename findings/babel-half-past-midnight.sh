#!/usr/bin/env bash
# Babel 2.16.0 reads "12:30 AM" as half past noon and refuses "12:30 PM": parse_time() adds twelve hours if
# "pm" stands in the text and never takes twelve away, so 12 PM is hour 24. It has no other word for the half
# of the day, though its data do: half past three in the afternoon, as format_time() of Babel itself writes it
# in Greek, Arabic, Malay, Albanian and 34 more languages, is half past three at night when read back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check babel==2.16.0
"$folder/venv/bin/python" - <<'PY'
import datetime
import sys
from importlib.metadata import version

from babel import Locale, localedata
from babel.dates import format_time, parse_time

print("babel", version("babel"))
seen = []
for text in ("3:30 PM", "12:30 AM", "12:30 PM"):
    try:
        seen.append(parse_time(text, locale="en_US").strftime("%H:%M"))
    except ValueError as error:
        seen.append(f"refused: {error}")
    print(f"{text!r}: {seen[-1]}")
afternoon, night = datetime.time(15, 30), datetime.time(3, 30)
moved = []
for name in localedata.locale_identifiers():
    locale = Locale.parse(name)
    if locale.territory is None and locale.script is None:
        text = format_time(afternoon, "short", locale=locale)
        if parse_time(text, locale=locale) == night:
            moved.append(name)
for name in ("el", "ar", "ms", "sq"):
    print(f"{Locale.parse(name).english_name}: {format_time(afternoon, 'short', locale=name)!r} is read as 03:30")
print(f"{len(moved)} languages in all")
same = seen == ["15:30", "12:30", "refused: hour must be in 0..23"] and len(moved) == 38
sys.exit(0 if same and {"el", "ar", "ms", "sq"} <= set(moved) else "The behaviour has changed.")
PY
