#!/usr/bin/env bash
# croniter 7.0.0 gives a fixed time of day twice in the night when the clocks go back: "30 2 * * *" in
# Berlin fires at 2:30 summer time and again at 2:30 winter time. In spring it fires at 3:00, half an hour
# off its minute. Vixie cron runs such a job once in both nights.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check croniter==7.0.0 tzdata==2026.6
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import datetime
from importlib.metadata import version
from zoneinfo import ZoneInfo

from croniter import croniter

print("croniter", version("croniter"))
BERLIN = ZoneInfo("Europe/Berlin")


def next_three(start: datetime) -> list[str]:
    runs = croniter("30 2 * * *", start)
    return [runs.get_next(datetime).isoformat() for _ in range(3)]


autumn = next_three(datetime(2026, 10, 24, 12, tzinfo=BERLIN))
spring = next_three(datetime(2026, 3, 28, 12, tzinfo=BERLIN))
print("'30 2 * * *' in autumn:", autumn)
print("'30 2 * * *' in spring:", spring)
same = (autumn[:2] == ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"]
        and spring[0] == "2026-03-29T03:00:00+02:00")
sys.exit(0 if same else "The behaviour has changed.")
PY
