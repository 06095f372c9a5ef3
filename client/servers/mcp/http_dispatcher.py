"""MCP messages over Streamable HTTP, as the SDK's `Dispatcher`: each request is one POST in the caller's own task.

No fault of network or server ends the connection or harms another call here: each becomes an `MCPError` that carries a
`Fault`. It speaks both eras: sessions, resumed streams and the standalone stream of the handshake revisions, and plain
requests of 2026-07-28. It never retries a request.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import anyio
import anyio.abc
import httpx
from mcp import MCPError
from mcp.shared.dispatcher import CallOptions, OnNotify, OnNotifyIntercept, OnRequest, ProgressFnT, run_notify_intercept
from mcp_types import CONNECTION_CLOSED, INVALID_REQUEST, METHOD_NOT_FOUND, REQUEST_TIMEOUT, RequestId
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from client.call import Sent
from client.clock import Clock
from client.http import (
    Attempt,
    BodyTooLargeError,
    Fault,
    Send,
    current_attempt,
    fault_of_exception,
    fault_of_status,
    is_within_origin,
    read_body,
    tracer,
)
from client.servers.mcp.event_stream import StreamPosition, read_events
from client.servers.mcp.inbound import Inbound, Message
from client.servers.mcp.json_rpc import (
    answer_in_body,
    answers_request,
    as_token,
    media_type,
    read_message,
    report,
    result_of,
    unreadable,
)
from client.servers.mcp.mcp_answers import FaultError
from client.servers.tool_server import FailureKind

_log = logging.getLogger(__name__)

VERSION_HEADER = "mcp-protocol-version"
_SESSION_HEADER = "mcp-session-id"
_LOST_STREAMS = 2
"""Failures in a row after which a stream is no longer resumed, as in the SDK. Each call has a deadline as well."""
_REDIRECTS = 5
_RETRY_SECONDS = 1.0
_LONGEST_RETRY = 30.0
_DELETE_SECONDS = 2.0
_NEVER_CANCELLED = ("initialize", "server/discover")


class HttpDispatcher:
    """One MCP connection at a URL, over our HTTP client."""

    def __init__(
        self,
        url: str,
        send: Send,
        clock: Clock,
        *,
        timeout: httpx.Timeout,
        headers: Mapping[str, str] | None = None,
        body_limit: int,
        refused_statuses: frozenset[int] = frozenset(),
        on_reopened: Callable[[], None] | None = None,
    ) -> None:
        """`on_reopened` is called when a standing stream is open again or a session is gone: listings may be old."""
        self._url = httpx.URL(url)
        self._send = send
        self._clock = clock
        self._timeout = timeout.as_dict()
        self._base = [
            ("accept", "application/json, text/event-stream"),
            ("accept-encoding", "gzip, deflate"),
            ("user-agent", "mcqueen"),
            *(headers or {}).items(),
        ]
        self._body_limit = body_limit
        self._refused_statuses = refused_statuses
        self._on_reopened = on_reopened
        self._session_id = ""
        self._version = ""
        self._last_request = 0
        self._progress: dict[RequestId, ProgressFnT] = {}
        self._inbound = Inbound(self._post_quietly)
        self._group: anyio.abc.TaskGroup | None = None
        self._closed = False

    # -- the SDK's Dispatcher --

    async def run(
        self,
        on_request: OnRequest,
        on_notify: OnNotify,
        on_notify_intercept: OnNotifyIntercept | None = None,
        *,
        task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
    ) -> None:
        """Handle the server's requests and notifications until cancelled."""
        self._inbound.attend(on_request, on_notify, partial(run_notify_intercept, on_notify_intercept))
        try:
            async with anyio.create_task_group() as group:
                self._group = group
                task_status.started()
                await anyio.sleep_forever()
        finally:
            self._closed = True
            self._group = None

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> dict[str, Any]:
        """Send one request and wait for its result. Raises `MCPError`; its data is a `Fault` if there was one."""
        opts = opts or {}
        if self._closed:
            raise MCPError(CONNECTION_CLOSED, "Connection closed")
        request_id = opts.get("request_id")
        if request_id is None:
            self._last_request += 1
            request_id = self._last_request
        message: Message = {"jsonrpc": "2.0", "id": request_id, "method": method}
        headers = opts.get("headers") or {}
        if method == "initialize":
            self._version = ""  # headers that an earlier probe was sent with must not leak into the handshake
        version = next((value for name, value in headers.items() if name.lower() == VERSION_HEADER), "")
        self._version = version or self._version
        if params is not None:
            message["params"] = self._with_token(params, request_id) if "on_progress" in opts else dict(params)
        if "on_progress" in opts:
            self._progress[request_id] = opts["on_progress"]
        handshake_era = self._version not in MODERN_PROTOCOL_VERSIONS
        try:
            async with asyncio.timeout(opts.get("timeout")):
                return await self._exchange(message, headers, resumable=handshake_era)
        except TimeoutError:
            self._abandon(request_id, opts, method, handshake_era)
            raise MCPError(REQUEST_TIMEOUT, f"{method} timed out") from None
        except asyncio.CancelledError:
            self._abandon(request_id, opts, method, handshake_era)
            raise
        finally:
            self._progress.pop(request_id, None)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Send a notification. If it is lost, nothing else ends."""
        if self._closed:
            return
        message: Message = {"jsonrpc": "2.0", "method": method}
        if params is not None:
            message["params"] = dict(params)
        await self._post_quietly(message, (opts or {}).get("headers"))
        if method == "notifications/initialized" and self._session_id and self._group is not None:
            self._group.start_soon(self._stand_by)

    async def end_session(self) -> None:
        """End the session, if there is one. Network faults are ignored."""
        if not self._session_id:
            return
        request = self._request("DELETE", None, None, timeout=httpx.Timeout(_DELETE_SECONDS).as_dict())
        self._session_id = ""
        with suppress(httpx.TransportError, httpx.InvalidURL):
            await (await self._send(request)).aclose()

    # -- one request --

    @staticmethod
    def _with_token(params: Mapping[str, Any], request_id: RequestId) -> dict[str, Any]:
        return {**params, "_meta": {**(params.get("_meta") or {}), "progressToken": request_id}}

    def _abandon(self, request_id: RequestId, opts: CallOptions, method: str, handshake_era: bool) -> None:
        """Tell the server that nobody waits for the answer any more. In 2026-07-28, closing the stream says so."""
        wanted = handshake_era and opts.get("cancel_on_abandon", True) and method not in _NEVER_CANCELLED
        if wanted and self._group is not None:
            gone = {"requestId": request_id, "reason": "nobody waits for it any more"}
            self._group.start_soon(self.notify, "notifications/cancelled", gone)

    def _request(
        self,
        verb: str,
        message: Message | None,
        headers: Mapping[str, str] | None,
        *,
        attempt: Attempt | None = None,
        timeout: Mapping[str, float | None] | None = None,
    ) -> httpx.Request:
        fields = list(self._base)
        if self._session_id:
            fields.append((_SESSION_HEADER, self._session_id))
        given = dict(headers or {})
        if self._version and not any(name.lower() == VERSION_HEADER for name in given):
            fields.append((VERSION_HEADER, self._version))
        fields.extend(given.items())
        extensions: dict[str, Any] = {"timeout": dict(timeout or self._timeout)}
        if attempt is not None:
            if attempt.idempotency_key:
                fields.append(("idempotency-key", attempt.idempotency_key))
            attempt.sent = Sent.MAYBE
            extensions["trace"] = tracer(attempt)
        content = None
        if message is not None:
            fields.append(("content-type", "application/json"))
            content = json.dumps(message, separators=(",", ":"), allow_nan=False).encode()
        return httpx.Request(verb, self._url, headers=fields, content=content, extensions=extensions)

    async def _exchange(self, message: Message, headers: Mapping[str, str], *, resumable: bool) -> dict[str, Any]:
        attempt = current_attempt.get() if message["method"] == "tools/call" else None
        request = self._request("POST", message, headers, attempt=attempt)
        try:
            response = await self._send_within_origin(request, again=message["method"] != "tools/call")
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise FaultError(fault_of_exception(error)) from error
        try:
            if self._moved(request, response) is not None:  # a call is not sent twice: it may have been executed
                raise FaultError(Fault(FailureKind.ANSWER_LOST, "answer_lost", Sent.MAYBE, response.status_code))
            kind = media_type(response)
            if response.is_success and kind == "text/event-stream":
                return await self._await_in_stream(response, message, resumable=resumable)
            body = await read_body(response, self._body_limit)
        except BodyTooLargeError:
            fault = Fault(FailureKind.ANSWER_LOST, "answer_too_large", Sent.YES, response.status_code)
            raise FaultError(fault) from None
        except httpx.TransportError as error:
            raise FaultError(fault_of_exception(error)) from error
        except httpx.DecodingError as error:
            raise FaultError(unreadable(response.status_code)) from error
        finally:
            await response.aclose()
        return self._judge(request, message, response, kind, body)

    async def _send_within_origin(self, request: httpx.Request, *, again: bool = True) -> httpx.Response:
        """Send a request. If the server redirects within its origin, send `again` there, now and later."""
        for _ in range(_REDIRECTS):
            response = await self._send(request)
            following = self._moved(request, response)
            if following is None:
                return response
            self._url = following.url
            if not again:
                return response
            await response.aclose()
            following.extensions = request.extensions
            request = following
        return response

    @staticmethod
    def _moved(request: httpx.Request, response: httpx.Response) -> httpx.Request | None:
        """Return the same request for a redirect within the server; None for others, such as a captive portal's."""
        following = response.next_request if response.has_redirect_location else None
        if following is None or following.method != request.method or not is_within_origin(request.url, following):
            return None
        return following

    def _judge(
        self, request: httpx.Request, message: Message, response: httpx.Response, kind: str, body: bytes
    ) -> dict[str, Any]:
        status = response.status_code
        if _SESSION_HEADER in request.headers and (status == 404 or (status == 400 and b"session" in body.lower())):
            raise FaultError(Fault(FailureKind.SESSION_LOST, "session_lost", Sent.YES, status))
        answer = answer_in_body(body, message["id"]) if kind == "application/json" else {}
        told = isinstance(answer.get("error"), dict)
        fault = fault_of_status(response, now=self._clock.now(), refused_statuses=self._refused_statuses)
        if fault is not None and not (told and fault.code == "server_error"):
            raise FaultError(fault)
        if status >= 400 and not told:
            if message["method"] != "tools/call":  # the negotiation takes this for "does not know this method"
                raise MCPError(METHOD_NOT_FOUND if status == 404 else INVALID_REQUEST, f"HTTP status {status}")
            code = "forbidden" if status == 403 else "refused"
            raise FaultError(Fault(FailureKind.TOOL_ERROR, code, Sent.YES, status))
        if not answer:
            raise FaultError(unreadable(status))
        if message["method"] == "initialize":
            self._session_id = response.headers.get(_SESSION_HEADER, "")
        return result_of(answer)

    # -- streams --

    async def _await_in_stream(self, response: httpx.Response, message: Message, *, resumable: bool) -> dict[str, Any]:
        """Read until the answer comes. In the handshake era a lost stream is resumed."""
        place, failures = StreamPosition(), 0
        lost: Exception | None = None
        if message["method"] == "initialize":
            self._session_id = response.headers.get(_SESSION_HEADER, "")
        while True:
            try:
                answer = await self._read(response, place, message["id"])
                if answer is not None:
                    return result_of(answer)
                failures = 0
            except (httpx.TransportError, httpx.DecodingError) as error:
                lost = error
            finally:
                await response.aclose()
            if not resumable or not place.last_id:
                break
            reopened: httpx.Response | None = None
            while reopened is None and failures < _LOST_STREAMS:
                await asyncio.sleep(_RETRY_SECONDS if place.retry_seconds is None else place.retry_seconds)
                failures += 1
                reopened = await self._reopen(place)
            if reopened is None:
                break
            response = reopened
        raise FaultError(Fault(FailureKind.ANSWER_LOST, "answer_lost", Sent.YES)) from lost

    async def _reopen(self, place: StreamPosition) -> httpx.Response | None:
        try:
            response = await self._send_within_origin(self._request("GET", None, _from(place)))
        except (httpx.TransportError, httpx.InvalidURL):
            return None
        if response.is_success and media_type(response) == "text/event-stream":
            return response
        await response.aclose()
        return None

    async def _read(
        self, response: httpx.Response, place: StreamPosition, request_id: RequestId | None
    ) -> Message | None:
        """Return the answer to that request; None if the stream ended without it."""
        async for event in read_events(response.aiter_bytes(), place, self._body_limit):
            if event.name != "message" or not event.data:
                continue  # an event without data only says where to resume
            message = read_message(event.data)
            if "method" in message:
                self._hear(message)
            elif request_id is not None and answers_request(message, request_id):
                return message
            elif request_id is not None and not message:
                raise FaultError(unreadable(response.status_code))
        return None

    def _hear(self, message: Message) -> None:
        if self._group is None:
            return
        params = message.get("params")
        if message["method"] == "notifications/progress" and isinstance(params, dict):
            token = params.get("progressToken")
            observer = self._progress.get(as_token(token)) if isinstance(token, str | int) else None
            if observer is not None:
                self._group.start_soon(report, observer, params)
        self._inbound.hear(message, self._group)

    async def _stand_by(self) -> None:
        """While the session lasts, keep the stream open on which a handshake-era server announces changes."""
        place, pause, opened_before = StreamPosition(), _RETRY_SECONDS, False
        while self._session_id:
            try:
                response = await self._send_within_origin(self._request("GET", None, _from(place)))
            except (httpx.TransportError, httpx.InvalidURL):
                pass
            else:
                if not response.is_success or media_type(response) != "text/event-stream":
                    await response.aclose()
                    if opened_before and response.status_code == 404:
                        self._changed()  # the session is gone; the next check notices and makes a new one
                    if response.status_code < 500:
                        return  # this server has no such stream
                else:
                    if opened_before:
                        self._changed()
                    opened_before, pause = True, _RETRY_SECONDS
                    with suppress(httpx.TransportError, httpx.DecodingError, BodyTooLargeError):
                        await self._read(response, place, None)
                    await response.aclose()
            await asyncio.sleep(pause if place.retry_seconds is None else max(place.retry_seconds, pause))
            pause = min(pause * 2, _LONGEST_RETRY)

    def _changed(self) -> None:
        if self._on_reopened is not None:
            self._on_reopened()

    async def _post_quietly(self, message: Message, headers: Mapping[str, str] | None = None) -> None:
        try:
            response = await self._send_within_origin(self._request("POST", message, headers))
            await response.aclose()
        except (httpx.TransportError, httpx.InvalidURL) as error:
            _log.debug("%s was not delivered: %s", message.get("method", "a reply"), error)


def _from(place: StreamPosition) -> dict[str, str]:
    return {"last-event-id": place.last_id} if place.last_id else {}
