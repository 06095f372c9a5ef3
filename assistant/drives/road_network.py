"""The network of a drive: a transport in front of the real one that is slow, loses and breaks as the road does.

It keeps httpx's transport contract and stands where the one HTTP client meets the network, so MCP and REST alike go
through it. What it lets pass is sent for real. It draws no random numbers: the same script meets the same network.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from enum import StrEnum

import httpx

from assistant.drives.virtual_clock import VirtualClock

EDGE_SECONDS = 0.84
"""Round trip of the profile "Edge" of WebPageTest (240/200 kbit/s, 840 ms)."""
SLOW_SECONDS = 3.0
"""Longer than the busy sign of a turn waits (2 s), shorter than its deadline (10 s)."""
RETRY_AFTER_SECONDS = 2
_PORTAL = b"<!doctype html><html><title>Welcome</title><body>Sign in to use this network.</body></html>"


class NetworkState(StrEnum):
    """How the network is."""

    GOOD = "good"
    EDGE = "edge"
    """Each request takes 0.84 s more."""
    TUNNEL = "tunnel"
    """Nothing can be sent; so it is in a dead zone."""
    CAPTIVE_PORTAL = "captive_portal"
    """Every request is answered with somebody's sign-in page."""
    ANSWERS_LOST = "answers_lost"
    """Requests arrive, answers do not: the tunnel begins while the server works."""


class RoadFault(StrEnum):
    """What befalls a single call on its way."""

    REFUSED = "refused"
    """No connection: certainly not sent."""
    RESET = "reset"
    """The connection breaks after the server did it, before it answered."""
    TRUNCATED = "truncated"
    """The answer ends in the middle."""
    HANGS = "hangs"
    """The server did it, and no answer comes until the read times out."""
    SLOW = "slow"
    """The answer takes 3 s."""
    TOO_MANY = "too_many"
    """429 with Retry-After: 2; the server did nothing."""
    UNAVAILABLE = "unavailable"
    """503; the server did nothing."""
    ERROR = "error"
    """500 without a word of whether anything was done; it was not."""
    HTML = "html"
    """A page instead of an answer; the server did nothing."""
    SESSION_LOST = "session_lost"
    """404 to a session of MCP, 401 to one of McQueen REST; the server did nothing."""


_STATUS = {RoadFault.TOO_MANY: 429, RoadFault.UNAVAILABLE: 503, RoadFault.ERROR: 500, RoadFault.SESSION_LOST: 404}


class DriveTransport(httpx.AsyncBaseTransport):
    """Sends what the network of the moment lets through; a fault befalls the next calls of tools, one each."""

    def __init__(self, real: httpx.AsyncBaseTransport, clock: VirtualClock) -> None:
        self._real = real
        self._clock = clock
        self.network = NetworkState.GOOD
        self.faults: deque[RoadFault] = deque()
        """Faults that wait for a call."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, or fail as the network would. Raises `httpx.ConnectError`, `ReadError` or `ReadTimeout`."""
        if self.network is NetworkState.TUNNEL:
            raise httpx.ConnectError("no network", request=request)
        if self.network is NetworkState.CAPTIVE_PORTAL:
            return _page(request)
        if self.network is NetworkState.EDGE:
            await self._wait(EDGE_SECONDS)
        if self.faults and await _calls_a_tool(request):
            return await self._broken(request, self.faults.popleft())
        lost = self.network is NetworkState.ANSWERS_LOST
        response = await self._real.handle_async_request(request)
        if lost:
            await _swallow(response)
            raise httpx.ReadError("the connection was reset", request=request)
        return response

    async def _broken(self, request: httpx.Request, fault: RoadFault) -> httpx.Response:
        if fault is RoadFault.REFUSED:
            raise httpx.ConnectError("connection refused", request=request)
        if fault is RoadFault.HTML:
            return _page(request)
        if fault is RoadFault.SESSION_LOST and request.url.path.endswith("/execute"):
            return httpx.Response(401, json={"success": False, "error": "This session is not known."}, request=request)
        if fault in _STATUS:
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if fault is RoadFault.TOO_MANY else {}
            return httpx.Response(_STATUS[fault], headers=headers, text=fault.value, request=request)
        response = await self._real.handle_async_request(request)
        if fault is RoadFault.SLOW:
            await self._wait(SLOW_SECONDS)
            return response
        body = await _swallow(response)
        if fault is RoadFault.TRUNCATED:
            kept = [(name, value) for name, value in response.headers.raw if name.lower() != b"content-length"]
            return httpx.Response(response.status_code, headers=kept, stream=_Cut(body), request=request)
        if fault is RoadFault.HANGS:
            timeout = request.extensions.get("timeout", {}).get("read") or SLOW_SECONDS
            await self._wait(float(timeout))
            raise httpx.ReadTimeout("no answer", request=request)
        raise httpx.ReadError("the connection was reset", request=request)

    async def _wait(self, seconds: float) -> None:
        with self._clock.passing():
            await self._clock.sleep(seconds)

    async def aclose(self) -> None:
        """Close the real transport."""
        await self._real.aclose()


class _Cut(httpx.AsyncByteStream):
    """The first half of an answer, then the end of the connection."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._body[: len(self._body) // 2]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def _page(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"Content-Type": "text/html"}, content=_PORTAL, request=request)


async def _calls_a_tool(request: httpx.Request) -> bool:
    if request.url.path.endswith("/execute"):
        return True
    return request.method == "POST" and b'"tools/call"' in await request.aread()


async def _swallow(response: httpx.Response) -> bytes:
    body = await response.aread()
    await response.aclose()
    return body
