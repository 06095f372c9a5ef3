#!/usr/bin/env bash
# humanize 4.17.0 rounds to minutes and hours but cuts parts of a day off: an hour and a half is "2 hours",
# while two days less one second are "a day". Release 4.12.3 cut all of these off. A spoken "in 2 hours" can
# so mean 90 minutes, and "in a day" almost two days, and an update changes what a driver hears.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check humanize==4.17.0
python3 -m venv "$folder/older"
"$folder/older/bin/pip" install -qq --disable-pip-version-check humanize==4.12.3
cat > "$folder/say.py" <<'PY'
from datetime import timedelta

import humanize

for text, delta in {
    "1 min 30 s": timedelta(seconds=90),
    "1 h 29 min": timedelta(minutes=89),
    "1 h 30 min": timedelta(minutes=90),
    "1 day 12 h": timedelta(hours=36),
    "2 days - 1 s": timedelta(days=2, seconds=-1),
    "7 days - 1 s": timedelta(days=7, seconds=-1),
}.items():
    print(f"{text:13} {humanize.naturaldelta(delta)}")
PY
old=$("$folder/older/bin/python" "$folder/say.py")
new=$("$folder/venv/bin/python" "$folder/say.py")
printf 'humanize 4.12.3\n%s\nhumanize 4.17.0\n%s\n' "$old" "$new"
said() { cut -c15- <<< "$1" | paste -sd, -; }
[ "$(said "$old")" = "a minute,an hour,an hour,a day,a day,6 days" ] &&
  [ "$(said "$new")" = "2 minutes,an hour,2 hours,a day,a day,6 days" ] ||
  { echo "The behaviour has changed."; exit 1; }
