"""Logging in to a service by OAuth, for `mcqueen login --service` and `mcqueen logout --service`.

The tokens go into the credential store, where the service's process finds them. No secret stands in the command line.
"""

from __future__ import annotations

import asyncio
import webbrowser
from dataclasses import dataclass

from assistant.cli.output import answer, complain


@dataclass(frozen=True)
class ServiceOptions:
    """What the command line says of the service."""

    service: str
    account: str
    client_id: str
    issuer: str
    """Empty for a service that McQueen knows."""
    scope: str


async def log_in(options: ServiceOptions, secret: str, *, browser: bool) -> None:
    """Lead the user through the service's login page. `secret` is that of the registration; empty if it has none.

    Raises `ConfigurationError` and `LoginError`.
    """
    from assistant.services.service_accounts import ACCOUNTS
    from assistant.settings.settings import load_settings
    from client.access.credentials import CredentialStore
    from client.access.service_login import ServiceClient, discover, log_in_to_service
    from client.client_errors import ConfigurationError
    from client.clock import SystemClock
    from client.http import open_http_client

    known = ACCOUNTS.get(options.service)
    if not options.account:
        raise ConfigurationError("say whose login it is with --account, for example --account me@example.org")
    if not options.client_id:
        raise ConfigurationError(
            f"register McQueen as a desktop app with {options.service}, and give its client id with --client-id"
        )
    if known is not None and options.issuer:
        raise ConfigurationError(f"the address of {options.service} is known; leave --issuer out")
    if known is None and not (options.issuer and options.scope):
        raise ConfigurationError(
            f"there is no known service {options.service!r} (there is {', '.join(ACCOUNTS)}); "
            "for another one give --issuer URL and --scope"
        )

    async def open_page(page: str) -> None:
        complain(f"log in at this address: {page}")
        if browser:
            await asyncio.to_thread(webbrowser.open, page)

    store = CredentialStore(load_settings().data_path)
    async with open_http_client() as http:
        server = known.server if known is not None else await discover(options.issuer, http)
        scope = options.scope or (known.scope if known is not None else "")
        client = ServiceClient(options.client_id, secret, scope)
        await log_in_to_service(options.service, options.account, server, client, http, store, SystemClock(), open_page)
    answer(f"logged in to {options.service} as {options.account}")
    if notice := await store.notice():
        complain(notice)


async def log_out(service: str, account: str) -> None:
    """Revoke and delete a login. Raises `ConfigurationError` and `LoginError`."""
    from assistant.settings.settings import load_settings
    from client.access.credentials import CredentialStore
    from client.access.service_login import log_out_of_service
    from client.client_errors import ConfigurationError
    from client.http import open_http_client

    if not account:
        raise ConfigurationError("say whose login it is with --account")
    store = CredentialStore(load_settings().data_path)
    async with open_http_client() as http:
        informed = await log_out_of_service(service, account, http, store)
    ends = "" if informed else f"; {service} was not told, so end the access there as well"
    answer(f"{account} is logged out of {service}{ends}")
