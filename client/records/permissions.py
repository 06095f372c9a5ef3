"""Tools that the driver exempted from questions, each bound to the tool as it was then.

All functions run inside a transaction of the writer. Nothing here decides whether a permission counts.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from client.catalog import Tool
from client.records import ledger


@dataclass(frozen=True)
class ToolPermission:
    """The driver's permission to call one tool without asking."""

    server: str
    tool: str
    fingerprint: str
    """The tool's fingerprint when the driver allowed it. If the tool changes, the permission no longer counts."""
    given_at: float
    """Seconds since the epoch."""


def give(db: sqlite3.Connection, now: float, tool: Tool) -> None:
    """Store that McQueen need not ask about this tool in its present form."""
    db.execute(
        "INSERT OR REPLACE INTO permissions VALUES (?, ?, ?, ?)", (tool.server, tool.name, tool.fingerprint, now)
    )
    ledger.append_row(db, now, "permission_given", "", tool.server, tool.name, tool.fingerprint, {})


def take_back(db: sqlite3.Connection, now: float, server: str, tool: str) -> bool:
    """Remove the permission; False if there was none."""
    gone = db.execute("DELETE FROM permissions WHERE server = ? AND tool = ?", (server, tool)).rowcount > 0
    if gone:
        ledger.append_row(db, now, "permission_taken_back", "", server, tool, "", {})
    return gone


def given(db: sqlite3.Connection) -> list[ToolPermission]:
    """Return all permissions, by server and tool."""
    rows = db.execute("SELECT server, tool, fingerprint, given_at FROM permissions ORDER BY server, tool")
    return [ToolPermission(*row) for row in rows]
