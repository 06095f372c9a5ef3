"""Reads server-sent events as they arrive, with a limit on the size of an event.

It only reads (WHATWG HTML, section 9.2). The caller decides what an event means and whether a lost stream is opened
again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from client.http import BodyTooLargeError


@dataclass
class StreamPosition:
    """How far a stream was read, so that reading can resume there."""

    last_id: str = ""
    retry_seconds: float | None = None
    """Seconds that the server asks us to wait before the stream is opened again."""


@dataclass(frozen=True)
class StreamEvent:
    """An event that holds data."""

    name: str
    data: str


async def read_events(parts: AsyncIterator[bytes], position: StreamPosition, limit: int) -> AsyncIterator[StreamEvent]:
    """Yield the events of a body and keep `position` current. Raises `BodyTooLargeError` beyond `limit` bytes each."""
    name, size = "", 0
    data: list[str] = []
    async for line in _lines(parts, limit):
        if not line:
            if data:
                yield StreamEvent(name or "message", "\n".join(data))
            name, data, size = "", [], 0
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            size += len(value)
            if size > limit:
                raise BodyTooLargeError
            data.append(value)
        elif field == "event":
            name = value
        elif field == "id" and "\0" not in value:
            position.last_id = value
        elif field == "retry" and value.isascii() and value.isdigit():
            position.retry_seconds = min(int(value[:12]) / 1000, 3600.0)


async def _lines(parts: AsyncIterator[bytes], limit: int) -> AsyncIterator[str]:
    rest = b""
    first = True
    async for part in parts:
        rest += part
        if first and len(rest) >= 3:
            rest, first = rest.removeprefix(b"\xef\xbb\xbf"), False
        # A carriage return at the very end may be half of a line end; it waits for what follows.
        held = b"\r" if rest.endswith(b"\r") else b""
        whole = rest[:-1] if held else rest
        if b"\r" in whole:
            whole = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, rest = whole.split(b"\n")
        rest += held
        if len(rest) > limit:
            raise BodyTooLargeError
        for line in lines:
            yield line.decode("utf-8", "replace")
    if rest.rstrip(b"\r"):
        yield rest.rstrip(b"\r").decode("utf-8", "replace")
    # An event that no empty line ends is not complete, and so is never yielded.
