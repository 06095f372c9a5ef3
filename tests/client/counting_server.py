"""A real SDK server over HTTP that counts executions and can be made to hold on in the middle of one."""

from __future__ import annotations

import asyncio
import socket
from typing import Self

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class CountingServer:
    """Sends messages: `send_message` cannot tell a repeat, `send_message_once` can."""

    def __init__(self, port: int | None = None, *, description: str = "Send a message.") -> None:
        self.port = port or free_port()
        self.sent: list[str] = []
        self.keys: set[str] = set()
        self.repeats = 0
        self.hold: asyncio.Event | None = None
        """While set to an event, an execution has its effect and then waits for it before it answers."""
        self.reading = 0
        self._description = description
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def sdk_server(self) -> MCPServer:
        server = MCPServer("town", log_level="ERROR")

        async def send_message(text: str) -> str:
            self.sent.append(text)
            if self.hold is not None:
                await self.hold.wait()
            return "sent"

        async def send_message_once(text: str, idempotency_key: str) -> str:
            if idempotency_key in self.keys:
                self.repeats += 1
                return "sent"
            self.keys.add(idempotency_key)
            return await send_message(text)

        async def count_messages() -> int:
            self.reading += 1
            return len(self.sent)

        server.add_tool(send_message, description=self._description)
        server.add_tool(send_message_once, description="Send a message, once for each key.")
        server.add_tool(
            count_messages, description="How many there are.", annotations=ToolAnnotations(read_only_hint=True)
        )
        return server

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def start(self) -> None:
        app = self.sdk_server().streamable_http_app()
        config = uvicorn.Config(
            app, host="127.0.0.1", port=self.port, log_level="error", timeout_graceful_shutdown=1, ws="none"
        )
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110  # uvicorn sets no event
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        if self._server is not None and self._task is not None:
            if self.hold is not None:
                self.hold.set()
            self._server.should_exit = True
            await self._task
            self._server = None

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
