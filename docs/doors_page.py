"""The page on doors, made from doors.toml: every way to a tool, and what holds there."""

from __future__ import annotations

import tomllib
from pathlib import Path

DATA = Path(__file__).parent / "doors.toml"
HEAD = """# Doors

A tool can be reached in many ways ("doors"): by voice, from a shell, by other programs, from the outbox. The same rules
hold for each door. Each cell below has a test that uses that door (`tests/doors`) and checks the result on a server
that counts its calls. `make promises` plays hostile servers against the doors and counts what got through.

One function decides what needs a yes: `assess` in `assistant/policy/sensitivity.py`. A *changed tool* is one whose
description, schema, hints or confirmations differ from what was first seen or approved. A *trusted* server is one that
settings trust. If a server asks during a call (a form), McQueen says who asks and what, asks field by field, reads back
every value that is sent, including the form's defaults, and needs a separate yes. A no declines the call. A server may
mark its question as only confirming what was confirmed; the mark counts if the server is trusted or part of this
program.
"""


def page() -> str:
    """Return the page."""
    raw = tomllib.loads(DATA.read_text(encoding="utf-8"))
    columns = raw["columns"]
    rows = [["Door", *columns.values()], ["---"] * (len(columns) + 1)]
    rows += [[door["name"], *(door[column] for column in columns)] for door in raw["doors"].values()]
    return HEAD + "\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
