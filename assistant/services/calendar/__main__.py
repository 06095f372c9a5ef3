"""`python -m assistant.services.calendar`: a real calendar as an MCP server on stdio."""

from __future__ import annotations

import argparse
from urllib.parse import quote

from assistant.hosting.host_errors import RefusedError
from assistant.services.local_zone import local_now
from assistant.services.secret_sources import refuse_password_of, secrets_of
from assistant.services.service_accounts import ACCOUNTS
from assistant.services.service_command import add_login, add_service, log_in, parser_for, run, serve
from assistant.services.service_secrets import FixedPassword, Password
from client.http import open_http_client


def _url(given: argparse.Namespace) -> str:
    known = ACCOUNTS.get(given.service)
    if known is not None and given.url:
        raise RefusedError(f"the address of {given.service} is known; leave --url out")
    url = known.calendar.format(account=quote(given.user, safe="")) if known is not None else str(given.url)
    if not url:
        raise RefusedError("give the calendar's address with --url, or a service that has calendars with --service")
    return url


async def _main(given: argparse.Namespace) -> None:
    from assistant.services.calendar.calendar_service import CalendarService
    from assistant.services.calendar.dav import CalDav  # tells where the extra is missing

    url = _url(given)
    async with open_http_client() as http:

        async def attempt(password: str) -> None:
            await CalDav(http, url, given.user, FixedPassword(Password(password)), given.calendar).check()

        if given.login:
            refuse_password_of(given.service)
            await log_in(given.user, url, attempt)
            return
        async with secrets_of(given.service, given.user, url) as source:
            dav = CalDav(http, url, given.user, source, given.calendar)
            await serve(CalendarService(dav, local_now).host())


def main() -> None:
    """Serve until the other side closes the pipe, or log in."""
    parser = parser_for("calendar", "A real calendar over CalDAV, as an MCP server on stdio.")
    parser.add_argument("--url", default="", help="of the calendar, or of the server, which then is asked for it")
    parser.add_argument("--user", required=True, help="name to log in with")
    parser.add_argument("--calendar", default="", metavar="NAME", help="which one, where there are several")
    add_service(parser)
    add_login(parser)
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
