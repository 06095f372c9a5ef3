"""Answers about files that are reused for a while, and dropped at once when something changes.

They are stored only while the folder is watched. Without a watcher, each question goes to the disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import TypeVar

from watchfiles import awatch

_log = logging.getLogger(__name__)
SECONDS: Mapping[str, float] = {"list": 30.0, "read": 60.0, "find": 20.0}
"""Longest time that an answer is reused, by operation."""
MOST = 256
_STEP = 20
"""Milliseconds between two readings of the system's reports; changes within half that time are reported together."""
Answer = TypeVar("Answer")


class KeptListings:
    """The stored answers. `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, Hashable], tuple[float, object]] = OrderedDict()
        self._changes = 0
        self.watching = False

    async def get(self, operation: str, key: Hashable, ask: Callable[[], Answer]) -> Answer:
        """Return the answer to a question. If none is stored, `ask` reads the disk in a thread. Raises the errors of
        `ask`."""
        name = (operation, key)
        found = self._kept.get(name)
        if found is not None and self._clock() - found[0] < SECONDS[operation]:
            return found[1]  # type: ignore[return-value]  # what was kept under this key came from this `ask`
        changes, asked = self._changes, self._clock()
        answer = await asyncio.to_thread(ask)
        if self.watching and changes == self._changes:
            self._kept[name] = (asked, answer)
            self._kept.move_to_end(name)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return answer

    def forget(self) -> None:
        """Something changed."""
        self._changes += 1
        self._kept.clear()

    async def watch(self, root: Path, began: asyncio.Event | None = None) -> None:
        """Drop the answers at each change below the root, until cancelled. If the folder cannot be watched,
        store none.
        """
        stop = asyncio.Event()
        try:
            watched = awatch(
                root,
                watch_filter=None,
                debounce=_STEP * 2,
                step=_STEP,
                stop_event=stop,
                rust_timeout=500,
                yield_on_timeout=True,
                ignore_permission_denied=True,
            )
            async for changes in watched:
                self.watching = True  # the first round: from here on, the system reports changes
                if changes:
                    self.forget()
                if began is not None:
                    began.set()
        except (OSError, RuntimeError) as error:
            _log.warning("%s cannot be watched, so that nothing about it is kept: %s", root, error)
        finally:
            stop.set()
            self.watching = False
            self.forget()
            if began is not None:
                began.set()
