"""The one `httpx.AsyncClient`, and the transport through which the MCP SDK uses it.

`FaultBarrier` is both a bridge (the SDK speaks httpx2, everything here leaves through httpx) and a barrier: without it
any lost answer ends the SDK's connection and every other call on it. No fault passes; each becomes a JSON-RPC error
that carries a `Fault`. It never retries and never decides what a fault means for a tool.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, cast

import httpx
import httpx2

from client.call import CallError, Sent
from client.clock import Clock
from client.servers.base import FailureKind, Faulted
from client.values import JSON

FAULT_CODE = -32010
"""JSON-RPC code of errors made here; -32000 to -32019 are left to implementations by the protocol."""
DEFAULT_BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of one answer that are read at most."""
_CONNECT_SECONDS = 5.0
_DELETE_SECONDS = 2.0
_LONGEST_RETRY_AFTER = 7 * 86400.0


@dataclass
class Attempt:
    """One send in progress: what it carries, and what is known about how far it came."""

    idempotency_key: str = ""
    sent: Sent = Sent.NO


current_attempt: ContextVar[Attempt | None] = ContextVar("current_attempt", default=None)
"""Set by whoever calls the SDK; the SDK passes contexts on to its transport."""


@dataclass(frozen=True)
class Fault:
    """What went wrong on the way, in the terms of the retry table."""

    kind: FailureKind
    code: str
    sent: Sent
    status: int | None = None
    retry_after: float | None = None

    def data(self) -> dict[str, JSON]:
        """Return it as JSON-RPC error data."""
        return {
            "kind": self.kind.value,
            "code": self.code,
            "sent": self.sent.value,
            "status": self.status,
            "retry_after": self.retry_after,
        }

    def faulted(self, server: str) -> Faulted:
        """Return it as a server's answer, with a sentence that names the server."""
        return Faulted(
            self.kind,
            CallError(self.code, FAULT_SENTENCES[self.code].format(server=server), self.sent, (), self.retry_after),
        )


FAULT_SENTENCES = {
    "not_sent": "{server} cannot be reached.",
    "certificate_refused": "{server} cannot be trusted: its certificate is not valid.",
    "answer_lost": "The connection to {server} was lost before its answer came.",
    "timed_out": "{server} did not answer in time.",
    "answer_unreadable": "{server} sent an answer that cannot be read.",
    "answer_too_large": "{server} sent an answer that is too large.",
    "captive_portal": "The network asks for a sign-in before it lets anything through.",
    "server_error": "{server} has an internal error.",
    "rate_limited": "{server} asks to wait before the next request.",
    "unavailable": "{server} is not available at the moment.",
    "session_lost": "{server} has forgotten our session.",
    "login_required": "{server} asks for a login.",
    "forbidden": "{server} does not allow this.",
    "refused": "{server} refused the request.",
}


def fault_from_data(data: object) -> Fault | None:
    """Return the fault that a JSON-RPC error made here carries; None for anything else."""
    if not isinstance(data, Mapping) or data.get("code") not in FAULT_SENTENCES:
        return None
    try:
        return Fault(
            FailureKind(data["kind"]), data["code"], Sent(data["sent"]), data.get("status"), data.get("retry_after")
        )
    except (KeyError, ValueError):
        return None


def open_http_client(
    *, transport: httpx.AsyncBaseTransport | None = None, connect_seconds: float = _CONNECT_SECONDS
) -> httpx.AsyncClient:
    """Return the client that every HTTP request leaves through; the caller closes it.

    `transport` replaces the network, which is how scripted drives inject faults. Reading has no limit of its own:
    each call has a deadline, and streams of events stay open.
    """
    return httpx.AsyncClient(
        transport=transport,
        timeout=httpx.Timeout(connect_seconds, read=None, write=10.0),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=30.0),
        follow_redirects=False,
    )


def fault_of_exception(error: httpx.TransportError | httpx.InvalidURL) -> Fault:
    """Say what an exception of httpx means: only what failed before sending is certain not to have been sent."""
    never_sent = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
    if isinstance(error, (*never_sent, httpx.InvalidURL, httpx.LocalProtocolError, httpx.ProxyError)):
        seen: BaseException | None = error
        while seen is not None:
            if isinstance(seen, ssl.SSLCertVerificationError):
                return Fault(FailureKind.NOT_SENT, "certificate_refused", Sent.NO)
            seen = seen.__cause__ or seen.__context__
        return Fault(FailureKind.NOT_SENT, "not_sent", Sent.NO)
    if isinstance(error, httpx.TimeoutException):
        return Fault(FailureKind.ANSWER_LOST, "timed_out", Sent.MAYBE)
    return Fault(FailureKind.ANSWER_LOST, "answer_lost", Sent.MAYBE)


def fault_of_status(
    response: httpx.Response, *, now: float, refused_statuses: frozenset[int] = frozenset()
) -> Fault | None:
    """Say what a status means; None where the body decides. `refused_statuses` certainly come before execution."""
    status = response.status_code
    retry_after = parse_retry_after(response.headers.get("retry-after"), now)
    if status in (429, 503):
        code = "rate_limited" if status == 429 else "unavailable"
        if status in refused_statuses:
            return Fault(FailureKind.REFUSED_FOR_NOW, code, Sent.YES, status, retry_after)
        return Fault(FailureKind.ANSWER_LOST, code, Sent.MAYBE, status, retry_after)
    if status == 511 or (status < 300 and is_html(response)) or (300 <= status < 400):
        return Fault(FailureKind.ANSWER_LOST, "captive_portal", Sent.MAYBE, status)
    if status == 401:
        return Fault(FailureKind.SESSION_LOST, "login_required", Sent.YES, status)
    if status in (408, 425) or status >= 500:
        return Fault(FailureKind.ANSWER_LOST, "server_error", Sent.MAYBE, status, retry_after)
    return None


def is_html(response: httpx.Response) -> bool:
    """Say whether the answer is a web page."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml")


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a `Retry-After` header asks to wait (a number or a date, RFC 9110); None for garbage."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), _LONGEST_RETRY_AFTER)
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - now), _LONGEST_RETRY_AFTER)
    except (ValueError, TypeError, OverflowError):
        return None


class BodyTooLargeError(Exception):
    """An answer has more bytes than we read."""


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """Read the decoded body, at most `limit` bytes. Raises `BodyTooLargeError` and httpx's errors."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > limit:
            raise BodyTooLargeError
        parts.append(part)
    return b"".join(parts)


class FaultBarrier(httpx2.AsyncBaseTransport):
    """Carries the SDK's requests over our client; no fault of network or server comes out as an exception."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        clock: Clock,
        *,
        body_limit: int = DEFAULT_BODY_LIMIT,
        refused_statuses: frozenset[int] = frozenset(),
    ) -> None:
        self._http = http
        self._clock = clock
        self._body_limit = body_limit
        self._refused_statuses = refused_statuses

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it; a JSON-RPC request always gets a JSON-RPC answer, a notification always an acceptance."""
        body = await request.aread()
        message = _message(body) if request.method == "POST" else {}
        attempt = current_attempt.get()
        is_call = attempt is not None and message.get("method") == "tools/call"
        outgoing = self._outgoing(request, body, attempt if is_call else None)
        try:
            response = await self._http.send(outgoing, stream=True, follow_redirects=False)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            if request.method != "POST":
                # The SDK treats a lost stream of events, and a lost goodbye, as it should when it sees its own errors.
                raise httpx2.ConnectError(str(error)) from error
            return _answer(message, fault_of_exception(error))
        if request.method != "POST":
            return _streamed(response)
        return await self._judge(request, message, response)

    def _outgoing(self, request: httpx2.Request, body: bytes, attempt: Attempt | None) -> httpx.Request:
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"transfer-encoding"]
        extensions: dict[str, Any] = {"timeout": self._http.timeout.as_dict()}
        if request.method == "DELETE":
            extensions["timeout"] = httpx.Timeout(_DELETE_SECONDS).as_dict()
        if attempt is not None:
            if attempt.idempotency_key:
                headers.append((b"idempotency-key", attempt.idempotency_key.encode()))
            attempt.sent = Sent.MAYBE
            extensions["trace"] = tracer(attempt)
        return httpx.Request(request.method, str(request.url), headers=headers, content=body, extensions=extensions)

    async def _judge(
        self, request: httpx2.Request, message: Mapping[str, JSON], response: httpx.Response
    ) -> httpx2.Response:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if 200 <= response.status_code < 300 and kind == "text/event-stream" and "id" in message:
            return _streamed(response)
        try:
            body = await read_body(response, self._body_limit)
        except BodyTooLargeError:
            return _answer(message, Fault(FailureKind.ANSWER_LOST, "answer_too_large", Sent.YES, response.status_code))
        except httpx.TransportError as error:
            return _answer(message, fault_of_exception(error))
        except httpx.DecodingError:
            return _answer(message, Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES, response.status_code))
        finally:
            await response.aclose()
        fault = self._fault(request, message, response, kind, body)
        if fault is not None:
            return _answer(message, fault)
        headers = [pair for pair in response.headers.raw if pair[0].lower() not in _FRAMING_HEADERS]
        return httpx2.Response(response.status_code, headers=headers, content=body)

    def _fault(
        self,
        request: httpx2.Request,
        message: Mapping[str, JSON],
        response: httpx.Response,
        kind: str,
        body: bytes,
    ) -> Fault | None:
        status = response.status_code
        if "mcp-session-id" in request.headers and (status == 404 or (status == 400 and b"session" in body.lower())):
            return Fault(FailureKind.SESSION_LOST, "session_lost", Sent.YES, status)
        if status in (307, 308) and _same_origin(response):
            return None
        fault = fault_of_status(response, now=self._clock.now(), refused_statuses=self._refused_statuses)
        if fault is not None or "id" not in message:
            return fault
        if status >= 400:
            if kind == "application/json" and isinstance(_message(body).get("error"), dict):
                return None  # the server's own JSON-RPC error says more than the status
            if message.get("method") != "tools/call":
                return None  # negotiation reads statuses itself
            return Fault(FailureKind.TOOL_ERROR, "forbidden" if status == 403 else "refused", Sent.YES, status)
        answer = _message(body)
        if kind != "application/json" or not ("result" in answer or "error" in answer):
            return Fault(FailureKind.ANSWER_LOST, "answer_unreadable", Sent.YES, status)
        return None


_FRAMING_HEADERS = (b"content-encoding", b"content-length", b"transfer-encoding")


def _message(body: bytes) -> dict[str, JSON]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, JSON]", found) if isinstance(found, dict) else {}


def _same_origin(response: httpx.Response) -> bool:
    target = response.next_request.url if response.next_request is not None else None
    return target is not None and (target.scheme, target.netloc) == (response.url.scheme, response.url.netloc)


def tracer(attempt: Attempt) -> Any:  # httpcore types its trace hook as Any
    """Return a trace hook that notes whether a request came further than connecting."""

    async def trace(event: str, _info: Mapping[str, Any]) -> None:
        if event.endswith("connect_tcp.started"):
            attempt.sent = Sent.NO
        elif event.endswith("send_request_headers.started"):
            attempt.sent = Sent.MAYBE

    return trace


def _answer(message: Mapping[str, JSON], fault: Fault) -> httpx2.Response:
    if "id" not in message or "method" not in message:
        return httpx2.Response(202)  # a lost notification or reply ends nothing
    error = {"code": FAULT_CODE, "message": fault.code, "data": fault.data()}
    return httpx2.Response(200, json={"jsonrpc": "2.0", "id": message["id"], "error": error})


def _streamed(response: httpx.Response) -> httpx2.Response:
    return httpx2.Response(response.status_code, headers=response.headers.raw, stream=_Stream(response))


class _Stream(httpx2.AsyncByteStream):
    """A body that is passed on while it arrives, with httpx's errors in the SDK's own words."""

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
