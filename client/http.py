"""The one `httpx.AsyncClient`, and the faults that a request can meet, in the terms of the retry table.

Every dialect sends through it and names faults with it. It never retries, and never decides what a fault means for a
tool.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.request import getproxies

import httpx

from client.call import CallError, Sent
from client.servers.tool_server import FailureKind, Faulted
from client.values import JSON

FAULT_CODE = -32010
"""JSON-RPC code of errors made here; -32000 to -32019 are left to implementations by the protocol."""
DEFAULT_BODY_LIMIT = 8 * 1024 * 1024
"""Most bytes of one answer that are read."""
_CONNECT_SECONDS = 5.0
_DELETE_SECONDS = 2.0
_CERTIFICATE_EXPIRED = 10
"""`X509_V_ERR_CERT_HAS_EXPIRED` of OpenSSL."""
_LONGEST_RETRY_AFTER = 7 * 86400.0


@dataclass
class Attempt:
    """One send in progress: its payload, and how far it is known to have come."""

    idempotency_key: str = ""
    sent: Sent = Sent.NO


current_attempt: ContextVar[Attempt | None] = ContextVar("current_attempt", default=None)
"""The send in progress in this task. The caller of the SDK sets it, because the SDK passes contexts on to its
transport.
"""

Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
"""Sends one request and returns the answer with its body unread. Raises httpx's errors."""


@dataclass(frozen=True)
class Fault:
    """What went wrong with a request, in the terms of the retry table."""

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
    "certificate_expired": "{server} cannot be trusted: its certificate has expired.",
    "tls_failed": "{server} does not speak https at that address.",
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
    """Return the fault inside a JSON-RPC error that was made here; None for any other error."""
    if not isinstance(data, Mapping) or data.get("code") not in FAULT_SENTENCES:
        return None
    try:
        return Fault(
            FailureKind(data["kind"]), data["code"], Sent(data["sent"]), data.get("status"), data.get("retry_after")
        )
    except (KeyError, ValueError):
        return None


_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=30.0)
"""The number of connections is unlimited, because a stream of events holds its connection as long as the server
lives.
"""


def open_http_client(
    *, transport: httpx.AsyncBaseTransport | None = None, connect_seconds: float = _CONNECT_SECONDS
) -> httpx.AsyncClient:
    """Return the client that every HTTP request leaves through; the caller closes it.

    Scripted drives inject faults with `transport`, which replaces the network. Reading has no timeout of its own: each
    call has a deadline, and streams of events stay open.
    """
    if transport is None and not getproxies():  # httpx itself uses the proxies of the environment
        transport = _PoolsByOrigin()
    return _Client(
        transport=transport,
        timeout=httpx.Timeout(connect_seconds, read=None, write=10.0),
        limits=_LIMITS,
        follow_redirects=False,
    )


class _Cookies(httpx.Cookies):
    """Reads cookies only from answers that set one. For every other answer, httpx's own check costs 5 % of a whole
    call."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Take the cookies of an answer."""
        if "set-cookie" in response.headers:
            super().extract_cookies(response)


class _Client(httpx.AsyncClient):
    """httpx's client, with the cheaper cookie check."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._found = _Cookies()

    @property
    def cookies(self) -> httpx.Cookies:
        """The cookies of all servers."""
        return self._found

    @cookies.setter
    def cookies(self, cookies: Any) -> None:
        self._found = _Cookies(cookies)


@cache
def _certificates() -> ssl.SSLContext:
    """Return what checks the certificates of servers; read once, because that takes 0.03 s."""
    return httpx.create_ssl_context()


class _PoolsByOrigin(httpx.AsyncBaseTransport):
    """A pool of connections for each server, so that one server's streams take none from another.

    One pool for all would look through the connections of every server for each request.
    """

    def __init__(self) -> None:
        self._pools: dict[tuple[str, str, int | None], httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request through the pool of its server."""
        origin = (request.url.scheme, request.url.host, request.url.port)
        pool = self._pools.get(origin)
        if pool is None:
            verify = _certificates() if origin[0] == "https" else False  # nothing is verified over plain HTTP
            pool = self._pools[origin] = httpx.AsyncHTTPTransport(verify=verify, limits=_LIMITS)
        return await pool.handle_async_request(request)

    async def aclose(self) -> None:
        """Close every pool."""
        pools, self._pools = list(self._pools.values()), {}
        for pool in pools:
            await pool.aclose()


def sender(http: httpx.AsyncClient) -> Send:
    """Return the plain way to send through a client."""

    async def send(request: httpx.Request) -> httpx.Response:
        return await http.send(request, stream=True, follow_redirects=False)

    return send


def fault_of_exception(error: httpx.TransportError | httpx.InvalidURL) -> Fault:
    """Classify an exception of httpx: only if it failed before sending is it certain that nothing was sent."""
    never_sent = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
    if isinstance(error, (*never_sent, httpx.InvalidURL, httpx.LocalProtocolError, httpx.ProxyError)):
        return Fault(FailureKind.NOT_SENT, _tls_problem(error) or "not_sent", Sent.NO)
    if isinstance(error, httpx.TimeoutException):
        return Fault(FailureKind.ANSWER_LOST, "timed_out", Sent.MAYBE)
    return Fault(FailureKind.ANSWER_LOST, "answer_lost", Sent.MAYBE)


def _tls_problem(error: BaseException) -> str:
    """Return the code for a connection that TLS refused; empty for any other problem."""
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen:  # chains may have loops
        if isinstance(found, ssl.SSLCertVerificationError):
            expired = found.verify_code == _CERTIFICATE_EXPIRED
            return "certificate_expired" if expired else "certificate_refused"
        if isinstance(found, ssl.SSLError):
            return "tls_failed"
        seen.append(found)
        found = found.__cause__ or found.__context__
    return ""


def fault_of_status(
    response: httpx.Response, *, now: float, refused_statuses: frozenset[int] = frozenset()
) -> Fault | None:
    """Classify a status; None if the body decides. `refused_statuses` are sent before execution for certain."""
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
    declared = response.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > 15 or int(declared) > limit):
        raise BodyTooLargeError
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > limit:
            raise BodyTooLargeError
        parts.append(part)
    return b"".join(parts)


def is_within_origin(url: httpx.URL, following: httpx.Request) -> bool:
    """Return whether a redirect stays with the configured server, or only moves it to https."""
    target = following.url
    if target.userinfo and target.userinfo != url.userinfo:
        return False
    if (target.scheme, target.host, target.port) == (url.scheme, url.host, url.port):
        return True
    return target.host == url.host and (url.scheme, target.scheme) == ("http", "https") and url.port is target.port


def tracer(attempt: Attempt) -> Any:  # httpcore types its trace hook as Any
    """Return a trace hook that notes whether a request got beyond connecting."""

    async def trace(event: str, _info: Mapping[str, Any]) -> None:
        if event.endswith("connect_tcp.started"):
            attempt.sent = Sent.NO
        elif event.endswith("send_request_headers.started"):
            attempt.sent = Sent.MAYBE

    return trace
