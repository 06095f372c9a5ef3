"""Posts on LinkedIn by its published Posts API. Written from its reference; not tried on the real one."""

from __future__ import annotations

import re

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.messages.channels import Received, refusal
from assistant.services.web_api import WebApi

API = "https://api.linkedin.com"
VERSION = "202511"
_RESERVED = re.compile(r"([\\|{}@\[\]()<>#*_~])")
"""Signs that LinkedIn's little text format gives a meaning."""


class LinkedIn:
    """One member or organization, whose posts everybody may read."""

    name = "linkedin"
    longest = 3000
    to_nobody = True
    readable = False

    def __init__(self, http: httpx.AsyncClient, token: str, author: str, url: str = API) -> None:
        """`author` is a URN, such as `urn:li:person:...`."""
        headers = {
            "Authorization": f"Bearer {token}",
            "LinkedIn-Version": VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        self._api = WebApi(http, url, "LinkedIn", headers=headers)
        self._author = author

    async def send(self, address: str, message: str) -> str:
        """Post it. Raises `RefusedError`."""
        if address:
            raise RefusedError("On LinkedIn only posts for everybody can be written.", [], ["contact"])
        body = {
            "author": self._author,
            "commentary": _RESERVED.sub(r"\\\1", message),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        answer = await self._api.ask("POST", "/rest/posts", repeatable=False, body=body)
        if answer.status != 201:
            raise refusal(self.name, answer)
        return answer.headers.get("x-restli-id", "")

    async def read(self, address: str) -> list[Received]:
        """Not possible. Raises `RefusedError`."""
        raise RefusedError("LinkedIn cannot be read by programs like this one.")

    async def check(self) -> None:
        """Ask who is logged in. Raises `RefusedError`."""
        answer = await self._api.ask("GET", "/v2/userinfo", repeatable=True)
        if answer.status != 200:
            raise refusal(self.name, answer)
