"""One SQLite database and the only thread that writes to it, so that the event loop never waits for a disk.

Jobs that arrive together share one transaction and one sync (group commit). If one of them fails, each of the others
runs again in a transaction of its own. Knows nothing of what the tables mean.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from client.client_errors import RecordsError
from client.records.migrations import MIGRATIONS, Migrations

_log = logging.getLogger(__name__)

Result = TypeVar("Result")
_MOST_TOGETHER = 128
_BUSY_SECONDS = 5.0
_PUT_OFF_SECONDS = 0.05
"""Longest time in seconds that deferred work waits if no other job arrives."""


def _nothing(_: sqlite3.Connection) -> None:
    """A job that does nothing, so that the writer runs the deferred work."""


class _Job(Generic[Result]):
    """One job for the writer, and the future that gets its result."""

    def __init__(
        self, work: Callable[[sqlite3.Connection], Result], *, synced: bool = True, reads: bool = False
    ) -> None:
        self.work = work
        self.reads = reads
        self.synced = synced
        self.result: Result | None = None
        self.error: Exception | None = None
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Result] | None = None

    def settle(self) -> None:
        """Give the result to whoever waits for it. Call this only on the job's own event loop."""
        if self.future is None:
            if self.error is not None:
                _log.error("a record could not be written: %s", self.error)
        elif self.future.done():
            pass  # nobody waits any more
        elif self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(cast("Result", self.result))


def _settle(jobs: Sequence[_Job[Any]]) -> None:
    for job in jobs:
        job.settle()


class Storage:
    """The database at a path. Open it with `await Storage.open(path)`; close it last."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = connection
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._put_off: deque[_Job[Any]] = deque()
        self._waking = False
        self._closed = False
        self._syncing = True
        self._thread = threading.Thread(target=self._write, name="records", daemon=True)
        self._thread.start()

    @classmethod
    async def open(cls, path: Path, migrations: Migrations = MIGRATIONS) -> Storage:
        """Open or create the database and update its schema. Raises `RecordsError` with the cure."""
        connection = await asyncio.to_thread(_open, path, migrations)
        return cls(path, connection)

    async def run(self, work: Callable[[sqlite3.Connection], Result], *, synced: bool = True) -> Result:
        """Run `work` in a transaction on the writer thread; return once it is on disk. Raises `RecordsError`.

        With `synced=False` it returns once the operating system has the data, which survives a crash but not a power
        cut.
        """
        return await self._run(_Job(work, synced=synced))

    async def read(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run `work`, which only reads and therefore needs neither free disk space nor the writer's lock. Raises
        `RecordsError`."""
        return await self._run(_Job(work, synced=False, reads=True))

    async def _run(self, job: _Job[Result]) -> Result:
        if self._closed:
            raise RecordsError(f"the database {self.path} is closed")
        job.future = job.loop.create_future()
        self._jobs.put(job)
        return await job.future

    def post(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Run `work` like `put_off`. Nobody waits for it; a failure is logged."""
        if not self._closed:
            self._put_off_job(_Job(work, synced=False))

    def put_off(self, work: Callable[[sqlite3.Connection], Result]) -> asyncio.Future[Result]:
        """Run `work`, unsynced, before the next job, or soon if no job comes. Return the future that gets its result.

        The writer is not woken for it, so that it shares the next job's transaction.
        """
        job = _Job(work, synced=False)
        job.future = job.loop.create_future()
        self._put_off_job(job)
        return job.future

    def _put_off_job(self, job: _Job[Any]) -> None:
        self._put_off.append(job)
        if not self._waking:
            self._waking = True
            job.loop.call_later(_PUT_OFF_SECONDS, self._wake)

    async def write_now(self) -> None:
        """Wait until the deferred work is written or has failed."""
        if not self._closed:
            with suppress(RecordsError):  # a failed job has reported its error already
                await self._run(_Job(_nothing, synced=False))

    def _wake(self) -> None:
        self._waking = False
        if self._put_off and not self._closed:
            self._jobs.put(_Job(_nothing, synced=False))

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
            if together or self._put_off:
                self._commit([*self._taken(), *together])
        self._let_go()

    def _taken(self) -> list[_Job[Any]]:
        """Return the deferred work and remove it from the queue."""
        found: list[_Job[Any]] = []
        while self._put_off:
            found.append(self._put_off.popleft())
        return found

    def _commit(self, jobs: list[_Job[Any]]) -> None:
        """Run the jobs in one transaction, or each in its own if one fails. Never raises: each job holds its error."""
        if len(jobs) == 1 or not self._commit_together(jobs):
            for job in jobs:
                self._commit_alone(job)
        for loop in {job.loop for job in jobs}:  # one, as a rule: it is woken once for all of them
            try:
                loop.call_soon_threadsafe(_settle, [job for job in jobs if job.loop is loop])
            except RuntimeError:
                _log.debug("the loop ended before a record was confirmed")

    def _commit_together(self, jobs: list[_Job[Any]]) -> bool:
        try:
            connection = self._begin(jobs)
            for job in jobs:
                job.result = job.work(connection)
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001  # each job runs again by itself, and its own error is reported
            self._take_back(error)
            return False
        return True

    def _commit_alone(self, job: _Job[Any]) -> None:
        try:
            connection = self._begin([job])
            job.result = job.work(connection)
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            job.error = records_error(self.path, error)
            self._take_back(error)
        except Exception as error:  # noqa: BLE001  # keeps the writer alive; the error reaches the caller
            job.error = error
            self._take_back(error)

    def _begin(self, jobs: list[_Job[Any]]) -> sqlite3.Connection:
        connection = self._connection
        if connection is None:
            connection = self._connection = _connect(self.path)
            self._syncing = True
        if all(job.reads for job in jobs):
            connection.execute("BEGIN")
            return connection
        synced = any(job.synced for job in jobs)
        if synced != self._syncing:
            connection.execute(f"PRAGMA synchronous={'FULL' if synced else 'NORMAL'}")
            self._syncing = synced
        connection.execute("BEGIN IMMEDIATE")
        return connection

    def _take_back(self, error: Exception) -> None:
        """Roll back. If that fails, or the file is broken, give the connection up; the next job opens another."""
        if self._connection is None:
            return
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            self._let_go()
        else:
            if isinstance(error, sqlite3.Error) and not _leaves_the_connection_whole(error):
                self._let_go()

    def _let_go(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _leaves_the_connection_whole(error: sqlite3.Error) -> bool:
    """Return whether SQLite's cache can still be trusted. It cannot after a read or write error."""
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
        return True
    return any(word in str(error).lower() for word in ("locked", "busy", "full", "readonly"))


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


def _open(path: Path, migrations: Migrations) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite gives its side files the mode of the main file; this sets it before there is any content.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _connect(path)
    except (OSError, sqlite3.Error) as error:
        raise records_error(path, error) from error
    try:
        _migrate(path, connection, migrations)
    except sqlite3.Error as error:
        connection.close()
        raise records_error(path, error) from error
    except RecordsError:
        connection.close()
        raise
    return connection


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # erased data leaves nothing in the file
    except sqlite3.Error:
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
        with suppress(sqlite3.Error):  # closing rolls back whatever this cannot
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise
