"""What the commands of all services share: serving on stdio, logging in once, and ending with one sentence.

python -m assistant.services.mail OPTIONS           serve
python -m assistant.services.mail OPTIONS login     try a password and keep it
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from assistant.hosting.host import ToolHost
from assistant.hosting.host_errors import HostError
from assistant.services.passwords import ask_password, keep_password, password_store
from client.client_errors import ClientError
from client.terminal_text import show_traceback, terminal_text


def parser_for(name: str, about: str) -> argparse.ArgumentParser:
    """Return the parser of one service's command."""
    return argparse.ArgumentParser(prog=f"python -m assistant.services.{name}", description=about)


def add_login(parser: argparse.ArgumentParser) -> None:
    """Add the word `login`."""
    parser.add_argument("login", nargs="?", choices=["login"], help="try a password and keep it, instead of serving")


def add_service(parser: argparse.ArgumentParser) -> None:
    """Add the option for a login by OAuth."""
    parser.add_argument(
        "--service", default="", metavar="NAME", help="use the login of `mcqueen login --service NAME`, not a password"
    )


async def serve(host: ToolHost) -> None:
    """Serve on stdio until the other side closes the pipe."""
    from mcp.server.stdio import stdio_server  # slow to load, and not needed to log in

    from assistant.hosting.mcp_over_host import mcp_server

    server = mcp_server(host)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


async def log_in(user: str, url: str, attempt: Callable[[str], Awaitable[None]]) -> None:
    """Ask for a password, try it, and store it if it worked."""
    password = ask_password(user, url)
    await attempt(password)
    store = password_store()
    await keep_password(store, url, user, password)
    notice = await store.notice()
    sys.stderr.write(terminal_text(f"logged in as {user}{f'; {notice}' if notice else ''}\n"))


def run(work: Awaitable[None]) -> None:
    """Run the command; a failure becomes one sentence and exit code 1."""

    async def awaited() -> None:
        await work

    sys.excepthook = show_traceback
    try:
        asyncio.run(awaited())
    except (HostError, ClientError) as error:
        sys.stderr.write(terminal_text(f"mcqueen: {error}\n"))
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        return
