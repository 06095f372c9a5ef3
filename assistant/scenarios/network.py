"""The network of a drive: a transport in front of the real one that loses it as a tunnel does.

It keeps httpx's transport contract and stands where the one HTTP client meets the network, so MCP and REST alike go
through it. What it lets pass is sent for real.
"""

from __future__ import annotations

from enum import StrEnum

import httpx


class Network(StrEnum):
    """How the network is."""

    GOOD = "good"
    GONE = "gone"
    """Nothing can be sent: a tunnel, a dead zone."""
    ANSWERS_LOST = "answers_lost"
    """Requests arrive, answers do not: the tunnel begins while the server works."""


class DriveTransport(httpx.AsyncBaseTransport):
    """Sends what the network of the moment lets through."""

    def __init__(self, real: httpx.AsyncBaseTransport) -> None:
        self._real = real
        self.network = Network.GOOD

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send, or fail as the network would. Raises `httpx.ConnectError` or `httpx.ReadError`."""
        if self.network is Network.GONE:
            raise httpx.ConnectError("no network", request=request)
        lost = self.network is Network.ANSWERS_LOST
        response = await self._real.handle_async_request(request)
        if lost:
            await response.aread()
            await response.aclose()
            raise httpx.ReadError("the connection was reset", request=request)
        return response

    async def aclose(self) -> None:
        """Close the real transport."""
        await self._real.aclose()
