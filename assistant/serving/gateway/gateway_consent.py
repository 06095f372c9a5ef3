"""The confirmation of one request through the gateway: it is asked for before the request, and used once.

The gateway cannot know what its services do. So every method that is not safe (RFC 9110) needs a confirmation, unless
the manager of the gateway trusts the service to ask by itself. A confirmation holds for exactly one request: caller,
method, path, query and body.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from assistant.policy.timing import YES_SECONDS
from assistant.serving.gateway.gateway import SAFE_METHODS
from assistant.serving.request_bodies import RefusedRequest
from assistant.serving.state.stores import Store
from client.values import canonical, digest

HEADER = "x-confirmation"
"""The request header that brings back the confirmation from `metadata.confirmation` of a 428 answer."""
_MOST_SHOWN = 2000
"""Characters of a body that the read-back shows; of a longer body it shows the size and the digest."""


@dataclass(frozen=True)
class GatewayConsent:
    """Makes confirmations and checks them, for all processes that share the secret and the store."""

    secret: str
    store: Store
    now: Callable[[], float]

    async def need(self, request: Request, path: str, body: bytes, who: str) -> None:
        """Raise `RefusedRequest` 428 unless the request is safe or brings a fresh confirmation of itself."""
        if request.method in SAFE_METHODS:
            return
        given = request.headers.get(HEADER, "")
        if await self._holds(given, request.method, path, body, who):
            return
        shown = _shown(body)
        metadata = {
            "requires_confirmation": ["request"],
            "read_back": f"{request.method} {path}{f': {shown}' if shown else ''}",
            "confirmation": self._made(f"{int(self.now())}.{secrets.token_hex(8)}", request.method, path, body, who),
        }
        raise RefusedRequest(428, f"Please confirm {request.method} {path[:200]}.", metadata=metadata)

    def _made(self, named: str, method: str, path: str, body: bytes, who: str) -> str:
        what = canonical(["gateway", who, method, path, hashlib.sha256(body).hexdigest(), named])
        return f"{named}.{hmac.new(self.secret.encode(), what.encode(), 'sha256').hexdigest()}"

    async def _holds(self, given: str, method: str, path: str, body: bytes, who: str) -> bool:
        named, _, seal = given.rpartition(".")
        at = named.partition(".")[0]
        if not (at.isascii() and at.isdecimal() and len(at) < 16 and seal):
            return False
        made = self._made(named, method, path, body, who)
        if not hmac.compare_digest(made.encode(), given.encode()) or not 0 <= self.now() - int(at) <= YES_SECONDS:
            return False
        return not await self.store.limit("gateway confirmation", 1, 2 * YES_SECONDS).admit(digest(given))


def _shown(body: bytes) -> str:
    """Return a body for the read-back: its text, or its size and digest."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if len(text) <= _MOST_SHOWN and (text.isprintable() or not body):
        return text
    return f"{len(body)} bytes, SHA-256 {hashlib.sha256(body).hexdigest()}"
