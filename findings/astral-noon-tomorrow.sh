#!/usr/bin/env bash
# astral 3.2 puts noon a day after the day that it was asked for, in Tonga, Samoa, Kiribati's east and the Chatham
# Islands, all the year: sun() answers a sunrise and a sunset on 10 November and a noon on the 11th, without an
# error. noon() takes the date for one of UTC, in which noon of these islands is late on the day before. Sunrise
# and sunset are put right afterwards, noon is not. The documentation of sun() knows one date for all its times,
# "today's date in the timezone" if none is given. A rule such as "noon is before sunset" fails there alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check astral==3.2 tzdata==2025.2
"$folder/venv/bin/python" - <<'PY'
import datetime
import sys
from importlib.metadata import version
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import sun

print("astral", version("astral"))
asked = datetime.date(2026, 11, 10)
seen = {}
for name, zone, latitude, longitude in (
    ("Suva", "Pacific/Fiji", -18.1, 178.4),
    ("Honolulu", "Pacific/Honolulu", 21.3, -157.9),
    ("Nukualofa", "Pacific/Tongatapu", -21.1, -175.2),
    ("Apia", "Pacific/Apia", -13.8, -171.8),
    ("Waitangi", "Pacific/Chatham", -43.9, -176.5),
    ("London Village", "Pacific/Kiritimati", 1.9, -157.4),
):
    times = sun(Observer(latitude, longitude), date=asked, tzinfo=ZoneInfo(zone))
    days = [(times[part].date() - asked).days for part in ("sunrise", "noon", "sunset")]
    seen[name] = days
    shown = ", ".join(f"{part} {times[part]:%d %b %H:%M}" for part in ("sunrise", "noon", "sunset"))
    print(f"{name} on {asked:%d %b}: {shown}")
right, wrong = [0, 0, 0], [0, 1, 0]
same = list(seen.values()) == [right, right, wrong, wrong, wrong, wrong]
sys.exit(0 if same else f"The behaviour has changed: {seen}")
PY
