"""One SQLite database and the only thread that writes to it, so that the event loop never waits for a disk.

Jobs that arrive together share one transaction and one sync (group commit); each is all or nothing. Does not know the
meaning of the tables.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from client.client_errors import RecordsError
from client.records.migrations import MIGRATIONS, Migrations

_log = logging.getLogger(__name__)

Result = TypeVar("Result")
_MOST_TOGETHER = 128
_BUSY_SECONDS = 5.0


class _Job(Generic[Result]):
    """One job for the writer, and where its result goes."""

    def __init__(self, work: Callable[[sqlite3.Connection], Result], *, synced: bool = True) -> None:
        self.work = work
        self.synced = synced
        self.result: Result | None = None
        self.error: Exception | None = None
        self.loop: asyncio.AbstractEventLoop | None = None
        self.future: asyncio.Future[Result] | None = None

    def settle(self) -> None:
        if self.future is None or self.loop is None:
            if self.error is not None:
                _log.error("a record could not be written: %s", self.error)
            return
        try:
            self.loop.call_soon_threadsafe(_settle, self.future, self.result, self.error)
        except RuntimeError:
            _log.debug("the loop ended before a record was confirmed")


def _settle(future: asyncio.Future[Any], result: object, error: Exception | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


class Storage:
    """The database at a path. Open it with `await Storage.open(path)`; close it last."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._syncing = True
        self._thread = threading.Thread(target=self._write, name="records", daemon=True)
        self._thread.start()

    @classmethod
    async def open(cls, path: Path, migrations: Migrations = MIGRATIONS) -> Storage:
        """Open or create the database and update its schema. Raises `RecordsError` with the cure."""
        connection = await asyncio.to_thread(_connect, path, migrations)
        return cls(path, connection)

    async def run(self, work: Callable[[sqlite3.Connection], Result], *, synced: bool = True) -> Result:
        """Run `work` in a transaction on the writer thread; return once it is on disk. Raises `RecordsError`.

        With `synced=False` it returns once the operating system has the data, which survives a crash but not a power
        cut.
        """
        if self._closed:
            raise RecordsError(f"the database {self.path} is closed")
        job = _Job(work, synced=synced)
        job.loop = asyncio.get_running_loop()
        job.future = job.loop.create_future()
        self._jobs.put(job)
        return await job.future

    def post(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Run `work` soon, after earlier jobs, unsynced. Nobody waits for it; a failure is logged."""
        if not self._closed:
            self._jobs.put(_Job(work, synced=False))

    async def close(self) -> None:
        """Finish all jobs and close the file."""
        if not self._closed:
            self._closed = True
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    def _write(self) -> None:
        going_on = True
        while going_on:
            first = self._jobs.get()
            together: list[_Job[Any]] = []
            while first is not None:
                together.append(first)
                if len(together) >= _MOST_TOGETHER or self._jobs.empty():
                    break
                first = self._jobs.get()
            going_on = first is not None
            if together:
                self._commit(together)
        self._connection.close()

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        try:
            self._sync_if(any(job.synced for job in jobs))
            self._connection.execute("BEGIN IMMEDIATE")
            for job in jobs:
                self._try(job)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            for job in jobs:
                job.error = records_error(self.path, error)
        for job in jobs:
            job.settle()

    def _sync_if(self, wanted: bool) -> None:
        if wanted != self._syncing:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if wanted else 'NORMAL'}")
            self._syncing = wanted

    def _try(self, job: _Job[Any]) -> None:
        self._connection.execute("SAVEPOINT job")
        try:
            job.result = job.work(self._connection)
        except sqlite3.Error as error:
            if not self._connection.in_transaction:
                raise  # a full disk rolls back the whole transaction, including other jobs' writes
            job.error = records_error(self.path, error)
        except Exception as error:  # noqa: BLE001  # keeps the writer alive; the error reaches the caller
            job.error = error
        if job.error is not None:
            self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")


def records_error(path: Path, error: Exception) -> RecordsError:
    """Return a sentence that names the file and the cure."""
    text = str(error).lower()
    if "locked" in text or "busy" in text:
        cure = "another program holds it; close that program and try again"
    elif "readonly" in text or "read-only" in text or "permission" in text:
        cure = "it cannot be written to; give the folder write permission or set another one"
    elif "not a database" in text or "malformed" in text:
        cure = "it is damaged; move it away and McQueen starts a new one"
    elif "full" in text:
        cure = "the disk is full; make room and try again"
    elif "unable to open" in text or isinstance(error, OSError):
        cure = "it cannot be opened; check that the folder exists and can be written to"
    else:
        cure = str(error)
    return RecordsError(f"the database {path}: {cure}")


def _connect(path: Path, migrations: Migrations) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite gives its side files the mode of the main file; this sets it before there is any content.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise records_error(path, error) from error
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # erased data leaves nothing in the file
        _migrate(path, connection, migrations)
    except sqlite3.Error as error:
        connection.close()
        raise records_error(path, error) from error
    except RecordsError:
        connection.close()
        raise
    return connection


def _migrate(path: Path, connection: sqlite3.Connection, migrations: Migrations) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(migrations):
            raise RecordsError(
                f"the database {path} was written by a newer McQueen (schema {version}, this one knows "
                f"{len(migrations)}); update McQueen, or move the file away to start a new one"
            )
        if version == 0:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, applied_at REAL NOT NULL)"
            )
        for number in range(version, len(migrations)):
            for statement in migrations[number]:
                connection.execute(statement)
            # A record for people, so it uses the machine's clock even in a drive with virtual time.
            connection.execute("INSERT INTO migrations VALUES (?, ?)", (number + 1, time.time()))
            connection.execute(f"PRAGMA user_version = {number + 1:d}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
