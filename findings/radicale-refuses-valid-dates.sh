#!/usr/bin/env bash
# Radicale 3.9.0 (CalDAV) refuses an event with "400 Bad Request" if one of its extra dates is a period
# (RDATE;VALUE=PERIOD, an example of RFC 5545 itself) or its rule has the SKIP part of RFC 7529. The answer
# names no reason. The same dates without a period, and the same rule without SKIP, are stored.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check radicale==3.9.0 httpx==0.28.1
port=$("$folder/venv/bin/python" -c "import socket; s=socket.socket(); s.bind(('127.0.0.1',0)); print(s.getsockname()[1])")
"$folder/venv/bin/radicale" --server-hosts "127.0.0.1:$port" --auth-type none --config "" \
  --storage-filesystem-folder "$folder/data" > "$folder/log" 2>&1 &
server=$!
"$folder/venv/bin/python" - "http://127.0.0.1:$port" <<'PY'
import sys
import time
from importlib.metadata import version

import httpx

FRAME = ("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//example//EN\nBEGIN:VEVENT\nUID:{name}\n"
         "DTSTAMP:20260101T000000Z\nDTSTART:20260302T090000Z\nDTEND:20260302T100000Z\nSUMMARY:{name}\n"
         "{line}\nEND:VEVENT\nEND:VCALENDAR\n")
LINES = {
    "date": ("RDATE:20260309T090000Z", 201),
    "period": ("RDATE;VALUE=PERIOD:20260309T090000Z/PT2H", 400),
    "rule": ("RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=4", 201),
    "skip": ("RRULE:RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD;COUNT=4", 400),
}
client = httpx.Client(base_url=sys.argv[1], auth=("user", "any"))
for _ in range(150):
    try:
        client.get("/")
    except httpx.TransportError:
        time.sleep(0.1)
    else:
        break
else:
    sys.exit("The server did not start.")

print("radicale", version("radicale"))
client.request("MKCALENDAR", "/user/calendar/").raise_for_status()
seen = {}
for name, (line, _) in LINES.items():
    body = FRAME.format(name=name, line=line).replace("\n", "\r\n")
    answer = client.put(f"/user/calendar/{name}.ics", content=body,
                        headers={"Content-Type": "text/calendar"})
    seen[name] = answer.status_code
    print(f"{line}: {answer.status_code} {answer.text.strip()}")
same = seen == {name: status for name, (_, status) in LINES.items()}
sys.exit(0 if same else "The behaviour has changed.")
PY
