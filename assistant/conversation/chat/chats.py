"""All chats of one server: one for each user, limited in number and in idle time.

Each runs in its own task, so that a crash ends only that chat. It knows neither tools nor protocols.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

from assistant.conversation.chat.chat import Chat
from assistant.policy.timing import CHAT_IDLE_SECONDS, CHAT_LOOK_SECONDS
from client.clock import Clock

_log = logging.getLogger(__name__)
MOST_CHATS = 200
"""Most open conversations. Beyond that, the conversation that was idle longest ends."""

OpenChat = Callable[[str], AbstractAsyncContextManager[Chat]]
"""Opens the conversation of a user."""


@dataclass(eq=False)
class _Kept:
    """A conversation with the task that runs it."""

    chat: asyncio.Future[Chat]
    end: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = True
    """Whether its open request ends with it; False if only this process ends."""
    used: float = 0.0
    task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        return not self.chat.done() or (self.chat.exception() is None and self.chat.result().busy)


class Chats:
    """The conversations by user; the most recently used one is last."""

    def __init__(
        self, opening: OpenChat, clock: Clock, most: int = MOST_CHATS, idle: float = CHAT_IDLE_SECONDS
    ) -> None:
        self._opening = opening
        self._clock = clock
        self._most = most
        self._idle = idle
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._ending: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._kept)

    async def of(self, user_id: str) -> Chat | None:
        """Return the user's conversation, or begin one; None if there is no room for another."""
        kept = self._kept.get(user_id)
        if kept is None:
            if not self._make_room():
                return None
            kept = self._kept[user_id] = _Kept(asyncio.get_running_loop().create_future())
            kept.task = asyncio.create_task(self._run(user_id, kept))
        kept.used = self._clock.monotonic()
        self._kept.move_to_end(user_id)
        return await asyncio.shield(kept.chat)

    async def end(self, user_id: str) -> bool:
        """End the user's conversation; False if there is none."""
        kept = self._kept.pop(user_id, None)
        if kept is None or kept.task is None:
            return False
        kept.end.set()
        await asyncio.wait([kept.task])
        return True

    async def close(self) -> None:
        """End all; the next process takes up their open requests."""
        for user_id, kept in list(self._kept.items()):
            kept.over = False
            self._let_go(user_id)
        if self._ending:
            await asyncio.wait(self._ending)

    async def end_idle(self) -> None:
        """End conversations as they become idle for too long, until cancelled."""
        while True:
            await self._clock.sleep(CHAT_LOOK_SECONDS)
            late = self._clock.monotonic() - self._idle
            for user_id, kept in list(self._kept.items()):
                if kept.used < late and not kept.busy:
                    self._let_go(user_id)

    def _make_room(self) -> bool:
        if len(self._kept) < self._most:
            return True
        idle = next((user_id for user_id, kept in self._kept.items() if not kept.busy), None)
        if idle is None:
            return False
        self._let_go(idle)
        return True

    def _let_go(self, user_id: str) -> None:
        kept = self._kept.pop(user_id)
        kept.end.set()
        if kept.task is not None:
            self._ending.add(kept.task)
            kept.task.add_done_callback(self._ending.discard)

    async def _run(self, user_id: str, kept: _Kept) -> None:
        try:
            async with self._opening(user_id) as chat:
                kept.chat.set_result(chat)
                await kept.end.wait()
                if kept.over:
                    chat.leave()
        except Exception as error:  # noqa: BLE001  # any error ends this conversation and no other
            _log.error("a conversation ended", exc_info=error)
            if not kept.chat.done():
                kept.chat.set_exception(error)
                kept.chat.exception()  # marked as seen, even if nobody waits for it any more
        finally:
            if self._kept.get(user_id) is kept:
                del self._kept[user_id]


@asynccontextmanager
async def open_chats(
    opening: OpenChat, clock: Clock, most: int = MOST_CHATS, idle: float = CHAT_IDLE_SECONDS
) -> AsyncIterator[Chats]:
    """Hold conversations until the block ends."""
    chats = Chats(opening, clock, most, idle)
    looking = asyncio.create_task(chats.end_idle())
    try:
        yield chats
    finally:
        looking.cancel()
        await chats.close()
