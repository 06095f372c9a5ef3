#!/usr/bin/env bash
# recurring-ical-events 3.8.2 (with icalendar 7.3.2) can not show a calendar that holds a rule with the
# SKIP part of RFC 7529 ("on the 31st, or the last day of a shorter month"). icalendar reads and keeps
# the rule, and the error speaks of a missing UNTIL, which the rule neither has nor needs. One such
# event hides all the others, unless the errors are skipped.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check recurring-ical-events==3.8.2 icalendar==7.3.2 tzdata==2026.6
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import icalendar
import recurring_ical_events

print("recurring-ical-events", version("recurring-ical-events"), "icalendar", version("icalendar"))
EVENT = """BEGIN:VEVENT
UID:{name}
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260131
SUMMARY:{name}
{rule}END:VEVENT
"""
RENT = EVENT.format(name="rent", rule="RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD;COUNT=4\n")
PARTY = EVENT.format(name="party", rule="")
FRAME = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//example//EN\n{}END:VCALENDAR\n"

calendar = icalendar.Calendar.from_ical(FRAME.format(RENT + PARTY).replace("\n", "\r\n"))
print("the rule as icalendar keeps it:", calendar.events[0]["RRULE"].to_ical().decode())
try:
    seen = str(recurring_ical_events.of(calendar).between("20260101", "20270101"))
except ValueError as error:
    seen = f"{type(error).__name__}: {error}"
print("all events of 2026:", seen)
rest = recurring_ical_events.of(calendar, skip_bad_series=True).between("20260101", "20270101")
names = [str(event["SUMMARY"]) for event in rest]
print("the same with skip_bad_series=True:", names)
same = seen.startswith("BadRuleStringFormat: UNTIL parameter is missing") and names == ["party"]
sys.exit(0 if same else "The behaviour has changed.")
PY
