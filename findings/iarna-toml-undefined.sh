#!/usr/bin/env bash
# @iarna/toml 3.0.0 writes the number 1e-7 as "1e-7.undefined", without an error. No reader of TOML takes the
# file, its own included, so one small number in a settings file costs all the settings the next time it is read.
# Each power of ten from 1e-7 down is written so; 1.5e-7 and 1e21 are right. smol-toml writes the same number right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund @iarna/toml@3.0.0 smol-toml@1.9.1
cd "$folder"
cat > write.mjs <<'JS'
import { readFileSync } from "node:fs";
import iarna from "@iarna/toml";
import * as smol from "smol-toml";

const read = (parser, text) => {
  try {
    return parser.parse(text).step;
  } catch {
    return "refused";
  }
};
console.log("@iarna/toml", JSON.parse(readFileSync("node_modules/@iarna/toml/package.json", "utf8")).version);
for (const step of [1e-6, 1.5e-7, 1e-7, -1e-10]) {
  const text = iarna.stringify({ step });
  console.log(`${step}: ${text.trim()}; @iarna/toml reads ${read(iarna, text)}, smol-toml reads ${read(smol, text)}`);
}
console.log("smol-toml writes", smol.stringify({ step: 1e-7 }).trim());
JS
node write.mjs | tee seen
python3 -c 'import sys, tomllib; tomllib.loads(sys.argv[1])' "$(sed -n 's/^1e-7: \(.*\);.*/\1/p' seen)" 2> refusal &&
  { echo "Python reads it"; exit 1; }
echo "Python: $(tail -n 1 refusal)"
diff - <(tail -n +2 seen) <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
0.000001: step = 0.000001; @iarna/toml reads 0.000001, smol-toml reads 0.000001
1.5e-7: step = 1.5e-7; @iarna/toml reads 1.5e-7, smol-toml reads 1.5e-7
1e-7: step = 1e-7.undefined; @iarna/toml reads refused, smol-toml reads refused
-1e-10: step = -1e-10.undefined; @iarna/toml reads refused, smol-toml reads refused
smol-toml writes step = 1e-7
TEXT
