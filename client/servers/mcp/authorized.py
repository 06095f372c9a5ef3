"""Requests that take part in an OAuth 2.1 flow of the SDK, over our HTTP client.

The SDK's flows use httpx2, and everything here is sent by httpx, so this module converts between the two. It knows
nothing of tokens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import httpx2
from mcp.client.auth import OAuthFlowError

from client.call import Sent
from client.client_errors import RenewLaterError, RightsError
from client.http import Fault, Send
from client.servers.mcp.mcp_answers import FaultError
from client.servers.tool_server import FailureKind

_FRAMING = (b"content-encoding", b"content-length", b"transfer-encoding")


def bridge(send: Send, timeout: httpx.Timeout) -> httpx2.AsyncClient:
    """Return a client of the SDK's kind whose requests leave through ours; `timeout` is for each of them."""
    return httpx2.AsyncClient(transport=_Bridge(send, timeout), timeout=None)


def authorized(send: Send, auth: httpx2.Auth, timeout: httpx.Timeout) -> Send:
    """Return a way to send that lets `auth` sign each request and answer challenges with requests of its own.

    It raises `FaultError` where the flow fails: somebody has to log in, or to wait, or the login has not the rights.
    """
    carrying = bridge(send, timeout)

    async def send_with_auth(request: httpx.Request) -> httpx.Response:
        outgoing = httpx2.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=await request.aread(),
            extensions=request.extensions,
        )
        try:
            reply = await carrying.send(outgoing, auth=auth, stream=True, follow_redirects=False)
        except httpx2.TransportError as error:
            if isinstance(error.__cause__, httpx.TransportError):
                raise error.__cause__ from None
            raise httpx.ReadError(str(error)) from error
        except RenewLaterError as error:
            raise FaultError(Fault(FailureKind.NOT_SENT, "unavailable", Sent.NO, error.status)) from error
        except RightsError as error:
            raise FaultError(Fault(FailureKind.TOOL_ERROR, "forbidden", Sent.NO)) from error
        except OAuthFlowError as error:
            raise FaultError(Fault(FailureKind.SESSION_LOST, "login_required", Sent.NO)) from error
        if reply.is_stream_consumed:  # the flow looked into it, as into a refusal
            kept = [pair for pair in reply.headers.raw if pair[0].lower() not in _FRAMING]
            return httpx.Response(reply.status_code, headers=kept, content=await reply.aread(), request=request)
        answered = httpx.Response(reply.status_code, headers=reply.headers.raw, stream=_Back(reply), request=request)
        following = reply.next_request
        if following is not None:
            content = await following.aread()
            answered.next_request = httpx.Request(
                following.method, str(following.url), headers=following.headers.raw, content=content
            )
        return answered

    return send_with_auth


class _Bridge(httpx2.AsyncBaseTransport):
    """Sends httpx2's requests by httpx."""

    def __init__(self, send: Send, timeout: httpx.Timeout) -> None:
        self._send = send
        self._timeout = timeout

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request. What httpx raises becomes httpx2's error, with the cause."""
        extensions: dict[str, Any] = {**request.extensions, "timeout": self._timeout.as_dict()}
        outgoing = httpx.Request(
            request.method,
            str(request.url),
            headers=request.headers.raw,
            content=await request.aread(),
            extensions=extensions,
        )
        try:
            response = await self._send(outgoing)
        except httpx.TransportError as error:
            raise httpx2.ReadError(str(error)) from error
        return httpx2.Response(response.status_code, headers=response.headers.raw, stream=_Forth(response))


class _Forth(httpx2.AsyncByteStream):
    """A body from httpx as httpx2 takes it, passed on while it arrives."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._response.aiter_raw():
                yield part
        except httpx.TransportError as error:
            raise httpx2.ReadError(str(error)) from error

    async def aclose(self) -> None:
        await self._response.aclose()


class _Back(httpx.AsyncByteStream):
    """A body from httpx2 as httpx takes it, passed on while it arrives."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for part in self._response.aiter_raw():
                yield part
        except httpx2.TransportError as error:
            raise httpx.ReadError(str(error)) from error

    async def aclose(self) -> None:
        await self._response.aclose()
