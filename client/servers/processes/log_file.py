"""What a server process writes to stderr: its last lines in memory, and a file of limited size that outlives it.

A thread reads, so that a flood can block neither the process nor the event loop. It never interprets the lines.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

KEPT_LINES = 200
_LONGEST_LINE = 2000
_CHUNK = 1 << 16
LARGEST_FILE = 1 << 20
"""Most bytes of one file. One older file is kept, so a log takes at most twice that."""
LINES_A_SECOND = 500
"""Most lines per second that are stored; the rest of a flood is counted and dropped."""


class LogFile:
    """The log of one server. Without a path it keeps only the last lines."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.last: deque[str] = deque(maxlen=KEPT_LINES)
        """The last lines that the process itself wrote, without our notes."""
        self._lock = threading.Lock()
        self._second = 0
        self._count = 0
        self._left_out = 0

    def note(self, text: str) -> None:
        """Add a line of our own."""
        self._add(f"[mcqueen] {text}", time.time())

    def add(self, line: str) -> None:
        """Add a line of the process."""
        now = time.time()
        with self._lock:
            if int(now) != self._second:
                left_out, self._left_out = self._left_out, 0
                self._second, self._count = int(now), 0
            else:
                left_out = 0
            self._count += 1
            if self._count > LINES_A_SECOND:
                self._left_out += 1
                return
            self.last.append(line)
        if left_out:
            self._add(f"[mcqueen] {left_out} lines were left out", now)
        self._add(line, now)

    def _add(self, line: str, now: float) -> None:
        if self.path is None:
            return
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(now))
        with self._lock, suppress(OSError):  # a full disk costs the log, never the server
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, f"{stamp} {line}\n".encode("utf-8", errors="replace"))
                full = os.fstat(handle).st_size > LARGEST_FILE
            finally:
                os.close(handle)
            if full:
                self.path.replace(older(self.path))

    @contextmanager
    def listening(self, name: str) -> Iterator[int]:
        """Open a pipe whose lines are logged; yield its writing end. It is read until every writer has closed it."""
        reading, writing = os.pipe()
        threading.Thread(target=self._keep, args=(reading,), name=f"stderr of {name}", daemon=True).start()
        try:
            yield writing
        finally:
            os.close(writing)

    def _keep(self, reading: int) -> None:
        buffer = b""
        with os.fdopen(reading, "rb", buffering=0) as pipe:
            while chunk := pipe.read(_CHUNK):
                *lines, buffer = (buffer + chunk).split(b"\n")
                over = max(0, len(lines) - LINES_A_SECOND)
                if over:  # a flood: only its first lines are stored
                    with self._lock:
                        self._left_out += over
                for line in lines[: len(lines) - over]:
                    self.add(line[:_LONGEST_LINE].decode("utf-8", errors="replace").rstrip("\r"))
                buffer = buffer[:_LONGEST_LINE]
        if buffer:
            self.add(buffer.decode("utf-8", errors="replace"))


def older(path: Path) -> Path:
    """Return the path of a log's older file."""
    return path.with_name(path.name + ".1")


def read_log(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log, oldest first; empty if there is no log."""
    found: list[str] = []
    for part in (older(path), path):
        with suppress(FileNotFoundError):
            found.extend(part.read_text(encoding="utf-8", errors="replace").splitlines())
    return found[-lines:] if lines > 0 else []
