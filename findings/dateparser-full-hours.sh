#!/usr/bin/env bash
# dateparser 1.5.0 misreads full hours without minutes in German, Dutch, French and English, and
# answers with a date all the same. "um 18 Uhr" is the 18th of the month, "18 Uhr 30" the year 2030,
# "om 18 uur" and "18h" are 18 hours ago, "friday at 7" is in July, and "tomorrow at 7" has the clock
# time of now. Whoever books by such a result must not trust a parse only because it succeeded.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check dateparser==1.5.0 tzdata==2026.6 regex==2026.11.19
"$folder/venv/bin/python" -W ignore - <<'PY'
import sys
from datetime import datetime
from importlib.metadata import version

import dateparser

print("dateparser", version("dateparser"), "- it is Monday, 30 November 2026, 09:00")
settings = {"RELATIVE_BASE": datetime(2026, 11, 30, 9, 0)}
cases = [
    ("de", "um 18 Uhr", "2026-11-18 00:00"),
    ("de", "um 18:00 Uhr", "2026-11-30 18:00"),
    ("de", "18 Uhr 30", "2030-11-18 00:00"),
    ("de", "5. Dezember 18 Uhr", "2018-12-05 00:00"),
    ("nl", "om 18 uur", "2026-11-29 15:00"),
    ("fr", "18h", "2026-11-29 15:00"),
    ("fr", "demain 18h", "2026-12-02 03:00"),
    ("en", "tomorrow at 7", "2026-12-01 09:00"),
    ("en", "friday at 7", "2026-07-30 00:00"),
]
seen = []
for language, text, _ in cases:
    found = dateparser.parse(text, languages=[language], settings=settings)
    seen.append(found.strftime("%Y-%m-%d %H:%M"))
    print(f"{language}  {text!r:22} -> {seen[-1]}")

print("Every one of these succeeds; most name another day, year or hour than was said.")
sys.exit(0 if seen == [stamp for _, _, stamp in cases] else "The behaviour has changed.")
PY
