"""The network of a drive: an httpx transport in front of the real one, which delays, loses and breaks requests as a
road would. The only HTTP client uses it, so it affects MCP and REST alike. What it lets through is really sent. It uses
no random numbers: the same script gives the same network.
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
"""Longer than the wait before the busy sign (2 s), shorter than the deadline of a call (10 s)."""
RETRY_AFTER_SECONDS = 2
_PORTAL = b"<!doctype html><html><title>Welcome</title><body>Sign in to use this network.</body></html>"


class NetworkState(StrEnum):
    """The present state of the network."""

    GOOD = "good"
    EDGE = "edge"
    """Each request takes 0.84 s longer."""
    TUNNEL = "tunnel"
    """Nothing can be sent; also used for dead zones."""
    CAPTIVE_PORTAL = "captive_portal"
    """Every request is answered with a sign-in page."""
    ANSWERS_LOST = "answers_lost"
    """Requests arrive, answers do not: the tunnel begins while the server works."""


class RoadFault(StrEnum):
    """A fault that hits a single call."""

    REFUSED = "refused"
    """No connection: nothing was sent."""
    RESET = "reset"
    """The server did the work; the connection broke before the answer."""
    TRUNCATED = "truncated"
    """The answer ends in the middle."""
    HANGS = "hangs"
    """The server did the work; no answer comes before the read times out."""
    SLOW = "slow"
    """The answer takes 3 s."""
    TOO_MANY = "too_many"
    """429 with Retry-After: 2; the server did nothing."""
    UNAVAILABLE = "unavailable"
    """503; the server did nothing."""
    ERROR = "error"
    """500 that does not say whether anything was done; nothing was."""
    HTML = "html"
    """An HTML page instead of an answer; the server did nothing."""
    SESSION_LOST = "session_lost"
    """404 to an MCP session, 401 to a session of McQueen REST; the server did nothing."""


_STATUS = {RoadFault.TOO_MANY: 429, RoadFault.UNAVAILABLE: 503, RoadFault.ERROR: 500, RoadFault.SESSION_LOST: 404}


class DriveTransport(httpx.AsyncBaseTransport):
    """Sends what the present network lets through; each waiting fault hits one of the next tool calls."""

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
    """The first half of an answer, then a broken connection."""

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
