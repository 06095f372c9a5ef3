"""The platform put together: records, processes, gateway and their paths, which open and close together."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_args

import httpx
from starlette.applications import Starlette

from assistant.serving.error_answers import ERROR_ANSWERS
from assistant.serving.gateway.gateway import Gateway
from assistant.serving.gateway.gateway_face import GatewayFace
from assistant.serving.openapi import Operation, openapi, own_version, pages
from assistant.serving.platform.admin_face import AdminFace
from assistant.serving.platform.allowed_commands import AllowedCommands
from assistant.serving.platform.fleet import Fleet
from assistant.serving.platform.keeper import Keeper
from assistant.serving.platform.leases import Leases
from assistant.serving.platform.peers import Peers
from assistant.serving.platform.platform_face import PlatformFace
from assistant.serving.platform.server_records import MIGRATIONS, PlatformRecords
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.opening_databases import open_database
from assistant.serving.state.secret_keys import Secrets
from assistant.serving.state.stores import Store
from client.client_errors import ConfigurationError
from client.clock import SystemClock
from client.servers.processes.supervision import SupervisionRules
from client.servers.rest.platform_records import Balancing

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=100)
"""Requests that are passed on do not wait for one another; how many come in is limited elsewhere."""
_PEER_SECONDS = 5.0
"""How much longer than an execution another process may take to answer."""


@dataclass(frozen=True)
class PlatformSettings:
    """Settings of the platform. `folder` holds the database and the logs of the processes; `timeout` is in seconds."""

    folder: Path
    rules: SupervisionRules = field(default_factory=SupervisionRules)
    balancing: Balancing = "round_robin"
    timeout: float = 30.0
    gateway_check: float | None = None
    """Seconds between health checks of the instances behind the gateway; None means as often as `rules` check servers.
    """
    database: str = ""
    """`postgresql://...` for several machines; a SQLite file in `folder` if empty."""
    commands: tuple[str, ...] = ()
    """Commands that users without mcp:manage may start, as `AllowedCommands` reads them."""

    @classmethod
    def from_environment(cls, folder: Path, environment: Mapping[str, str] = os.environ) -> PlatformSettings:
        """Read MCP_HEALTH_CHECK_INTERVAL, GATEWAY_HEALTH_CHECK_INTERVAL and GATEWAY_TIMEOUT_MS (milliseconds),
        MCP_AUTO_RESTART, MCP_MAX_RETRIES and GATEWAY_LOAD_BALANCING. Raises `ConfigurationError` naming the variable.
        """
        balancing = environment.get("GATEWAY_LOAD_BALANCING", "round_robin").replace("-", "_")
        if balancing not in get_args(Balancing):
            known = ", ".join(get_args(Balancing))
            raise ConfigurationError(f"GATEWAY_LOAD_BALANCING must be one of {known}, not {balancing!r}")
        rules = SupervisionRules(
            check=_whole(environment, "MCP_HEALTH_CHECK_INTERVAL", 30_000, 1) / 1000,
            auto_restart=environment.get("MCP_AUTO_RESTART", "true").lower() not in ("false", "0", "no", "off"),
            restarts=_whole(environment, "MCP_MAX_RETRIES", 3, 0),
        )
        timeout = _whole(environment, "GATEWAY_TIMEOUT_MS", 30_000, 1) / 1000
        check = None
        if "GATEWAY_HEALTH_CHECK_INTERVAL" in environment:
            check = _whole(environment, "GATEWAY_HEALTH_CHECK_INTERVAL", 30_000, 1) / 1000
        return cls(folder, rules, cast("Balancing", balancing), timeout, check)


def _whole(environment: Mapping[str, str], name: str, default: int, least: int) -> int:
    text = environment.get(name, str(default))
    if not (text.isascii() and text.isdecimal() and int(text) >= least):
        raise ConfigurationError(f"{name} must be a whole number from {least} on, not {text!r}")
    return int(text)


@dataclass
class Platform:
    """An open platform."""

    face: PlatformFace
    gateway_face: GatewayFace
    admin_face: AdminFace

    def app(self) -> Starlette:
        """Return the ASGI application. It is mounted at the root, after the other faces."""
        own = [*pages(self.document, "/api/mcp"), *(operation.route() for operation in self.operations())]
        own += self.admin_face.routes()
        return Starlette(routes=[*own, self.gateway_face.pass_on(own)], exception_handlers=ERROR_ANSWERS)

    def operations(self) -> list[Operation]:
        """Return all operations of the platform and its gateway."""
        return [*self.face.operations(), *self.gateway_face.operations()]

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI document."""
        return openapi("AI Platform REST", "", self.operations(), own_version())


@asynccontextmanager
async def open_platform(
    settings: PlatformSettings,
    secrets: Secrets,
    store: Store,
    audit: AuditLog,
    now: Callable[[], float],
    address: asyncio.Future[str],
    limits: Sequence[tuple[str, str]] = (),
) -> AsyncIterator[Platform]:
    """Open the platform; stop its servers when the block ends. Once `address` is known, where other processes reach
    this one, the enabled servers that nobody runs are started. Raises `RecordsError` or `ServingError`, and
    `ConfigurationError` where the list of allowed commands cannot be read.
    """
    clock = SystemClock()
    allowed = AllowedCommands(settings.commands)
    where = settings.database or str(settings.folder / "platform.sqlite")
    async with (
        AsyncExitStack() as stack,
        open_database(where, MIGRATIONS, "platform") as database,
        httpx.AsyncClient(trust_env=False, follow_redirects=False, limits=_LIMITS) as http,
    ):
        # Leases have connections of their own over a network, so that no other work keeps them from being extended.
        own = (
            await stack.enter_async_context(open_database(where, MIGRATIONS, "platform"))
            if database.apart
            else database
        )
        records, leases = PlatformRecords(database, secrets.encryption_key, now), Leases(own)
        fleet = Fleet(records, leases, clock, settings.rules, settings.folder / "logs", settings.timeout)
        gateway = Gateway(
            http, clock, balancing=settings.balancing, check_every=settings.gateway_check or settings.rules.check
        )
        gateway.match(await records.gateway_services())
        gateway.open()
        keeper = Keeper(PlatformRecords(own, secrets.encryption_key, now), fleet, gateway, clock, apart=database.apart)
        keeper.open(address)
        peers = Peers(leases, http, clock, secrets.jwt_secret, now, settings.timeout + _PEER_SECONDS)
        try:
            yield Platform(
                PlatformFace(records, fleet, peers, store, audit, secrets.jwt_secret, now, allowed),
                GatewayFace(gateway, records, store, audit, secrets.jwt_secret, now),
                AdminFace(records, fleet, store, audit, secrets.jwt_secret, now, limits),
            )
        finally:
            await keeper.close()
            await gateway.close()
            await fleet.close()
