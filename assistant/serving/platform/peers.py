"""Requests about a server that another serving process runs: they are passed on to it and its answer is given.

A request is passed on once. It is sent again only if it cannot have arrived, if it changes nothing, or if it has an
idempotency key, by which the platform's log knows a repeat. While a server changes hands, the request waits. It decides
nothing about callers: the other process checks the same token again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx
from starlette.requests import Request
from starlette.responses import Response

from assistant.serving.gateway.gateway import HOP_BY_HOP, SAFE_METHODS
from assistant.serving.platform.leases import Lease, Leases
from assistant.serving.platform.server_records import ServerRecord
from assistant.serving.request_bodies import RefusedRequest, read_body
from client.clock import Clock

_log = logging.getLogger(__name__)
PEER = "X-McQueen-Peer"
"""Header by which a process knows that another one passed a request on, and has counted it."""
MOVED = "X-McQueen-Moved"
_PAUSE = 0.25
_FRESH_SECONDS = 0.2
_AWAY_SECONDS = 1.0
_CONNECT_SECONDS = 2.0
_HAND_OVER_SECONDS = 14.0
"""How long a request waits for a server that changes hands."""
_MINUTE = 60.0
_GONE = "The server is being taken over by another process, and nothing was done; try again soon."


def peer_mark(secret: str, request: Request, now: float) -> str:
    """Return the mark of a request that is passed on: it holds for this request, for two minutes at most."""
    what = f"{int(now // _MINUTE)} {request.method} {request.url.path} {request.headers.get('authorization', '')}"
    return hmac.new(secret.encode(), f"peer {what}".encode(), hashlib.sha256).hexdigest()


def is_from_peer(secret: str, request: Request, now: float) -> bool:
    """Return whether another process passed this request on."""
    given = request.headers.get(PEER, "").encode()
    marks = (peer_mark(secret, request, at) for at in (now, now - _MINUTE, now + _MINUTE))
    return bool(given) and any(hmac.compare_digest(given, mark.encode()) for mark in marks)


class _AgainError(Exception):
    """The request did not arrive, or may be sent again."""


@dataclass
class Peers:
    """The other processes. `now` is in seconds since the epoch, `seconds` how long one of them may take to answer."""

    leases: Leases
    http: httpx.AsyncClient
    clock: Clock
    secret: str
    now: Callable[[], float]
    seconds: float
    _leases: Mapping[str, Lease] = field(default_factory=dict)
    _looked_at: float = -math.inf
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _away: dict[str, float] = field(default_factory=dict)
    """Processes that did not answer, and until when they are left alone."""

    async def answer(self, request: Request, record: ServerRecord, held: Callable[[], bool]) -> Response | None:
        """Return the answer of the process that runs the server; None if this one runs it, or nobody has to.

        `held` says whether this process runs it. Raises `RefusedRequest` 502, 503 or 504.
        """
        until = self.clock.monotonic() + _HAND_OVER_SECONDS
        from_peer = is_from_peer(self.secret, request, self.now())
        while not held():
            lease = await self._lease(record.id)
            if lease is None and not record.enabled:
                return None
            if from_peer:
                raise RefusedRequest(503, _GONE, headers={MOVED: "1", "Retry-After": "5"})
            away = lease is None or self._away.get(lease.holder, 0.0) > self.clock.monotonic()
            if lease is not None and not away and lease.holder != self.leases.holder:
                try:
                    return await self._passed_on(request, lease.address)
                except _AgainError as error:
                    _log.info("%s does not answer: %s", lease.address, error)
                    self._away[lease.holder] = self.clock.monotonic() + _AWAY_SECONDS
            if self.clock.monotonic() > until:
                raise RefusedRequest(503, _GONE, headers={"Retry-After": "5"})
            await self.clock.sleep(_PAUSE)
        return None

    async def _lease(self, server_id: str) -> Lease | None:
        """Return a server's lease, at most a moment old; all requests share one query."""
        async with self._looking:
            if self.clock.monotonic() - self._looked_at > _FRESH_SECONDS:
                self._leases = await self.leases.all()
                self._looked_at = self.clock.monotonic()
        return self._leases.get(server_id)

    async def _passed_on(self, request: Request, address: str) -> Response:
        dropped = HOP_BY_HOP | {"accept-encoding", PEER.lower()}
        headers = [(name, value) for name, value in request.headers.items() if name.lower() not in dropped]
        headers.append((PEER, peer_mark(self.secret, request, self.now())))
        query = f"?{request.url.query}" if request.url.query else ""
        body = await read_body(request)
        repeatable = request.method in SAFE_METHODS or "idempotency-key" in request.headers
        try:
            async with asyncio.timeout(self.seconds):
                answer = await self.http.request(
                    request.method,
                    f"{address}{request.url.path}{query}",
                    headers=headers,
                    content=body,
                    timeout=httpx.Timeout(self.seconds, connect=_CONNECT_SECONDS),
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _AgainError(str(error)) from None
        except (httpx.HTTPError, TimeoutError) as error:
            if repeatable and not isinstance(error, TimeoutError):
                raise _AgainError(str(error)) from None
            status = 504 if isinstance(error, httpx.TimeoutException | TimeoutError) else 502
            raise RefusedRequest(status, "The process that runs this server broke off; it may have acted.") from None
        if MOVED in answer.headers:
            raise _AgainError("the server has moved")
        kept = {"content-encoding", "x-request-id", *HOP_BY_HOP}
        return Response(
            answer.content, answer.status_code, {n: v for n, v in answer.headers.items() if n.lower() not in kept}
        )
