"""The protocol details agreed with each server at an earlier start, so that the next start need not ask again.

All functions run inside a transaction of the writer. Only the server module interprets the text.
"""

from __future__ import annotations

import sqlite3


def keep(db: sqlite3.Connection, now: float, server: str, agreed: str) -> None:
    """Store the text agreed with a server."""
    db.execute("INSERT OR REPLACE INTO agreements VALUES (?, ?, ?)", (server, agreed, now))


def kept(db: sqlite3.Connection, server: str) -> str | None:
    """Return the text agreed with a server last, or None."""
    row = db.execute("SELECT agreed FROM agreements WHERE server = ?", (server,)).fetchone()
    return str(row[0]) if row else None
