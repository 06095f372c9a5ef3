"""`python -m assistant.services.messages --channel NAME ...`: messages on channels as an MCP server on stdio."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.messages.channels import Channel, Unopened
from assistant.services.messages.linkedin import API as LINKEDIN_API
from assistant.services.messages.linkedin import LinkedIn
from assistant.services.messages.mastodon import Mastodon
from assistant.services.messages.matrix import Matrix
from assistant.services.messages.message_service import MessageService
from assistant.services.messages.webhooks import SlackWebhook, TeamsWebhook
from assistant.services.messages.whatsapp import API as WHATSAPP_API
from assistant.services.messages.whatsapp import WhatsApp
from assistant.services.passwords import load_password, password_store
from assistant.services.service_command import log_in, parser_for, run, serve
from client.access.plain_http import is_protected
from client.client_errors import CredentialsError
from client.http import open_http_client
from client.terminal_text import terminal_text

Made = Callable[[httpx.AsyncClient, str, str, str], Channel]
"""Makes a channel of its secret, what the settings say of it, and the address of its API."""
KINDS: dict[str, tuple[type[Channel], Made, str]] = {
    "slack": (SlackWebhook, lambda http, secret, _, __: SlackWebhook(http, secret), "https://hooks.slack.com"),
    "teams": (TeamsWebhook, lambda http, secret, _, __: TeamsWebhook(http, secret), "https://webhook.office.com"),
    "whatsapp": (WhatsApp, lambda http, secret, number, url: WhatsApp(http, secret, number, url), WHATSAPP_API),
    "matrix": (Matrix, lambda http, secret, _, url: Matrix(http, secret, url), ""),
    "mastodon": (Mastodon, lambda http, secret, _, url: Mastodon(http, secret, url), ""),
    "linkedin": (LinkedIn, lambda http, secret, author, url: LinkedIn(http, secret, author, url), LINKEDIN_API),
}
"""By name: its kind, how it is made, and where its API is; "" where the settings must say it."""


def read_channels(given: Sequence[str], urls: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return what is said of each channel and where its API is, by name. Raises `RefusedError`."""
    where = dict(text.partition("=")[::2] for text in urls)
    found: dict[str, tuple[str, str]] = {}
    for text in given:
        name, _, said = text.partition("=")
        if name not in KINDS:
            raise RefusedError(f"there is no channel {name}; there is {', '.join(KINDS)}")
        if not said and name in ("whatsapp", "matrix", "mastodon", "linkedin"):
            raise RefusedError(f"say more of {name}: --channel {name}=...")
        found[name] = (said, where.get(name) or KINDS[name][2] or said)
    return found


def read_contacts(given: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return addresses by name and channel, of "Anna=whatsapp:+49151234567". Raises `RefusedError`."""
    found: dict[str, dict[str, str]] = {}
    for text in given:
        name, equals, place = text.partition("=")
        channel, _, address = place.partition(":")
        if not equals or not name.strip() or channel not in KINDS:
            raise RefusedError(f"{text} is no contact; write --contact NAME=CHANNEL:ADDRESS")
        if not address.strip() and channel in ("whatsapp", "matrix"):
            raise RefusedError(f"{text} has no address on {channel}; write {text}:ADDRESS")
        found.setdefault(name.strip(), {})[channel] = address.strip()
    return found


async def _main(given: argparse.Namespace) -> None:
    channels, contacts = read_channels(given.channel, given.api), read_contacts(given.contact)
    async with open_http_client() as http:

        def made(name: str, secret: str) -> Channel:
            said, url = channels[name]
            if name in ("slack", "teams") and not is_protected(secret):
                raise RefusedError(f"what was given for {name} is no https address of a webhook")
            return KINDS[name][1](http, secret, said, url)

        if given.login:
            if given.login[0] != "login" or len(given.login) != 2 or given.login[1] not in channels:
                raise RefusedError(f"say login and one of {', '.join(channels)}")
            name = given.login[1]
            await log_in(name, channels[name][1], lambda secret: made(name, secret).check())
            return
        store = password_store()

        async def open_channel(name: str) -> Channel:
            secret = await load_password(store, channels[name][1], name)
            if secret is None:
                raise RefusedError(f"there is no login for {name}; run this command once with login {name} at its end")
            return made(name, secret)

        await serve(MessageService(await _opened(list(channels), open_channel), contacts).host())


async def _opened(names: Sequence[str], open_channel: Callable[[str], Awaitable[Channel]]) -> list[Channel]:
    """Return the channels; one that cannot be opened is said once and looked at again when it is used.

    Raises `RefusedError` if none can be opened.
    """
    found: list[Channel] = []
    missing: list[str] = []
    for name in names:
        try:
            found.append(await open_channel(name))
        except (RefusedError, CredentialsError) as error:
            missing.append(str(error))
            found.append(Unopened(KINDS[name][0], partial(_told, open_channel, name)))
    if len(missing) == len(names):
        raise RefusedError("; ".join(dict.fromkeys(missing)))
    for sentence in dict.fromkeys(missing):
        sys.stderr.write(terminal_text(f"mcqueen: {sentence}; the other channels work\n"))
    return found


async def _told(open_channel: Callable[[str], Awaitable[Channel]], name: str) -> Channel:
    """Open a channel in the middle of a call. Raises `RefusedError` with a sentence for the driver."""
    try:
        return await open_channel(name)
    except (RefusedError, CredentialsError) as error:
        text = str(error)
        raise RefusedError(f"{text[:1].upper()}{text[1:]}.") from error


def main() -> None:
    """Serve until the other side closes the pipe, or log in to one channel."""
    parser = parser_for("messages", "Messages and posts on channels, as an MCP server on stdio.")
    parser.add_argument(
        "--channel",
        action="append",
        required=True,
        metavar="NAME[=WHAT]",
        help="slack, teams, whatsapp=NUMBER_ID, matrix=URL, mastodon=URL, linkedin=URN",
    )
    parser.add_argument(
        "--contact", action="append", default=[], metavar="NAME=CHANNEL:ADDRESS", help="somebody, or a place"
    )
    parser.add_argument("--api", action="append", default=[], metavar="NAME=URL", help="another address of its API")
    parser.add_argument("login", nargs="*", metavar="login NAME", help="keep a token or the address of a webhook")
    run(_main(parser.parse_args()))


if __name__ == "__main__":
    main()
