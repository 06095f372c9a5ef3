#!/usr/bin/env bash
# recurrent 0.4.1 turns "every day except sunday" into a daily rule that leaves out one Sunday, the next one;
# the event takes place on all later Sundays. "every day except christmas" leaves out nothing. And "every day at
# 8" is eight in the morning, but "every weekday at 7:30" is half past seven in the evening.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check recurrent==0.4.1 python-dateutil==2.9.0.post0
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import datetime
from importlib.metadata import version

from dateutil.rrule import rrulestr
from recurrent.event_parser import RecurringEvent

print("recurrent", version("recurrent"))
NOW = datetime(2026, 11, 30, 15)
seen = {said: RecurringEvent(now_date=NOW).parse(said)
        for said in ("every day except sunday", "every day except christmas", "every day at 8",
                     "every weekday at 7:30")}
for said, rule in seen.items():
    print(f"{said!r}: {rule.split()}")
days = rrulestr(seen["every day except sunday"], dtstart=NOW)[:30]
sundays = [f"{day:%d %B}" for day in days if day.weekday() == 6]
print("Sundays within thirty days of 'every day except sunday':", sundays)
same = (sundays == ["13 December", "20 December", "27 December"]
        and "EXDATE" not in seen["every day except christmas"]
        and "BYHOUR=8;" in seen["every day at 8"] and "BYHOUR=19;" in seen["every weekday at 7:30"])
sys.exit(0 if same else "The behaviour has changed.")
PY
