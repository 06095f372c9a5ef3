#!/usr/bin/env bash
# Xandikos 0.4.10 (CalDAV) finds an event whose dates are listed in RDATE on its first date only: a
# calendar-query with a time range around one of the later dates leaves it out. With an RRULE beside it the
# same date is found, so the RDATE is read, but only then. RFC 4791 (section 9.9) counts every instance of the
# recurrence set.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check xandikos==0.4.10 icalendar==7.3.2 httpx==0.28.1
port=$("$folder/venv/bin/python" -c "import socket; s=socket.socket(); s.bind(('127.0.0.1',0)); print(s.getsockname()[1])")
"$folder/venv/bin/xandikos" serve --defaults -d "$folder/data" -l 127.0.0.1 -p "$port" > "$folder/log" 2>&1 &
server=$!
"$folder/venv/bin/python" - "http://127.0.0.1:$port/user/calendars/calendar/" <<'PY'
import sys
import time
from importlib.metadata import version

import httpx

ROOT = sys.argv[1]
EVENT = ("BEGIN:VEVENT\nUID:{name}\nDTSTAMP:20260101T000000Z\nDTSTART:20260302T090000Z\n"
         "DTEND:20260302T100000Z\nSUMMARY:{name}\n{rest}END:VEVENT\n")
SERIES = {
    "weekly": EVENT.format(name="weekly", rest="RRULE:FREQ=WEEKLY;COUNT=4\n"),
    "dates": EVENT.format(name="dates", rest="RDATE:20260309T090000Z,20260316T090000Z\n"),
    "both": EVENT.format(name="both", rest="RRULE:FREQ=WEEKLY;COUNT=2\nRDATE:20260316T090000Z\n"),
}
QUERY = """<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><D:getetag/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="202603{0:02}T000000Z" end="202603{1:02}T000000Z"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"""


def wait_for_server() -> None:
    for _ in range(100):
        try:
            httpx.get(ROOT)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The server did not start.")


def found(day: int) -> list[str]:
    query = QUERY.format(day, day + 1)
    answer = httpx.request("REPORT", ROOT, content=query,
                           headers={"Depth": "1", "Content-Type": "application/xml"})
    return sorted(name for name in SERIES if f"{name}.ics" in answer.text)


wait_for_server()
print("xandikos", version("xandikos"))
for name, events in SERIES.items():
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//example//EN\n{events}END:VCALENDAR\n"
    httpx.put(f"{ROOT}{name}.ics", content=text.replace("\n", "\r\n"),
              headers={"Content-Type": "text/calendar"}).raise_for_status()
seen = {day: found(day) for day in (2, 9, 16)}
for day, names in seen.items():
    print(f"{day} March 2026: {names}")
same = seen == {2: ["both", "dates", "weekly"], 9: ["both", "weekly"], 16: ["both", "weekly"]}
sys.exit(0 if same else "The behaviour has changed.")
PY
