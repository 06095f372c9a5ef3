"""The figures on a separate port: `/metrics` for Prometheus, `/dashboard` for people, `/grafana.json` for Grafana,
`/rules.yml` and `/alertmanager.yml` for alerts outside of McQueen.

Only this machine reaches it, by its own name. Reads the state of servers and outbox on request and every few seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.resources import files

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.metrics.alerts import Alerts
from assistant.metrics.figures import Figures
from assistant.metrics.page import dashboard
from assistant.metrics.prometheus_rules import alertmanager_configuration, prometheus_rules
from assistant.serving.host_check import OwnNames
from assistant.serving.http_connections import HttpConnections
from assistant.serving.http_listening import HttpListener
from client.client_errors import ClientError

_log = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0
_YAML = "application/yaml"
_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Cache-Control": "no-store"}
Look = Callable[[Figures, Alerts], Awaitable[None]]
"""Reads the state that must be polled: the servers and the waiting calls."""


async def nothing_to_look_at(figures: Figures, alerts: Alerts) -> None:
    """Poll nothing."""


def app(figures: Figures, alerts: Alerts, now: Callable[[], float], look: Look) -> Starlette:
    """Return the ASGI application."""

    async def metrics(_: Request) -> Response:
        await look(figures, alerts)
        return Response(figures.exposition(), media_type=CONTENT_TYPE_LATEST)

    async def page(_: Request) -> Response:
        await look(figures, alerts)
        alerts.look()
        return HTMLResponse(dashboard(figures, alerts.shown, now()), headers=_HEADERS)

    async def board(_: Request) -> Response:
        return Response(files("assistant.metrics").joinpath("grafana.json").read_bytes(), media_type="application/json")

    async def rules(_: Request) -> Response:
        return PlainTextResponse(prometheus_rules(alerts.rules), media_type=_YAML)

    async def alertmanager(_: Request) -> Response:
        return PlainTextResponse(alertmanager_configuration(), media_type=_YAML)

    routes = [
        Route("/metrics", metrics),
        Route("/dashboard", page),
        Route("/grafana.json", board),
        Route("/rules.yml", rules),
        Route("/alertmanager.yml", alertmanager),
    ]

    async def nothing_here(_: Request, error: Exception) -> Response:
        message = f"There is nothing at this path; there is {', '.join(route.path for route in routes)}."
        return JSONResponse({"success": False, "error": message}, 404)

    return Starlette(
        routes=routes, exception_handlers={404: nothing_here}, middleware=[Middleware(OwnNames, address="127.0.0.1")]
    )


@asynccontextmanager
async def figures_at(
    port: int, figures: Figures, alerts: Alerts, now: Callable[[], float], look: Look = nothing_to_look_at
) -> AsyncIterator[str]:
    """Serve the figures on loopback until the block ends, and yield the address. Raises `AddressError`."""
    listening = HttpListener(app(figures, alerts, now, look), HttpConnections(most=64))
    port = await listening.start("127.0.0.1", port)
    watching = asyncio.create_task(_watch(figures, alerts, look), name="alerts")
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        await listening.stop()


async def _watch(figures: Figures, alerts: Alerts, look: Look) -> None:
    while True:
        try:
            await look(figures, alerts)
        except ClientError as error:
            _log.error("the figures of servers and outbox cannot be read: %s", error)
        alerts.look()
        await asyncio.sleep(_LOOK_SECONDS)
