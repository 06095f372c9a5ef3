"""The interface of a channel: it sends a text, and some channels can be read. Knows no service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from assistant.hosting.host_errors import RefusedError
from assistant.services.web_api import ApiAnswer


@dataclass(frozen=True)
class Received:
    """A message that somebody else wrote; data to be told."""

    sender: str
    text: str
    left_out: tuple[str, ...] = field(default=())
    """Its parts that are not text: "a picture"."""


class Channel(Protocol):
    """A way to reach people."""

    name: str
    """The channel's name as people say it, in lower case."""
    longest: int
    """Most letters of one message."""
    to_nobody: bool
    """Whether it has fixed readers, so that no recipient needs to be named."""
    readable: bool

    async def send(self, address: str, message: str) -> str:
        """Send once and return the message's number, or "" if the channel gives none. Raises `RefusedError`.

        `address` is the contact's on this channel; "" for the channel's own readers.
        """
        ...

    async def read(self, address: str) -> list[Received]:
        """Return the newest messages, the newest last. Raises `RefusedError`."""
        ...

    async def check(self) -> None:
        """Check the login, if that is possible without sending. Raises `RefusedError`."""
        ...


class Unopened:
    """A channel without a working login: each use looks for one and, if there is none, says so. Other channels work."""

    def __init__(self, like: type[Channel], opened: Callable[[], Awaitable[Channel]]) -> None:
        """`like` is the kind of channel; `opened` opens it or raises `RefusedError`, with the cure."""
        self.name, self.longest = like.name, like.longest
        self.to_nobody, self.readable = like.to_nobody, like.readable
        self._opened = opened
        self._channel: Channel | None = None

    async def send(self, address: str, message: str) -> str:
        """Send once. Raises `RefusedError`; then nothing was sent."""
        return await (await self._open()).send(address, message)

    async def read(self, address: str) -> list[Received]:
        """Return the newest messages. Raises `RefusedError`."""
        return await (await self._open()).read(address)

    async def check(self) -> None:
        """Check whether there is a login by now. Raises `RefusedError`."""
        await (await self._open()).check()

    async def _open(self) -> Channel:
        if self._channel is None:
            self._channel = await self._opened()
        return self._channel


def refusal(channel: str, answer: ApiAnswer, known: dict[str, str] | None = None, code: str = "") -> RefusedError:
    """Return the sentence for an unsuccessful answer; `known` has sentences by the service's own code."""
    name = channel.capitalize()
    if known and code in known:
        return RefusedError(known[code].format(name=name))
    match answer.status:
        case 401:
            return RefusedError(f"{name} does not take the login; run the service once with login {channel}.")
        case 403:
            return RefusedError(f"{name} does not let this login do that.")
        case 404 | 410:
            return RefusedError(f"{name} has no such place any more; check the settings.", [], ["contact"])
        case 413:
            return RefusedError(f"That is too long for {name}.", [], ["message"])
        case _:
            return RefusedError(f"{name} does not take the message.")
