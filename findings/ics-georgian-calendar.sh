#!/usr/bin/env bash
# ics 0.7.3 marks a calendar that it read and writes again with "CALSCALE:GEORGIAN", a scale that is not: the
# property is optional, and RFC 5545 knows GREGORIAN alone. recurring-ical-events 3.8.2 takes the mark at its
# word and refuses the whole calendar ("Only Gregorian calendars are supported"). A calendar that ics made
# anew, or one that had the property, is written and read well.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ics==0.7.3 icalendar==7.3.2 recurring-ical-events==3.8.2
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import icalendar
import ics
import recurring_ical_events
from recurring_ical_events.errors import InvalidCalendar

print("ics", version("ics"), "recurring-ical-events", version("recurring-ical-events"))


def read(text: str) -> str:
    try:
        found = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).at((2026, 11, 21))
    except InvalidCalendar as error:
        return f"refused: {error}"
    return ", ".join(str(each["SUMMARY"]) for each in found)


event = ics.Event(name="lunch", begin="2026-11-21 12:00", end="2026-11-21 13:00")
first = ics.Calendar(events=[event]).serialize()
again = ics.Calendar(first).serialize()
marked = ics.Calendar(first.replace("VERSION:2.0", "VERSION:2.0\r\nCALSCALE:GREGORIAN", 1)).serialize()
seen = []
for name, text in (("made by ics", first), ("read and written again", again), ("with the property", marked)):
    scale = [line for line in text.splitlines() if line.startswith("CALSCALE")]
    seen.append((scale, read(text)))
    print(f"{name}: {scale}, recurring-ical-events: {seen[-1][1]}")
expected = [
    ([], "lunch"),
    (["CALSCALE:GEORGIAN"], "refused: Only Gregorian calendars are supported."),
    (["CALSCALE:GREGORIAN"], "lunch"),
]
sys.exit(0 if seen == expected else f"The behaviour has changed: {seen}")
PY
