"""One user's conversation in text: it takes a message and returns the lines that answer it.

A yes is a consent under the table's own rules, as in the car. On top of that, while a read-back waits for its yes, a
message counts only if its sender says that they have the read-back. This module opens no network.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from assistant.conversation.chat.chat_lines import ChatLine, ChatLines
from assistant.conversation.observations import Observation, Stepped
from assistant.conversation.runtime import Runtime
from assistant.dialogue.events import CatalogChanged, Heard
from assistant.dialogue.turns import Mode
from assistant.policy.timing import CHAT_ANSWER_SECONDS


class Chat:
    """A running conversation. `lines` serves as the mouth, and observes `runtime`."""

    def __init__(self, runtime: Runtime, lines: ChatLines, leave: Callable[[], None] = lambda: None) -> None:
        """`leave` erases the open request, so that it is not offered again later."""
        self.leave = leave
        self._runtime = runtime
        self._lines = lines
        self._turn = asyncio.Lock()
        self._heard = self._catalog_known = False
        runtime.observe(self._saw)
        runtime.observe(lines.saw)

    @property
    def state(self) -> str:
        """The kind of the present turn: a value of `assistant.dialogue.turns.Mode`."""
        return self._runtime.state.mode.value

    @property
    def last(self) -> int:
        """Number of the newest line."""
        return self._lines.last

    @property
    def busy(self) -> bool:
        """Whether a message is being answered or a call is running."""
        return self._turn.locked() or self._runtime.state.mode is Mode.CALLING

    def after(self, number: int) -> tuple[ChatLine, ...]:
        """Return the lines after that number. For a number that this conversation never issued, return all lines."""
        return self._lines.after(number if number <= self._lines.last else 0)

    def sent(self, number: int) -> None:
        """Note that the lines up to that number were sent to the user."""
        self._lines.sent(number)

    def unread(self, after: int) -> bool:
        """Return whether a read-back waits for its yes that a reader of the lines up to `after` has not seen."""
        known = after if after <= self._lines.last else 0
        return self._runtime.state.mode is Mode.CONFIRMING and known < self._lines.read_back

    async def ready(self) -> None:
        """Wait until the conversation knows the present tools, at most `CHAT_ANSWER_SECONDS`."""
        await self._until(lambda: self._catalog_known)

    async def say(self, text: str, after: int) -> bool:
        """Take a message from somebody who has the lines up to `after`, and wait for its answer.

        If a read-back waits that they have not seen, take nothing and return False.
        """
        async with self._turn:
            await self._until(self._settled)
            if self.unread(after):
                return False
            self._heard = False
            await self._runtime.type(text)
            await self._until(lambda: self._heard and self._settled())
            return True

    def _settled(self) -> bool:
        state = self._runtime.state
        return state.mode is not Mode.CALLING and (not state.said.playing or self._lines.waiting)

    def _saw(self, seen: Observation) -> None:
        if isinstance(seen, Stepped):
            self._heard = self._heard or isinstance(seen.event, Heard)
            self._catalog_known = self._catalog_known or isinstance(seen.event, CatalogChanged)

    async def changed(self) -> None:
        """Return after the next step of the conversation."""
        self._lines.changed.clear()
        await self._lines.changed.wait()

    async def _until(self, condition: Callable[[], bool]) -> None:
        """Wait until the condition holds, at most `CHAT_ANSWER_SECONDS`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CHAT_ANSWER_SECONDS):
                while not condition():
                    await self.changed()
