"""`python -m assistant.services.messages --channel NAME ...`: messages on channels as an MCP server on stdio."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.messages.channels import Channel
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
from client.http import open_http_client

Made = Callable[[httpx.AsyncClient, str, str, str], Channel]
"""Makes a channel of its secret, what the settings say of it, and the address of its API."""
KINDS: dict[str, tuple[Made, str]] = {
    "slack": (lambda http, secret, _, __: SlackWebhook(http, secret), "https://hooks.slack.com"),
    "teams": (lambda http, secret, _, __: TeamsWebhook(http, secret), "https://webhook.office.com"),
    "whatsapp": (lambda http, secret, number, url: WhatsApp(http, secret, number, url), WHATSAPP_API),
    "matrix": (lambda http, secret, _, url: Matrix(http, secret, url), ""),
    "mastodon": (lambda http, secret, _, url: Mastodon(http, secret, url), ""),
    "linkedin": (lambda http, secret, author, url: LinkedIn(http, secret, author, url), LINKEDIN_API),
}
"""By name: how it is made, and where its API is; "" where the settings must say it."""


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
        found[name] = (said, where.get(name) or KINDS[name][1] or said)
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
            return KINDS[name][0](http, secret, said, url)

        if given.login:
            if given.login[0] != "login" or len(given.login) != 2 or given.login[1] not in channels:
                raise RefusedError(f"say login and one of {', '.join(channels)}")
            name = given.login[1]
            await log_in(name, channels[name][1], lambda secret: made(name, secret).check())
            return
        store, opened = password_store(), []
        for name, (_, url) in channels.items():
            secret = await load_password(store, url, name)
            if secret is None:
                raise RefusedError(f"there is no login for {name}; run this command once with login {name} at its end")
            opened.append(made(name, secret))
        await serve(MessageService(opened, contacts).host())


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
