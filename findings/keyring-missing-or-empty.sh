#!/usr/bin/env bash
# keyring 25.7.0 on a machine without a keyring: get_password raises NoKeyringError, but get_credential
# without a user name answers None, as if nothing had been saved. A program that looks for an account
# first takes a missing keyring for an empty one, asks for the password again and can not keep it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check keyring==25.7.0
export PYTHON_KEYRING_BACKEND=keyring.backends.fail.Keyring # what keyring chooses if it finds no other
"$folder/venv/bin/python" - <<'PY'
import sys
from importlib.metadata import version

import keyring
from keyring.errors import NoKeyringError

print("keyring", version("keyring"), "with", type(keyring.get_keyring()).__module__)
calls = {
    "get_password('car', 'anna')": lambda: keyring.get_password("car", "anna"),
    "set_password('car', 'anna', ...)": lambda: keyring.set_password("car", "anna", "word"),
    "get_credential('car', 'anna')": lambda: keyring.get_credential("car", "anna"),
    "get_credential('car', None)": lambda: keyring.get_credential("car", None),
}
seen = []
for text, call in calls.items():
    try:
        seen.append(repr(call()))
    except NoKeyringError:
        seen.append("NoKeyringError")
    print(f"{text:33} -> {seen[-1]}")
sys.exit(0 if seen == ["NoKeyringError"] * 3 + ["None"] else "The behaviour has changed.")
PY
