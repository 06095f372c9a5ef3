"""The last known tools of each server, read-only answers with their age, and the approved tools.

Lets the assistant start offline and answer from stored data; the caller decides how old an answer may be. All functions
run inside a transaction of the writer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from client.catalog import Tool
from client.records import ledger
from client.records.outcomes import tools_from_text, tools_to_text
from client.values import JSON

MOST_ANSWERS = 2000
"""Answers kept at most; the oldest are dropped first."""


@dataclass(frozen=True)
class KeptAnswer:
    """An earlier read-only answer."""

    result: JSON
    fetched_at: float
    """Seconds since the epoch."""


def keep_listing(db: sqlite3.Connection, now: float, server: str, tools: tuple[Tool, ...]) -> None:
    """Store a server's listing."""
    db.execute("INSERT OR REPLACE INTO listings VALUES (?, ?, ?)", (server, now, tools_to_text(tools)))


def kept_listing(db: sqlite3.Connection, server: str, *, trusted: bool) -> tuple[Tool, ...] | None:
    """Return a server's last listing, or None."""
    row = db.execute("SELECT tools FROM listings WHERE server = ?", (server,)).fetchone()
    if row is None:
        return None
    try:
        return tools_from_text(row[0], trusted=trusted)
    except (ValueError, KeyError, TypeError):
        return None  # written by another version in another form; it is fetched again


def keep_answer(db: sqlite3.Connection, now: float, call_digest: str, server: str, result: JSON) -> None:
    """Store a read-only answer."""
    text = json.dumps(result, ensure_ascii=False)
    db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (call_digest, server, now, text))
    db.execute(
        "DELETE FROM answers WHERE digest IN (SELECT digest FROM answers ORDER BY fetched_at DESC LIMIT -1 OFFSET ?)",
        (MOST_ANSWERS,),
    )


def kept_answer(db: sqlite3.Connection, call_digest: str) -> KeptAnswer | None:
    """Return the earlier answer to the same call."""
    row = db.execute("SELECT result, fetched_at FROM answers WHERE digest = ?", (call_digest,)).fetchone()
    return KeptAnswer(json.loads(row[0]), row[1]) if row else None


def latest(db: sqlite3.Connection) -> float:
    """Return the latest time in any record, in seconds since the epoch. A clock that shows less has gone back."""
    query = (
        "SELECT max(coalesce((SELECT max(fetched_at) FROM answers), 0), "
        "coalesce((SELECT at FROM ledger ORDER BY sequence DESC LIMIT 1), 0))"
    )
    found: float = db.execute(query).fetchone()[0]
    return found


def forget_answers(db: sqlite3.Connection, server: str) -> None:
    """Delete a server's answers, because a call with effects may have made them wrong."""
    db.execute("DELETE FROM answers WHERE server = ?", (server,))


def changed_tools(db: sqlite3.Connection, now: float, tools: Iterable[Tool]) -> list[Tool]:
    """Approve tools seen for the first time; return those that differ from what was approved."""
    changed = []
    for tool in tools:
        row = db.execute(
            "SELECT fingerprint FROM approvals WHERE server = ? AND tool = ?", (tool.server, tool.name)
        ).fetchone()
        if row is None:
            approve(db, now, tool)
        elif row[0] != tool.fingerprint:
            changed.append(tool)
    return changed


def approve(db: sqlite3.Connection, now: float, tool: Tool) -> None:
    """Record that the tool in its present form may be called."""
    db.execute("INSERT OR REPLACE INTO approvals VALUES (?, ?, ?, ?)", (tool.server, tool.name, tool.fingerprint, now))
    ledger.append_row(db, now, "approved", "", tool.server, tool.name, tool.fingerprint, {})
