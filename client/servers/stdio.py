"""MCP servers on a pipe: a child process with a scrubbed environment, whose last words on stderr are kept.

Only opens the connection; everything else is shared with the other MCP transports. Whoever holds it starts it again.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import TextIO

from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import CONNECTION_CLOSED

from client.clock import Clock, SystemClock
from client.servers.base import FailureKind, ServerUnavailableError
from client.servers.mcp import McpServer

_KEPT_LINES = 200
_LONGEST_LINE = 2000


class StdioServer(McpServer):
    """An MCP server that is started as a child process.

    Its environment holds only what a program needs to start (PATH, HOME, USER, ...: the SDK's list) and `env`.
    """

    local = True

    def __init__(
        self,
        name: str,
        command: str,
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        clock: Clock | None = None,
        *,
        trusted: bool = False,
        honours_keys: bool = False,
        connect_seconds: float = 20.0,
    ) -> None:
        super().__init__(
            name,
            clock or SystemClock(),
            trusted=trusted,
            honours_keys=honours_keys,
            connect_seconds=connect_seconds,
        )
        self._parameters = StdioServerParameters(
            command=command, args=list(args), env=dict(env or {}), cwd=cwd, encoding_error_handler="replace"
        )
        self._last_words: deque[str] = deque(maxlen=_KEPT_LINES)

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines that the process wrote to stderr, at most 200."""
        return tuple(self._last_words)

    def _unavailable(self, error: Exception | None) -> ServerUnavailableError:
        found = super()._unavailable(error)
        ended = isinstance(error, MCPError) and error.code == CONNECTION_CLOSED
        if not ended:
            return found
        told = f": {self._last_words[-1]}" if self._last_words else "."
        return ServerUnavailableError(
            self.name, FailureKind.NOT_SENT, f"{self.name} ended before it could be used{told}"[:400]
        )

    def _open(self) -> AbstractAsyncContextManager[Client]:
        return self._opened()

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Client]:
        with self._listening() as stderr:
            async with Client(
                stdio_client(self._parameters, errlog=stderr),
                elicitation_callback=self._elicit,
                message_handler=self._heard,
                cache=None,
            ) as client:
                yield client
            await asyncio.sleep(0)  # let the child's last words arrive before the pipe closes

    @contextmanager
    def _listening(self) -> Iterator[TextIO]:
        """Open a pipe for stderr whose lines a thread keeps, so that a flood cannot block the child or fill memory."""
        reading, writing = os.pipe()

        def keep() -> None:
            with open(reading, encoding="utf-8", errors="replace") as lines:
                while line := lines.readline(_LONGEST_LINE):
                    self._last_words.append(line.rstrip("\n"))

        threading.Thread(target=keep, name=f"stderr of {self.name}", daemon=True).start()
        with open(writing, "w", encoding="utf-8") as stderr:
            yield stderr
