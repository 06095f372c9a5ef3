#!/usr/bin/env bash
# icalendar 7.3.2 writes a start time that has a fixed offset (what an ISO 8601 string gives) with an
# invented zone name such as "UTC+02:00", and reads its own output back as local time without any zone.
# An appointment taken from a JSON answer moves by the offset, in silence. Its helper for missing
# time zones, add_missing_timezones, does not mend this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check icalendar==7.3.2 tzdata==2026.6
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import datetime
from importlib.metadata import version

from icalendar import Calendar, Event

print("icalendar", version("icalendar"))
expected, seen = [], []
for text in ("2026-07-01T10:00:00+02:00", "2026-07-01T10:00:00-05:00"):
    event = Event()
    event.add("dtstart", datetime.fromisoformat(text))
    calendar = Calendar()
    calendar.add_component(event)
    calendar.add_missing_timezones()
    written = calendar.to_ical()
    back = Calendar.from_ical(written).walk("VEVENT")[0]["DTSTART"].dt
    line = next(line for line in written.decode().splitlines() if line.startswith("DTSTART"))
    zones = written.count(b"BEGIN:VTIMEZONE")
    print(f"given {text}\n  written   {line}  (time zone definitions in the file: {zones})")
    print(f"  read back {back.isoformat()}  offset: {back.utcoffset()}")
    expected.append((text[:19], None, 0))
    seen.append((back.isoformat(), back.utcoffset(), zones))

print("The offset is lost on the way through the library's own format.")
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
