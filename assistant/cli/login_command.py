"""`mcqueen login`: logs in to a server, or lets a server log in to a service.

A secret never stands in the command line.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.output import answer, complain
from client.terminal_text import terminal_text

if TYPE_CHECKING:
    import httpx

    from assistant.settings.settings import Settings
    from client.access.credentials import CredentialStore


@click.command()
@click.argument("server", required=False)
@click.option("--account", default="", metavar="NAME", help="Who logs in, if the token does not name the user.")
@click.option("--service", default="", metavar="NAME", help="Log in to a service, or give SERVER your secret for it.")
@click.option("--client-id", default="", metavar="ID", help="The client ID that the service gave you for McQueen.")
@click.option(
    "--issuer",
    default="",
    metavar="URL",
    help="URL of the authorization server, for a service that McQueen does not know.",
)
@click.option("--scope", default="", help="What to ask that service for, separated by spaces.")
@click.option("--dialect", help="mcp, mcqueen or ai-platform, if the URL does not show it.")
@click.option("--no-browser", is_flag=True, help="Only print the address of the login page.")
def command(
    server: str | None,
    account: str,
    service: str,
    client_id: str,
    issuer: str,
    scope: str,
    dialect: str | None,
    no_browser: bool,
) -> None:
    """Log in to a server.

    SERVER is a URL or a configured name. McQueen REST and AI Platforms need a token, which is typed without being
    shown, or read from standard input; MCP servers open their own page in the browser.

    Without SERVER, --service logs in to gmail, google_calendar, outlook or another service by OAuth. The secret of your
    registration is asked for; leave it empty if there is none.
    """
    if server is not None:
        asyncio.run(_log_in(server, account, service, dialect, browser=not no_browser))
        return
    if not service:
        raise click.UsageError("give a SERVER, or a service with --service")
    from assistant.cli.service_login_steps import ServiceOptions, log_in

    secret = read_secret(f"client secret for {service} (empty if there is none)", may_be_empty=True)
    asyncio.run(log_in(ServiceOptions(service, account, client_id, issuer, scope), secret, browser=not no_browser))


@dataclass(frozen=True)
class LoginServer:
    """The server to log in to."""

    name: str
    url: str
    dialect: str
    plain_http_allowed: bool
    account: str


def target_of(server: str, dialect: str | None, entries: Mapping[str, Mapping[str, Any]]) -> LoginServer:
    """Return the server to log in to. Raises `ConfigurationError` if it has no login."""
    from client.client_errors import ConfigurationError
    from client.configuration.server_entries import DIALECTS, checked_url, dialect_of, read_entry

    if dialect is not None and dialect not in DIALECTS:
        raise ConfigurationError(f"there is no dialect {dialect!r}; it is one of {', '.join(DIALECTS)}")
    if "://" in server:
        name = checked_url("", server).hostname or server
        return LoginServer(name, server, dialect or dialect_of(server), False, "")
    if server not in entries:
        known = ", ".join(entries) or "none"
        raise ConfigurationError(f"there is no configured server {server} (there is {known}); give its URL")
    entry = read_entry(server, entries[server])
    if not entry.url:
        raise ConfigurationError(
            f"server {server} runs as a local process, which has no login; set its secrets in its env"
        )
    checked_url(server, entry.url)
    known_dialect = dialect or entry.dialect or dialect_of(entry.url)
    return LoginServer(server, entry.url, known_dialect, entry.require_https is False, entry.user_id)


async def found_dialect(target: LoginServer, http: httpx.AsyncClient) -> LoginServer:
    """Ask the server for its protocol if the URL does not tell it."""
    from client.access.token_login import is_mcqueen
    from client.clock import SystemClock

    if target.dialect:
        return target
    if await is_mcqueen(target.url, http, SystemClock()):
        return LoginServer(target.name, target.url, "mcqueen", target.plain_http_allowed, target.account)
    url = f"{target.url.rstrip('/')}/mcp"
    return LoginServer(target.name, url, "mcp", target.plain_http_allowed, target.account)


async def _log_in(server: str, account: str, service: str, dialect: str | None, *, browser: bool) -> None:
    from assistant.settings.settings import load_settings
    from client.access.credentials import CredentialStore
    from client.access.token_login import credentials_from, log_in_to_mcqueen, log_in_to_platform
    from client.client_errors import LoginError
    from client.clock import SystemClock
    from client.http import open_http_client

    settings = load_settings()
    store = CredentialStore(settings.data_path)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http_client())
        target = await found_dialect(target_of(server, dialect, settings.servers), http)
        if service:
            await _link(target, service, account, settings, http, store)
            return
        if target.dialect == "mcp":
            if account:
                raise LoginError("the page in the browser asks who you are; leave --account out")
            await _in_browser(target, http, store, browser=browser)
            who = ""
        else:
            credentials = credentials_from(read_secret("login token"), account or target.account)
            log_in = log_in_to_mcqueen if target.dialect == "mcqueen" else log_in_to_platform
            await log_in(
                target.name,
                target.url,
                http,
                store,
                SystemClock(),
                credentials,
                plain_http_allowed=target.plain_http_allowed,
            )
            who = f" as {credentials.user_id}"
        answer(f"logged in to {target.name}{who}")
        if notice := await store.notice():
            complain(notice)


async def _in_browser(target: LoginServer, http: httpx.AsyncClient, store: CredentialStore, *, browser: bool) -> None:
    import webbrowser

    from client.access.oauth_login import log_in
    from client.clock import SystemClock

    async def open_page(page: str) -> None:
        complain(f"log in at this address: {page}")
        if browser:
            await asyncio.to_thread(webbrowser.open, page)

    await log_in(
        target.name,
        target.url,
        http,
        store,
        SystemClock(),
        open_page,
        plain_http_allowed=target.plain_http_allowed,
    )


async def _link(
    target: LoginServer, service: str, account: str, settings: Settings, http: httpx.AsyncClient, store: CredentialStore
) -> None:
    from client.client_errors import LoginError
    from client.servers.tool_server import Answered, Faulted

    server = signed_in(target, account, http, store)
    linked = await server.link(service, {"token": read_secret(f"secret for {service}")})
    await server.close()
    if isinstance(linked, Faulted):
        raise LoginError(linked.error.message.rstrip("."))
    assert isinstance(linked, Answered)
    answer(f"{target.name} can use {service} for you now")


def signed_in(target: LoginServer, account: str, http: httpx.AsyncClient, store: CredentialStore) -> Any:
    """Return the McQueen REST server with its stored login. Raises `LoginError` for other protocols."""
    from client.access.accounts import Accounts, face_of
    from client.access.token_login import MCQUEEN_PATH
    from client.client_errors import LoginError
    from client.clock import SystemClock
    from client.servers.rest.mcqueen import McQueenServer

    if target.dialect != "mcqueen":
        raise LoginError(f"{target.name} has no services to log in to; only McQueen REST servers do")
    accounts = Accounts(store, face_of(target.url, MCQUEEN_PATH))
    return McQueenServer(
        target.name,
        target.url,
        http,
        SystemClock(),
        accounts=accounts,
        account=account or target.account,
        plain_http_allowed=target.plain_http_allowed,
    )


def read_secret(what: str, *, may_be_empty: bool = False) -> str:
    """Ask for a secret without showing it; without a terminal, read the first line of standard input."""
    if sys.stdin.isatty():
        empty = "" if may_be_empty else None
        said = click.prompt(terminal_text(what), hide_input=True, err=True, default=empty, show_default=False)
        return str(said).strip()
    return sys.stdin.readline().strip()
