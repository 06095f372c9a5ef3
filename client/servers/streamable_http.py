"""MCP servers over Streamable HTTP: the SDK's transport on top of our client and fault barrier.

Only opens the connection; everything else is shared with the other MCP transports.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from client.clock import Clock
from client.http import DEFAULT_BODY_LIMIT, FaultBarrier
from client.servers.mcp import McpServer


class StreamableHttpServer(McpServer):
    """An MCP server at a URL."""

    def __init__(
        self,
        name: str,
        url: str,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        trusted: bool = False,
        honours_keys: bool = False,
        headers: Mapping[str, str] | None = None,
        refused_statuses: frozenset[int] = frozenset(),
        body_limit: int = DEFAULT_BODY_LIMIT,
        connect_seconds: float = 15.0,
        built_in: bool = False,
    ) -> None:
        super().__init__(name, clock, trusted=trusted, honours_keys=honours_keys, connect_seconds=connect_seconds)
        self.url = url
        self.built_in = built_in
        """Whether the server is part of this program, so that its tools change only with it."""
        self._headers = dict(headers or {})
        self._barrier = FaultBarrier(http, clock, body_limit=body_limit, refused_statuses=refused_statuses)
        self._body_limit = body_limit

    def _open(self) -> AbstractAsyncContextManager[Client]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Client]:
        # The barrier has no resources of its own, so that it may serve one SDK client after the other. Each call has a
        # deadline, so that the bridge needs no limit.
        async with httpx2.AsyncClient(transport=self._barrier, headers=self._headers, timeout=None) as bridge:
            transport = streamable_http_client(self.url, http_client=bridge, max_sse_event_size=self._body_limit)
            async with Client(
                transport, elicitation_callback=self._elicit, message_handler=self._heard, cache=None
            ) as client:
                yield client
