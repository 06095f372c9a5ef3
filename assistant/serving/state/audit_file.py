"""The audit log on disk: rows chained by hashes, large files rotated, several processes at once.

The end of the chain is stored in a file of its own (`audit.jsonl.end`), so that rows cut off at the end are noticed as
well. A user who can write both files can still make a new chain: the log protects against changes, not against its own
account.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from client.values import digest

LARGEST = 16 * 2**20
"""Bytes of a file from which the next row starts a new one."""
KEPT = 8
"""Most rotated files that stay; `audit.jsonl.1` is the newest."""
_START = "0" * 64
_TAIL = 64 * 1024
"""Bytes from the end in which the last row is looked for."""


@dataclass(frozen=True)
class AuditVerification:
    """The result: the number of rows in the unbroken chain, and where and how the chain first breaks."""

    rows: int
    broken: str = ""


@dataclass(frozen=True)
class _End:
    sequence: int = 0
    hash: str = _START
    size: int = 0
    """Bytes of the file after that row."""


class AuditFile:
    """The file that is written. Every method raises `OSError`."""

    def __init__(self, path: Path, *, largest: int = LARGEST, kept: int = KEPT) -> None:
        self._path = path
        self._largest = largest
        self._kept = kept
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = self._opened()
        self._end = os.open(_end_of(path), os.O_RDWR | os.O_CREAT, 0o600)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Add a row after the last one of any process."""
        with _locked(self._end):
            self._follow()
            end = self._found_end(os.fstat(self._descriptor).st_size)
            if os.fstat(self._descriptor).st_size >= self._largest:
                self._put_aside()
            row = json.loads(json.dumps({"sequence": end.sequence + 1, **entry, "previous": end.hash}))
            row["hash"] = digest(row)
            os.write(self._descriptor, (json.dumps(row, ensure_ascii=False) + "\n").encode())
            told = {"sequence": row["sequence"], "hash": row["hash"], "size": os.fstat(self._descriptor).st_size}
            text = json.dumps(told).encode()
            os.pwrite(self._end, text, 0)
            os.ftruncate(self._end, len(text))

    def close(self) -> None:
        """Close both files."""
        os.close(self._descriptor)
        os.close(self._end)

    def _opened(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)

    def _follow(self) -> None:
        """Open the file again if another process rotated it."""
        try:
            same = os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except FileNotFoundError:
            same = False
        if not same:
            os.close(self._descriptor)
            self._descriptor = self._opened()

    def _found_end(self, size: int) -> _End:
        """Return the end of the chain. A row that a process wrote just before it died counts."""
        end = _read_end(os.pread(self._end, 4096, 0))
        if size == end.size:
            return end
        tail = os.pread(self._descriptor, _TAIL, max(0, size - _TAIL))
        if tail and not tail.endswith(b"\n"):
            os.write(self._descriptor, b"\n")  # half a row; it stays, and is found
        last = _row(tail.rstrip(b"\n").rpartition(b"\n")[2])
        if last is not None and last["sequence"] > end.sequence and _hash_fits(last):
            return _End(last["sequence"], last["hash"])
        return end

    def _put_aside(self) -> None:
        for number in range(self._kept, 0, -1):
            older = _aside(self._path, number)
            newer = self._path if number == 1 else _aside(self._path, number - 1)
            if newer.exists():
                newer.replace(older)
        os.close(self._descriptor)
        self._descriptor = self._opened()


def verify_audit(path: Path) -> AuditVerification:
    """Check all files that are kept, oldest first.

    Rows from before the chain began are skipped. If older files were deleted, the oldest row that is left is accepted
    as it is. Raises `OSError`.
    """
    rows, expected, previous = 0, 0, ""
    for line in _lines(path):
        row = _row(line)
        if row is None:
            if rows or not _is_object(line):
                return AuditVerification(rows, f"after row {expected - 1 if expected else 0} a line cannot be read")
            continue
        sequence = row["sequence"]
        if expected and sequence != expected:
            return AuditVerification(rows, f"row {expected} is missing")
        if (previous or (_START if sequence == 1 else row["previous"])) != row["previous"]:
            return AuditVerification(rows, f"row {sequence} does not follow the row before it")
        if not _hash_fits(row):
            return AuditVerification(rows, f"row {sequence} was changed")
        rows, expected, previous = rows + 1, sequence + 1, row["hash"]
    end = _End()
    if _end_of(path).exists():
        end = _read_end(_end_of(path).read_bytes())
    if (end.sequence, end.hash) != (max(0, expected - 1), previous or _START):
        return AuditVerification(rows, f"the rows from {expected or 1} on are missing, or their end is")
    return AuditVerification(rows)


def _lines(path: Path) -> Iterator[bytes]:
    ends = (found.name.rpartition(".")[2] for found in path.parent.glob(f"{path.name}.*"))
    numbers = sorted((int(end) for end in ends if end.isascii() and end.isdecimal()), reverse=True)
    for file in [*(_aside(path, number) for number in numbers), path]:
        if file.exists():
            with file.open("rb") as lines:
                yield from lines


def _row(line: bytes) -> dict[str, Any] | None:
    """Return a chained row; None for any other line."""
    try:
        row = json.loads(line)
    except ValueError:
        return None
    chained = isinstance(row, dict) and isinstance(row.get("sequence"), int)
    return row if chained and isinstance(row.get("hash"), str) and isinstance(row.get("previous"), str) else None


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def _hash_fits(row: Mapping[str, Any]) -> bool:
    return bool(digest({name: value for name, value in row.items() if name != "hash"}) == row["hash"])


def _read_end(text: bytes) -> _End:
    try:
        told = json.loads(text)
        return _End(int(told["sequence"]), str(told["hash"]), int(told["size"]))
    except (ValueError, KeyError, TypeError):
        return _End()


def _end_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.end")


def _aside(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


@contextmanager
def _locked(descriptor: int) -> Iterator[None]:
    """Keep other processes out. On Windows it does nothing, because a single process serves there."""
    if sys.platform == "win32":
        yield
        return
    import fcntl  # not on Windows

    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
