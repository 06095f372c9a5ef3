#!/usr/bin/env bash
# A schema for money, {"multipleOf": 0.01}, forbids 19.99 by jsonschema 4.26.0 and by ajv 8.20.0, and allows 1.1:
# both divide binary floats, and 19.99 / 0.01 is not whole then. By JSON Schema (2020-12, 6.2.1) the division of
# the two numbers counts, which gives 1999. zod 4.4.3 and pydantic 2.14.3, which make this schema for the tools of
# MCP servers, take 19.99. So a client that checks arguments or results refuses prices that the server deals in:
# of all cents up to 100.00 jsonschema refuses about one in seven.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund zod@4.4.3 ajv@8.20.0
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check jsonschema==4.26.0 pydantic==2.14.3
cd "$folder"
cat > check.mjs <<'JS'
import ajv from "ajv/dist/2020.js";
import { z } from "zod";

const price = z.number().multipleOf(0.01);
const validate = new ajv.Ajv2020({ strict: false }).compile(z.toJSONSchema(price));
for (const [name, check] of [["zod", (x) => price.safeParse(x).success], ["ajv", validate]]) {
  const refused = [];
  for (let cents = 1; cents <= 10000; cents++) if (!check(cents / 100)) refused.push(cents / 100);
  console.log(`${name}: 1.1 ${check(1.1)}, 19.99 ${check(19.99)}, refused up to 100.00: ${refused.length}`);
}
JS
cat > check.py <<'PY'
from importlib.metadata import version
from typing import Annotated

import jsonschema
from pydantic import Field, TypeAdapter, ValidationError

price = TypeAdapter(Annotated[float, Field(multiple_of=0.01)])
validator = jsonschema.Draft202012Validator(price.json_schema())


def by_pydantic(value: float) -> bool:
    try:
        price.validate_python(value)
    except ValidationError:
        return False
    return True


for name, check in (("pydantic", by_pydantic), ("jsonschema", validator.is_valid)):
    refused = [cents / 100 for cents in range(1, 10001) if not check(cents / 100)]
    shown = [str(check(value)).lower() for value in (1.1, 19.99)]
    print(f"{name} {version(name)}: 1.1 {shown[0]}, 19.99 {shown[1]}, refused up to 100.00: {len(refused)}")
PY
{ node check.mjs; venv/bin/python check.py; } | tee seen
diff - seen <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
zod: 1.1 true, 19.99 true, refused up to 100.00: 0
ajv: 1.1 true, 19.99 false, refused up to 100.00: 1363
pydantic 2.14.3: 1.1 true, 19.99 true, refused up to 100.00: 0
jsonschema 4.26.0: 1.1 true, 19.99 false, refused up to 100.00: 1363
TEXT
