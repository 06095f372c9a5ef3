"""Connections as uvicorn's HTTP/1.1 protocol keeps them, with patience and room that end.

A connection that sends no whole request in time is closed, one that breaks the protocol is told why, and where there
are more connections than open files allow, the one idle longest makes room: so others are always served. It never
looks into bodies and knows no face.
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
"""How long a client may take for the head of a request, from its first byte."""
IDLE_SECONDS = 75.0
"""How long a connection may say nothing, before its first request and between two. Longer than clients keep theirs
(httpx 5 s, browsers and proxies about a minute), so that none writes just as we close; `most` bounds what is open."""
BODY_SECONDS = 30.0
_MOST_CONNECTIONS = 10_000
_RESERVED_FILES = 128
"""Open files that databases, logs, child processes and calls to other servers need."""
_REASONS = {400: "Bad Request", 408: "Request Timeout", 431: "Request Header Fields Too Large", 501: "Not Implemented"}


def most_connections() -> int:
    """Return how many connections are kept at once: 10,000, or what the limit of open files leaves."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(16, min(_MOST_CONNECTIONS, soft - _RESERVED_FILES))


@dataclass
class HttpConnections:
    """The connections of one server, and how long and how many are kept."""

    most: int = field(default_factory=most_connections)
    patience: float = HEADER_SECONDS
    idle_patience: float = IDLE_SECONDS
    body_patience: float = BODY_SECONDS
    """Seconds that a body may take."""
    closed_for_room: int = 0
    open: dict[HttpConnection, None] = field(default_factory=dict)
    """In the order in which they came or last ended a request."""

    def protocol(self) -> type[asyncio.Protocol]:
        """Return what uvicorn takes as its protocol."""

        def make(**given: Any) -> HttpConnection:
            return HttpConnection(self, **given)

        return cast("type[asyncio.Protocol]", make)

    def make_room(self) -> None:
        """Close the connection idle longest where there are too many; with none idle, the newest."""
        if len(self.open) <= self.most:
            return
        idle = next((one for one in self.open if one.idle), next(reversed(self.open)))
        self.closed_for_room += 1
        if self.closed_for_room & (self.closed_for_room - 1) == 0:  # 1, 2, 4, 8: a flood fills no log
            _log.warning("%d connections are open; closed for room so far: %d", len(self.open), self.closed_for_room)
        idle.let_go()


class _Reader(h11.Connection):
    """Remembers what was wrong, for the answer."""

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
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._all.open[self] = None
        self._wait(self._all.idle_patience)
        self._all.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._all.open.pop(self, None)
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; the first of a request starts the wait for its whole head."""
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

    def let_go(self) -> None:
        """Close it now."""
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
        """Say what was wrong with the request, in the shape of all errors here."""
        problem = self.conn.problem if isinstance(self.conn, _Reader) else None
        status = problem.error_status_hint if problem is not None else 400
        _log.warning("%s sent what is not HTTP: %s", self._peer, problem or msg)
        self._refuse(status if status in _REASONS else 400, f"This is not a proper HTTP request: {problem or msg}.")

    def _refuse(self, status: int, error: str) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            # Its body broke off in the middle; whoever reads it learns that nobody is there any more.
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
