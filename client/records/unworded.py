"""Saves requests that still lack their message text. Never sends them.

They are in the outbox's table, separate from confirmed calls: no delivery ever reads them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from client.call import ToolCall
from client.clock import Clock
from client.records import outbox
from client.records.storage import Storage
from client.schemas.tool_names import parted_name
from client.values import JSON


class UnwordedRequests:
    """The stored requests that still lack their message text."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def keep(self, request_id: str, tool: str, arguments: Mapping[str, JSON]) -> None:
        """Store a request; `tool` is the qualified name. Raises `RecordsError`."""
        server, name = parted_name(tool)
        call = ToolCall(request_id, server, name, dict(arguments), f"unworded-{uuid.uuid4()}")
        with self._clock.working():
            await self._storage.run(lambda db: outbox.keep_unworded(db, self._clock.now(), call))

    async def rows(self) -> list[outbox.OutboxRow]:
        """Return the stored requests, oldest first. Raises `RecordsError`."""
        with self._clock.working():
            return await self._storage.run(lambda db: outbox.unworded(db, self._clock.now()))

    async def forget(self, request_id: str) -> bool:
        """Erase a request; False if there is none with that id. Raises `RecordsError`."""
        with self._clock.working():
            return await self._storage.run(lambda db: outbox.forget_unworded(db, request_id))
