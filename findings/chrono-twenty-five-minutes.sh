#!/usr/bin/env bash
# chrono-node 2.10.3, asked for dates to come (forwardDate), reads "in twenty five minutes" as in five minutes: it
# knows the words one to twelve, and starts in the middle of a longer number. "Twenty five minutes from now" is
# five minutes without that option too. Its French reads "après-demain" (the day after tomorrow) as tomorrow, its
# Spanish "pasado mañana" too. A reminder comes early, and no more than the text of the match shows which words
# were left out. Digits and the English "the day after tomorrow" are read as they should be.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund chrono-node@2.10.3
cd "$folder"
cat > read.mjs <<'JS'
import { readFileSync } from "node:fs";
import * as chrono from "chrono-node";

console.log("chrono-node", JSON.parse(readFileSync("node_modules/chrono-node/package.json", "utf8")).version);
const noon = new Date("2026-06-10T12:00:00Z");
for (const [language, text] of [
  ["en", "in 25 minutes"],
  ["en", "in twenty five minutes"],
  ["en", "in forty-five minutes"],
  ["en", "in two and a half hours"],
  ["en", "the day after tomorrow at 7"],
  ["fr", "après-demain à 7h"],
  ["es", "pasado mañana a las 7"],
]) {
  const [found] = chrono[language].parse(text, noon, { forwardDate: true });
  console.log(`${text}: ${found.date().toISOString().slice(0, 16)}, from "${found.text}"`);
}
const [plain] = chrono.parse("twenty five minutes from now", noon);
console.log(`without the option: ${plain.date().toISOString().slice(0, 16)}, from "${plain.text}"`);
JS
TZ=UTC node read.mjs | tee seen
diff - <(tail -n +2 seen) <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
in 25 minutes: 2026-06-10T12:25, from "in 25 minutes"
in twenty five minutes: 2026-06-10T12:05, from "five minutes"
in forty-five minutes: 2026-06-10T12:05, from "five minutes"
in two and a half hours: 2026-06-10T12:30, from "half hours"
the day after tomorrow at 7: 2026-06-12T07:00, from "the day after tomorrow at 7"
après-demain à 7h: 2026-06-11T07:00, from "demain à 7h"
pasado mañana a las 7: 2026-06-11T07:00, from "mañana a las 7"
without the option: 2026-06-10T12:05, from "five minutes from now"
TEXT
