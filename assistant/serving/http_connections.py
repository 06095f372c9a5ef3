"""How long an HTTP/1.1 connection may wait, and how many may be open, on top of uvicorn's protocol.

A connection is closed if it does not send a whole request in time. A client that breaks the protocol gets an error that
says why. If there are more connections than open files allow, the one that was idle longest is closed, so that others
can always be served. It never looks into bodies and knows no face.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
from dataclasses import dataclass, field
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from assistant.serving.request_bodies import LARGEST_HEAD

_log = logging.getLogger(__name__)
HEADER_SECONDS = 10.0
"""Seconds that a client may take for a request's headers, from the first byte."""
IDLE_SECONDS = 75.0
"""Seconds that a connection may be silent before its first request and between two requests.

It is longer than clients keep an idle connection (httpx 5 s, browsers and proxies about a minute), so that none sends a
request just as we close it. `most` limits how many are open.
"""
BODY_SECONDS = 30.0
_MOST_CONNECTIONS = 10_000
_RESERVED_FILES = 128
"""Open files kept free for databases, logs, child processes and calls to other servers."""
_REASONS = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large", 501: "Not Implemented"}


def most_connections() -> int:
    """Return how many connections may be open: 10,000, or what the limit of open files leaves."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(16, min(_MOST_CONNECTIONS, soft - _RESERVED_FILES))


@dataclass
class HttpConnections:
    """All connections of one server, and their limits."""

    most: int = field(default_factory=most_connections)
    patience: float = HEADER_SECONDS
    idle_patience: float = IDLE_SECONDS
    body_patience: float = BODY_SECONDS
    """Seconds that a request's body may take."""
    closed_for_room: int = 0
    open: dict[HttpConnection, None] = field(default_factory=dict)
    """The open connections; the one that has been idle longest comes first."""

    def protocol(self) -> type[asyncio.Protocol]:
        """Return the protocol class for uvicorn."""

        def make(**given: Any) -> HttpConnection:
            return HttpConnection(self, **given)

        return cast("type[asyncio.Protocol]", make)

    def make_room(self) -> None:
        """Close the connection that was idle longest if there are too many; if none is idle, the newest one."""
        if len(self.open) <= self.most:
            return
        idle = next((one for one in self.open if one.idle), next(reversed(self.open)))
        self.closed_for_room += 1
        if self.closed_for_room & (self.closed_for_room - 1) == 0:  # 1, 2, 4, 8: a flood fills no log
            _log.warning("%d connections are open; closed for room so far: %d", len(self.open), self.closed_for_room)
        idle.let_go()


class _Reader(h11.Connection):
    """A reader that remembers the fault of a request, for the answer."""

    problem: h11.RemoteProtocolError | None = None

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        try:
            return super().next_event()
        except h11.RemoteProtocolError as error:
            self.problem = error
            raise


class HttpConnection(H11Protocol):
    """One connection."""

    def __init__(self, connections_of_server: HttpConnections, **given: Any) -> None:
        super().__init__(**given)
        self.conn: h11.Connection = _Reader(h11.SERVER, LARGEST_HEAD)
        self._all = connections_of_server
        self._timer: asyncio.TimerHandle | None = None
        self._head_begun = False

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """Start to wait for a request."""
        super().connection_made(transport)
        self._all.open[self] = None
        self._wait(self._all.idle_patience)
        self._all.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the connection."""
        self._all.open.pop(self, None)
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes. The first byte of a request starts its time limit."""
        before = self.cycle
        if self.idle and not self._head_begun:
            self._head_begun = True
            self._wait(self._all.patience)
        super().data_received(data)
        if self.cycle is not before:
            self._head_begun = False
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Count as idle from now on."""
        super().on_response_complete()
        self._all.open.pop(self, None)
        if not self.transport.is_closing():
            self._all.open[self] = None

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over to the WebSocket protocol, which has limits of its own."""
        self._all.open.pop(self, None)
        self._stop_waiting()
        super().handle_websocket_upgrade(event)

    def let_go(self) -> None:
        """Close the connection now."""
        self._stop_waiting()
        self._all.open.pop(self, None)
        self.transport.abort()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        self._timer = None
        if not self.idle or self.transport.is_closing():
            return
        begun = bool(self.conn.trailing_data[0])
        if begun:
            _log.warning("%s sent no whole request in %g s", self._peer, self._all.patience)
            self._refuse(408, "The request did not come in time.")
        else:
            self.transport.close()

    @property
    def _peer(self) -> str:
        return self.client[0] if self.client else "somebody"

    def send_400_response(self, msg: str) -> None:
        """Answer with the fault of the request, in the form that all errors here have."""
        problem = self.conn.problem if isinstance(self.conn, _Reader) else None
        status = problem.error_status_hint if problem is not None else 400
        _log.warning("%s sent what is not HTTP: %s", self._peer, problem or msg)
        self._refuse(status if status in _REASONS else 400, f"This is not a proper HTTP request: {problem or msg}.")

    def _refuse(self, status: int, error: str) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            # Its body broke off in the middle; the code that reads it learns that the client has gone.
            begun = self.cycle.response_started
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            if begun:
                self.transport.close()
                return
        body = json.dumps({"success": False, "error": error}).encode()
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
