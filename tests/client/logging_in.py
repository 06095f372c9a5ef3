"""What the tests of logins share: a guarded server that runs, a browser, our server with its login in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from client.access.credentials import CredentialStore
from client.access.oauth import OAuthAccess
from client.access.oauth_login import log_in
from client.call import ToolCall
from client.clock import Clock, SystemClock
from client.servers.mcp.streamable_http import StreamableHttpServer
from tests.client.authorization_server import GuardedServer
from tests.client.harness import make_call
from tests.client.serving import serve


@asynccontextmanager
async def running(guarded: GuardedServer) -> AsyncIterator[str]:
    async with serve(guarded.app(), lifespan="on") as url:
        guarded.url = url.replace("localhost", "127.0.0.1")
        yield f"{guarded.url}/mcp"


async def browse(page: str) -> None:
    """What a browser does: open the page and go where it leads."""
    async with httpx.AsyncClient(trust_env=False, follow_redirects=True) as browser:
        await browser.get(page)


async def logged_in(
    url: str, http: httpx.AsyncClient, folder: Path, clock: Clock | None = None
) -> StreamableHttpServer:
    store = CredentialStore(folder)
    clock = clock or SystemClock()
    await log_in("guarded", url, http, store, clock, browse)
    return at(url, http, folder, clock)


def at(url: str, http: httpx.AsyncClient, folder: Path, clock: Clock | None = None) -> StreamableHttpServer:
    clock = clock or SystemClock()
    access = OAuthAccess(url, CredentialStore(folder), clock, http)
    return StreamableHttpServer("guarded", url, http, clock, auth=access)


def quick() -> ToolCall:
    return make_call("read_quickly")
