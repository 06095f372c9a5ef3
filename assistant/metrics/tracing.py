"""Traces (an extra): one trace for each turn or request, with its stages and calls, sent to the endpoint that
OpenTelemetry is configured for.

Without the extra, or without `OTEL_EXPORTER_OTLP_ENDPOINT`, nothing is traced and nothing costs time. Spans hold names,
outcomes and times, never words or arguments.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.metrics.tracing_wish import traces_wished


@contextmanager
def tracing(environment: Mapping[str, str] = os.environ) -> Iterator[bool]:
    """Trace until the block ends if tracing is configured and the extra is installed; yield whether it traces."""
    if not traces_wished(environment):
        yield False
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # type: ignore[import-not-found]  # the extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        yield False
        return
    provider = TracerProvider(resource=Resource.create({"service.name": "mcqueen"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield True
    finally:
        provider.shutdown()


class Traces:
    """Makes spans of past stages, so that no caller waits for them. Times are in seconds since the epoch."""

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer or trace.get_tracer("mcqueen")
        self._turn: Span | None = None
        self._turn_ended = 0.0

    def turn(self, began: float) -> None:
        """Begin a turn; later spans belong to it."""
        self.end()
        self._turn_ended = began
        self._turn = self._tracer.start_span("turn", start_time=_nanoseconds(began))

    def end(self) -> None:
        """End the turn."""
        if self._turn is not None:
            self._turn.end(_nanoseconds(self._turn_ended))
            self._turn = None

    def stage(self, name: str, ended: float, seconds: float, problem: str = "", **attributes: Any) -> None:
        """Record a finished stage of the turn, if there is one, else of the request being answered."""
        context = trace.set_span_in_context(self._turn) if self._turn is not None else None
        began = _nanoseconds(ended - seconds)
        span = self._tracer.start_span(name, context=context, start_time=began, attributes=attributes)
        if problem:
            span.set_status(Status(StatusCode.ERROR, problem))
        span.end(_nanoseconds(ended))
        self._turn_ended = max(self._turn_ended, ended)


class Traced:
    """ASGI: a span for each request, below the caller's span in `traceparent`."""

    def __init__(self, app: ASGIApp, tracer: Tracer | None = None) -> None:
        self._app = app
        self._tracer = tracer or trace.get_tracer("mcqueen")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with self._tracer.start_as_current_span(
            f"{scope['method']} request", context=propagate.extract(headers), kind=SpanKind.SERVER
        ) as span:

            async def send_and_note(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            span.set_attribute("url.path", scope["path"])
            await self._app(scope, receive, send_and_note)


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
