#!/usr/bin/env bash
# rrule 2.8.1 for JavaScript says a rule in words and leaves parts of it out: daily at 7:30 is "every day at 7", and
# the last working day of a month is "every month on weekdays". isFullyConvertibleToText(), which by its README
# hints "on whether all the options the rule has are convertible to text", says true each time. Words are read
# the same way: "every day at 7:30" and "every day at 7pm" fire at 7, "every day except sunday" on Sundays too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund rrule@2.8.1
cd "$folder"
cat > say.cjs <<'JS'
const { RRule } = require("rrule");

console.log("rrule", require("rrule/package.json").version);
for (const text of [
  "FREQ=DAILY;BYHOUR=7;BYMINUTE=30",
  "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
  "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=9",
  "FREQ=YEARLY;BYEASTER=0",
]) {
  const rule = RRule.fromString(text);
  console.log(`${text} is "${rule.toText()}", fully: ${rule.isFullyConvertibleToText()}`);
}
for (const words of ["every day at 7:30", "every day at 7pm", "every day except sunday"]) {
  console.log(`"${words}" is ${RRule.fromText(words)}`);
}
JS
node say.cjs | tee seen
diff - <(tail -n +2 seen) <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
FREQ=DAILY;BYHOUR=7;BYMINUTE=30 is "every day at 7", fully: true
FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1 is "every month on weekdays", fully: true
FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=9 is "every month on the 1st", fully: true
FREQ=YEARLY;BYEASTER=0 is "every year", fully: true
"every day at 7:30" is RRULE:FREQ=DAILY;BYHOUR=7
"every day at 7pm" is RRULE:FREQ=DAILY;BYHOUR=7
"every day except sunday" is RRULE:FREQ=DAILY
TEXT
