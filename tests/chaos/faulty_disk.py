"""A disk that fails, below SQLite: its own file functions, wrapped, count what they are asked and fail when told.

The real library takes each fault as it would take the system's, with its own ways of rolling back; nothing of ours is
replaced. It needs Python's SQLite as a shared library (`can_be_wrapped` says whether it is one).
"""

from __future__ import annotations

import ctypes
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Final

from tests.client.clocks import VirtualClock

OK, BUSY, READONLY, FULL = 0, 5, 8, 13
IO_READ, IO_WRITE, IO_SYNC, IO_TRUNCATE = 266, 778, 1034, 1546
"""Codes of https://www.sqlite.org/rescode.html."""


class Fault(StrEnum):
    """What a disk does to whoever uses it."""

    FULL = "full"
    IO = "io"
    LOCKED = "locked"
    READ_ONLY = "read_only"
    CORRUPT = "corrupt"
    """A page comes back as nothing but noughts."""
    HALF = "half"
    """Only half of the bytes are written, without an error; no fault of SQLite's own files."""
    KILL_BEFORE = "kill_before"
    """The process gets SIGKILL instead of the write."""
    KILL_HALF = "kill_half"
    """The process gets SIGKILL when half of the bytes were written."""
    KILL_AFTER = "kill_after"
    """The process gets SIGKILL right after the write."""


WRITES: Final = ("write", "truncate", "sync")
OPERATIONS: Final = {
    Fault.FULL: ("write",),
    Fault.IO: (*WRITES, "read"),
    Fault.LOCKED: ("lock",),
    Fault.READ_ONLY: ("write", "truncate"),
    Fault.CORRUPT: ("read",),
    Fault.KILL_BEFORE: WRITES,
    Fault.KILL_HALF: ("write",),
    Fault.KILL_AFTER: WRITES,
}
"""The operations that a fault can meet; N counts these alone."""
_WRITE_LOCK: Final = 0
"""Place of the lock that a writer takes (wal.c)."""
_PAGE: Final = 512
"""Bytes of the smallest page that SQLite reads."""
_CODES: Final = {
    Fault.FULL: {"write": FULL},
    Fault.IO: {"write": IO_WRITE, "sync": IO_SYNC, "truncate": IO_TRUNCATE, "read": IO_READ},
    Fault.LOCKED: {"lock": BUSY},
    Fault.READ_ONLY: {"write": READONLY, "truncate": READONLY},
}


@dataclass
class Plan:
    """When and how it fails."""

    fault: Fault | None = None
    at: int = 0
    """Number of the operation that fails first, from 1; 0 fails nothing and counts all the same."""
    lasting: bool = False
    """Whether it goes on failing until the plan is taken away."""
    seen: int = 0
    """Operations so far that the fault can meet."""
    hit: bool = False
    on_operation: Callable[[str], None] | None = None
    """Called before each operation."""
    clock: VirtualClock = field(default_factory=VirtualClock)
    """The clock of the life that it strikes."""

    def __str__(self) -> str:
        return f"{self.fault} at {self.at}{' and on' if self.lasting else ''}"

    def meets(self, operation: str) -> bool:
        """Count an operation; say whether it fails."""
        if self.on_operation is not None:
            self.on_operation(operation)
        if self.fault is None or operation not in OPERATIONS[self.fault]:
            return False
        self.seen += 1
        fails = self.seen == self.at or (self.lasting and self.at and self.seen > self.at)
        self.hit = self.hit or bool(fails)
        return bool(fails)


_File = ctypes.c_void_p
_I64 = ctypes.c_int64
_READ_OR_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _File, ctypes.c_void_p, ctypes.c_int, _I64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _File, _I64)
_ONE_INT = ctypes.CFUNCTYPE(ctypes.c_int, _File, ctypes.c_int)
_SHM_LOCK = ctypes.CFUNCTYPE(ctypes.c_int, _File, ctypes.c_int, ctypes.c_int, ctypes.c_int)


class _Methods(ctypes.Structure):
    """`sqlite3_io_methods`; functions that are not wrapped are pointers passed on."""

    _fields_: ClassVar[Any] = [
        ("version", ctypes.c_int),
        ("close", ctypes.c_void_p),
        ("read", _READ_OR_WRITE),
        ("write", _READ_OR_WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _ONE_INT),
        ("file_size", ctypes.c_void_p),
        ("lock", _ONE_INT),
        ("rest_1", ctypes.c_void_p * 6),  # unlock, check_reserved, control, sector_size, characteristics, shm_map
        ("shm_lock", _SHM_LOCK),
        ("rest_2", ctypes.c_void_p * 4),  # shm_barrier, shm_unmap, fetch, unfetch
    ]


class _OpenFile(ctypes.Structure):
    """The head of every `sqlite3_file`."""

    _fields_: ClassVar[Any] = [("methods", ctypes.POINTER(_Methods))]


_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(_OpenFile), ctypes.c_int, ctypes.c_void_p
)


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`, of which only opening is wrapped."""

    _fields_: ClassVar[Any] = [
        ("version", ctypes.c_int),
        ("file_bytes", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", _OPEN),
        ("rest", ctypes.c_void_p * 15),
    ]


def _library() -> ctypes.CDLL | None:
    """Return the SQLite that Python itself uses; None if it is built in."""
    import sqlite3  # noqa: F401  # so that it is loaded

    maps = Path("/proc/self/maps")
    if not maps.exists():
        return None
    paths = {line.split()[-1] for line in maps.read_text().splitlines() if "libsqlite3" in line}
    return ctypes.CDLL(paths.pop()) if len(paths) == 1 else None


class FaultyDisk:
    """The wrapped file functions of this process. Made once; a plan is set for each run."""

    def __init__(self) -> None:
        library = _library()
        assert library is not None, "Python's SQLite is no shared library here"
        self.plan = Plan()
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        original = library.sqlite3_vfs_find(None).contents
        self._vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self._vfs), ctypes.byref(original), ctypes.sizeof(_Vfs))
        self._vfs.name = b"faulty"
        self._open = original.open
        self._methods: dict[int, _Methods] = {}
        self._kept: list[object] = []
        self._opener = _OPEN(self._opened)
        self._vfs.open = self._opener
        assert library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) == OK
        self._library, self._original = library, original

    def restore(self) -> None:
        """Have new connections use the system's file functions again."""
        self.plan = Plan()
        self._library.sqlite3_vfs_register(ctypes.byref(self._original), 1)

    def _opened(self, vfs: int, name: int | None, file: Any, flags: int, out: int) -> int:
        # The name is passed on as the pointer that came: SQLite reads parameters behind its end.
        code: int = self._open(vfs, name, file, flags, out)
        if code == OK and file.contents.methods:
            original = file.contents.methods
            place = ctypes.addressof(original.contents)
            if place not in self._methods:
                self._methods[place] = self._wrapped(original.contents)
            file.contents.methods = ctypes.pointer(self._methods[place])
        return code

    def _wrapped(self, original: _Methods) -> _Methods:
        methods = _Methods()
        ctypes.memmove(ctypes.byref(methods), ctypes.byref(original), ctypes.sizeof(_Methods))
        read, write, truncate, sync, shm_lock = (
            original.read,
            original.write,
            original.truncate,
            original.sync,
            original.shm_lock,
        )

        def reading(file: int, buffer: int, amount: int, offset: int) -> int:
            # Corruption is of whole pages: of a log's own header nobody could tell that it ever held anything.
            counted = self.plan.fault is not Fault.CORRUPT or amount >= _PAGE
            fails = counted and self.plan.meets("read")
            if fails and self.plan.fault is Fault.CORRUPT:
                code: int = read(file, buffer, amount, offset)
                ctypes.memset(buffer, 0, amount)
                return code
            return self._failed("read") if fails else read(file, buffer, amount, offset)

        def writing(file: int, buffer: int, amount: int, offset: int) -> int:
            if not self.plan.meets("write"):
                return int(write(file, buffer, amount, offset))
            if self.plan.fault is Fault.KILL_HALF:
                write(file, buffer, amount // 2, offset)
            return self._failed("write", lambda: write(file, buffer, amount, offset))

        def truncating(file: int, size: int) -> int:
            fails = self.plan.meets("truncate")
            return self._failed("truncate", lambda: truncate(file, size)) if fails else truncate(file, size)

        def syncing(file: int, flags: int) -> int:
            return self._failed("sync", lambda: sync(file, flags)) if self.plan.meets("sync") else sync(file, flags)

        def locking(file: int, offset: int, number: int, flags: int) -> int:
            taking = flags & 2  # SQLITE_SHM_LOCK; letting go never fails
            # For long only a writer is in the way: SQLite waits ten real seconds for a lock of readers.
            counted = taking and (offset == _WRITE_LOCK or not self.plan.lasting)
            fails = counted and self.plan.meets("lock")
            return self._failed("lock") if fails else shm_lock(file, offset, number, flags)

        methods.read, methods.write = _READ_OR_WRITE(reading), _READ_OR_WRITE(writing)
        methods.truncate, methods.sync = _TRUNCATE(truncating), _ONE_INT(syncing)
        if original.version >= 2:
            methods.shm_lock = _SHM_LOCK(locking)
        self._kept.append((methods, reading, writing, truncating, syncing, locking))
        return methods

    def _failed(self, operation: str, work: Callable[[], Any] | None = None) -> int:
        fault = self.plan.fault
        assert fault is not None
        if fault in (Fault.KILL_BEFORE, Fault.KILL_HALF, Fault.KILL_AFTER):
            if fault is Fault.KILL_AFTER and work is not None:
                work()
            os.kill(os.getpid(), signal.SIGKILL)
        return _CODES[fault][operation]


def can_be_wrapped() -> bool:
    """Say whether this Python's SQLite can be made to fail from below."""
    return _library() is not None
