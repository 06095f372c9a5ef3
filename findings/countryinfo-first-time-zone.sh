#!/usr/bin/env bash
# countryinfo 1.0.1, a release of 2026, has time zones that no country keeps: Turkey at UTC+02:00 (left in
# 2016), Russia without UTC+05:00 (Yekaterinburg, 2014), the United States with UTC-12:00, and none at all
# (None, not an empty list) for the Netherlands. The list of the United Kingdom begins with UTC-08:00
# (Pitcairn), so the first zone is not the capital's. The minus is U+2212, which datetime does not read.
# The standard library's zones of the same places show what is kept now.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check countryinfo==1.0.1 tzdata==2026.2
"$folder/venv/bin/python" - <<'PY'
import datetime
import sys
import zoneinfo
from importlib.metadata import version

from countryinfo import CountryInfo

print("countryinfo", version("countryinfo"))
now = datetime.datetime(2026, 11, 21, tzinfo=datetime.UTC)
capitals = {"turkey": "Europe/Istanbul", "united kingdom": "Europe/London", "netherlands": "Europe/Amsterdam",
            "russia": "Asia/Yekaterinburg"}
seen = {}
for country, zone in capitals.items():
    seen[country] = CountryInfo(country).timezones()
    kept = now.astimezone(zoneinfo.ZoneInfo(zone)).strftime("%z")
    print(f"{country}: {seen[country]}\n    {zone} keeps {kept}")
american = CountryInfo("united states").timezones()
minus = american[0]
print("united states:", american)
try:
    datetime.datetime.strptime(minus, "UTC%z")
    read = True
except ValueError as error:
    read = False
    print("datetime:", error)
same = (
    seen["turkey"] == ["UTC+02:00"]
    and seen["united kingdom"][0] == "UTC\u221208:00"
    and seen["netherlands"] is None
    and "UTC+05:00" not in seen["russia"]
    and minus == "UTC\u221212:00"
    and not read
)
sys.exit(0 if same else "The behaviour has changed.")
PY
