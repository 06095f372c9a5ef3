"""A PostgreSQL database for several serving processes. Needs the extra `mcqueen[postgres]`.

Transactions run on threads of their own, one connection each, so that the event loop waits for no network. A database
that does not answer in time is a `RecordsError`, and its statement may still be executed: a caller that needs to know
reads again. A transaction is never run twice.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar, cast

from assistant.serving.serving_errors import ServingError
from assistant.serving.state.database import FoundRows, Sql
from assistant.serving.state.postgres_steps import STEPS
from client.client_errors import RecordsError

try:
    import psycopg
except ImportError as error:  # the extra is not installed
    raise ServingError('a PostgreSQL store needs the extra: pip install "mcqueen[postgres]"') from error

_log = logging.getLogger(__name__)
Result = TypeVar("Result")
_THREADS = 8
_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 8.0
"""Seconds that a transaction may take; after that its outcome is not known here."""
_OPTIONS = "-c statement_timeout=5000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=15000"
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


class PostgresDatabase:
    """A `Database` in PostgreSQL."""

    apart = True
    clock = "extract(epoch from clock_timestamp())::double precision"

    def __init__(self, url: str) -> None:
        self._url = url
        self._threads = ThreadPoolExecutor(_THREADS, "postgres")
        self._own = threading.local()
        self._open: set[psycopg.Connection[Any]] = set()
        self._closed = False

    @classmethod
    async def open(cls, url: str, name: str) -> PostgresDatabase:
        """Connect, and bring the tables of that name up to date. Raises `ServingError` with the cure."""
        database = cls(url)
        try:
            await database.run(lambda sql: _upgrade(sql, name), alone="steps")
        except (RecordsError, psycopg.Error) as error:
            await database.close()
            raise ServingError(
                f"PostgreSQL at {_place(url)} cannot be used ({error}); start it or use another store"
            ) from error
        return database

    async def run(self, work: Callable[[Sql], Result], *, synced: bool = True, alone: str = "") -> Result:
        """Run `work` in a transaction."""
        loop = asyncio.get_running_loop()
        if self._closed:
            raise RecordsError("the connection to PostgreSQL is closed")
        running = loop.run_in_executor(self._threads, self._transaction, work, synced, alone)
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await running
        except TimeoutError:
            raise RecordsError("PostgreSQL does not answer") from None

    def _transaction(self, work: Callable[[Sql], Result], synced: bool, alone: str) -> Result:
        connection = self._begun("BEGIN" if synced else "BEGIN; SET LOCAL synchronous_commit TO off")
        try:
            if alone:
                connection.execute(_LOCK, (alone,))
            result = work(_Translated(connection))
            connection.execute("COMMIT")
        except psycopg.Error as error:
            self._take_back(connection)
            raise RecordsError(f"PostgreSQL: {_first_line(error)}") from error
        except BaseException:
            self._take_back(connection)
            raise
        return result

    def _begun(self, begin: str) -> psycopg.Connection[Any]:
        """Return this thread's connection with a transaction begun, over a new one if the old one is gone."""
        for kept in (True, False):
            connection = cast("psycopg.Connection[Any] | None", vars(self._own).get("connection")) if kept else None
            if kept and connection is None:
                continue
            try:
                connection = connection or self._connect()
                connection.execute(begin)
            except psycopg.Error as error:
                self._let_go(connection)
                if not kept:
                    raise RecordsError(f"PostgreSQL does not answer: {_first_line(error)}") from error
            else:
                return connection
        raise RecordsError("PostgreSQL does not answer")

    def _connect(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            self._url,
            autocommit=True,  # transactions begin and end by our own statements
            connect_timeout=_CONNECT_SECONDS,
            options=_OPTIONS,
            tcp_user_timeout=5000,
        )
        self._open.add(connection)
        self._own.connection = connection
        return connection

    def _take_back(self, connection: psycopg.Connection[Any]) -> None:
        try:
            connection.execute("ROLLBACK")
        except psycopg.Error:
            self._let_go(connection)

    def _let_go(self, connection: psycopg.Connection[Any] | None) -> None:
        self._own.connection = None
        if connection is not None:
            self._open.discard(connection)
            with suppress(psycopg.Error):
                connection.close()

    async def close(self) -> None:
        """Close the connections; a transaction that hangs is broken off."""
        self._closed = True
        for connection in tuple(self._open):
            with suppress(psycopg.Error):
                connection.close()
        self._threads.shutdown(wait=False, cancel_futures=True)


class _Translated:
    """A transaction that takes `?` for values, and reports a violated constraint like SQLite."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[Any] = (), /) -> FoundRows:
        """Run one statement."""
        try:
            return self._connection.execute(cast("Any", query.replace("?", "%s")), values)
        except psycopg.IntegrityError as error:
            raise sqlite3.IntegrityError(str(error)) from error


def _upgrade(sql: Sql, name: str) -> None:
    """Run the steps that the database lacks."""
    sql.execute("CREATE TABLE IF NOT EXISTS steps (name TEXT PRIMARY KEY, done INTEGER NOT NULL)")
    row = sql.execute("SELECT done FROM steps WHERE name = ?", (name,)).fetchone()
    done = 0 if row is None else int(row[0])
    if done > len(STEPS[name]):
        raise RecordsError(f"its tables are of a newer McQueen ({name} {done}); use that version")
    for step in STEPS[name][done:]:
        for statement in step:
            sql.execute(statement)
    values = (name, len(STEPS[name]))
    sql.execute("INSERT INTO steps VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET done = excluded.done", values)


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _place(url: str) -> str:
    """Return the address without the password that it may hold."""
    return re.sub(r"^[^@]*@|^[a-z]+://", "", url).partition("?")[0]
