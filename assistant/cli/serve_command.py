"""`mcqueen serve`: serves the configured servers, else the town, on every API to other programs.

Runs until Ctrl-C or SIGTERM. Prints its addresses and the servers that are away; decides nothing about tools.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from assistant.cli.output import answer_json, complain

if TYPE_CHECKING:
    from assistant.metrics.serving_figures import Watch
    from assistant.serving.rest.chat_gate import ChatOpening
    from assistant.serving.server import Options
    from assistant.serving.state.secret_keys import Secrets
    from assistant.serving.tool_client_host import Served
    from assistant.settings.settings import Settings
    from client.access.local_tokens import LocalTokens
    from client.tool_client import ToolClient

AUDIT_FILE = "audit.jsonl"
STORE_FILE = "serving.sqlite3"
CHAT_FOLDER = "chats"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_READY_SECONDS = 5.0
_FINISH_SECONDS = 30.0
"""Seconds that running requests may take after the signal to stop; a call may take at most 10 s."""
FACE_NAMES = ("mcp", "rest", "platform")


@click.command()
@click.option(
    "--port",
    default=3001,
    show_default=True,
    envvar="PORT",
    type=click.IntRange(0, 65535),
    help="Port to listen on (PORT); 0 takes any free one.",
)
@click.option("--face", "faces", multiple=True, type=click.Choice(FACE_NAMES), help="Serve only this face; repeatable.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; any but loopback takes TLS."
)
@click.option("--certificate", type=click.Path(path_type=Path), help="PEM file of the certificate: speak TLS.")
@click.option("--private-key", type=click.Path(path_type=Path), help="PEM file of its key, where it is another file.")
@click.option("--plain-http", is_flag=True, help="Serve other machines without TLS; for where something else encrypts.")
@click.option("--mcp-login", is_flag=True, help="Ask for a user's login on the MCP face on this machine, too.")
@click.option("--open-mcp", is_flag=True, help="Let every account of this machine use the MCP face without a token.")
@click.option(
    "--store",
    help="Where sessions, users, limits and usage live: memory, a SQLite file (the default, in the data folder), "
    "redis://HOST:PORT (REDIS_URL) or postgresql://USER@HOST/NAME for several processes.",
)
@click.option(
    "--database",
    envvar="DATABASE_URL",
    metavar="URL",
    help="postgresql://USER@HOST/NAME: where the platform's servers, their calls and the gateway's services live "
    "(DATABASE_URL); a SQLite file unless given.",
)
@click.option(
    "--advertise", metavar="URL", help="Address without a path at which other serving processes reach this one."
)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65535),
    help="Port of /metrics and /dashboard, for this machine only; 9090 unless set, 0 takes any free one.",
)
@click.option("--metrics-host", help="Address of the figures; this machine only unless set. They ask for no login.")
@click.option("--no-metrics", is_flag=True, help="Count nothing and show no figures.")
@click.option("--service-booking", is_flag=True, help="Serve the desk for car services instead.")
@click.option("--seed", type=int, help="The same seed gives the same town; 1 unless given.")
@click.option(
    "--upstream",
    metavar="URL",
    help="McQueen REST server to which /auth, /mcp/tools and /proxy lead (UPSTREAM_URL).",
)
@click.option("--token-for", metavar="USER", help="Print a login token of this server for this user, and exit.")
@click.option(
    "--days", type=click.IntRange(1, 366), help="With --token-for: how long the token is valid; an hour unless given."
)
@click.option(
    "--manage", is_flag=True, help="With --token-for: a token that may also manage the platform of all users."
)
@click.option("--admin", is_flag=True, help="With --token-for: a token that opens the page /admin and nothing else.")
@click.option("--verify-audit", is_flag=True, help="Say whether the audit log is whole and unchanged, and exit.")
def command(
    port: int,
    faces: tuple[str, ...],
    host: str,
    certificate: Path | None,
    private_key: Path | None,
    plain_http: bool,
    mcp_login: bool,
    open_mcp: bool,
    store: str | None,
    database: str | None,
    advertise: str | None,
    metrics_port: int | None,
    metrics_host: str | None,
    no_metrics: bool,
    service_booking: bool,
    seed: int | None,
    upstream: str | None,
    token_for: str | None,
    days: int | None,
    manage: bool,
    admin: bool,
    verify_audit: bool,
) -> None:
    """Serve the town, or the configured servers, to other programs."""
    from assistant.cli.serving_log import open_log
    from assistant.settings.settings import load_settings

    if verify_audit:
        _answer_audit()
        return
    open_log(os.environ)
    secrets = _secrets()
    if token_for is not None:
        _answer_token(secrets, token_for, days, manage=manage, admin=admin)
        return
    place = _place(host, port, faces, secrets, store or os.environ.get("REDIS_URL") or database)
    if upstream is not None:
        place["settings"] = replace(place["settings"], upstream=upstream)
    place |= {"certificate": certificate, "private_key": private_key, "plain_http": plain_http, "mcp_login": mcp_login}
    place |= {"advertise": advertise or "", "local_tokens": None if open_mcp else _local_tokens()}
    settings = _shown_at(load_settings(), metrics_port, metrics_host)
    if (platform := place["platform"]) is not None:
        place["platform"] = replace(platform, commands=settings.serving.commands, database=database or "")
    if settings.servers and not service_booking:
        if seed is not None:
            raise click.UsageError("--seed is for the town, but your configured servers are served instead of it")
        _refuse_itself(settings, host, port)
    kind = _desk if service_booking else _configured if settings.servers else _town
    asyncio.run(_serve(kind(settings, 1 if seed is None else seed), settings, place, metrics=not no_metrics))


def _shown_at(settings: Settings, port: int | None, host: str | None) -> Settings:
    """Return the settings with the port and address of the figures replaced, if they are given."""
    given = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    return settings.model_copy(update={"metrics": settings.metrics.model_copy(update=given)})


def _secrets() -> Secrets:
    """Return the secrets of this server, which are made at its first start."""
    import platformdirs

    from assistant.serving.state.secret_keys import open_secrets
    from client.access.credentials import CredentialStore

    path = platformdirs.user_config_path("mcqueen") / "serving-secrets.json"
    keyring = CredentialStore(platformdirs.user_data_path("mcqueen"))
    secrets, told = asyncio.run(open_secrets(path, os.environ, keyring))
    if told:
        complain(told)
    return secrets


def _answer_audit() -> None:
    import platformdirs

    from assistant.serving.serving_errors import ServingError
    from assistant.serving.state.audit_file import verify_audit

    path = platformdirs.user_state_path("mcqueen") / AUDIT_FILE
    try:
        found = verify_audit(path)
    except OSError as error:
        raise ServingError(f"cannot read the audit log {path}: {error.strerror}") from error
    if found.broken:
        raise ServingError(f"the audit log {path} is not whole: {found.broken}")
    answer_json({"audit": str(path), "rows": found.rows, "whole": True})


def _local_tokens() -> LocalTokens:
    import platformdirs

    from client.access.local_tokens import LocalTokens

    return LocalTokens(platformdirs.user_data_path("mcqueen"))


def _answer_token(secrets: Secrets, user_id: str, days: int | None, *, manage: bool, admin: bool) -> None:
    from assistant.serving.platform.callers import Permission
    from assistant.serving.state.secret_keys import mint_login_token

    permissions = [permission.value for permission in Permission] if manage else [Permission.ADMIN] if admin else None
    seconds = 3600.0 if days is None else days * 86_400.0
    token = mint_login_token(secrets.jwt_secret, user_id, now=time.time(), seconds=seconds, permissions=permissions)
    answer_json({"user_id": user_id, "auth_token": token})


def _place(host: str, port: int, faces: tuple[str, ...], secrets: Secrets, store: str | None) -> Options:
    """Return the address to serve at, and its options."""
    import platformdirs

    from assistant.serving.platform.platform import PlatformSettings
    from assistant.serving.rest.rest_settings import RestSettings

    return {
        "address": host,
        "port": port,
        "faces": faces or FACE_NAMES,
        "secrets": secrets,
        "settings": RestSettings.from_environment(os.environ),
        "audit_path": platformdirs.user_state_path("mcqueen") / AUDIT_FILE,
        "platform": PlatformSettings.from_environment(platformdirs.user_data_path("mcqueen") / "platform", os.environ),
        "store": store or str(platformdirs.user_data_path("mcqueen") / STORE_FILE),
        "finish": _FINISH_SECONDS,
    }


def _refuse_itself(settings: Settings, host: str, port: int) -> None:
    """Raise `ConfigurationError` if a configured server has the very address to serve at."""
    from client.client_errors import ConfigurationError

    for name, entry in settings.servers.items():
        try:
            parts = urlsplit(str(entry.get("url", "")))
            same = bool(parts.hostname) and parts.port == port and parts.hostname in (host, *_LOOPBACK)
        except ValueError:
            continue  # not a URL; that is told where servers are made
        if same:
            raise ConfigurationError(
                f"the configured server {name} is {entry['url']}, where this would be served; "
                "choose another port with --port, or take it out of the settings (MCP_SERVER_URL names one too)"
            )


@dataclass(frozen=True)
class _Served:
    """The served host, and what is known about it."""

    host: Served
    now: Callable[[], float]
    tools: ToolClient | None = None


_Kind = Callable[["Watch"], AbstractAsyncContextManager[_Served]]


async def _serve(kind: _Kind, settings: Settings, place: Options, *, metrics: bool) -> None:
    """Serve until told to stop, then finish running requests."""
    from assistant.metrics.serving_figures import Watch
    from assistant.serving.server import serve_tools
    from assistant.serving.serving_errors import AddressError
    from client.standing_memory import settling

    told = _told_to_stop()
    async with AsyncExitStack() as stack:
        watch = Watch(settings.metrics, time.time, counts=metrics)
        stack.enter_context(watch.tracing())
        served = await stack.enter_async_context(kind(watch))
        host = watch.measured(served.host)
        place = {**place, "wrap": watch.around, "chat": _chats(host, served.tools, settings)}
        running = await stack.enter_async_context(serve_tools(host, served.now, **place))
        ready: dict[str, Any] = {"ready": True, "url": running.url, "faces": dict(running.faces)}
        if running.mcp_token_file is not None:
            ready["mcp_token_file"] = str(running.mcp_token_file)
        if metrics:
            try:
                ready["metrics"] = await stack.enter_async_context(watch.shown(served.tools, running.process_use))
            except AddressError as error:
                cure = str(error).replace("--port", "--metrics-port")
                complain(f"the figures are not shown: {cure}")
        if served.tools is not None:
            ready["servers"] = await _states(served.tools, told)
        answer_json(ready)
        stack.enter_context(settling())
        await told.wait()


def _chats(host: Served, tools: ToolClient | None, settings: Settings) -> ChatOpening:
    """Return what opens the chats: in the settings' language if the servers are the user's own, else in English."""
    import platformdirs

    from assistant.chat_opening import chat_opening
    from client.clock import SystemClock

    folder = platformdirs.user_data_path("mcqueen") / CHAT_FOLDER
    if tools is None:
        return chat_opening(host, SystemClock(), folder)
    return chat_opening(
        host, SystemClock(), folder, tools=tools, language=settings.language, deadline=settings.deadline
    )


@asynccontextmanager
async def _town_of(seed: int) -> AsyncIterator[_Served]:
    from assistant.town.town_host import TownHost
    from assistant.town.world import World

    world = World(seed, now=lambda: datetime.now().astimezone())
    yield _Served(TownHost(world), lambda: world.now().timestamp())


def _town(settings: Settings, seed: int) -> _Kind:
    return lambda watch: _town_of(seed)


@asynccontextmanager
async def _desk_of(seed: int) -> AsyncIterator[_Served]:
    from assistant.town.__main__ import local_now
    from assistant.town.service_booking.__main__ import DATA_FILE
    from assistant.town.service_booking.desk import ServiceDesk
    from assistant.town.service_booking.desk_records import ServiceRecords

    records = await ServiceRecords.open(DATA_FILE)
    try:
        yield _Served(ServiceDesk(records, local_now, seed), time.time)
    finally:
        await records.close()


def _desk(settings: Settings, seed: int) -> _Kind:
    return lambda watch: _desk_of(seed)


@asynccontextmanager
async def _configured_of(settings: Settings, watch: Watch) -> AsyncIterator[_Served]:
    """Open the configured servers; name one that is away, and serve it once it answers."""
    from assistant.policy.sensitivity import is_deferrable
    from assistant.serving.tool_client_host import ToolClientHost
    from assistant.tool_opening import needs_consent, open_tool_client
    from client.clock import SystemClock

    clock = SystemClock()
    async with open_tool_client(settings, clock=clock) as tools:
        host = ToolClientHost(
            tools,
            clock=clock,
            needs_consent=needs_consent,
            deferrable=is_deferrable,
            deadline=settings.deadline,
            on_outcome=watch.called(clock),
        )
        yield _Served(host, clock.now, tools)


def _configured(settings: Settings, seed: int) -> _Kind:
    return lambda watch: _configured_of(settings, watch)


async def _states(tools: ToolClient, told: asyncio.Event) -> list[str]:
    """Wait briefly for the servers, name those that are away, and return the names of all."""
    ready = asyncio.ensure_future(tools.ready(_READY_SECONDS))
    stopped = asyncio.ensure_future(told.wait())
    await asyncio.wait({ready, stopped}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    stopped.cancel()
    for state in tools.server_states():
        if not state.healthy:
            complain(f"{state.name} is not there yet: {state.detail}")
    for rejected in tools.catalog.rejected:
        complain(f"{rejected.server}: {rejected.name} is left out: {rejected.reason}")
    return [state.name for state in tools.server_states()]


def _told_to_stop() -> asyncio.Event:
    """Return an event that SIGINT or SIGTERM sets."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    return told
