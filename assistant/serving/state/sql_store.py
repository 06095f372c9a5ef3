"""Sessions and limits in a database: a SQLite file for processes of one machine, or PostgreSQL for those of several.

Only the digest of a session id is stored, so a copy of the database logs nobody in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from assistant.serving.state.database import Database, Sql
from assistant.serving.state.rate_limits import RequestLimit, wait_until
from assistant.serving.state.sessions import LIFETIME, Session, new_session
from assistant.serving.state.sql_users import STEP as USERS_STEP
from assistant.serving.state.sql_users import SqlUsers
from client.records.migrations import Migrations

_CLEAN_EVERY = 1000
"""After how many requests the counts of absent callers are deleted."""
MIGRATIONS: Migrations = (
    (
        """CREATE TABLE sessions (
            digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, created_at REAL NOT NULL, expires_at REAL NOT NULL)
            WITHOUT ROWID""",
        "CREATE INDEX sessions_by_end ON sessions (expires_at)",
        "CREATE TABLE requests (scope TEXT NOT NULL, name TEXT NOT NULL, at REAL NOT NULL)",
        "CREATE INDEX requests_by_name ON requests (scope, name, at)",
    ),
    USERS_STEP,
    (
        # Kept beside the requests, because a busy server cannot count thousands of rows with each request.
        """CREATE TABLE request_counts (
            scope TEXT NOT NULL, name TEXT NOT NULL, requests INTEGER NOT NULL, PRIMARY KEY (scope, name))
            WITHOUT ROWID""",
        "INSERT INTO request_counts SELECT scope, name, count(*) FROM requests GROUP BY scope, name",
    ),
)
"""Step n takes a file from version n to version n + 1. Steps are only ever added."""


class SqlStore:
    """A `Store` in a database."""

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._database = database
        self._now = now
        self.sessions = SqlSessions(database, now)
        self.users = SqlUsers(database)

    async def check(self) -> None:
        """Write to the database, which fails if the disk is full or gone. Raises `RecordsError`."""
        await self._database.run(
            lambda connection: connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (self._now(),))
        )

    def limit(self, name: str, most: int, seconds: float) -> RequestLimit:
        """Return the limit of that name."""
        return SqlLimit(self._database, name, most, seconds, self._now)


class SqlSessions:
    """A `SessionStore` in a database."""

    def __init__(self, database: Database, now: Callable[[], float], *, lifetime: float = LIFETIME) -> None:
        self._database = database
        self._now = now
        self._lifetime = lifetime

    async def create(self, user_id: str) -> Session:
        """Make a session; expired ones are cleaned."""
        session = new_session(user_id, self._now(), self._lifetime)

        def work(connection: Sql) -> None:
            connection.execute("DELETE FROM sessions WHERE expires_at <= ?", (session.created_at,))
            row = (_digest(session.session_id), user_id, session.created_at, session.expires_at)
            connection.execute("INSERT INTO sessions VALUES (?, ?, ?, ?)", row)

        await self._database.run(work)
        return session

    async def use(self, session_id: str) -> Session | None:
        """Return the session and extend it; None if it is unknown or expired."""
        now = self._now()

        def work(connection: Sql) -> tuple[str, float] | None:
            row: tuple[str, float] | None = connection.execute(
                "SELECT user_id, created_at FROM sessions WHERE digest = ? AND expires_at > ?",
                (_digest(session_id), now),
            ).fetchone()
            if row is not None:
                connection.execute(
                    "UPDATE sessions SET expires_at = ? WHERE digest = ?", (now + self._lifetime, _digest(session_id))
                )
            return row

        row = await self._database.run(work, synced=False)  # a loss of power may take back the last slide
        return None if row is None else Session(session_id, row[0], row[1], now + self._lifetime)

    async def remove(self, session_id: str) -> None:
        """End a session."""
        await self._database.run(
            lambda connection: connection.execute("DELETE FROM sessions WHERE digest = ?", (_digest(session_id),))
        )


class SqlLimit:
    """A `RequestLimit` in a database."""

    def __init__(self, database: Database, scope: str, most: int, seconds: float, now: Callable[[], float]) -> None:
        self.most = most
        self.seconds = seconds
        self._database = database
        self._scope = scope
        self._now = now
        self._admitted = 0

    async def admit(self, name: str) -> int:
        """Count a request and return 0, or return the seconds to wait."""
        now = self._now()

        def work(connection: Sql) -> int:
            self._admitted += 1
            if self._admitted % _CLEAN_EVERY == 0:
                self._clean(connection, now)
            place = (self._scope, name)
            ended = connection.execute(
                "DELETE FROM requests WHERE scope = ? AND name = ? AND at <= ?", (*place, now - self.seconds)
            ).rowcount
            (count,) = connection.execute(
                "SELECT coalesce(sum(requests), 0) - ? FROM request_counts WHERE scope = ? AND name = ?",
                (ended, *place),
            ).fetchone()
            full = count >= self.most
            connection.execute(
                "INSERT INTO request_counts VALUES (?, ?, ?) "
                "ON CONFLICT (scope, name) DO UPDATE SET requests = excluded.requests",
                (*place, count if full else count + 1),
            )
            if full:
                query = "SELECT min(at) FROM requests WHERE scope = ? AND name = ?"
                return wait_until(connection.execute(query, place).fetchone()[0], now, self.seconds)
            connection.execute("INSERT INTO requests VALUES (?, ?, ?)", (*place, now))
            return 0

        return await self._database.run(work, synced=False, alone=self._scope)

    def _clean(self, connection: Sql, now: float) -> None:
        """Delete the counts of callers who did not come again."""
        connection.execute("DELETE FROM requests WHERE scope = ? AND at <= ?", (self._scope, now - self.seconds))
        connection.execute("DELETE FROM request_counts WHERE scope = ?", (self._scope,))
        connection.execute(
            "INSERT INTO request_counts "
            "SELECT scope, name, count(*) FROM requests WHERE scope = ? GROUP BY scope, name",
            (self._scope,),
        )


def _digest(session_id: str) -> str:
    return hashlib.sha256(session_id.encode()).hexdigest()
