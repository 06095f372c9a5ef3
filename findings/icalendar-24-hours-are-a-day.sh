#!/usr/bin/env bash
# In iCalendar PT24H is 24 hours and P1D the same time of the next day (RFC 5545, 3.3.6), an hour apart when
# the clocks change. icalendar 7.3.2 keeps no difference: read and written back, PT24H is P1D and PT36H is
# P1DT12H, in the DURATION and in the alarm's TRIGGER, so the file means something else than before. Its own
# event of 24 hours on that night ends after 25, and the alarm rings an hour late.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check icalendar==7.3.2 tzdata==2026.2
"$folder/venv/bin/python" - <<'PY'
import datetime
import sys
from importlib.metadata import version

from icalendar import Calendar

print("icalendar", version("icalendar"))
LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20261001T000000Z
DTSTART;TZID=Europe/Berlin:20261024T120000
DURATION:PT24H
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:parking ends
TRIGGER:PT24H
END:VALARM
END:VEVENT
END:VCALENDAR
"""
calendar = Calendar.from_ical(LINES.replace("\n", "\r\n"))
written = [line for line in calendar.to_ical().decode().splitlines() if line.startswith(("DURATION", "TRIGGER"))]
print("read DURATION:PT24H and TRIGGER:PT24H; written", *written)
event = calendar.walk("VEVENT")[0]


def hours(moment: datetime.datetime) -> float:
    return (moment.timestamp() - event.start.timestamp()) / 3600


alarm = event.alarms.times[0].trigger
print(f"starts {event.start}, ends {event.end}, after {hours(event.end)} hours; alarm after {hours(alarm)} hours")
same = written == ["DURATION:P1D", "TRIGGER:P1D"] and hours(event.end) == hours(alarm) == 25
sys.exit(0 if same else "The behaviour has changed.")
PY
