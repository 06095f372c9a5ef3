#!/usr/bin/env bash
# ical 14.3.1 writes an event whose start has a fixed offset (what an ISO 8601 string gives) with a time
# zone named "UTC+02:00", and then refuses the whole calendar when it reads its own file back, the other
# events included. An appointment taken from a JSON answer makes a stored calendar unreadable.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ical==14.3.1 tzdata==2026.6
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import date, datetime
from importlib.metadata import version

from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event
from ical.exceptions import CalendarParseError

print("ical", version("ical"))


def kept(*starts: datetime | date) -> str:
    """Write a calendar with events at these times, and say what reading it back gives."""
    calendar = Calendar()
    calendar.events.extend(Event(summary="visit", start=start, end=start) for start in starts)
    text = IcsCalendarStream.calendar_to_ics(calendar)
    try:
        events = IcsCalendarStream.calendar_from_ics(text).events
    except CalendarParseError as error:
        return f"CalendarParseError: {str(error).rpartition(', ')[2]}"
    return f"{len(events)} read back"


plain = datetime.fromisoformat("2026-07-01T10:00:00+00:00")
offset = datetime.fromisoformat("2026-07-01T10:00:00+02:00")
seen = [kept(plain, plain), kept(plain, offset)]
print("two events in UTC:            ", seen[0])
print("one in UTC, one at +02:00:    ", seen[1])
same = seen[0] == "2 read back" and "'UTC+02:00' to be valid timezone" in seen[1]
sys.exit(0 if same else "The behaviour has changed.")
PY
