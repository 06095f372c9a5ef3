"""What a server's process uses: processor, memory and open files, with all that it started. It only looks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

SHORTEST_SECONDS = 0.5
"""Least seconds between two measurements of processor use, because the system counts in hundredths of a second. An
earlier measurement returns the last share again.
"""


@dataclass(frozen=True)
class ProcessUse:
    """Present resource use of a process and its descendants."""

    cpu: float
    """Share of one processor, 0 and up, since the previous measurement; at the first one, since the process began."""
    memory: int
    """Bytes of memory that they hold (resident)."""
    open_files: int
    """Open file descriptors: files, pipes and connections."""


@dataclass(frozen=True)
class _Looked:
    """The last measurement of a process: when it began, its processor seconds at that moment, and the share
    reported.
    """

    began: float
    cpu_seconds: float
    at: float
    share: float


class ProcessMeter:
    """Measures processes, and remembers their processor time between measurements."""

    def __init__(self) -> None:
        self._before: dict[int, _Looked] = {}

    def look_at(self, pids: Mapping[str, int]) -> dict[str, ProcessUse]:
        """Return the usage of processes by the given names, without processes that have ended. Blocks like `look`."""
        found = {name: self.look(pid) for name, pid in pids.items()}
        return {name: use for name, use in found.items() if use is not None}

    def look_at_all(self, pids: Sequence[int]) -> ProcessUse | None:
        """Return the total usage of several processes; None if none of them runs. Blocks like `look`."""
        found = [use for pid in pids if (use := self.look(pid)) is not None]
        if not found:
            return None
        return ProcessUse(
            sum(use.cpu for use in found), sum(use.memory for use in found), sum(use.open_files for use in found)
        )

    def look(self, pid: int) -> ProcessUse | None:
        """Return the usage of a process; None if it does not run or belongs to another account. Blocks for
        milliseconds."""
        try:
            first = psutil.Process(pid)
            began = first.create_time()
            family = [first, *first.children(recursive=True)]
        except psutil.Error:
            self._before.pop(pid, None)
            return None
        cpu_seconds, memory, open_files = 0.0, 0, 0
        for one in family:
            try:
                with one.oneshot():
                    times = one.cpu_times()
                    cpu_seconds += times.user + times.system
                    memory += one.memory_info().rss
                    open_files += one.num_fds()
            except psutil.Error:  # it ended meanwhile
                continue
        now = time.time()
        before = self._before.get(pid)
        if before is None or before.began != began:
            before = _Looked(began, 0.0, began, 0.0)
        elif 0 <= now - before.at < SHORTEST_SECONDS:
            return ProcessUse(before.share, memory, open_files)
        share = max(0.0, cpu_seconds - before.cpu_seconds) / max(now - before.at, 0.01)
        self._before[pid] = _Looked(began, cpu_seconds, now, share)
        return ProcessUse(share, memory, open_files)


def process_lives(pid: int, at: float) -> bool:
    """Return whether the process that had this id at a time, in seconds since the epoch, still runs."""
    try:
        process = psutil.Process(pid)
        return bool(process.create_time() <= at and process.status() != psutil.STATUS_ZOMBIE)
    except (psutil.Error, ValueError, OverflowError):
        return False
