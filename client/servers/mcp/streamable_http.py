"""MCP servers over Streamable HTTP: the SDK's session on our dispatcher and HTTP client.

It only opens the connection; the other MCP transports share the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
from mcp.shared.dispatcher import Dispatcher
from mcp.shared.transport_context import TransportContext

from client.access.local_tokens import with_local_token
from client.clock import Clock
from client.http import DEFAULT_BODY_LIMIT, sender
from client.servers.mcp.http_dispatcher import HttpDispatcher
from client.servers.mcp.mcp_server import McpServer

if TYPE_CHECKING:
    from client.access.oauth import OAuthAccess  # heavy: only if a server wants OAuth


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
        connect_seconds: float = 5.0,
        built_in: bool = False,
        auth: OAuthAccess | None = None,
        reached_within: float | None = None,
    ) -> None:
        """`auth` signs the requests (OAuth 2.1); `reached_within` replaces the client's limit for connecting."""
        super().__init__(
            name, clock, address=url, trusted=trusted, honours_keys=honours_keys, connect_seconds=connect_seconds
        )
        self.url = url
        self.address = "" if built_in else url
        self.built_in = built_in
        self._http = http
        self._headers = dict(headers or {})
        self._auth = auth
        self._body_limit = body_limit
        self._refused_statuses = refused_statuses
        given = http.timeout
        reach = reached_within or given.connect
        self._timeout = httpx.Timeout(connect=reach, read=given.read, write=given.write, pool=given.pool)

    @asynccontextmanager
    async def _dispatching(self) -> AsyncIterator[Dispatcher[TransportContext]]:
        send = sender(self._http)
        if self._auth is not None:
            from client.servers.mcp.authorized import authorized  # heavy: only if a server wants OAuth

            if self._auth.local_tokens is not None:
                send = with_local_token(send, self._auth.local_tokens, self.url)
            send = authorized(send, self._auth, self._timeout)
        dispatcher = HttpDispatcher(
            self.url,
            send,
            self._clock,
            timeout=self._timeout,
            headers=self._headers,
            body_limit=self._body_limit,
            refused_statuses=self._refused_statuses,
            on_reopened=self._changed,
        )
        try:
            yield dispatcher
        finally:
            await dispatcher.end_session()

    async def close(self) -> None:
        """End the connection, once a renewal of the login that was sent has been answered."""
        await super().close()
        if self._auth is not None:
            await self._auth.settled()
