#!/usr/bin/env bash
# parse-duration 2.1.9 reads "1/2 hour" as two hours (and a millisecond): it adds up the numbers that it finds, skips every
# sign between them, and counts a number without a unit in milliseconds. So "1:30" is a thousandth of a second, and "1,5 h",
# with the comma of most of Europe, is fifteen hours, since commas are dropped. Nothing is refused.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund parse-duration@2.1.9
cd "$folder"
cat > read.mjs <<'JS'
import { readFileSync } from "node:fs";
import parse from "parse-duration";

console.log("parse-duration", JSON.parse(readFileSync("node_modules/parse-duration/package.json", "utf8")).version);
for (const text of ["1.5 h", "1/2 hour", "1,5 h", "1:30", "2 h"]) {
  console.log(`${text}: ${parse(text)} ms`);
}
JS
node read.mjs | tee seen
diff - <(tail -n +2 seen) <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
1.5 h: 5400000 ms
1/2 hour: 7200001 ms
1,5 h: 54000000 ms
1:30: 1.03 ms
2 h: 7200000 ms
TEXT
