"""Mastodon by its published API: posts, messages to one person, and what mentions the driver."""

from __future__ import annotations

import html
import re
import time
import uuid
from collections.abc import Mapping
from datetime import datetime

import httpx

from assistant.services.messages.channels import Received, refusal
from assistant.services.web_api import AWAY_FOR, ApiAnswer, WebApi, too_many

_MEDIA = {"image": "a picture", "gifv": "a moving picture", "video": "a video", "audio": "a sound"}
_NEWEST = 5


class Mastodon:
    """One account."""

    name = "mastodon"
    longest = 500
    to_nobody = True
    readable = True

    def __init__(self, http: httpx.AsyncClient, token: str, url: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._api = WebApi(http, url, "Mastodon", headers=headers, refused_for=_refused_for)

    async def send(self, address: str, message: str) -> str:
        """Post it for everybody, or to one account (`ben@social.example`) alone. Raises `RefusedError`."""
        text = f"@{address.lstrip('@')} {message}" if address else message
        body = {"status": text, "visibility": "direct" if address else "public"}
        key = {"Idempotency-Key": uuid.uuid4().hex}  # the server remembers it for an hour: no second post
        answer = await self._api.ask("POST", "/api/v1/statuses", repeatable=True, body=body, headers=key)
        if answer.status != 200:
            raise refusal(self.name, answer)
        return str(answer.body.get("id", "")) if isinstance(answer.body, dict) else ""

    async def read(self, address: str) -> list[Received]:
        """Return the latest posts that mention the driver. Raises `RefusedError`."""
        params = {"types[]": "mention", "limit": str(_NEWEST * 4)}
        answer = await self._api.ask("GET", "/api/v1/notifications", repeatable=True, params=params)
        if answer.status != 200 or not isinstance(answer.body, list):
            raise refusal(self.name, answer)
        wanted = address.lstrip("@").casefold()
        found = [_received(one) for one in answer.body if isinstance(one, Mapping)]
        kept = [one for one in found if not wanted or one[0] == wanted or one[0] == wanted.partition("@")[0]]
        return [received for _, received in kept[:_NEWEST]][::-1]

    async def check(self) -> None:
        """Ask who is logged in. Raises `RefusedError`."""
        answer = await self._api.ask("GET", "/api/v1/accounts/verify_credentials", repeatable=True)
        if answer.status != 200:
            raise refusal(self.name, answer)


def _received(found: Mapping[str, object]) -> tuple[str, Received]:
    """Return the author and the text of a post."""
    account, status = found.get("account"), found.get("status")
    account = account if isinstance(account, Mapping) else {}
    status = status if isinstance(status, Mapping) else {}
    words = html.unescape(re.sub(r"<[^>]*>", " ", str(status.get("content", ""))))
    media = status.get("media_attachments")
    kinds = [str(one.get("type")) for one in media if isinstance(one, Mapping)] if isinstance(media, list) else []
    sender = str(account.get("display_name") or account.get("acct") or "somebody")
    left_out = tuple(_MEDIA.get(kind, "a file") for kind in kinds)
    return str(account.get("acct", "")).casefold(), Received(sender, " ".join(words.split()), left_out)


def _refused_for(answer: ApiAnswer) -> float | None:
    """Return the wait after a 429: until the end of the window that Mastodon names."""
    ends = answer.headers.get("x-ratelimit-reset", "")
    if answer.status != 429 or "retry-after" in answer.headers or not ends:
        return too_many(answer)
    try:
        return max(1.0, datetime.fromisoformat(ends).timestamp() - time.time())
    except ValueError:
        return AWAY_FOR
