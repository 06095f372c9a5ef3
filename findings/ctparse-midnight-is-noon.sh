#!/usr/bin/env bash
# ctparse 0.3.6 reads "12 am" and "12:30 am" as noon and half past noon, and a time in words without its "pm":
# "five pm" is five in the morning, "from 5 to 7 pm" begins then. "8pm to 6am" ends fourteen hours before it starts.
# All come back as full results. A meeting so moves by half a day. "5 pm" and "7:30 pm" are read as they should be.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ctparse==0.3.6
"$folder/venv/bin/python" - 2>/dev/null <<'PY'
import datetime
import sys
from importlib.metadata import version

from ctparse import ctparse

print("ctparse", version("ctparse"))
said = datetime.datetime(2026, 6, 10, 12)
expected = {
    "5 pm": "2026-06-10 17:00",
    "7:30 pm": "2026-06-10 19:30",
    "five pm": "2026-06-11 05:00",
    "tomorrow at five pm": "2026-06-11 05:00",
    "12 am": "2026-06-11 12:00",
    "12:30 am": "2026-06-10 12:30",
    "from 5 to 7 pm": "2026-06-11 05:00 - 2026-06-11 19:00",
    "8pm to 6am": "2026-06-10 20:00 - 2026-06-10 06:00",
}
seen = {}
for text in expected:
    seen[text] = str(ctparse(text, ts=said, timeout=0).resolution).replace(" (X/X)", "")
    print(f"{text}: {seen[text]}")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
