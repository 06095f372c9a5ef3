"""From what people write (a URL, a name, a command line, a settings table, `mcpServers` JSON) to `ToolServer`s.

Only builds the objects; nothing is contacted. Raises `ConfigurationError` with the cure.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from client.access.session import Credentials
from client.clock import Clock
from client.errors import ConfigurationError
from client.servers.base import ToolServer

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


def servers_from(
    entries: Mapping[str, Mapping[str, Any]],
    http: httpx.AsyncClient,
    clock: Clock,
    *,
    server: str | None = None,
    dialect: str | None = None,
) -> list[ToolServer]:
    """Return the server asked for, else all configured ones; an empty list where nothing is configured.

    `server` is a URL, a configured name, or a command line that starts a stdio server (DESIGN section 13).
    """
    if dialect is not None and dialect not in DIALECTS:
        raise ConfigurationError(f"there is no dialect {dialect!r}; it is one of {', '.join(DIALECTS)}")
    if server is None:
        return [make_server(name, read_entry(name, raw), http, clock, dialect) for name, raw in entries.items()]
    text = server.strip()
    if not text:
        raise ConfigurationError("the server is empty; give a URL, a configured name or a command line")
    if "://" in text:
        return [make_server(_name_of_url(text), ServerEntry(url=text), http, clock, dialect)]
    if text in entries:
        return [make_server(text, read_entry(text, entries[text]), http, clock, dialect)]
    try:
        command, *args = shlex.split(text)
    except ValueError as error:
        raise ConfigurationError(f"the command line {text!r} cannot be read: {error}") from error
    return [make_server(_name_of_command([command, *args]), ServerEntry(command=command, args=args), http, clock)]


def read_entry(name: str, raw: Mapping[str, Any]) -> ServerEntry:
    """Check one entry of the settings."""
    try:
        return ServerEntry.model_validate(dict(raw))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise ConfigurationError(f"server {name}: {where}: {problem['msg']}") from error


def read_mcp_servers(path: Path) -> dict[str, dict[str, Any]]:
    """Read the `mcpServers` JSON that other programs keep; entries that are switched off are left out."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from error
    except json.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from error
    servers = raw.get("mcpServers", raw.get("servers")) if isinstance(raw, dict) else None
    if not isinstance(servers, dict):
        raise ConfigurationError(f'{path} has no object "mcpServers"')
    known = set(ServerEntry.model_fields)
    found: dict[str, dict[str, Any]] = {}
    for name, entry in servers.items():
        if not isinstance(entry, dict) or entry.get("disabled"):
            continue
        kept = {key: value for key, value in entry.items() if key in known}
        # Trust is given here, never taken over from another program's file.
        kept.pop("trusted", None)
        read_entry(name, kept)
        found[name] = kept
    return found


def make_server(
    name: str, entry: ServerEntry, http: httpx.AsyncClient, clock: Clock, dialect: str | None = None
) -> ToolServer:
    """Return the server object for an entry."""
    if entry.command and entry.url:
        raise ConfigurationError(f"server {name} has both a url and a command; keep one")
    if entry.command:
        from client.servers.stdio import StdioServer  # heavy: the SDK

        return StdioServer(
            name,
            entry.command,
            entry.args,
            entry.env,
            Path(entry.cwd) if entry.cwd else None,
            clock,
            trusted=entry.trusted,
            honours_keys=entry.honours_keys,
        )
    if not entry.url:
        raise ConfigurationError(f"server {name} has neither a url nor a command; give one")
    return _at_url(name, entry, http, clock, dialect or entry.dialect)


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
