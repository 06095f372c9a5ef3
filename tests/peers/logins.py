"""`make logins`: logging in to authorization servers that others wrote, each a process of its own.

Each is logged in to, called, waited for until its token has ended, restarted so that it has forgotten everything, and
restarted wanting one right more. What npm or PyPI does not give here is skipped, visibly.
"""

from __future__ import annotations

import asyncio
import dataclasses
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import keyring
from keyring.backends import fail

from client.access.credentials import CredentialStore
from client.access.oauth import OAuthAccess
from client.access.oauth_login import log_in
from client.access.service_login import (
    ServiceClient,
    ServiceTokens,
    discover,
    log_in_to_service,
    log_out_of_service,
)
from client.client_errors import LoginError, RenewLaterError
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import Faulted, ServerUnavailableError
from tests.client.counting_server import free_port
from tests.client.harness import make_call
from tests.peers.calling import failures, told
from tests.peers.stacks import PROGRAMS, Stack, ended, install, started

FOLDER = Path(__file__).parents[2] / "build" / "peers" / "logins"
TOKEN_SECONDS = 3
"""How long a token lasts there; short, so that its end need not be waited for long."""
MOST_PAGES = 20
_FORM = re.compile(r'<form[^>]*?(?:action="([^"]*)")?[^>]*>')
_HIDDEN = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'(name|value|type)="([^"]*)"')


@dataclass(frozen=True)
class Provider:
    """One authorization server: what is installed, and what runs for the port of the MCP server and one more."""

    name: str
    stacks: tuple[Stack, ...]
    commands: Callable[[list[Path], int, int], list[list[str]]]
    """The commands to start, the MCP server last."""
    environment: Callable[[int], dict[str, str]] = lambda _: {}


def _no_command(*_: object) -> list[str]:
    return []


def _python(program: str) -> Callable[[list[Path], int, int], list[list[str]]]:
    return lambda folders, port, _: [[str(folders[0] / "bin" / "python"), str(PROGRAMS / program), str(port)]]


def _oidc(folders: list[Path], port: int, other: int) -> list[list[str]]:
    resource = f"http://127.0.0.1:{port}/mcp"
    return [
        ["node", str(folders[1] / "login_by_oidc.mjs"), str(other), resource],
        *_python("login_by_fastmcp.py")(folders, port, other),
    ]


def _jwt(other: int) -> dict[str, str]:
    return {"ISSUER": f"http://127.0.0.1:{other}", "JWKS": f"http://127.0.0.1:{other}/jwks"}


_FASTMCP = Stack("fastmcp 4.2.3", ("fastmcp==4.2.3",), _no_command)
PROVIDERS = (
    Provider("mcp 1.30.0", (Stack("mcp 1.30.0", ("mcp==1.30.0",), _no_command),), _python("login_by_sdk.py")),
    Provider("mcp 2.3.0", (Stack("mcp 2.3.0", ("mcp==2.3.0",), _no_command),), _python("login_by_sdk.py")),
    Provider("fastmcp 4.2.3", (_FASTMCP,), _python("login_by_fastmcp.py")),
    Provider(
        "oidc-provider 9.13.3 and fastmcp 4.2.3",
        (_FASTMCP, Stack("oidc-provider 9.13.3", ("oidc-provider@9.13.3",), _no_command, node=True)),
        _oidc,
        _jwt,
    ),
    Provider(
        "django-oauth-toolkit 3.4.1",
        (
            Stack(
                "django-oauth-toolkit 3.4.1",
                ("django-oauth-toolkit==3.4.1", "mcp==2.3.0", "uvicorn"),
                _no_command,
            ),
        ),
        _python("login_by_django.py"),
    ),
)


async def visit(page: str) -> None:
    """Do what a person at a browser does: follow, fill in a name, agree."""
    async with httpx.AsyncClient(trust_env=False, timeout=20) as browser:
        reply = await browser.get(page)
        for _ in range(MOST_PAGES):
            if reply.has_redirect_location:
                reply = await browser.get(urljoin(str(reply.url), reply.headers["location"]))
            elif form := _FORM.search(reply.text):
                fields = [dict(_ATTRIBUTE.findall(one)) for one in _HIDDEN.findall(reply.text)]
                filled = {
                    html.unescape(field["name"]): html.unescape(field.get("value", "")) or "ben"
                    for field in fields
                    if field.get("name") and (field.get("type") != "submit" or field.get("name") == "allow")
                }
                target = urljoin(str(reply.url), html.unescape(form.group(1) or ""))
                reply = await browser.post(target, data=filled, headers={"Referer": str(reply.url)})
            else:
                return


@dataclass
class _Driver:
    """A driver's McQueen at one server, and what becomes of its calls."""

    url: str
    http: httpx.AsyncClient
    folder: Path

    async def logs_in(self) -> str:
        store = CredentialStore(self.folder)
        try:
            async with asyncio.timeout(60):
                await log_in("notes", self.url, self.http, store, SystemClock(), visit)
        except (LoginError, TimeoutError) as error:
            return str(error) or "the login page never came back"
        return ""

    async def calls(self) -> str:
        clock = SystemClock()
        access = OAuthAccess(self.url, CredentialStore(self.folder), clock, self.http)
        server = StreamableHttpServer("notes", self.url, self.http, clock, auth=access, connect_seconds=15.0)
        try:
            await server.connect()
            await server.list_tools()
            answer = await server.call(make_call("get_note", title="milk"), seconds=10, confirmed=False)
            return answer.error.code if isinstance(answer, Faulted) else "answered"
        except ServerUnavailableError as error:
            return error.code or str(error)
        finally:
            await server.close()


async def _one(provider: Provider, folders: list[Path], kept: Path, http: httpx.AsyncClient) -> None:
    port, other = free_port(), free_port()
    driver = _Driver(f"http://127.0.0.1:{port}/mcp", http, kept)
    environment = {"TTL": str(TOKEN_SECONDS), **provider.environment(other)}

    async def running(stack: AsyncExitStack, scopes: str) -> None:
        for number, command in enumerate(provider.commands(folders, port, other)):
            at = port if number == len(provider.commands(folders, port, other)) - 1 else other
            stack.push_async_callback(ended, await started(command, at, **environment, SCOPES=scopes))

    def holds(what: str, found: str, wanted: str) -> None:
        told(provider.name[:22], what, found == wanted, found)

    async with AsyncExitStack() as first:
        await running(first, "drive")
        holds("asks for a login", await driver.calls(), "login_required")
        holds("is logged in to", await driver.logs_in(), "")
        holds("answers", await driver.calls(), "answered")
        await asyncio.sleep(TOKEN_SECONDS + 1)
        holds("answers after its token has ended", await driver.calls(), "answered")
        holds("and again with the next refresh token", await driver.calls(), "answered")
    async with AsyncExitStack() as second:
        await running(second, "drive write")
        holds("asks for a login when it forgot ours", await driver.calls(), "login_required")
        holds("is logged in to with more rights", await driver.logs_in(), "")
        holds("answers then", await driver.calls(), "answered")


async def _service(folder: Path, kept: Path, http: httpx.AsyncClient) -> None:
    """Log in to a service by OAuth, as `mcqueen login --service` does, and out again."""
    name, user, port, clock = "oidc-provider, a service"[:22], "ben", free_port(), SystemClock()
    store, issuer = CredentialStore(kept), f"http://127.0.0.1:{port}"
    client = ServiceClient("car", "secret-of-the-registration", "openid offline_access mail")
    environment = {"TTL": str(TOKEN_SECONDS), "CLIENT_ID": client.client_id, "CLIENT_SECRET": client.client_secret}
    tokens = ServiceTokens("post", user, http, store, clock)

    async def given(refused: str = "") -> str:
        try:
            return await tokens.token(refused=refused)
        except (LoginError, RenewLaterError) as error:
            return type(error).__name__

    command = ["node", str(folder / "service_login_by_oidc.mjs"), str(port)]
    async with AsyncExitStack() as stack:
        process = await started(command, port, **environment)
        stack.push_async_callback(ended, process)
        server = dataclasses.replace(await discover(issuer, http), page_parameters={"prompt": "consent"})
        async with asyncio.timeout(60):
            await log_in_to_service("post", user, server, client, http, store, clock, visit)
        first = await given()
        told(name, "gives a token", first not in ("LoginError", "RenewLaterError"), "")
        renewed = await asyncio.gather(*(given(first) for _ in range(5)))
        told(name, "renews once for five callers", len({first, *renewed}) == 2, str(len({first, *renewed})))
        again = await given(renewed[0])
        told(name, "renews with the next refresh token", again not in (first, *renewed, "LoginError"), "")
        told(name, "is told of the logout", await log_out_of_service("post", user, http, store), "")
        async with asyncio.timeout(60):
            await log_in_to_service("post", user, server, client, http, store, clock, visit)
        last = await given()
    told(name, "is away: the login stays", await given(last) == "RenewLaterError", "")
    async with AsyncExitStack() as stack:
        stack.push_async_callback(ended, await started(command, port, **environment))
        told(name, "forgot the login: it is said", await given(last) == "LoginError", "")


async def main() -> int:
    """Run all providers that can be installed here."""
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring ships few types
    async with open_http_client() as http:
        for provider in PROVIDERS:
            if any(stack.node for stack in provider.stacks) and shutil.which("npm") is None:
                print(f"SKIPPED: {provider.name} needs npm, which is not here.")
                continue
            try:
                folders = [await asyncio.to_thread(install, stack, FOLDER) for stack in provider.stacks]
            except subprocess.CalledProcessError:
                print(f"SKIPPED: {provider.name} cannot be installed here.")
                continue
            with tempfile.TemporaryDirectory() as kept:
                await _one(provider, folders, Path(kept), http)
            if provider.name.startswith("oidc-provider"):
                with tempfile.TemporaryDirectory() as kept:
                    await _service(folders[1], Path(kept), http)
    print(f"{len(failures)} failed", *failures, sep="\n  ")
    return 1 if failures else 0


if __name__ == "__main__":
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    sys.exit(asyncio.run(main()))
