"""Checks and records around a call from a chat: the same settings, logins and records as on the REST face.

It asks nobody for a yes: the conversation does that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.serving.rest.rest_tools import RestTool
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.users import Users


class ShownLine(Protocol):
    """One line that the assistant said in a chat."""

    @property
    def number(self) -> int:
        """Counts from 1 within a conversation."""
        ...

    @property
    def kind(self) -> str:
        """statement, question, read_back, notice or shown."""
        ...

    @property
    def text(self) -> str:
        """The message of the user."""
        ...


class Conversation(Protocol):
    """One user's conversation, as the face needs it (`assistant.conversation.chat.chat.Chat`)."""

    @property
    def state(self) -> str:
        """The kind of the present turn."""
        ...

    @property
    def last(self) -> int:
        """Number of the newest line."""
        ...

    def after(self, number: int) -> tuple[ShownLine, ...]:
        """Return the lines after that number."""
        ...

    def sent(self, number: int) -> None:
        """Note that the lines up to that number were sent to the user."""
        ...

    async def say(self, text: str, after: int) -> bool:
        """Take a message and wait for its answer; False, with nothing taken, if a read-back was not read."""
        ...

    async def changed(self) -> None:
        """Return after the next step of the conversation."""
        ...


class Conversations(Protocol):
    """All conversations (`assistant.conversation.chat.chats.Chats`)."""

    async def of(self, user_id: str) -> Conversation | None:
        """Return the user's conversation; None if there is no room for another."""
        ...

    async def end(self, user_id: str) -> bool:
        """End the user's conversation; False if there is none."""
        ...


@dataclass(frozen=True)
class ChatGate:
    """The checks and records of one server. `is_logged_in` takes user and service."""

    audit: AuditLog
    users: Users
    is_logged_in: Callable[[str, str], Any]
    """A coroutine function that returns whether the user's credentials for a service count now."""

    async def refusal(self, user_id: str, definition: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
        """Return why a call may not be made, as a sentence; empty if it may."""
        tool = RestTool(definition)
        setting = (await self.users.settings(user_id)).get(tool.id)
        if setting is not None and not setting.enabled:
            return f"You switched {tool.id[:60]} off; switch it on to use it."
        wants = tool.access_level == "user_specific" or tool.wants_login(arguments)
        if wants and tool.service is not None and not await self.is_logged_in(user_id, tool.service):
            return f"Log in to {tool.service} first."
        return ""

    async def note(self, user_id: str, tool: str, arguments: Mapping[str, Any], outcome: str) -> None:
        """Record a call that ended."""
        self.audit.write(
            "execute",
            user_id=user_id,
            address="chat",
            request_id="",
            outcome=outcome,
            face="chat",
            tool=tool[:200],
            arguments=dict(arguments),
        )
        if outcome not in ("needs_input", "not_allowed"):
            await self.users.count_made(user_id, tool[:200])


ChatOpening = Callable[[ChatGate], AbstractAsyncContextManager[Conversations]]
"""Opens the conversations of a server."""
