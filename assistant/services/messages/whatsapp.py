"""WhatsApp by Meta's Cloud API. Written from its published reference; not tried on the real one."""

from __future__ import annotations

import httpx

from assistant.hosting.host_errors import RefusedError
from assistant.services.messages.channels import Received, refusal
from assistant.services.web_api import AWAY_FOR, ApiAnswer, WebApi, too_many

API = "https://graph.facebook.com/v23.0"
_LIMITS = {"4": 3600.0, "80007": 3600.0, "130429": AWAY_FOR, "131056": 60.0, "131048": 3600.0}
"""Error codes of limits, with the seconds after which a repeat may work; all mean that nothing was sent."""
_KNOWN = {
    "190": "{name} does not take the login any more; run the service once with login whatsapp.",
    "10": "{name} does not let this login do that.",
    "131026": "{name} cannot reach that number.",
    "131030": "{name} lets this account write to listed numbers only, and that is none of them.",
    "131047": "{name} takes no free text for them now: they have not written for a day.",
    "131051": "{name} does not take this kind of message.",
    "131031": "{name} has locked this account.",
    "368": "{name} has blocked this account for a while.",
}


class WhatsApp:
    """One business number. It only sends text. It is not read, because Meta sends incoming messages to web servers
    only."""

    name = "whatsapp"
    longest = 4096
    to_nobody = False
    readable = False

    def __init__(self, http: httpx.AsyncClient, token: str, number_id: str, url: str = API) -> None:
        """`number_id` is Meta's number of the sending telephone number."""
        headers = {"Authorization": f"Bearer {token}"}
        self._api = WebApi(http, url, "WhatsApp", headers=headers, refused_for=_refused_for)
        self._number_id = number_id

    async def send(self, address: str, message: str) -> str:
        """Send to a telephone number. Raises `RefusedError`."""
        body = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": address,
            "type": "text",
            "text": {"preview_url": False, "body": message},
        }
        answer = await self._api.ask("POST", f"/{self._number_id}/messages", repeatable=False, body=body)
        if answer.status != 200:
            raise refusal(self.name, answer, _KNOWN, _code(answer))
        try:
            return str(answer.body["messages"][0]["id"])
        except (KeyError, IndexError, TypeError):
            return ""

    async def read(self, address: str) -> list[Received]:
        """Not possible. Raises `RefusedError`."""
        raise RefusedError("WhatsApp cannot be read by programs like this one.")

    async def check(self) -> None:
        """Ask for the number itself. Raises `RefusedError`."""
        answer = await self._api.ask("GET", f"/{self._number_id}", repeatable=True)
        if answer.status != 200:
            raise refusal(self.name, answer, _KNOWN, _code(answer))


def _code(answer: ApiAnswer) -> str:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return str(error.get("code", "")) if isinstance(error, dict) else ""


def _refused_for(answer: ApiAnswer) -> float | None:
    return _LIMITS[code] if (code := _code(answer)) in _LIMITS else too_many(answer)
