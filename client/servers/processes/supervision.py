"""The terms of supervision: a server process's status, the rules for it, and what a server must offer for that.

Data only; `supervisor.py` does the work.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from client.servers.processes.counts import Counts
from client.servers.tool_server import ToolServer

START_SECONDS = 180.0
"""The longest that a server may take to start. At the first start, programs such as npx and uvx install it."""


class ServerStatus(StrEnum):
    """The status of a supervised server (contracts, section 2)."""

    STARTING = "STARTING"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    STOPPED = "STOPPED"
    ERROR = "ERROR"


@dataclass(frozen=True)
class SupervisionRules:
    """Times and limits of the checks, in seconds. The defaults are those of contracts, section 2."""

    check: float = 30.0
    """Seconds between two checks (MCP_HEALTH_CHECK_INTERVAL, there in milliseconds)."""
    patience: float = 10.0
    """Seconds that a check waits for the answer."""
    auto_restart: bool = True
    """Whether it is restarted after a crash (MCP_AUTO_RESTART)."""
    restarts: int = 3
    """Most restarts in a row without a healthy check in between (MCP_MAX_RETRIES)."""
    first_pause: float = 1.0
    """Seconds before the second restart. The first restart has no pause; each further pause is twice as long."""
    longest_pause: float = 30.0


@dataclass(frozen=True)
class ServerReport:
    """The present state of a supervised server."""

    name: str
    status: ServerStatus
    detail: str
    """One sentence if something is wrong, else empty."""
    pid: int | None
    uptime: float
    """Seconds since the process was started; 0 if none runs."""
    restarts: int
    """Restarts after a failure, since McQueen started."""
    last_check: float | None
    """Time of the last check, seconds since the epoch; None before the first."""
    counts: Counts
    """Counts of this McQueen process; `CountsFile` adds up the counts of all processes."""
    pids: tuple[int, ...] = ()
    """Of all its copies; `pid` is the first."""


class Process(Protocol):
    """The process behind a server."""

    pid: int | None
    ended: asyncio.Event

    @property
    def alive(self) -> bool:
        """Whether it runs according to the kernel."""
        ...


class OperatedServer(ToolServer):
    """A `ToolServer` whose process, or copies of it, an operator starts and stops."""

    @abstractmethod
    def report(self) -> ServerReport:
        """Return the present state."""

    @abstractmethod
    async def start(self) -> None:
        """Start it, even if supervision had given it up. Raises `ServerUnavailableError` if it does not start."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop it, until `start`. The answers of calls in progress are lost."""

    @abstractmethod
    async def restart(self) -> None:
        """Stop it and start it. Raises `ServerUnavailableError` if it does not start."""

    @abstractmethod
    async def save(self) -> None:
        """Store the counts since the last time."""


class ProcessServer(ToolServer):
    """A `ToolServer` with a process of its own."""

    child: Process | None
    """The process of the present or the last connection."""

    @property
    @abstractmethod
    def connected(self) -> bool:
        """Whether calls can be sent now."""

    @property
    @abstractmethod
    def last_end(self) -> str:
        """How the last process ended, in words; empty while it runs."""
