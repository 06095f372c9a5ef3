"""MCP servers that live in this process: the same protocol without a wire, for embedded tools and tests.

Only opens the connection; everything else is shared with the other MCP transports.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from mcp import Client
from mcp.server import Server
from mcp.server.mcpserver import MCPServer

from client.clock import Clock, SystemClock
from client.servers.mcp import McpServer


class InProcessServer(McpServer):
    """An SDK server object, called directly."""

    local = True

    def __init__(
        self,
        name: str,
        sdk_server: MCPServer | Server[Any],
        clock: Clock | None = None,
        *,
        trusted: bool = True,
        honours_keys: bool = False,
    ) -> None:
        super().__init__(name, clock or SystemClock(), trusted=trusted, honours_keys=honours_keys)
        self._sdk_server = sdk_server

    def _open(self) -> AbstractAsyncContextManager[Client]:
        return Client(self._sdk_server, elicitation_callback=self._elicit, message_handler=self._heard, cache=None)
