"""Locks on files beside the database, which the system releases whenever their holder dies.

One lock says which process delivers the outbox. Each running program holds its own lock, so that others see that it
lives.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from client.client_errors import RecordsError
from client.values import JSON


class FileLock:
    """A lock on one file, held by at most one process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; return True as well if we hold it already. Raises `RecordsError`."""
        if self._handle is not None:
            return True
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise RecordsError(f"the file {self._path} cannot be opened ({error.strerror})") from error
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

    def write(self, line: bytes) -> bool:
        """Append to the file in one write. False if the lock is not held or the disk is full; then no whole line was
        added."""
        if self._handle is None:
            return False
        try:
            before = os.lseek(self._handle, 0, os.SEEK_END)
            whole = os.write(self._handle, line) == len(line)
        except OSError:
            return False
        if not whole:
            with suppress(OSError):
                os.ftruncate(self._handle, before)
        return whole

    def erase(self) -> None:
        """Empty the file; do nothing if the disk refuses."""
        if self._handle is not None:
            with suppress(OSError):
                os.ftruncate(self._handle, 0)


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
        self._open_notes = 0

    def _file_of(self, identity: str) -> Path:
        return self._database.with_name(f"{self._database.name}.owner-{identity}")

    def live(self) -> None:
        """Show others that this program lives. Raises `RecordsError`."""
        self._lock.acquire()

    def end(self) -> None:
        """Delete this program's file, unless it holds ends of calls that are noted but not recorded."""
        self._lock.release()
        if not self._open_notes:
            self._file.unlink(missing_ok=True)

    def note(self, end: Mapping[str, JSON]) -> bool:
        """Note the end of a call in this program's file; False if it cannot. The note outlives the program, but not a
        power cut."""
        # Begin a new line, because a failed write may have left half of one.
        line = "\n" + json.dumps(dict(end), ensure_ascii=False) + "\n"
        if not self._lock.write(line.encode()):
            return False
        self._open_notes += 1
        return True

    def recorded(self) -> None:
        """Note that a noted end is now in the database. Once all are, the notes are erased."""
        self._open_notes -= 1
        if self._open_notes == 0:
            self._lock.erase()

    def notes(self, identity: str) -> list[Mapping[str, JSON]]:
        """Return the notes of a program that has ended, without a last line that was cut off when it died."""
        try:
            lines = self._file_of(identity).read_text(errors="replace").splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            with suppress(ValueError):
                found.append(json.loads(line))
        return found

    def is_dead(self, identity: str) -> bool:
        """Return whether the program with that identity has ended. Raises `RecordsError` if nobody can tell."""
        if identity == self.identity:
            return False
        file = self._file_of(identity)
        if file.exists():
            lock = FileLock(file)
            if not lock.acquire():
                return False
            lock.release()
        return True

    def lives_elsewhere(self, identity: str) -> bool:
        """Return whether the owner is another program that still runs. Raises `RecordsError` if that cannot be found
        out."""
        return identity not in ("", self.identity) and not self.is_dead(identity)

    def ended(self) -> list[Path]:
        """Return the notes of all programs that have ended."""
        found = []
        for file in self._database.parent.glob(f"{self._database.name}.owner-*"):
            lock = FileLock(file)
            with suppress(RecordsError):  # the next start tries again
                if file != self._file and lock.acquire():
                    found.append(file)
                    lock.release()
        return found


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
