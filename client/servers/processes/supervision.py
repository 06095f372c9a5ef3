"""The words of supervision: how a server process is, the rules it is kept by, and what a server must offer for that.

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
"""Longest that a server may take to start: at the first start, programs such as npx and uvx install it."""


class ServerStatus(StrEnum):
    """How a supervised server is (contracts section 2)."""

    STARTING = "STARTING"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    STOPPED = "STOPPED"
    ERROR = "ERROR"


@dataclass(frozen=True)
class SupervisionRules:
    """When to look and when to give up; seconds. Defaults are those of contracts section 2."""

    check: float = 30.0
    """Between two checks (MCP_HEALTH_CHECK_INTERVAL, there in milliseconds)."""
    patience: float = 10.0
    """How long a check waits for the answer."""
    auto_restart: bool = True
    """Whether it is started again after a crash (MCP_AUTO_RESTART)."""
    restarts: int = 3
    """How often in a row, until a check finds it well (MCP_MAX_RETRIES)."""
    first_pause: float = 1.0
    """Before the second restart; the first comes at once, each further one waits twice as long."""
    longest_pause: float = 30.0


@dataclass(frozen=True)
class ServerReport:
    """What is known of a supervised server now."""

    name: str
    status: ServerStatus
    detail: str
    """One sentence where something is wrong, else empty."""
    pid: int | None
    uptime: float
    """Seconds since the process was started; 0 where none runs."""
    restarts: int
    """Starts after a failure, since McQueen started."""
    last_check: float | None
    """Time of the last check, seconds since the epoch; None before the first."""
    counts: Counts
    """Of this process of McQueen; `CountsFile` adds up those of all."""


class Process(Protocol):
    """The process behind a server."""

    pid: int | None
    ended: asyncio.Event

    @property
    def alive(self) -> bool:
        """Whether it runs, as the kernel says now."""
        ...


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
