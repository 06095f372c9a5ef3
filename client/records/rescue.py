"""Reads a database file that may be damaged, and lists the confirmed calls that still wait in it. Changes nothing.

It works on a copy, because SQLite itself writes to a file that it opens. Calls that cannot be read are left out and, if
their number is known, counted. Nothing is sent from here.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from client.records import ledger
from client.values import JSON

_WAITING = "state IN ('pending', 'sending')"
_FIELDS = "position, call_id, key, server, tool, arguments, queued_at, expires_at, state"
_MOST_PROBED = 100_000
"""How many row positions are read one by one, if the table cannot be read as a whole and its size is unknown."""


@dataclass(frozen=True)
class Examined:
    """The result of reading the file."""

    problem: str
    """What is wrong with it, in one sentence without a full stop; empty if it is sound."""
    waiting: int
    """The confirmed waiting calls that could be read."""
    ledger_rows: int = 0


@dataclass(frozen=True)
class RescuedCall:
    """One confirmed call that waits. If its state is `sending`, nobody knows whether the send arrived."""

    call_id: str
    key: str
    server: str
    tool: str
    arguments: Mapping[str, JSON]
    queued_at: float
    """Seconds since the epoch, as is `expires_at`."""
    expires_at: float
    state: str


def examine(path: Path) -> Examined:
    """Check every page, the ledger's chain and the waiting calls. Raises `OSError` if nothing can be read."""
    waiting = len(rescue(path))
    with _copied(path) as copy, closing(sqlite3.connect(copy)) as db:
        try:
            (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
            chain = ledger.verify(db)
        except sqlite3.Error as error:
            return Examined(f"it is damaged ({error})", waiting)
    if said != "ok":
        return Examined(f"it is damaged ({' '.join(str(said).split())})", waiting)
    if chain.broken_at is not None:
        return Examined(f"its ledger was changed: {chain.why}", waiting, chain.rows)
    return Examined("", waiting, chain.rows)


def rescue(path: Path) -> list[RescuedCall]:
    """Return the calls that wait, oldest first. Raises `OSError` if nothing in the file can be read."""
    found: dict[int, RescuedCall] = {}
    with _copied(path) as copy, closing(sqlite3.connect(copy)) as db:
        for row in _readable_rows(db):
            with suppress(ValueError, TypeError):
                position, call_id, key, server, tool, arguments, queued_at, expires_at, state = row
                given = json.loads(arguments) if arguments is not None else {}
                found[position] = RescuedCall(call_id, key, server, tool, given, queued_at, expires_at, state)
    return [found[position] for position in sorted(found)]


def _readable_rows(db: sqlite3.Connection) -> Iterator[tuple[int, str, str, str, str, str, float, float, str]]:
    """Read the table from both ends up to a damaged page, then row by row."""
    whole = 0
    for order in ("ASC", "DESC"):
        try:
            # No index is used: a damaged one would hide sound rows.
            query = f"SELECT {_FIELDS} FROM outbox NOT INDEXED WHERE {_WAITING} ORDER BY position {order}"  # noqa: S608  # constants
            yield from db.execute(query)
            whole += 1
        except sqlite3.Error:
            continue
    if whole:
        return
    for position in range(1, _last_position(db) + 1):
        with suppress(sqlite3.Error):
            query = f"SELECT {_FIELDS} FROM outbox WHERE position = ? AND {_WAITING}"  # noqa: S608  # constants
            yield from db.execute(query, (position,)).fetchall()


def _last_position(db: sqlite3.Connection) -> int:
    try:
        row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    except sqlite3.Error:
        return _MOST_PROBED
    return int(row[0]) if row else 0


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Copy the file and its log to a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.sqlite3"
        shutil.copyfile(path, copy)
        log = path.with_name(path.name + "-wal")
        if log.exists():
            shutil.copyfile(log, copy.with_name(copy.name + "-wal"))
        yield copy
