"""What a server's process uses: processor, memory and open files, with all that it started. It only looks."""

from __future__ import annotations

import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class ProcessUse:
    """What a process and its descendants use now."""

    cpu: float
    """Share of one processor, 0 and up, since the look before; at the first look since the process began."""
    memory: int
    """Bytes of memory that they hold (resident)."""
    open_files: int
    """Open file descriptors: files, pipes and connections."""


class ProcessMeter:
    """Looks at processes, and remembers their processor time from one look to the next."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, float, float]] = {}
        """By process: when it began, its processor seconds, and when that was."""

    def look(self, pid: int) -> ProcessUse | None:
        """Return what a process uses; None if there is none, or it is another account's. Blocks for milliseconds."""
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
        since, used = (before[2], before[1]) if before is not None and before[0] == began else (began, 0.0)
        self._before[pid] = (began, cpu_seconds, now)
        return ProcessUse(max(0.0, cpu_seconds - used) / max(now - since, 0.01), memory, open_files)
