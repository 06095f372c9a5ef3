"""`python -m assistant.services.calendar`: a real calendar as an MCP server on stdio."""

from __future__ import annotations

import argparse

from assistant.hosting.host_errors import RefusedError
from assistant.services.local_zone import local_now
from assistant.services.passwords import load_password, password_store
from assistant.services.service_command import add_login, log_in, parser_for, run, serve
from client.http import open_http_client


async def _main(given: argparse.Namespace) -> None:
    from assistant.services.calendar.calendar_service import CalendarService
    from assistant.services.calendar.dav import CalDav  # tells where the extra is missing

    async with open_http_client() as http:

        async def attempt(password: str) -> None:
            await CalDav(http, given.url, given.user, password, given.calendar).check()

        if given.login:
            await log_in(given.user, given.url, attempt)
            return
        password = await load_password(password_store(), given.url, given.user)
        if password is None:
            raise RefusedError(
                f"there is no password of {given.user} at {given.url}; run this command once with the word login"
            )
        dav = CalDav(http, given.url, given.user, password, given.calendar)
        await serve(CalendarService(dav, local_now).host())


def main() -> None:
    """Serve until the other side closes the pipe, or log in."""
    parser = parser_for("calendar", "A real calendar over CalDAV, as an MCP server on stdio.")
    parser.add_argument("--url", required=True, help="of the calendar, or of the server, which then is asked for it")
    parser.add_argument("--user", required=True, help="name to log in with")
    parser.add_argument("--calendar", default="", metavar="NAME", help="which one, where there are several")
    add_login(parser)
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
