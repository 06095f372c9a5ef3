"""Logging in to an MCP server in the browser: a loopback address that waits for the code, and the flow around it.

The caller decides how to open the page. The result of the login is stored in the credential store.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
from mcp.client.auth import OAuthFlowError
from mcp.shared.auth import AuthorizationCodeResult

from client.access.credentials import CredentialStore
from client.access.kept_tokens import KeptTokens, LoginUnderWay
from client.access.oauth import OAuthAccess, Visit
from client.access.plain_http import https_required, is_protected
from client.client_errors import LoginError
from client.clock import Clock
from client.http import fault_of_exception, sender
from client.servers.mcp.authorized import authorized
from client.servers.mcp.mcp_answers import FaultError

LOGIN_SECONDS = 300.0
"""Seconds that a user may take in the browser."""
_UNKNOWN_SCOPE = "invalid_scope"
"""Errors with which an authorization server refuses scopes that it does not know or grant (RFC 6749, 4.1.2.1)."""
_LONGEST_REQUEST = 16_384
_DONE = "You are logged in. You can close this page."
_REFUSED = "The login was refused. You can close this page."


class Loopback:
    """Waits on 127.0.0.1 for the browser to come back with a code (RFC 8252 section 7.3)."""

    def __init__(self) -> None:
        self.redirect_uri = ""
        self._result: asyncio.Future[AuthorizationCodeResult] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen on a free port."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.redirect_uri = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"
        try:
            yield
        finally:
            server.close()

    def again(self) -> None:
        """Wait for the next login, because the browser has come back for the earlier one."""
        self._result = asyncio.get_running_loop().create_future()

    async def wait_for_code(self) -> AuthorizationCodeResult:
        """Return the page's answer. Raises `OAuthFlowError` if the user refused or took too long."""
        try:
            async with asyncio.timeout(LOGIN_SECONDS):
                return await asyncio.shield(self._result)
        except TimeoutError:
            raise OAuthFlowError("nobody logged in in time") from None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(10):
                line = (await reader.readline())[:_LONGEST_REQUEST].decode("latin-1").split(" ")
            target = urlsplit(line[1] if len(line) > 1 else "")
            given = {name: values[0] for name, values in parse_qs(target.query).items()}
            if line[0] == "GET" and target.path == "/callback" and ("code" in given or "error" in given):
                self._take(given)
                await _page(writer, "200 OK", _DONE if "code" in given else _REFUSED)
            else:
                await _page(writer, "404 Not Found", "There is nothing here.")
        except (OSError, TimeoutError, ValueError):
            pass  # a browser that disconnects does not end the login; it can come back
        finally:
            writer.close()

    def _take(self, given: dict[str, str]) -> None:
        if self._result.done():
            return
        if "code" in given:
            self._result.set_result(
                AuthorizationCodeResult(code=given["code"], state=given.get("state"), iss=given.get("iss"))
            )
        else:
            self._result.set_exception(OAuthFlowError(f"it was refused ({given['error'][:60]})"))


async def _page(writer: asyncio.StreamWriter, status: str, text: str) -> None:
    body = f"<!doctype html><meta charset=utf-8><title>McQueen</title><p>{text}</p>".encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def log_in(
    name: str,
    url: str,
    http: httpx.AsyncClient,
    store: CredentialStore,
    clock: Clock,
    open_page: Callable[[str], Awaitable[None]],
    *,
    plain_http_allowed: bool = False,
) -> None:
    """Lead a user through the login at `url` and store the tokens. Raises `LoginError`."""
    if not (plain_http_allowed or is_protected(url)):
        raise LoginError(https_required(name).error.message.rstrip("."))
    loopback, begun = Loopback(), LoginUnderWay(store)
    async with loopback.listening():
        # Each login registers anew: a registration names the redirect address, and servers forget registrations.
        visit = Visit(loopback.redirect_uri, open_page, loopback.wait_for_code)
        access = OAuthAccess(url, begun, clock, http, visit=visit, plain_http_allowed=plain_http_allowed)
        send = authorized(sender(http), access, http.timeout)
        headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        probe = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        try:
            response = await send(httpx.Request("POST", url, headers=headers, json=probe, extensions=_patience(http)))
            await response.aclose()
        except FaultError as error:
            if _UNKNOWN_SCOPE in access.failure:
                await KeptTokens(store, url, clock).asked_for(await access.kept.wanted(), still_wanted=False)
            raise LoginError(f"logging in to {name} failed: {access.failure or error.message}") from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            told = fault_of_exception(error).faulted(name).error.message.rstrip(".")
            raise LoginError(f"logging in to {name} failed: {told}") from None
    if await access.kept.get_tokens() is None:
        raise LoginError(f"{name} does not ask for a login, and works without one (status {response.status_code})")
    await begun.finish()


def _patience(http: httpx.AsyncClient) -> dict[str, dict[str, float | None]]:
    return {"timeout": {**http.timeout.as_dict(), "read": 30.0}}
