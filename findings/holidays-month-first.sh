#!/usr/bin/env bash
# holidays 0.109 reads German date strings with the month first, in the German calendar too: "01.05.2026",
# Labour Day, is no holiday, and "05.01.2026", an ordinary day in January, is one. From the 13th on the
# day comes first, so a test with Christmas passes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check holidays==0.109 python-dateutil==2.9.0.post0
"$folder/venv/bin/python" - <<'PY'
import sys
from datetime import date
from importlib.metadata import version

import holidays

print("holidays", version("holidays"))
germany = holidays.country_holidays("DE", years=2026, language="de")
days = [date(2026, 5, 1), date(2026, 1, 5), date(2026, 10, 3), date(2026, 3, 10), date(2026, 12, 25)]
seen = []
for day in days:
    text = day.strftime("%d.%m.%Y")
    seen.append((germany.get(day), germany.get(text)))
    print(f"{day}: {seen[-1][0]!s:28} as text {text!r}: {seen[-1][1]}")
labour, unity, christmas = "Erster Mai", "Tag der Deutschen Einheit", "Erster Weihnachtstag"
expected = [(labour, None), (None, labour), (unity, None), (None, unity), (christmas, christmas)]
sys.exit(0 if seen == expected else "The behaviour has changed.")
PY
