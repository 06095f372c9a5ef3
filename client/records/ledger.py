"""The append-only record of consents and calls with effects, each row chained to the previous row by its hash.

Holds digests, never message bodies, so that erasing a message keeps the chain. It does not record calls that only read.
All functions run inside a transaction of the writer.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from client.call import ToolCall
from client.values import JSON, digest

_START = "0" * 64
_DETAIL = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
_COLUMNS = "sequence, at, kind, call_id, server, tool, digest, detail, previous, hash"


@dataclass(frozen=True)
class LedgerRow:
    """One entry. `kind` is consent_spent, attempt, outcome, deferred or approved."""

    sequence: int
    at: float
    """Seconds since the epoch."""
    kind: str
    call_id: str
    server: str
    tool: str
    digest: str
    """`ToolCall.digest`, or the tool's fingerprint for `approved`."""
    detail: Mapping[str, JSON]
    previous: str
    hash: str


@dataclass(frozen=True)
class Verification:
    """The result of checking the whole chain."""

    rows: int
    broken_at: int | None = None
    """Sequence number of the first row whose hash does not match."""
    why: str = ""


def append(db: sqlite3.Connection, at: float, kind: str, call: ToolCall, detail: Mapping[str, JSON]) -> None:
    """Add a row about a call."""
    append_row(db, at, kind, call.call_id, call.server, call.tool, call.digest, detail)


def append_row(
    db: sqlite3.Connection,
    at: float,
    kind: str,
    call_id: str,
    server: str,
    tool: str,
    what: str,
    detail: Mapping[str, JSON],
) -> None:
    """Add a row; the hash covers every column and the previous hash."""
    append_rows(db, at, call_id, server, tool, what, [(kind, detail)])


def append_rows(
    db: sqlite3.Connection,
    at: float,
    call_id: str,
    server: str,
    tool: str,
    what: str,
    kinds: Sequence[tuple[str, Mapping[str, JSON]]],
) -> None:
    """Add several rows about one call, each with a kind and a detail. The end of the chain is set once, after the last
    row."""
    last = db.execute("SELECT sequence, hash FROM ledger_end").fetchone()
    sequence, previous = last or (0, _START)
    values: list[object] = []
    for kind, detail in kinds:
        sequence += 1
        text = _DETAIL.encode(detail)
        row = (sequence, at, kind, call_id, server, tool, what, text, previous)
        previous = _hash(row)
        values += (*row, previous)
    rows = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"] * len(kinds))
    db.execute(f"INSERT INTO ledger VALUES {rows}", values)  # noqa: S608  # question marks only
    db.execute("INSERT OR REPLACE INTO ledger_end VALUES (1, ?, ?)", (sequence, previous))


def verify(db: sqlite3.Connection) -> Verification:
    """Check the whole chain and return where it first breaks, if it does."""
    previous, expected = _START, 1
    for row in db.execute(f"SELECT {_COLUMNS} FROM ledger ORDER BY sequence"):  # noqa: S608  # a constant
        sequence = row[0]
        if sequence != expected:
            return Verification(expected - 1, expected, f"row {expected} is missing")
        if row[8] != previous:
            return Verification(expected - 1, sequence, f"row {sequence} does not follow the row before it")
        if _hash(row[:9]) != row[9]:
            return Verification(expected - 1, sequence, f"row {sequence} was changed")
        previous, expected = row[9], sequence + 1
    end = db.execute("SELECT sequence, hash FROM ledger_end").fetchone()
    if (end or (0, _START)) != (expected - 1, previous):
        return Verification(expected - 1, expected, f"the rows from {expected} on are missing")
    return Verification(expected - 1)


def recent(db: sqlite3.Connection, limit: int = 20) -> list[LedgerRow]:
    """Return the newest rows, newest first."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM ledger ORDER BY sequence DESC LIMIT ?", (limit,))  # noqa: S608  # a constant
    return [
        LedgerRow(sequence, at, kind, call_id, server, tool, what, json.loads(detail), previous, chained)
        for sequence, at, kind, call_id, server, tool, what, detail, previous, chained in rows
    ]


def _hash(row: tuple[object, ...]) -> str:
    return digest([str(part) if not isinstance(part, float) else repr(part) for part in row])
