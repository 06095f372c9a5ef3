#!/usr/bin/env bash
# A text that one Python YAML library wrote is a number when the other reads it. PyYAML 6.0.3 puts quotes
# where YAML 1.1 needs them, ruamel.yaml 0.19.1 where YAML 1.2 does, and both are right by their own book.
# So the opening time "10:30" that ruamel.yaml wrote is 630 in PyYAML and "on" is True; the dialling code "08"
# and the article "1e3" that PyYAML wrote are 8 and 1000.0 in ruamel.yaml. The float 1e16 comes back as text.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pyyaml==6.0.3 ruamel.yaml==0.19.1
"$folder/venv/bin/python" - <<'PY'
import io
import sys
from importlib.metadata import version

import yaml
from ruamel.yaml import YAML

print("PyYAML", version("pyyaml"), "ruamel.yaml", version("ruamel.yaml"))
ruamel = YAML()


def by_ruamel(value: object) -> str:
    stream = io.StringIO()
    ruamel.dump({"is": value}, stream)
    return stream.getvalue()


seen = []
for value in ("10:30", "on", 1e16):
    written = by_ruamel(value)
    seen.append(yaml.safe_load(written)["is"])
    print(f"{value!r}: ruamel.yaml writes {written.strip()!r}, PyYAML reads {seen[-1]!r}")
    assert ruamel.load(written)["is"] == value
for value in ("08", "1e3", "0o10"):
    written = yaml.safe_dump({"is": value})
    seen.append(ruamel.load(written)["is"])
    print(f"{value!r}: PyYAML writes {written.strip()!r}, ruamel.yaml reads {seen[-1]!r}")
    assert yaml.safe_load(written)["is"] == value
same = seen == [630, True, "1e+16", 8, 1000.0, 8]
sys.exit(0 if same else f"The behaviour has changed: {seen}")
PY
