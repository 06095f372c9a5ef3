"""One renewal of a login at a time among processes: a refresh token used twice looks stolen, and ends the login.

Holds a lock; renews nothing itself.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from client.client_errors import RecordsError
from client.clock import Clock
from client.records.locks import FileLock

_LOOK_AGAIN = 0.05
"""Seconds between two tries to take the lock."""
_log = logging.getLogger(__name__)


@asynccontextmanager
async def renewing_alone(lock: FileLock, clock: Clock, seconds: float) -> AsyncIterator[bool]:
    """Keep other processes from renewing the same login; False if another process renewed for longer than that many
    seconds.

    The system frees the lock of a process that dies. Without a usable lock file, renewing goes on without a lock.
    """
    until = clock.monotonic() + seconds
    held = False
    try:
        while not (held := lock.acquire()) and clock.monotonic() < until:
            await clock.sleep(_LOOK_AGAIN)
    except RecordsError as error:
        held = True
        _log.debug("renewing without a lock: %s", error)
    try:
        yield held
    finally:
        lock.release()
