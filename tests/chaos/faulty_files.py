"""Files beside the database that fail: the notes of ends and the locks, whose system calls are counted and refused.

Only what `client.records.locks` asks of the system is met, and everything it asks passes through here.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from unittest import mock

from tests.chaos.faulty_disk import Fault, Plan

FILE_FAULTS: Final = (Fault.FULL, Fault.IO, Fault.READ_ONLY, Fault.HALF)
_CODES: Final = {Fault.FULL: errno.ENOSPC, Fault.IO: errno.EIO, Fault.READ_ONLY: errno.EROFS}
_MET: Final = ("open", "write", "ftruncate", "lseek")
_KILLS: Final = (Fault.KILL_BEFORE, Fault.KILL_HALF, Fault.KILL_AFTER)


class FaultyFiles:
    """Stands for the module `os` where the product asks for files."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __getattr__(self, name: str) -> Any:
        found = getattr(os, name)
        return self._met(name, found) if name in _MET else found

    def _met(self, name: str, asked: Callable[..., Any]) -> Callable[..., Any]:
        def met(*arguments: Any) -> Any:
            plan, fault = self.plan, self.plan.fault
            counted = name == "write" or fault not in (Fault.HALF, Fault.KILL_HALF)
            if fault is None or not counted:
                return asked(*arguments)
            plan.seen += 1
            if plan.seen != plan.at and not (plan.lasting and plan.seen > plan.at):
                return asked(*arguments)
            plan.hit = True
            if fault in (Fault.HALF, Fault.KILL_HALF):
                written = asked(arguments[0], arguments[1][: len(arguments[1]) // 2])
                if fault is Fault.HALF:
                    return written
            if fault in _KILLS:
                if fault is Fault.KILL_AFTER:
                    asked(*arguments)
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(_CODES[fault], os.strerror(_CODES[fault]))

        return met


@contextmanager
def files() -> Iterator[Callable[[Plan], None]]:
    """Have the files beside the database fail by plan; yields what sets the plan."""
    faulty = FaultyFiles(Plan())

    def use(plan: Plan) -> None:
        faulty.plan = plan

    with mock.patch("client.records.locks.os", faulty):
        yield use
