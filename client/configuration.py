"""From what people write (a URL, a name, a command line, a settings table) to `ToolServer`s.

Only builds the objects; nothing is contacted. Raises `ConfigurationError` with the cure.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from client.access.session import Credentials
from client.clock import Clock
from client.errors import ConfigurationError
from client.servers.base import ToolServer
from client.servers.counts import CountsFile
from client.servers.log_file import LogFile
from client.servers.misconfigured import MisconfiguredServer
from client.servers.supervision import SupervisionRules
from client.servers.supervisor import SupervisedServer

DIALECTS = ("mcp", "mcqueen", "stdio", "ai-platform")


class ServerEntry(BaseModel):
    """One configured server: a URL, or a command that starts it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = ""
    command: str = ""
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    dialect: str = Field("", description="mcp, mcqueen or stdio; found out where it is not said")
    type: str = Field("", description="as other programs write it: http, streamable-http, stdio; not needed")
    trusted: bool = Field(False, description="whether its hints that relax count")
    honours_keys: bool = Field(False, description="whether it recognises a repeat by its idempotency key")
    refused_statuses: list[Annotated[int, Field(ge=400, le=599)]] = Field(
        default_factory=list, description="statuses (429, 503) that certainly come before execution"
    )
    user_id: str = ""
    auth_token: str = Field("", repr=False)
    enabled: bool = Field(
        True, description="whether it is used; a process that is not waits for `mcqueen servers start`"
    )


@dataclass(frozen=True)
class Upkeep:
    """How server processes are looked after, and where their logs and counts are kept (nowhere without a folder)."""

    rules: SupervisionRules = field(default_factory=SupervisionRules)
    folder: Path | None = None

    def log_path(self, name: str) -> Path | None:
        """Return where the log of that server is."""
        return self.folder / f"{file_stem(name)}.log" if self.folder else None

    def counts_file(self, name: str) -> CountsFile | None:
        """Return where the counts of that server are."""
        return CountsFile(self.folder / f"{file_stem(name)}.counts.json") if self.folder else None


def file_stem(name: str) -> str:
    """Return a name for files; names that differ stay different."""
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:60]
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def servers_from(
    entries: Mapping[str, Mapping[str, Any]],
    http: httpx.AsyncClient,
    clock: Clock,
    *,
    server: str | None = None,
    dialect: str | None = None,
    upkeep: Upkeep | None = None,
) -> list[ToolServer]:
    """Return the server asked for, else all configured ones; an empty list where nothing is configured.

    `server` is a URL, a configured name, or a command line that starts a stdio server (DESIGN section 13). One that was
    asked for and is written wrongly is refused; among all of them it becomes a server that says so.
    """
    if dialect is not None and dialect not in DIALECTS:
        raise ConfigurationError(f"there is no dialect {dialect!r}; it is one of {', '.join(DIALECTS)}")
    if server is None:
        found = [_contained(name, raw, http, clock, dialect, upkeep) for name, raw in entries.items()]
        return [one for one in found if one is not None]
    text = server.strip()
    if not text:
        raise ConfigurationError("the server is empty; give a URL, a configured name or a command line")
    if "://" in text:
        return [make_server(_name_of_url(text), ServerEntry(url=text), http, clock, dialect)]
    if text in entries:
        entry = read_entry(text, entries[text])
        if entry.url and not entry.enabled:
            raise ConfigurationError(f"server {text} is switched off; mcqueen servers start {text} switches it on")
        return [make_server(text, entry, http, clock, dialect, upkeep)]
    try:
        command, *args = shlex.split(text)
    except ValueError as error:
        raise ConfigurationError(f"the command line {text!r} cannot be read: {error}") from error
    if command not in entries and not shutil.which(command):
        known = f" The configured servers are {', '.join(entries)}." if entries else ""
        raise ConfigurationError(f"{text!r} is neither a configured server nor a command that can be run.{known}")
    entry = ServerEntry(command=str(Path(command).absolute()) if "/" in command else command, args=args)
    return [make_server(_name_of_command([command, *args]), entry, http, clock, upkeep=upkeep)]


def _contained(
    name: str,
    raw: Mapping[str, Any],
    http: httpx.AsyncClient,
    clock: Clock,
    dialect: str | None,
    upkeep: Upkeep | None,
) -> ToolServer | None:
    """Return the server of an entry, one that tells what is wrong with the entry, or None where it is switched off."""
    try:
        entry = read_entry(name, raw)
        if entry.url and not entry.enabled:
            return None
        return make_server(name, entry, http, clock, dialect, upkeep)
    except ConfigurationError as error:
        return MisconfiguredServer(name, str(error))


def read_entry(name: str, raw: Mapping[str, Any]) -> ServerEntry:
    """Check one entry of the settings."""
    try:
        return ServerEntry.model_validate(dict(raw))
    except (ValidationError, TypeError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise ConfigurationError(f"server {name} is no table of keys") from error
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            raise ConfigurationError(f"server {name}: there is no key {where}; check its spelling") from error
        raise ConfigurationError(f"server {name}: {where}: {problem['msg']}") from error


def make_server(
    name: str,
    entry: ServerEntry,
    http: httpx.AsyncClient,
    clock: Clock,
    dialect: str | None = None,
    upkeep: Upkeep | None = None,
) -> ToolServer:
    """Return the server object for an entry."""
    if entry.command and entry.url:
        raise ConfigurationError(f"server {name} has both a url and a command; keep one")
    if entry.command:
        return _process(name, entry, clock, upkeep or Upkeep())
    if not entry.url:
        raise ConfigurationError(f"server {name} has neither a url nor a command; give one")
    return _at_url(name, entry, http, clock, dialect or entry.dialect)


def _process(name: str, entry: ServerEntry, clock: Clock, upkeep: Upkeep) -> ToolServer:
    from client.servers.stdio import StdioServer  # heavy: the SDK

    if "/" in entry.command and not entry.command.startswith(("/", "~")) and not entry.cwd:
        raise ConfigurationError(
            f"server {name}: the command {entry.command} depends on the folder it is run in; give its whole path or cwd"
        )
    process = StdioServer(
        name,
        os.path.expanduser(entry.command),
        entry.args,
        entry.env,
        Path(entry.cwd).expanduser() if entry.cwd else None,
        clock,
        trusted=entry.trusted,
        honours_keys=entry.honours_keys,
        log=LogFile(upkeep.log_path(name)),
    )
    counts = upkeep.counts_file(name)
    return SupervisedServer(process, clock, upkeep.rules, stopped=not entry.enabled, counts_file=counts)


def _at_url(name: str, entry: ServerEntry, http: httpx.AsyncClient, clock: Clock, dialect: str) -> ToolServer:
    parts = urlsplit(entry.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(f"server {name}: {entry.url} is not an http or https URL")
    path = parts.path.rstrip("/")
    if not dialect:
        if path.endswith("/api/v1"):
            dialect = "mcqueen"
        elif path.endswith("/api/mcp"):
            dialect = "ai-platform"
        elif path.endswith("/mcp"):
            dialect = "mcp"
    if dialect == "ai-platform":
        raise ConfigurationError(f"server {name}: AI Platform REST is not spoken yet; give its MCP servers themselves")
    if dialect == "stdio":
        raise ConfigurationError(f"server {name}: a URL is not reached over stdio; give a command")
    if dialect == "mcqueen":
        return _mcqueen(name, entry, http, clock)
    if dialect == "mcp":
        return _mcp(name, entry.url, entry, http, clock)
    from client.servers.probed import ProbedServer  # the same

    base = entry.url.rstrip("/")
    candidates = (_mcp(name, f"{base}/mcp", entry, http, clock), _mcqueen(name, entry, http, clock))
    return ProbedServer(name, (*candidates, _mcp(name, entry.url, entry, http, clock)), trusted=entry.trusted)


def _mcp(name: str, url: str, entry: ServerEntry, http: httpx.AsyncClient, clock: Clock) -> ToolServer:
    from client.servers.streamable_http import StreamableHttpServer  # heavy: the SDK

    return StreamableHttpServer(
        name,
        url,
        http,
        clock,
        trusted=entry.trusted,
        honours_keys=entry.honours_keys,
        headers=entry.headers,
        refused_statuses=frozenset(entry.refused_statuses),
    )


def _mcqueen(name: str, entry: ServerEntry, http: httpx.AsyncClient, clock: Clock) -> ToolServer:
    from client.servers.mcqueen import McQueenServer

    credentials = Credentials(entry.user_id, entry.auth_token) if entry.user_id and entry.auth_token else None
    return McQueenServer(
        name,
        entry.url,
        http,
        clock,
        credentials=credentials,
        trusted=entry.trusted,
        honours_keys=entry.honours_keys,
        refused_statuses=frozenset({429, *entry.refused_statuses}),
    )


def _name_of_url(url: str) -> str:
    """Name a server by where it is, path included: two faces of one host are two servers."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname or url}{port}{parts.path.rstrip('/')}"


def _name_of_command(words: list[str]) -> str:
    """Name a server by what starts it, so that two command lines never share approvals."""
    told = next((word for word in reversed(words) if not word.startswith("-")), words[0])
    return f"{Path(told).stem or words[0]}-{hashlib.sha256(shlex.join(words).encode()).hexdigest()[:6]}"
