#!/usr/bin/env bash
# ical 14.3.1 (the library behind Home Assistant's local calendar) loses the first date of an event that
# repeats on listed dates (RDATE) without a rule: DTSTART is not in its timeline. RFC 5545 counts DTSTART as
# the first of the set, and recurring-ical-events 3.8.2 shows it. With a rule beside the list, ical does too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ical==14.3.1 recurring-ical-events==3.8.2 icalendar==7.3.2 tzdata==2026.6
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import icalendar
import recurring_ical_events
from ical.calendar_stream import IcsCalendarStream

FRAME = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//example//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:course
DTSTART:20260301T100000
DTEND:20260301T110000
{}
END:VEVENT
END:VCALENDAR
"""
print(*(f"{name} {version(name)}" for name in ("ical", "recurring-ical-events", "icalendar")))
seen = {}
for lines in ("RDATE:20260305T100000,20260309T100000", "RRULE:FREQ=DAILY;COUNT=2\nRDATE:20260309T100000"):
    text = FRAME.format(lines).replace("\n", "\r\n")
    timeline = IcsCalendarStream.calendar_from_ics(text).timeline
    first = [event.start.strftime("%d") for event in timeline]
    events = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between("20260101", "20270101")
    second = sorted(event.start.strftime("%d") for event in events)
    seen[lines] = (first, second)
    print("DTSTART:20260301T100000", *lines.split("\n"))
    print("  days in March, ical:                 ", *first)
    print("  days in March, recurring-ical-events:", *second)
expected = [(["05", "09"], ["01", "05", "09"]), (["01", "02", "09"], ["01", "02", "09"])]
sys.exit(0 if list(seen.values()) == expected else "The behaviour has changed.")
PY
