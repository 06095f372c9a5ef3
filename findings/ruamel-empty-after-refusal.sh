#!/usr/bin/env bash
# ruamel.yaml 0.19.1 writes empty files after one value was refused. A YAML() object that could not
# represent a value (here a time of day) and said so goes on to "dump" the next documents without an error
# and without a byte; if they go over files that were there, their content is gone. Loading still works.
# PyYAML and a fresh YAML() object write the same document.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check ruamel.yaml==0.19.1 pyyaml==6.0.3
"$folder/venv/bin/python" - "$folder/settings.yaml" <<'PY'
import datetime
import io
import pathlib
import sys
from importlib.metadata import version

import yaml as pyyaml
from ruamel.yaml import YAML
from ruamel.yaml.representer import RepresenterError

path = pathlib.Path(sys.argv[1])
print("ruamel.yaml", version("ruamel.yaml"))
good, refused = {"speed": 50}, {"alarm": datetime.time(7, 30)}
yaml = YAML()
seen = []


def written(writer: YAML) -> str:
    with path.open("w") as file:
        writer.dump(good, file)
    return path.read_text()


seen.append(written(yaml))
print(f"before: {seen[-1]!r}")
try:
    yaml.dump(refused, io.StringIO())
except RepresenterError as error:
    print(f"refused: {error}")
for _ in range(2):
    seen.append(written(yaml))
    print(f"the same document with the same object afterwards: {seen[-1]!r}")
seen.append(written(YAML()))
print(f"with a fresh object: {seen[-1]!r}")
seen.append(pyyaml.safe_dump(good))
same = seen == ["speed: 50\n", "", "", "speed: 50\n", "speed: 50\n"]
sys.exit(0 if same else f"The behaviour has changed: {seen}")
PY
