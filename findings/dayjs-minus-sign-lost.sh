#!/usr/bin/env bash
# dayjs 1.11.23 writes a duration that it then reads back with the other sign: -90 minutes are written as
# "-PT1H30M" and read as plus 90, without an error. The alarm of a calendar, TRIGGER:-PT15M (RFC 5545, 3.8.6.3),
# so rings a quarter of an hour after the start. "PT0,5H" with the comma that ISO 8601 prefers is no time at all.
# moment, whose form dayjs follows, reads all of these; luxon reads the sign and answers NaN to the comma.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund dayjs@1.11.23 moment@2.31.0 luxon@3.7.2
cd "$folder"
cat > read.cjs <<'JS'
const dayjs = require("dayjs");
const moment = require("moment");
const { Duration } = require("luxon");
dayjs.extend(require("dayjs/plugin/duration"));

console.log("dayjs", require("dayjs/package.json").version);
const written = dayjs.duration(-90, "minutes").toISOString();
for (const text of [written, "-PT15M", "-P1D", "PT0,5H"]) {
  const others = `moment ${moment.duration(text).asMinutes()}, luxon ${Duration.fromISO(text).as("minutes")}`;
  console.log(`${text} in minutes: dayjs ${dayjs.duration(text).asMinutes()}, ${others}`);
}
const start = dayjs("2026-06-10T09:00:00Z");
console.log("an alarm -PT15M from 09:00 rings at", start.add(dayjs.duration("-PT15M")).toISOString().slice(11, 16));
JS
node read.cjs | tee seen
diff - <(tail -n +2 seen) <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
-PT1H30M in minutes: dayjs 90, moment -90, luxon -90
-PT15M in minutes: dayjs 15, moment -15, luxon -15
-P1D in minutes: dayjs 1440, moment -1440, luxon -1440
PT0,5H in minutes: dayjs 0, moment 30, luxon NaN
an alarm -PT15M from 09:00 rings at 09:15
TEXT
