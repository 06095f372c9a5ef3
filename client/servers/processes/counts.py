"""How much a server was used: its calls and their time over all runs, in one small file a server.

Several processes add to the same file; a lock keeps them apart. It holds numbers only, no names of tools and no
arguments.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Counts:
    """How many calls were sent, how many seconds they took in all, and how many failed."""

    calls: int = 0
    seconds: float = 0.0
    failures: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.calls + other.calls, self.seconds + other.seconds, self.failures + other.failures)

    @property
    def average(self) -> float:
        """Average seconds of a call; 0 if there was none."""
        return self.seconds / self.calls if self.calls else 0.0


@dataclass(frozen=True)
class CountsFile:
    """The counts of one server on disk. A file that cannot be read counts as empty, because nothing depends on it."""

    path: Path

    def add(self, counts: Counts, now: float) -> None:
        """Add to the counts; nothing is raised if the disk does not allow it."""
        import fcntl  # not on Windows

        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX)
                total = _read(handle.read())[0] + counts
                handle.seek(0)
                handle.truncate()
                handle.write(json.dumps({**asdict(total), "last_used": now}))

    def read(self) -> tuple[Counts, float | None]:
        """Return the total of all runs, and when it was last added to (seconds since the epoch)."""
        try:
            return _read(self.path.read_text(encoding="utf-8"))
        except OSError:
            return Counts(), None


def _read(text: str) -> tuple[Counts, float | None]:
    try:
        raw = json.loads(text)
        return Counts(int(raw["calls"]), float(raw["seconds"]), int(raw["failures"])), float(raw["last_used"])
    except (ValueError, KeyError, TypeError):
        return Counts(), None
