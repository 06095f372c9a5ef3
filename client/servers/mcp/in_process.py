"""MCP servers inside this process: the same protocol without a wire, for embedded tools and tests.

It only opens the connection; the other MCP transports share the rest.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from mcp import Client, ClientSession
from mcp.server import Server
from mcp.server.mcpserver import MCPServer
from mcp.shared.dispatcher import Dispatcher
from mcp.shared.transport_context import TransportContext

from client.clock import Clock, SystemClock
from client.servers.mcp.mcp_server import CLIENT_INFO, McpServer


class InProcessServer(McpServer):
    """An SDK server object that is called directly."""

    local = True
    _listing_is_heard = False

    def __init__(
        self,
        name: str,
        sdk_server: MCPServer | Server[Any],
        clock: Clock | None = None,
        *,
        trusted: bool = True,
        honours_keys: bool = False,
        built_in: bool = False,
    ) -> None:
        """`built_in` is for servers that are part of this program: their tools change only with it, so nobody is asked
        about that.
        """
        super().__init__(name, clock or SystemClock(), trusted=trusted, honours_keys=honours_keys)
        self._sdk_server = sdk_server
        self.built_in = built_in

    def _dispatching(self) -> AbstractAsyncContextManager[Dispatcher[TransportContext]]:
        raise NotImplementedError("the SDK's own client joins the two sides")

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[ClientSession]:
        async with Client(
            self._sdk_server,
            elicitation_callback=self._calls.elicit,
            message_handler=self._heard,
            client_info=CLIENT_INFO,
            cache=None,
        ) as client:
            yield client.session
