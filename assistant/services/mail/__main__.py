"""`python -m assistant.services.mail`: real e-mail as an MCP server on stdio."""

from __future__ import annotations

import argparse
import asyncio

from assistant.hosting.host_errors import RefusedError
from assistant.services.local_zone import local_now
from assistant.services.mail.inbox import Inbox
from assistant.services.mail.mail_addresses import read_place
from assistant.services.mail.mail_service import MailService
from assistant.services.mail.outgoing import Outgoing
from assistant.services.passwords import load_password, password_store
from assistant.services.service_command import add_login, log_in, parser_for, run, serve


def _contacts(given: list[str]) -> dict[str, str]:
    contacts: dict[str, str] = {}
    for text in given:
        name, equals, address = text.partition("=")
        if not equals or not name.strip() or "@" not in address:
            raise RefusedError(f"{text} is no contact; write --contact NAME=ADDRESS")
        contacts[name.strip()] = address.strip()
    return contacts


async def _main(given: argparse.Namespace) -> None:
    imap, smtp = read_place("imap", given.imap), read_place("smtp", given.smtp)
    contacts = _contacts(given.contact)
    sender = given.sender or given.user
    if "@" not in sender:
        raise RefusedError(f"{sender} is no e-mail address to send from; give one with --from")

    async def attempt(password: str) -> None:
        await asyncio.to_thread(Inbox(imap, given.user, password).check)
        await asyncio.to_thread(Outgoing(smtp, given.user, password).check)

    if given.login:
        await log_in(given.user, imap.url, attempt)
        return
    password = await load_password(password_store(), imap.url, given.user)
    if password is None:
        raise RefusedError(
            f"there is no password of {given.user} at {imap.host}; run this command once with the word login"
        )
    service = MailService(
        Inbox(imap, given.user, password),
        Outgoing(smtp, given.user, password),
        sender,
        local_now,
        contacts,
    )
    await serve(service.host())


def main() -> None:
    """Serve until the other side closes the pipe, or log in."""
    parser = parser_for("mail", "Real e-mail over SMTP and IMAP, as an MCP server on stdio.")
    parser.add_argument("--imap", required=True, metavar="URL", help="imaps://HOST[:PORT], or imap:// for STARTTLS")
    parser.add_argument("--smtp", required=True, metavar="URL", help="smtps://HOST[:PORT], or smtp:// for STARTTLS")
    parser.add_argument("--user", required=True, help="name to log in with")
    parser.add_argument("--from", dest="sender", default="", metavar="ADDRESS", help="sender; the user where not given")
    parser.add_argument(
        "--contact", action="append", default=[], metavar="NAME=ADDRESS", help="somebody who is written to by name"
    )
    add_login(parser)
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
