"""The page on doors, made from doors.toml: every way to a tool, and what holds there."""

from __future__ import annotations

import tomllib
from pathlib import Path

DATA = Path(__file__).parent / "doors.toml"
HEAD = """# Doors

A tool is reached through many doors: by voice, from a shell, by other programs, from what waited for the network. The
same rules hold behind each of them. Each cell below has a test that goes through that door (`tests/doors`), and judges
by a server that counts what it did. `make promises` plays hostile servers against the doors and counts what got
through.

One function decides what needs a yes: `assess` in `assistant/policy/sensitivity.py`. A *changed tool* is one whose
description, schema, hints or confirmations differ from what was first seen or approved. A *trusted* server is one that
settings trust. What a server asks in the middle of a call (a form) is said with its message, asked field by field, read
back with every value that is sent, the form's own defaults among them, and takes a yes of its own; turning it down
declines the call. A server's mark that its question only confirms what was confirmed counts if the server is trusted or
part of this program.
"""


def page() -> str:
    """Return the page."""
    raw = tomllib.loads(DATA.read_text(encoding="utf-8"))
    columns = raw["columns"]
    rows = [["Door", *columns.values()], ["---"] * (len(columns) + 1)]
    rows += [[door["name"], *(door[column] for column in columns)] for door in raw["doors"].values()]
    return HEAD + "\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"
