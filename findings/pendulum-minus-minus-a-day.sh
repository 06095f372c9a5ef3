#!/usr/bin/env bash
# In pendulum 3.3.0, adding a day and taking away minus one day are an hour apart when the clocks change:
# noon on 24 October in Berlin + duration(days=1) is noon, - duration(days=-1) is 11 o'clock, and so is
# + timedelta(days=1), though the two kinds of day are equal and the standard library says noon. A week
# taken away is an hour off too. The sign and the class decide whether a day is 24 hours.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pendulum==3.3.0
"$folder/venv/bin/python" - <<'PY'
import datetime
import sys
import zoneinfo
from importlib.metadata import version

import pendulum

print("pendulum", version("pendulum"))
noon = pendulum.datetime(2026, 10, 24, 12, tz="Europe/Berlin")
day, plain = pendulum.duration(days=1), datetime.timedelta(days=1)
print("duration(days=1) == timedelta(days=1):", day == plain)
library = datetime.datetime(2026, 10, 24, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
after = pendulum.datetime(2026, 10, 31, 12, tz="Europe/Berlin")
seen = {
    "noon + duration(days=1)": noon + day,
    "noon - duration(days=-1)": noon - pendulum.duration(days=-1),
    "noon + timedelta(days=1)": noon + plain,
    "noon.add(days=1)": noon.add(days=1),
    "standard library, + timedelta(days=1)": library + plain,
    "noon a week later - duration(weeks=1)": after - pendulum.duration(weeks=1),
    "noon a week later.subtract(weeks=1)": after.subtract(weeks=1),
}
for how, moment in seen.items():
    print(f"{how}: {moment}")
hours = [moment.hour for moment in seen.values()]
sys.exit(0 if hours == [12, 11, 11, 12, 12, 13, 12] else f"The behaviour has changed: {hours}")
PY
