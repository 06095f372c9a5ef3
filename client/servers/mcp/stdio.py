"""MCP servers on a pipe: a child process with a minimal environment, whose last lines on stderr are kept.

It only opens the connection; the rest is shared with the other MCP transports. It does not restart the process;
`supervisor.py` can do that.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from mcp import MCPError
from mcp.shared.dispatcher import Dispatcher
from mcp.shared.jsonrpc_dispatcher import JSONRPCDispatcher
from mcp.shared.transport_context import TransportContext
from mcp_types import CONNECTION_CLOSED

from client.call import ToolCall
from client.clock import Clock, SystemClock
from client.http import DEFAULT_BODY_LIMIT
from client.servers.mcp.mcp_server import McpServer
from client.servers.processes.child import Child, message_streams
from client.servers.processes.last_words import told_error
from client.servers.processes.log_file import LogFile
from client.servers.processes.supervision import START_SECONDS, ProcessServer
from client.servers.tool_server import Answer, FailureKind, ServerUnavailableError
from client.values import JSON

INHERITED = ("PATH", "HOME", "LANG", "TZ", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
"""Variables that a program needs to start, to tell the time and to find the user's files, such as a login that was made
for it by hand. Everything else must come from the server's entry.
"""


class StdioServer(McpServer, ProcessServer):
    """An MCP server that is started as a child process. Its environment holds INHERITED and `env`."""

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
        connect_seconds: float = START_SECONDS,
        log: LogFile | None = None,
        body_limit: int = DEFAULT_BODY_LIMIT,
    ) -> None:
        super().__init__(
            name,
            clock or SystemClock(),
            address=json.dumps([command, *args, *([{"cwd": str(cwd)}] if cwd is not None else [])]),
            trusted=trusted,
            honours_keys=honours_keys,
            connect_seconds=connect_seconds,
        )
        self.log = log or LogFile()
        self.child: Child | None = None
        """The process of the present or the last connection."""
        self._command = command
        self._args = tuple(args)
        self._given = dict(env or {})
        self._cwd = cwd
        self._body_limit = body_limit

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines that the process wrote to stderr, at most 200."""
        return tuple(self.log.last)

    @property
    def connected(self) -> bool:
        """Whether calls can be sent now: the connection is open and the process lives."""
        return super().connected and self.child is not None and self.child.alive

    @property
    def last_end(self) -> str:
        """How the last process ended, in words; empty while it runs."""
        child = self.child
        if child is None or child.alive:
            return ""
        code = child.exit_code
        how = "ended" if code is None else f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return f"{self.name} {how}{self._told}"[:400]

    async def call(
        self, call: ToolCall, *, seconds: float, confirmed: bool, answers: Mapping[str, JSON] | None = None
    ) -> Answer:
        """Send the call once. If the process is already known to be dead, nothing is sent."""
        if not self.connected:
            return self._calls.refuse(call)
        return await super().call(call, seconds=seconds, confirmed=confirmed, answers=answers)

    def _unavailable(self, error: Exception | None) -> ServerUnavailableError:
        if isinstance(error, FileNotFoundError) and error.filename is None:
            error = FileNotFoundError(error.errno, f"No such file or command: {self._command}")
        found = super()._unavailable(error)
        ended = isinstance(error, MCPError) and error.code == CONNECTION_CLOSED
        if not ended:
            return found
        return ServerUnavailableError(
            self.name, FailureKind.NOT_SENT, f"{self.name} ended before it could be used{self._told}"[:400]
        )

    @property
    def _told(self) -> str:
        told = told_error(self.last_words)
        return f": {told}" if told else "."

    def late(self) -> str:
        """Return a sentence if the process lives and has not answered yet; empty otherwise."""
        alive = self.child is not None and self.child.alive
        return f"{self.name} is still starting." if alive and not self.connected else super().late()

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {**kept, **self._given}

    @asynccontextmanager
    async def _dispatching(self) -> AsyncIterator[Dispatcher[TransportContext]]:
        with self.log.listening(self.name) as stderr:
            self.child = await Child.start(
                self._command, self._args, self._environment(), self._cwd, stderr, limit=self._body_limit
            )
            async with message_streams(self.child, self.log.note) as (incoming, outgoing):
                yield JSONRPCDispatcher(incoming, outgoing)
            await asyncio.sleep(0)  # let the child's last words arrive before the pipe closes
