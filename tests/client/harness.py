"""What the tests of the client share: calls, consents, and a `ToolClient` over real HTTP and a real database."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from client.call import Consent, ConsentSource, ToolCall
from client.calls.call_settings import CallSettings
from client.clock import Clock, SystemClock
from client.connections.links import LinkSettings
from client.http import open_http_client
from client.records.storage import Storage
from client.resilience.retry import RetrySettings
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from client.values import JSON

QUICK = CallSettings(
    attempt=0.4,
    goodbye=0.2,
    retry=RetrySettings(first_wait=0.01, longest_wait=0.05),
    link=LinkSettings(first_pause=0.02, longest_pause=0.05),
)


def make_call(tool: str, **arguments: JSON) -> ToolCall:
    return ToolCall(str(uuid.uuid4()), "town", tool, arguments, str(uuid.uuid4()))


def consent_to(call: ToolCall, clock: Clock | None = None, age: float = 0.0) -> Consent:
    given_at = (clock or SystemClock()).now() - age
    return Consent(str(uuid.uuid4()), call.digest, ConsentSource.DRIVER, given_at)


def sensitive(tool: object, _arguments: object) -> bool:
    return getattr(tool, "name", "").startswith(("pay", "send", "book"))


@asynccontextmanager
async def tool_client(
    path: Path,
    servers: Callable[[httpx.AsyncClient, Clock], Sequence[ToolServer]],
    *,
    clock: Clock | None = None,
    settings: CallSettings = QUICK,
    deferrable: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator[ToolClient]:
    """Open everything real: the database at `path`, HTTP, and the servers made with them; wait until each was tried."""
    clock = clock or SystemClock()
    storage = await Storage.open(path)
    try:
        async with (
            open_http_client(transport=transport) as http,
            ToolClient(
                servers(http, clock),
                storage=storage,
                clock=clock,
                needs_consent=sensitive,
                deferrable=lambda _: deferrable,
                settings=settings,
                random=random.Random(7),
            ) as tools,
        ):
            await tools.ready(10)
            yield tools
    finally:
        await storage.close()


def at(url: str, name: str = "town", **options: Any) -> Callable[[httpx.AsyncClient, Clock], list[ToolServer]]:
    def make(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
        return [StreamableHttpServer(name, url, http, clock, **options)]

    return make


async def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for something that other tasks bring about."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # the conditions are about other parties, which set no event of ours
            await asyncio.sleep(0.002)
