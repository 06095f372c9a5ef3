#!/usr/bin/env bash
# pytimeparse 1.1.8 and its successor pytimeparse2 1.7.1 read the way in which Python writes a timedelta, "1 day, 14:20:16".
# Python writes minus two hours as "-1 day, 22:00:00": a day less, and 22 hours more. Both libraries let the minus in
# front count for all that follows and read minus 46 hours, without an error.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check pytimeparse==1.1.8 pytimeparse2==1.7.1
cat > "$folder/read.py" <<'PY'
from datetime import timedelta
from importlib.metadata import version

import pytimeparse
import pytimeparse2

print("pytimeparse", version("pytimeparse"), "pytimeparse2", version("pytimeparse2"))
for hours in (38, -2, -26):
    written = str(timedelta(hours=hours))
    read = [parse(written) / 3600 for parse in (pytimeparse.parse, pytimeparse2.parse)]
    print(f"{hours} hours, written {written}: read as {read[0]:g} and {read[1]:g}")
PY
"$folder/env/bin/python" "$folder/read.py" | tee "$folder/seen"
diff - <(tail -n +2 "$folder/seen") <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
38 hours, written 1 day, 14:00:00: read as 38 and 38
-2 hours, written -1 day, 22:00:00: read as -46 and -46
-26 hours, written -2 days, 22:00:00: read as -70 and -70
TEXT
