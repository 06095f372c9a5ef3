"""A server whose connection ends at a chosen byte: of the request, or of the answer to a call that it has executed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from tests.client.faulty_server import FaultyServer, _head, _reset


@dataclass
class Cut:
    """Where the connection of the next tools/call ends; it is used once."""

    of: str
    """`request` (before it is executed) or `answer` (after)."""
    after: int
    """Bytes that still pass."""
    reset: bool
    """Whether it ends with a reset instead of an orderly close."""


class CuttingServer(FaultyServer):
    """Executes and counts as the faulty server does, and cuts by byte."""

    def __init__(self) -> None:
        super().__init__()
        self.cut: Cut | None = None
        self.cuts = 0
        self.request_bytes = 0
        """Length of the last whole request of a call."""
        self.answer_bytes = 0
        """Length of the last answer to a call."""

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self.cut is not None and self.cut.of == "request":
            first = await reader.read(1) if self.cut is not None and self.cut.after else b""
            cut, self.cut = self.cut, None
            if cut.after and not first:
                self.cut = cut  # the connection ended by itself
                return False
            if cut.after > 1:
                await reader.readexactly(cut.after - 1)
            self.cuts += 1
            return self._end(writer, cut)
        return await super()._one(reader, writer)

    async def _call(self, writer: asyncio.StreamWriter, headers: dict[str, str], message: dict[str, Any]) -> bool:
        self.calls += 1
        raw = json.dumps(self._execute(message)).encode()
        whole = _head(200, len(raw), {"content-type": "application/json"}) + raw
        self.request_bytes = int(headers["content-length"]) + sum(len(n) + len(v) + 4 for n, v in headers.items()) + 24
        self.answer_bytes = len(whole)
        cut, self.cut = self.cut, None
        if cut is None:
            writer.write(whole)
            await writer.drain()
            return True
        self.cuts += 1
        writer.write(whole[: cut.after])
        await writer.drain()
        return self._end(writer, cut)

    def _end(self, writer: asyncio.StreamWriter, cut: Cut) -> bool:
        return _reset(writer) if cut.reset else False
