"""Turns an entry's command into a server whose process is supervised, in one copy or in several.

Only builds the objects; nothing is started.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from client.clock import Clock
from client.servers.processes.counts import CountsFile
from client.servers.processes.log_file import LogFile
from client.servers.processes.scaled import ScaledServer
from client.servers.processes.scaling import LoadHistory, ScaleRules
from client.servers.processes.supervision import OperatedServer, SupervisionRules
from client.servers.processes.supervisor import SupervisedServer

MOST_COPIES = 32
"""The most copies of one server on one machine."""


class ScaleEntry(BaseModel):
    """How many copies of a process may run, and when a further one is started. A limit of 0 is ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    min: int = Field(1, ge=1, le=MOST_COPIES, description="copies that always run")
    max: int = Field(4, ge=1, le=MOST_COPIES, description="copies at most")
    cpu: float = Field(0.8, ge=0, le=64, description="share of one processor that a copy may use on average")
    memory: float = Field(0, ge=0, description="megabytes that a copy may hold on average")
    queue: int = Field(8, ge=0, le=10_000, description="calls that a copy gets at once; further ones wait")
    cooldown: float = Field(300, ge=1, le=86_400, description="quiet seconds before a copy is stopped")

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.max < self.min:
            raise ValueError(f"max ({self.max}) must not be below min ({self.min})")
        return self

    def rules(self) -> ScaleRules:
        """Return the rules for starting and stopping copies."""
        return ScaleRules(self.min, self.max, self.cpu, self.memory, self.queue, self.cooldown)


@dataclass(frozen=True)
class Upkeep:
    """How server processes are supervised, and the folder for their logs and counts (none are stored without a
    folder).
    """

    rules: SupervisionRules = field(default_factory=SupervisionRules)
    folder: Path | None = None
    counted: bool = True
    """Whether counts are stored; a program that logs each call needs none."""

    def log_path(self, name: str, number: int = 1) -> Path | None:
        """Return the log file of that server, or of one of its further copies."""
        return self.folder / f"{file_stem(name)}{'' if number == 1 else f'.{number}'}.log" if self.folder else None

    def counts_file(self, name: str) -> CountsFile | None:
        """Return the file with the counts of that server."""
        return CountsFile(self.folder / f"{file_stem(name)}.counts.json") if self.folder and self.counted else None

    def history(self, name: str) -> LoadHistory:
        """Return the history of that server's load."""
        return LoadHistory(self.folder / f"{file_stem(name)}.load.json" if self.folder else None)


def file_stem(name: str) -> str:
    """Return a file name for a server; different servers get different names."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:60]
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


@dataclass(frozen=True)
class ProcessCommand:
    """The command and environment of a server's process, and the trust and tier of its tools."""

    name: str
    command: str
    args: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: Path | None = None
    trusted: bool = False
    honours_keys: bool = False
    stopped: bool = False
    """Whether it waits for `start`."""


def process_server(
    what: ProcessCommand, clock: Clock, upkeep: Upkeep, scale: ScaleRules | None = None, files: str = ""
) -> OperatedServer:
    """Return the server of a command, in copies if `scale` is given. `files` names its log files; `what.name` is the
    default.
    """
    from client.servers.mcp.stdio import StdioServer  # heavy: the SDK

    stem = files or what.name
    counts = upkeep.counts_file(stem)

    def copy(number: int) -> SupervisedServer:
        process = StdioServer(
            what.name,
            what.command,
            what.args,
            what.env,
            what.cwd,
            clock,
            trusted=what.trusted,
            honours_keys=what.honours_keys,
            log=LogFile(upkeep.log_path(stem, number)),
        )
        return SupervisedServer(process, clock, upkeep.rules, stopped=what.stopped and number == 1, counts_file=counts)

    return copy(1) if scale is None else ScaledServer(copy, clock, scale, upkeep.history(stem))
