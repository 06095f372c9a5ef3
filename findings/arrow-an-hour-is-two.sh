#!/usr/bin/env bash
# In arrow 1.4.0 the hour after 02:30 summer time, on the night when the clocks go back, is 03:30 winter time:
# shift(hours=1) moves the clock on the wall, two hours pass, and the second 02:30 can not be reached. A range
# by the hour leaves it out. In spring the same call does count real hours (01:30 to 03:30), so the gap is
# right and the repeated hour wrong. pendulum and a detour by UTC give the second 02:30.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arrow==1.4.0 pendulum==3.3.0
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import arrow
import pendulum

print("arrow", version("arrow"))
berlin = "Europe/Berlin"
autumn = arrow.get("2026-10-25T02:30", tzinfo=berlin)
after = autumn.shift(hours=1)
passed = (after.timestamp() - autumn.timestamp()) / 3600
print(f"{autumn} and an hour later: {after}; passed: {passed} hours, arrow says {after - autumn}")
spring = arrow.get("2026-03-29T01:30", tzinfo=berlin)
gap = (spring.shift(hours=1).timestamp() - spring.timestamp()) / 3600
print(f"{spring} and an hour later: {spring.shift(hours=1)}; passed: {gap} hours")
hours = [str(hour) for hour in arrow.Arrow.range("hour", autumn, after)]
print("hour by hour:", hours)
by_utc = autumn.to("utc").shift(hours=1).to(berlin)
other = pendulum.parse("2026-10-25T02:30:00+02:00").in_timezone(berlin).add(hours=1)
print(f"by way of UTC: {by_utc}; pendulum: {other}")
same = (passed, gap, len(hours)) == (2, 1, 2) and str(by_utc) == other.isoformat() == "2026-10-25T02:30:00+01:00"
sys.exit(0 if same else "The behaviour has changed.")
PY
