"""`mcqueen logout`: deletes a login, here and on the server."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import click

from assistant.cli.output import answer


@click.command()
@click.argument("server", required=False)
@click.option("--account", default="", metavar="NAME", help="Whose login; by default the one that is in use.")
@click.option(
    "--service",
    default="",
    metavar="NAME",
    help="Log out of this service; with SERVER, have the server forget your secret for it.",
)
@click.option("--dialect", help="mcp, mcqueen or ai-platform, if the URL does not show it.")
def command(server: str | None, account: str, service: str, dialect: str | None) -> None:
    """Forget a login to a server."""
    if server is None:
        if not service:
            raise click.UsageError("give a SERVER, or a service with --service")
        from assistant.cli.service_login_steps import log_out

        asyncio.run(log_out(service, account))
        return
    asyncio.run(_log_out(server, account, service, dialect))


async def _log_out(server: str, account: str, service: str, dialect: str | None) -> None:
    from assistant.cli.login_command import found_dialect, signed_in, target_of
    from assistant.settings.settings import load_settings
    from client.access.credentials import CredentialStore
    from client.access.token_login import MCQUEEN_PATH, PLATFORM_PATH, log_out
    from client.client_errors import LoginError
    from client.clock import SystemClock
    from client.http import open_http_client
    from client.servers.tool_server import Faulted

    settings = load_settings()
    store = CredentialStore(settings.data_path)
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(open_http_client())
        target = await found_dialect(target_of(server, dialect, settings.servers), http)
        if service:
            reached = signed_in(target, account, http, store)
            unlinked = await reached.unlink(service)
            await reached.close()
            if isinstance(unlinked, Faulted):
                raise LoginError(unlinked.error.message.rstrip("."))
            answer(f"{target.name} has forgotten your secret for {service}")
        elif target.dialect == "mcp":
            from client.access.kept_tokens import KeptTokens

            kept = KeptTokens(store, target.url, SystemClock())
            logged_in, registered = await kept.get_tokens() is not None, await kept.get_client_info() is not None
            if not logged_in and not registered:
                raise LoginError(f"nobody is logged in to {target.name}")
            await kept.forget()
            answer(f"logged out of {target.name}" if logged_in else f"our registration at {target.name} is forgotten")
        else:
            path = MCQUEEN_PATH if target.dialect == "mcqueen" else PLATFORM_PATH
            who, heard = await log_out(
                target.name, target.url, path, http, store, SystemClock(), account or target.account
            )
            ends = "" if heard or target.dialect != "mcqueen" else "; its session there ends by itself"
            answer(f"{who} is logged out of {target.name}{ends}")
