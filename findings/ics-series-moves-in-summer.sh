#!/usr/bin/env bash
# ics 0.7.3 writes every start in UTC and leaves a rule that it does not know as it is, so a weekly 08:30 in
# Berlin, read and written back, is 07:30 UTC: 09:30 in summer. The date that was left out keeps its zone,
# whose definition is gone, and leaves nothing out in summer. A local time without a zone becomes UTC too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ics==0.7.3 icalendar==7.3.2 recurring-ical-events==3.8.2 tzdata==2026.2
"$folder/venv/bin/python" - <<'PY'
import sys
import zoneinfo
from importlib.metadata import version

import icalendar
import ics
import recurring_ical_events

print("ics", version("ics"))
berlin = zoneinfo.ZoneInfo("Europe/Berlin")
calendar = icalendar.Calendar.from_ical(
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    "DTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/Berlin:20260105T083000\r\n"
    "DTEND;TZID=Europe/Berlin:20260105T093000\r\nRRULE:FREQ=WEEKLY\r\n"
    "EXDATE;TZID=Europe/Berlin:20260706T083000\r\nSUMMARY:yoga\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
calendar.add_missing_timezones()
before = calendar.to_ical().decode()
after = ics.Calendar(before).serialize().replace("CALSCALE:GEORGIAN\r\n", "")  # see ics-georgian-calendar.sh
print(*(line for line in after.splitlines() if line.startswith(("DTSTART", "RRULE", "EXDATE"))), sep="\n")


def starts(text: str, month: int) -> list[str]:
    found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between((2026, month, 1), (2026, month, 15))
    return [event.start.astimezone(berlin).strftime("%d %b %H:%M") for event in found]


seen = [starts(before, 1), starts(after, 1), starts(before, 7), starts(after, 7)]
for when, days in zip(("January before", "January after", "July before", "July after"), seen, strict=True):
    print(f"{when}: {', '.join(days)}")
same = (
    seen[0] == seen[1] == ["05 Jan 08:30", "12 Jan 08:30"]
    and seen[2] == ["13 Jul 08:30"]
    and seen[3] == ["06 Jul 09:30", "13 Jul 09:30"]
    and "BEGIN:VTIMEZONE" not in after
)
sys.exit(0 if same else "The behaviour has changed.")
PY
