"""`python -m assistant.services.mail`: real e-mail as an MCP server on stdio."""

from __future__ import annotations

import argparse

from assistant.hosting.host_errors import RefusedError
from assistant.services.local_zone import local_now
from assistant.services.mail.mail_account import MailAccount
from assistant.services.mail.mail_addresses import MailEndpoint, read_endpoint
from assistant.services.mail.mail_service import MailService
from assistant.services.secret_sources import refuse_password_of, secrets_of
from assistant.services.service_accounts import ACCOUNTS
from assistant.services.service_command import add_login, add_service, log_in, parser_for, run, serve
from assistant.services.service_secrets import FixedPassword, Password


def _contacts(given: list[str]) -> dict[str, str]:
    contacts: dict[str, str] = {}
    for text in given:
        name, equals, address = text.partition("=")
        if not equals or not name.strip() or "@" not in address:
            raise RefusedError(f"{text} is no contact; write --contact NAME=ADDRESS")
        contacts[name.strip()] = address.strip()
    return contacts


def _endpoints(given: argparse.Namespace) -> tuple[MailEndpoint, MailEndpoint]:
    known = ACCOUNTS.get(given.service)
    imap, smtp = (known.imap, known.smtp) if known is not None else (given.imap, given.smtp)
    if known is not None and (given.imap or given.smtp):
        raise RefusedError(f"the servers of {given.service} are known; leave --imap and --smtp out")
    if not imap or not smtp:
        raise RefusedError("give the servers with --imap and --smtp, or a service that has mail with --service")
    return read_endpoint("imap", imap), read_endpoint("smtp", smtp)


async def _main(given: argparse.Namespace) -> None:
    imap, smtp = _endpoints(given)
    contacts = _contacts(given.contact)
    sender = given.sender or given.user
    if "@" not in sender:
        raise RefusedError(f"{sender} is no e-mail address to send from; give one with --from")

    async def attempt(password: str) -> None:
        await MailAccount(imap, smtp, given.user, FixedPassword(Password(password))).check()

    if given.login:
        refuse_password_of(given.service)
        await log_in(given.user, imap.url, attempt)
        return
    async with secrets_of(given.service, given.user, imap.url) as source:
        account = MailAccount(imap, smtp, given.user, source)
        await serve(MailService(account, sender, local_now, contacts).host())


def main() -> None:
    """Serve until the other side closes the pipe, or log in."""
    parser = parser_for("mail", "Real e-mail over SMTP and IMAP, as an MCP server on stdio.")
    parser.add_argument("--imap", default="", metavar="URL", help="imaps://HOST[:PORT], or imap:// for STARTTLS")
    parser.add_argument("--smtp", default="", metavar="URL", help="smtps://HOST[:PORT], or smtp:// for STARTTLS")
    parser.add_argument("--user", required=True, help="name to log in with")
    parser.add_argument("--from", dest="sender", default="", metavar="ADDRESS", help="sender; the user where not given")
    parser.add_argument(
        "--contact", action="append", default=[], metavar="NAME=ADDRESS", help="somebody who is written to by name"
    )
    add_service(parser)
    add_login(parser)
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
