#!/usr/bin/env bash
# humanfriendly 10.0 refuses "3 ft" and "5 centimeters" as lengths, but reads "26 miles" as 26 metres and
# "3 minutes" as 3 metres: a unit that it does not know is taken for the first one whose sign begins it. In
# sizes "5 meters" are five megabytes and "8 Kbit" 8000 bytes. Its time spans have no such rule ("1 month"
# is refused, not a minute).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check humanfriendly==10.0
"$folder/venv/bin/python" - <<'PY'
import sys

import humanfriendly

print("humanfriendly", humanfriendly.__version__)
asked = {
    humanfriendly.parse_length: ("26 miles", "3 minutes", "3 ft", "5 centimeters"),
    humanfriendly.parse_size: ("5 meters", "8 Kbit", "5 feet"),
    humanfriendly.parse_timespan: ("1 month", "1 minute"),
}
seen = []
for parse, texts in asked.items():
    for text in texts:
        try:
            seen.append(parse(text))
        except humanfriendly.InvalidLength:
            seen.append("refused")
        except humanfriendly.InvalidSize:
            seen.append("refused")
        except humanfriendly.InvalidTimespan:
            seen.append("refused")
        print(f"{parse.__name__}({text!r}): {seen[-1]}")
expected = [26, 3, "refused", "refused", 5_000_000, 8000, "refused", "refused", 60]
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
