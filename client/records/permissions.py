"""Which tools need not be asked about any more, as the driver said, each bound to the tool as it was then.

All functions run inside a transaction of the writer. Whether a permission counts is not judged here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from client.catalog import Tool
from client.records import ledger


@dataclass(frozen=True)
class Permission:
    """The driver's word for one tool."""

    server: str
    tool: str
    fingerprint: str
    """Of the tool as it was; another one has no permission."""
    given_at: float
    """Seconds since the epoch."""


def give(db: sqlite3.Connection, now: float, tool: Tool) -> None:
    """Keep that this tool, as it is now, need not be asked about."""
    db.execute(
        "INSERT OR REPLACE INTO permissions VALUES (?, ?, ?, ?)", (tool.server, tool.name, tool.fingerprint, now)
    )
    ledger.append_row(db, now, "permission_given", "", tool.server, tool.name, tool.fingerprint, {})


def take_back(db: sqlite3.Connection, now: float, server: str, tool: str) -> bool:
    """Forget it; False if there was none."""
    gone = db.execute("DELETE FROM permissions WHERE server = ? AND tool = ?", (server, tool)).rowcount > 0
    if gone:
        ledger.append_row(db, now, "permission_taken_back", "", server, tool, "", {})
    return gone


def given(db: sqlite3.Connection) -> list[Permission]:
    """Return all of them, by server and tool."""
    rows = db.execute("SELECT server, tool, fingerprint, given_at FROM permissions ORDER BY server, tool")
    return [Permission(*row) for row in rows]
