#!/usr/bin/env bash
# The JSON Schema that zod 4.4.3 makes of a type, and that MCP servers announce, says other things than the type.
# A pattern loses its flags, so the number plate "B-MC 95" that zod takes under /i breaks the schema. A length is
# in UTF-16 units in zod and in characters in JSON Schema, so one thumb up is too long for zod alone; a tuple of
# one forbids a second item in zod alone. toJSONSchema() has an error for what it "cannot represent", and gives
# none here. A client that checks before it sends refuses what the server takes, and sends what it refuses.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund zod@4.4.3 ajv@8.20.0
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check jsonschema==4.26.0
cd "$folder"
cat > zod.mjs <<'JS'
import { readFileSync } from "node:fs";
import ajv from "ajv/dist/2020.js";
import { z } from "zod";

console.error("zod", JSON.parse(readFileSync("node_modules/zod/package.json", "utf8")).version);
const cases = [];
for (const [name, type, value] of [
  ["plate", z.string().regex(/^[a-z]{1,3}-[a-z]{1,2} \d{1,4}$/i), "B-MC 95"],
  ["thumb", z.string().max(1), "👍"],
  ["pair", z.tuple([z.string()]), ["a", "b"]],
  ["word", z.string().max(1), "a"],
]) {
  const schema = z.toJSONSchema(type);
  const byAjv = new ajv.Ajv2020({ strict: false }).validate(schema, value);
  cases.push({ name, schema, value, zod: type.safeParse(value).success, ajv: byAjv });
}
console.log(JSON.stringify(cases));
JS
node zod.mjs > cases.json
venv/bin/python - <<'PY'
import json
import sys

import jsonschema

seen = {}
for case in json.load(open("cases.json")):
    taken = jsonschema.Draft202012Validator(case["schema"]).is_valid(case["value"])
    seen[case["name"]] = (case["zod"], case["ajv"], taken)
    said = {key: value for key, value in case["schema"].items() if key != "$schema"}
    print(f"{case['value']}: zod takes it: {case['zod']}; by its schema {said} ajv: {case['ajv']}, jsonschema: {taken}")
expected = {
    "plate": (True, False, False),
    "thumb": (False, True, True),
    "pair": (False, True, True),
    "word": (True, True, True),
}
sys.exit(0 if seen == expected else f"The behaviour has changed: {seen}")
PY
