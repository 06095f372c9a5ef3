#!/usr/bin/env bash
# ical.js 2.2.1 reads "every 20th Monday of the year", an example of RFC 5545 (3.8.5.3), as every Monday from then
# on, and "Monday of week 20", another one, as the Mondays after it. A birthday on 29 February is on 1 March in
# other years, though by 3.3.10 a date that does not exist is left out, and the last working day of a year
# (BYSETPOS=-1) is each working day. All come without an error. rrule.js 2.8.1 gives the dates that the RFC prints.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund ical.js@2.2.1 rrule@2.8.1
cd "$folder"
cat > dates.mjs <<'JS'
import { readFileSync } from "node:fs";
import ICAL from "ical.js";
import rrule from "rrule";

console.log("ical.js", JSON.parse(readFileSync("node_modules/ical.js/package.json", "utf8")).version);
for (const [start, rule] of [
  ["19970902T090000Z", "FREQ=YEARLY;BYMONTH=9;BYDAY=1TU;COUNT=3"],
  ["19970519T090000Z", "FREQ=YEARLY;BYDAY=20MO;COUNT=3"],
  ["19970512T090000Z", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3"],
  ["20240229T090000Z", "FREQ=YEARLY;COUNT=3"],
  ["20251231T090000Z", "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3"],
]) {
  const iterator = ICAL.Recur.fromString(rule).iterator(ICAL.Time.fromData({
    year: +start.slice(0, 4), month: +start.slice(4, 6), day: +start.slice(6, 8), hour: 9,
  }, ICAL.Timezone.utcTimezone));
  const found = [];
  for (let next = iterator.next(); next; next = iterator.next()) found.push(next.toString().slice(0, 10));
  const expected = rrule.rrulestr(`DTSTART:${start}\nRRULE:${rule}`).all().map((d) => d.toISOString().slice(0, 10));
  console.log(`${rule}: ical.js ${found.join(" ")}, rrule.js ${expected.join(" ")}`);
}
JS
node dates.mjs | tee seen
diff - <(tail -n +2 seen) <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
FREQ=YEARLY;BYMONTH=9;BYDAY=1TU;COUNT=3: ical.js 1997-09-02 1998-09-01 1999-09-07, rrule.js 1997-09-02 1998-09-01 1999-09-07
FREQ=YEARLY;BYDAY=20MO;COUNT=3: ical.js 1997-05-19 1997-05-26 1997-06-02, rrule.js 1997-05-19 1998-05-18 1999-05-17
FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=3: ical.js 1997-05-19 1997-05-26 1997-06-02, rrule.js 1997-05-12 1998-05-11 1999-05-17
FREQ=YEARLY;COUNT=3: ical.js 2024-02-29 2025-03-01 2026-03-01, rrule.js 2024-02-29 2028-02-29 2032-02-29
FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3: ical.js 2025-12-31 2026-01-01 2026-01-02, rrule.js 2025-12-31 2026-12-31 2027-12-31
TEXT
