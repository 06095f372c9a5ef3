"""What was agreed with each server at an earlier start, so that the next start need not ask again.

All functions run inside a transaction of the writer. What the text means is the server module's business.
"""

from __future__ import annotations

import sqlite3


def keep(db: sqlite3.Connection, now: float, server: str, agreed: str) -> None:
    """Keep what was agreed with a server."""
    db.execute("INSERT OR REPLACE INTO agreements VALUES (?, ?, ?)", (server, agreed, now))


def kept(db: sqlite3.Connection, server: str) -> str | None:
    """Return what was agreed with it last, or None."""
    row = db.execute("SELECT agreed FROM agreements WHERE server = ?", (server,)).fetchone()
    return str(row[0]) if row else None
