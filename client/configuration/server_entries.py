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
from urllib.parse import SplitResult, urlsplit

import httpx
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from client.access.accounts import Accounts, Credentials, face_of
from client.access.credentials import CredentialStore
from client.access.plain_http import is_protected
from client.client_errors import ConfigurationError
from client.clock import Clock
from client.configuration.process_entries import ProcessCommand, ScaleEntry, Upkeep, process_server
from client.configuration.wrong_values import shown, told
from client.resilience.balance import Balance
from client.servers.endpoints import REACHED_WITHIN, EndpointsServer
from client.servers.misconfigured import MisconfiguredServer
from client.servers.tool_server import ToolServer

_SECRET_HEADERS = frozenset({"authorization", "cookie", "x-api-key"})
DIALECTS = ("mcp", "mcqueen", "stdio", "ai-platform")


class ServerEntry(BaseModel):
    """One configured server: a URL, or a command that starts it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = ""
    urls: list[str] = Field(default_factory=list, description="several places of one server, instead of url")
    balance: Balance = Field(Balance.ROUND_ROBIN, description="how calls are shared out among urls")
    weights: list[Annotated[float, Field(gt=0)]] = Field(default_factory=list, description="one for each of urls")
    reached_within: float | None = Field(None, gt=0, le=60, description="seconds to open a connection")
    share_keys: bool = Field(False, description="whether a repeat is recognised whichever of urls it reaches")
    command: str = ""
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str = ""
    scale: ScaleEntry | None = Field(None, description="copies of the process: at most, at least, and when")
    headers: dict[str, str] = Field(default_factory=dict)
    dialect: str = Field("", description="mcp, mcqueen, ai-platform or stdio; found out where it is not said")
    type: str = Field("", description="as other programs write it: http, streamable-http, stdio; not needed")
    trusted: bool = Field(False, description="whether its hints that relax count")
    honours_keys: bool = Field(False, description="whether it recognises a repeat by its idempotency key")
    refused_statuses: list[Annotated[int, Field(ge=400, le=599)]] = Field(
        default_factory=list, description="statuses (429, 503) that certainly come before execution"
    )
    user_id: str = Field("", description="which account; the one that logged in last where it is not said")
    auth_token: str = Field("", repr=False, description="better kept by mcqueen login")
    require_https: bool | None = Field(
        None, description="true: nothing over plain http; false: even a login; not said: no login over plain http"
    )
    defaults: dict[str, JsonValue] = Field(
        default_factory=dict, description="arguments that never change, by name: they are not asked for"
    )
    enabled: bool = Field(
        True, description="whether it is used; a process that is not waits for `mcqueen servers start`"
    )


@dataclass(frozen=True)
class SavedServers:
    """The settings that every server is built with."""

    upkeep: Upkeep = field(default_factory=Upkeep)
    credentials: CredentialStore | None = None


def servers_from(
    entries: Mapping[str, Mapping[str, Any]],
    http: httpx.AsyncClient,
    clock: Clock,
    *,
    server: str | None = None,
    dialect: str | None = None,
    upkeep: Upkeep | None = None,
    credentials: CredentialStore | None = None,
) -> list[ToolServer]:
    """Return the requested server, else all configured servers; an empty list if nothing is configured.

    `server` is a URL, a configured name, or a command line that starts a stdio server (docs/design.md). If the
    requested server's entry is wrong, an error is raised. If all servers are returned, a wrong entry becomes a server
    that reports the mistake. `credentials` is the store of logins; without it, only the logins in the entries count.
    """
    keep = SavedServers(upkeep or Upkeep(), credentials)
    if dialect is not None and dialect not in DIALECTS:
        raise ConfigurationError(f"there is no dialect {dialect!r}; it is one of {', '.join(DIALECTS)}")
    if server is None:
        found = [_contained(name, raw, http, clock, dialect, keep) for name, raw in entries.items()]
        return [one for one in found if one is not None]
    text = server.strip()
    if not text:
        raise ConfigurationError("the server is empty; give a URL, a configured name or a command line")
    if is_url(text):
        checked_url("", text)
        return [make_server(_name_of_url(text), ServerEntry(url=text), http, clock, dialect, keep)]
    if text in entries:
        entry = read_entry(text, entries[text])
        if entry.url and not entry.enabled:
            raise ConfigurationError(f"server {text} is switched off; mcqueen servers start {text} switches it on")
        return [make_server(text, entry, http, clock, dialect, keep)]
    try:
        command, *args = shlex.split(text)
    except ValueError as error:
        raise ConfigurationError(f"the command line {text!r} cannot be read: {error}") from error
    if command not in entries and not shutil.which(command):
        known = f" The configured servers are {', '.join(entries)}." if entries else ""
        raise ConfigurationError(f"{text!r} is neither a configured server nor a command that can be run.{known}")
    entry = ServerEntry(command=str(Path(command).absolute()) if "/" in command else command, args=args)
    return [make_server(_name_of_command([command, *args]), entry, http, clock, keep=keep)]


def _contained(
    name: str,
    raw: Mapping[str, Any],
    http: httpx.AsyncClient,
    clock: Clock,
    dialect: str | None,
    keep: SavedServers,
) -> ToolServer | None:
    """Return the server of an entry, a server that reports what is wrong with the entry, or None if it is
    switched off.
    """
    try:
        entry = read_entry(name, raw)
        if entry.url and not entry.enabled:
            return None
        return make_server(name, entry, http, clock, dialect, keep)
    except ConfigurationError as error:
        return MisconfiguredServer(name, str(error))


def read_entry(name: str, raw: Mapping[str, Any]) -> ServerEntry:
    """Check one entry of the settings."""
    try:
        return ServerEntry.model_validate(dict(raw))
    except (ValidationError, TypeError, ValueError) as error:
        if not isinstance(error, ValidationError):
            raise ConfigurationError(f"server {name} is no table of keys") from error
        place, cure = told(error, ServerEntry)
        if cure.startswith(unknown := "there is no setting"):
            raise ConfigurationError(f"server {name}: there is no key{cure.removeprefix(unknown)}") from error
        raise ConfigurationError(f"server {name}: {shown(place)}: {cure}") from error


def make_server(
    name: str,
    entry: ServerEntry,
    http: httpx.AsyncClient,
    clock: Clock,
    dialect: str | None = None,
    keep: SavedServers | None = None,
) -> ToolServer:
    """Return the server object for an entry."""
    made = _made(name, entry, http, clock, dialect, keep or SavedServers())
    made.defaults = entry.defaults
    return made


def check_entry(name: str, entry: ServerEntry, dialect: str = "") -> None:
    """Check what an entry says as a whole. Raises `ConfigurationError` with the cure."""
    if entry.urls and (entry.url or entry.command or entry.scale is not None):
        raise ConfigurationError(f"server {name} has urls beside a url, a command or scale; keep one of them")
    if entry.weights and len(entry.weights) != len(entry.urls):
        raise ConfigurationError(f"server {name} has {len(entry.urls)} urls and {len(entry.weights)} weights")
    if entry.command and entry.url:
        raise ConfigurationError(f"server {name} has both a url and a command; keep one")
    if entry.command and "/" in entry.command and not entry.command.startswith(("/", "~")) and not entry.cwd:
        raise ConfigurationError(
            f"server {name}: the command {entry.command} depends on the folder it is run in; give its whole path or cwd"
        )
    if entry.scale is not None and not entry.command:
        raise ConfigurationError(f"server {name} has scale without a command; only processes of this machine grow")
    if not (entry.url or entry.urls or entry.command):
        raise ConfigurationError(f"server {name} has neither a url nor a command; give one")
    for url in entry.urls or ([entry.url] if entry.url else []):
        _check_url(name, url, entry, dialect or entry.dialect)


def _check_url(name: str, url: str, entry: ServerEntry, dialect: str) -> None:
    scheme, dialect = checked_url(name, url).scheme, dialect or dialect_of(url)
    if scheme != "https" and entry.require_https:
        raise ConfigurationError(f"server {name}: {url} is plain http, and require_https asks for https")
    secret = entry.auth_token or any(header.lower() in _SECRET_HEADERS for header in entry.headers)
    if secret and not is_protected(url) and entry.require_https is not False:
        raise ConfigurationError(
            f"server {name} would send its login over plain http, where anyone can read it; use https, or set "
            "require_https = false where you trust the network"
        )
    if dialect == "stdio":
        raise ConfigurationError(f"server {name}: a URL is not reached over stdio; give a command")
    if dialect and dialect not in DIALECTS:
        raise ConfigurationError(f"server {name}: there is no dialect {dialect!r}; it is one of {', '.join(DIALECTS)}")


def _made(
    name: str, entry: ServerEntry, http: httpx.AsyncClient, clock: Clock, dialect: str | None, keep: SavedServers
) -> ToolServer:
    check_entry(name, entry, dialect or "")
    if entry.urls:
        return _at_urls(name, entry, http, clock, dialect, keep)
    if entry.command:
        return _process(name, entry, clock, keep.upkeep)
    return _at_url(name, entry, http, clock, dialect or entry.dialect, keep)


def _at_urls(
    name: str, entry: ServerEntry, http: httpx.AsyncClient, clock: Clock, dialect: str | None, keep: SavedServers
) -> ToolServer:
    alone = entry.model_copy(
        update={"urls": [], "weights": [], "reached_within": entry.reached_within or REACHED_WITHIN}
    )
    places = [
        make_server(name, alone.model_copy(update={"url": url}), http, clock, dialect, keep) for url in entry.urls
    ]
    return EndpointsServer(
        name,
        places,
        clock,
        balance=entry.balance,
        weights=entry.weights,
        trusted=entry.trusted,
        share_keys=entry.share_keys,
    )


def _process(name: str, entry: ServerEntry, clock: Clock, upkeep: Upkeep) -> ToolServer:
    what = ProcessCommand(
        name,
        os.path.expanduser(entry.command),
        entry.args,
        entry.env,
        Path(entry.cwd).expanduser() if entry.cwd else None,
        trusted=entry.trusted,
        honours_keys=entry.honours_keys,
        stopped=not entry.enabled,
    )
    return process_server(what, clock, upkeep, entry.scale.rules() if entry.scale is not None else None)


def _at_url(
    name: str, entry: ServerEntry, http: httpx.AsyncClient, clock: Clock, dialect: str, keep: SavedServers
) -> ToolServer:
    made = _AtUrl(name, entry, http, clock, keep)
    dialect = dialect or dialect_of(entry.url)
    if dialect == "ai-platform":
        return made.platform()
    if dialect == "mcqueen":
        return made.mcqueen()
    if dialect == "mcp":
        return made.mcp(entry.url)
    from client.servers.probed import ProbedServer  # the same

    candidates = (made.mcp(f"{entry.url.rstrip('/')}/mcp"), made.mcqueen(), made.platform(), made.mcp(entry.url))
    return ProbedServer(name, candidates, trusted=entry.trusted)


def is_url(text: str) -> bool:
    """Return whether the text that names a server is a URL; a command line may contain one."""
    return "://" in text.split(maxsplit=1)[0] if text.strip() else False


def checked_url(name: str, url: str) -> SplitResult:
    """Return the parts of a server's URL. Raises `ConfigurationError` that shows no login."""
    who = f"server {name}: " if name else ""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        shown = re.sub(r"//[^/@]*@", "//", url)
        raise ConfigurationError(f"{who}{shown!r} is not an http or https URL")
    if parts.username or parts.password:
        raise ConfigurationError(f"{who}leave the login out of the URL, and give it to mcqueen login")
    return parts


def dialect_of(url: str) -> str:
    """Return the dialect that the path of a URL implies, or empty."""
    path = urlsplit(url).path.rstrip("/")
    dialects = (("/api/v1", "mcqueen"), ("/api/mcp", "ai-platform"), ("/mcp", "mcp"))
    return next((dialect for end, dialect in dialects if path.endswith(end)), "")


@dataclass(frozen=True)
class _AtUrl:
    """The dialects that one entry with a URL can be reached in."""

    name: str
    entry: ServerEntry
    http: httpx.AsyncClient
    clock: Clock
    keep: SavedServers

    @property
    def _credentials(self) -> Credentials | None:
        entry = self.entry
        return Credentials(entry.user_id, entry.auth_token) if entry.user_id and entry.auth_token else None

    def _accounts(self, path: str) -> Accounts | None:
        return Accounts(self.keep.credentials, face_of(self.entry.url, path)) if self.keep.credentials else None

    def mcp(self, url: str) -> ToolServer:
        from client.servers.mcp.streamable_http import StreamableHttpServer  # heavy: the SDK

        entry, store = self.entry, self.keep.credentials
        auth = None
        if store is not None and not any(header.lower() == "authorization" for header in entry.headers):
            from client.access.oauth import OAuthAccess  # the same

            auth = OAuthAccess(url, store, self.clock, self.http, plain_http_allowed=entry.require_https is False)
        return StreamableHttpServer(
            self.name,
            url,
            self.http,
            self.clock,
            trusted=entry.trusted,
            honours_keys=entry.honours_keys,
            headers=entry.headers,
            refused_statuses=frozenset(entry.refused_statuses),
            auth=auth,
            reached_within=entry.reached_within,
        )

    def mcqueen(self) -> ToolServer:
        from client.servers.rest.mcqueen import McQueenServer

        entry = self.entry
        return McQueenServer(
            self.name,
            entry.url,
            self.http,
            self.clock,
            credentials=self._credentials,
            accounts=self._accounts("/api/v1"),
            account=entry.user_id,
            plain_http_allowed=entry.require_https is False,
            trusted=entry.trusted,
            honours_keys=entry.honours_keys,
            refused_statuses=frozenset({429, *entry.refused_statuses}),
        )

    def platform(self) -> ToolServer:
        from client.servers.rest.ai_platform import AiPlatformServer

        entry = self.entry
        return AiPlatformServer(
            self.name,
            entry.url,
            self.http,
            self.clock,
            credentials=self._credentials,
            accounts=self._accounts("/api/mcp"),
            account=entry.user_id,
            plain_http_allowed=entry.require_https is False,
            headers=entry.headers,
            trusted=entry.trusted,
            honours_keys=entry.honours_keys,
            refused_statuses=frozenset(entry.refused_statuses),
        )


def _name_of_url(url: str) -> str:
    """Name a server by its address, path included: two APIs of one host are two servers."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.hostname or url}{port}{parts.path.rstrip('/')}"


def _name_of_command(words: list[str]) -> str:
    """Name a server by its command, so that two command lines never share approvals."""
    told = next((word for word in reversed(words) if not word.startswith("-")), words[0])
    return f"{Path(told).stem or words[0]}-{hashlib.sha256(shlex.join(words).encode()).hexdigest()[:6]}"
