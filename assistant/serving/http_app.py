"""All faces on one port: MCP, McQueen REST, AI Platform and its gateway. Puts them together and adds nothing."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from assistant.hosting.mcp_over_host import mcp_server
from assistant.serving.answer_headers import Compressed, SecurityHeaders
from assistant.serving.error_answers import log_refusal
from assistant.serving.host_check import LOOPBACK_NAMES, OwnNames
from assistant.serving.mcp.mcp_face import McpFace
from assistant.serving.mcp.mcp_login import LoginFirst, McpLogin
from assistant.serving.mcp.mcp_record import McpRecord
from assistant.serving.middleware import OLD_PATHS, Door, Framing, OldPaths, RequestIds, WatchedApp
from assistant.serving.openapi import own_version
from assistant.serving.platform.admin_face import ADMIN_PATH
from assistant.serving.platform.platform import Platform
from assistant.serving.request_bodies import answer
from assistant.serving.rest.rest_face import RestFace
from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.rest.upstream import Upstream, UpstreamPaths
from assistant.serving.tool_client_host import Served, ToolClientHost

FACES: Mapping[str, str] = {"mcp": "/mcp", "rest": "/api/v1", "platform": "/api/mcp", "gateway": "/api/gateway"}
"""Faces by name, with their paths."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def http_app(
    host: Served,
    *,
    address: str,
    door: Door,
    body_seconds: float,
    settings: RestSettings,
    rest: RestFace | None,
    platform: Platform | None = None,
    mcp: bool = True,
    record: McpRecord,
    login: McpLogin | None = None,
    upstream: Upstream | None = None,
) -> Starlette:
    """Return the application; it can be started once. Legacy routes go to `upstream` if there is one.

    `record` notes the calls of the MCP face. `address` is what it will listen on, `body_seconds` how long a body may
    take. With `login` the MCP face asks for one.
    """
    manager = _manager(host, record, _security(address))
    routes: list[BaseRoute] = []
    if mcp:
        face: ASGIApp = StreamableHTTPASGIApp(manager)
        if login is not None:
            face = LoginFirst(face, login, FACES["mcp"])
            routes.append(login.route(FACES["mcp"]))
        routes.append(Route(FACES["mcp"], face))
    if rest is not None:
        rest_app = rest.app()
        routes.append(Mount(FACES["rest"], rest_app))
        if upstream is not None:
            here = Starlette(routes=[Mount(FACES["rest"], rest_app)])
            paths = UpstreamPaths(upstream, here, rest.limit("upstream"))
            routes += [Route(f"{old}{{path:path}}", paths.answer, methods=_METHODS) for old in OLD_PATHS]
    if platform is not None:
        routes.append(Mount("/", platform.app()))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with manager.run():
            yield

    served = {"mcp": mcp, "rest": rest is not None}
    refused = _refusal(", ".join(FACES[name] for name, there in served.items() if there))
    middleware = _middleware(address, door, body_seconds, settings)
    if rest is not None and upstream is None:
        middleware.append(Middleware(OldPaths))
    return Starlette(
        routes=routes, lifespan=lifespan, middleware=middleware, exception_handlers={HTTPException: refused}
    )


def _middleware(address: str, door: Door, body_seconds: float, settings: RestSettings) -> list[Middleware]:
    """Return what every request passes before it reaches a face, outermost first."""
    return [
        Middleware(RequestIds),
        Middleware(SecurityHeaders),
        Middleware(Compressed, paths=(*FACES.values(), *OLD_PATHS, ADMIN_PATH)),
        Middleware(WatchedApp, door=door),
        Middleware(OwnNames, address=address, origins=settings.allowed_origins, hosts=settings.allowed_hosts),
        Middleware(Framing, seconds=body_seconds),
    ]


def _refusal(paths: str) -> Callable[[Request, Any], Awaitable[JSONResponse]]:
    """Return the app that answers refused requests; `paths` are the served paths."""

    async def refused(request: Request, error: Any) -> JSONResponse:
        message = str(error.detail)
        if error.status_code == 404:
            message = f"There is nothing at this path; there is {paths}."
        log_refusal(request, error.status_code, message)
        return answer(request, {"error": message}, error.status_code, error.headers)

    return refused


def _manager(
    host: Served, record: McpRecord, security: TransportSecuritySettings | None
) -> StreamableHTTPSessionManager:
    if isinstance(host, ToolClientHost):
        # With sessions and streams, because only on those can a client of the older revisions be asked for its yes.
        return StreamableHTTPSessionManager(
            McpFace(host, noted=record.note, held=record.held).server(own_version()), security_settings=security
        )
    return StreamableHTTPSessionManager(
        mcp_server(host, noted=record.note, held=record.held),
        json_response=True,
        stateless=True,
        security_settings=security,
    )


def _security(address: str) -> TransportSecuritySettings | None:
    """On loopback, accept only loopback host names, so that no web page gets in by DNS rebinding."""
    if address not in LOOPBACK_NAMES:
        return None
    names = ["127.0.0.1", "localhost", "[::1]"]
    return TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[*names, *(f"{name}:*" for name in names)],
        allowed_origins=[f"http://{name}:*" for name in names],
    )
