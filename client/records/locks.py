"""Locks on files beside the database, which the system releases whenever their holder dies.

One lock says which process delivers the outbox. Each running program holds its own lock, so that others see that it
lives.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path


class FileLock:
    """A lock on one file, held by at most one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; holding it already counts as taking it."""
        if self._handle is not None:
            return True
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Release the lock for another process."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class OutboxLock(FileLock):
    """The lock of the process that may deliver the outbox."""

    def __init__(self, database: Path) -> None:
        super().__init__(database.with_name(database.name + ".outbox-lock"))


class Owner:
    """This program, as the owner of the calls that it has begun to send."""

    def __init__(self, database: Path) -> None:
        self.identity = secrets.token_hex(8)
        self._database = database
        self._file = self._file_of(self.identity)
        self._lock = FileLock(self._file)

    def _file_of(self, identity: str) -> Path:
        return self._database.with_name(f"{self._database.name}.owner-{identity}")

    def live(self) -> None:
        """Show others that this program lives."""
        self._lock.acquire()

    def end(self) -> None:
        """Release the lock and remove its file."""
        self._lock.release()
        self._file.unlink(missing_ok=True)

    def is_dead(self, identity: str) -> bool:
        """Return whether the program with that identity has ended, and delete its file if so."""
        if identity == self.identity:
            return False
        file = self._file_of(identity)
        if file.exists():
            lock = FileLock(file)
            if not lock.acquire():
                return False
            lock.release()
            file.unlink(missing_ok=True)
        return True


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
