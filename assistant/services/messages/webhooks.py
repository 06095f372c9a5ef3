"""Slack and Teams by incoming webhooks: an address that takes a text and shows it in one place.

The address is the secret. Written from Slack's page on incoming webhooks and Microsoft's on workflows for webhooks.
"""

from __future__ import annotations

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.messages.channels import Received, refusal
from assistant.services.web_api import AWAY_FOR, ApiAnswer, WebApi, too_many

_SLACK = {
    "channel_not_found": "{name} does not know the place of this webhook any more.",
    "channel_is_archived": "The place of this webhook on {name} is archived.",
    "action_prohibited": "{name} does not allow posts to that place.",
    "posting_to_general_channel_denied": "{name} does not allow posts to the general channel.",
    "no_service": "{name} has switched this webhook off; make a new one.",
    "no_team": "{name} does not know this workspace any more.",
    "team_disabled": "{name} has switched this workspace off.",
    "invalid_token": "{name} does not know this webhook; run the service once with login slack.",
    "user_not_found": "{name} does not know that user.",
}


class _Webhook:
    to_nobody = True
    readable = False

    async def read(self, address: str) -> list[Received]:
        """A webhook only sends. Raises `RefusedError`."""
        raise RefusedError("A webhook cannot be read.")

    async def check(self) -> None:
        """A webhook cannot be asked without sending."""


class SlackWebhook(_Webhook):
    """One place on Slack."""

    name = "slack"
    longest = 4000

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._api = WebApi(http, url, "Slack")

    async def send(self, address: str, message: str) -> str:
        """Post it; Slack gives no number. Raises `RefusedError`."""
        safe = message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        answer = await self._api.ask("POST", "", repeatable=False, body={"text": safe})
        if answer.status != 200:
            raise refusal(self.name, answer, _SLACK, str(answer.body))
        return ""


class TeamsWebhook(_Webhook):
    """One place on Teams."""

    name = "teams"
    longest = 4000

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._api = WebApi(http, url, "Teams", refused_for=_teams_refuses)

    async def send(self, address: str, message: str) -> str:
        """Post it as a card of one text; Teams gives no number. Raises `RefusedError`."""
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.2",
            "body": [{"type": "TextBlock", "text": _plain(message), "wrap": True}],
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        body = {"type": "message", "attachments": [attachment]}
        answer = await self._api.ask("POST", "", repeatable=False, body=body)
        if answer.status not in (200, 202) or "error" in str(answer.body).lower():
            raise refusal(self.name, answer)
        return ""


def _teams_refuses(answer: ApiAnswer) -> float | None:
    """Older webhooks answer 200 and name the limit in the text."""
    return AWAY_FOR if "HTTP error 429" in str(answer.body) else too_many(answer)


def _plain(message: str) -> str:
    """Return a text in which no sign formats or links."""
    return "".join(f"\\{letter}" if letter in "\\*_[]()#`~>!" else letter for letter in message)
