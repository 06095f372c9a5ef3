"""Feeds the figures of `mcqueen serve`: every request of every API, and every call of their tools."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.hosting.host import Asks, Done, Refused, ToolHost
from assistant.metrics.alerts import Alerts
from assistant.metrics.conversation_figures import (
    Uses,
    call_observer,
    count_deliveries,
    look_at,
    look_at_processes,
    no_processes,
)
from assistant.metrics.figures import Figures
from assistant.metrics.port import figures_at
from assistant.metrics.tracing import Traced, Traces, tracing
from assistant.serving.http_app import FACES
from assistant.serving.tool_client_host import Served, ToolClientHost
from assistant.settings.settings import MetricsSettings
from client.call import CallError, Failed, Outcome, Sent, Succeeded, ToolCall
from client.clock import Clock
from client.tool_client import ToolClient

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Watch:
    """Everything that watches one `mcqueen serve`. `now` is in seconds since the epoch."""

    def __init__(self, settings: MetricsSettings, now: Callable[[], float], *, counts: bool = True) -> None:
        """`counts` is whether figures are collected. Traces are made if they are configured, in either case."""
        self._counts = counts
        self._settings = settings
        self._now = now
        self.figures = Figures(now)
        self._alerts = Alerts(settings.alerts, self.figures, now)
        self._tracing = False
        self._traces = Traces()

    @contextmanager
    def tracing(self) -> Iterator[None]:
        """Trace until the block ends, if tracing is configured."""
        with tracing() as self._tracing:
            self._traces = Traces()
            yield

    def around(self, app: ASGIApp) -> ASGIApp:
        """Return the application with its requests counted if figures are wanted, and traced if that is configured."""
        counted = Counted(app, self.figures) if self._counts else app
        return Traced(counted) if self._tracing else counted

    def measured(self, host: Served) -> Served:
        """Return a host whose calls are counted and traced, as `around`. A tool client counts its own calls and is
        returned unchanged.
        """
        if not self._counts and not self._tracing:
            return host
        match host:
            case ToolClientHost():
                return host
            case ToolHost():
                return MeasuredHost(host, self.figures, self._traces, self._now)

    def called(self, clock: Clock) -> Callable[[ToolCall, Outcome, float], None]:
        """Return the listener for the calls of a tool client's host."""
        return call_observer(self.figures, self._traces, clock)

    @asynccontextmanager
    async def shown(self, tools: ToolClient | None, processes: Uses = no_processes) -> AsyncIterator[str]:
        """Serve the figures on their port, including a tool client's if there is one. Raises `AddressError`.

        `processes` returns what the processes of the platform's servers use.
        """
        look = look_at_processes(processes) if tools is None else look_at(tools, processes)
        end = count_deliveries(tools, self.figures) if tools is not None else None
        try:
            async with figures_at(self._settings, self.figures, self._alerts, self._now, look) as url:
                yield url
        finally:
            if end is not None:
                end()


class Counted:
    """ASGI: counts requests and their time, by API. A stream counts when it ends."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        face = face_of(scope["path"])
        method = scope["method"] if scope["method"] in _METHODS else "other"

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        under_way = self._figures.under_way.labels(face)
        under_way.inc()
        try:
            await self._app(scope, receive, send_and_note)
        finally:
            under_way.dec()
            self._figures.answered(face, method, status, time.perf_counter() - began)


def face_of(path: str) -> str:
    """Return the API that a path belongs to, "other" for services behind the gateway and for unknown paths."""
    if path.startswith(("/auth/", "/mcp/tools", "/proxy/")):
        return "rest"
    found = [name for name, base in FACES.items() if path == base or path.startswith(f"{base}/")]
    return max(found, key=lambda name: len(FACES[name]), default="other")


class MeasuredHost(ToolHost):
    """A host of tools whose calls are counted; for hosts other than a tool client, which counts its own calls."""

    def __init__(self, host: ToolHost, figures: Figures, traces: Traces, now: Callable[[], float]) -> None:
        self.name = host.name
        self._host = host
        self._figures = figures
        self._traces = traces
        self._now = now

    @property
    def definitions(self) -> Mapping[str, Mapping[str, Any]]:
        """The host's tools."""
        return self._host.definitions

    def for_user(self, user_id: str | None) -> MeasuredHost:
        """Return the host as that user has it, counted in the same figures."""
        host = self._host.for_user(user_id)
        return self if host is self._host else MeasuredHost(host, self._figures, self._traces, self._now)

    async def admits(self, service: str, credentials: Mapping[str, Any]) -> bool:
        """Ask the host."""
        return await self._host.admits(service, credentials)

    async def call(
        self, tool: str, arguments: Mapping[str, Any], *, idempotency_key: str | None = None, agreed: bool = False
    ) -> Done | Refused | Asks:
        """Call a tool, and count it."""
        began = time.perf_counter()
        answer = await self._host.call(tool, arguments, idempotency_key=idempotency_key, agreed=agreed)
        seconds = time.perf_counter() - began
        if isinstance(answer, Asks):
            return answer  # the call has not ended; it is counted when it continues
        outcome: Outcome = Succeeded(None)
        if isinstance(answer, Refused):
            if answer.code == "unknown_tool":
                return answer  # invented names are no tools
            outcome = Failed(CallError(answer.code, answer.message, Sent.YES), attempts=1)
        self._figures.called(tool, self.name, outcome, seconds)
        problem = outcome.error.code if isinstance(outcome, Failed) else ""
        self._traces.stage("call", self._now(), seconds, problem, **{"mcp.tool": tool, "mcp.server": self.name})
        return answer
