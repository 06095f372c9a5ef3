"""The gateway's paths: `/api/gateway/*` to manage it, and the base paths of its services, which it passes on.

Adding and removing services needs mcp:manage, because a service may be at any address that this machine can reach. A
request that may change something needs a confirmation (`gateway_consent.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from assistant.serving.answer_headers import PASSED_ON
from assistant.serving.error_answers import begin
from assistant.serving.gateway.gateway import (
    SAFE_METHODS,
    Gateway,
    GatewayError,
    GatewayTarget,
    Instance,
    InstanceAnswer,
)
from assistant.serving.gateway.gateway_callers import caller_key, caller_token
from assistant.serving.gateway.gateway_consent import GatewayConsent
from assistant.serving.gateway.passed_paths import CALLER, decoded, leads_out, passed_headers
from assistant.serving.middleware import too_many
from assistant.serving.openapi import Operation
from assistant.serving.platform.callers import Caller, Permission
from assistant.serving.platform.guarded import GuardedFace
from assistant.serving.platform.platform_models import (
    GatewayConfigAnswer,
    GatewayHealthAnswer,
    GatewayStatsAnswer,
    ServiceAddedAnswer,
    ServiceHealthAnswer,
)
from assistant.serving.platform.server_records import PlatformRecords
from assistant.serving.request_bodies import (
    RefusedRequest,
    address,
    answer,
    printable,
    read_body,
    read_model,
    request_id,
)
from assistant.serving.rest.rest_models import MessageAnswer
from assistant.serving.state.audit import AuditLog
from assistant.serving.state.stores import Store
from client.servers.rest.platform_records import GatewayService

OWN_PATHS = ("/mcp", "/api/v1", "/api/mcp", "/api/gateway", "/auth", "/proxy", "/admin")
"""Paths of the other faces. No service can have them as its base path."""
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@dataclass
class GatewayFace(GuardedFace):
    """The handlers of the gateway's paths. `now` is in seconds since the epoch."""

    prefix = "/api/gateway"

    gateway: Gateway
    records: PlatformRecords
    store: Store
    audit: AuditLog
    jwt_secret: str
    now: Callable[[], float]

    @cached_property
    def _consent(self) -> GatewayConsent:
        return GatewayConsent(self.jwt_secret, self.store, self.now)

    def operations(self) -> list[Operation]:
        """Return all operations below `/api/gateway`."""
        read, manage, of_one = Permission.READ, Permission.MANAGE, (404,)
        return [
            self._operation("GET", "/stats", read, self.stats, GatewayStatsAnswer),
            self._operation("GET", "/health", read, self.health, GatewayHealthAnswer),
            self._operation("GET", "/config", read, self.config, GatewayConfigAnswer),
            self._operation("GET", "/health/{service}", read, self.health_of, ServiceHealthAnswer, errors=of_one),
            self._operation(
                "POST",
                "/health/{service}/check",
                Permission.EXECUTE,
                self.check,
                ServiceHealthAnswer,
                errors=of_one,
            ),
            self._operation(
                "POST", "/services", manage, self.add, ServiceAddedAnswer, takes=GatewayService, status=201
            ),
            self._operation("DELETE", "/services/{name}", manage, self.remove, MessageAnswer, errors=of_one),
        ]

    def pass_on(self, own: Sequence[Route]) -> Route:
        """Return the route for every other path; a path below a service's base path is passed on.

        A path of `own` gets here only if its method did not match.
        """

        async def forward(request: Request) -> Response:
            there = [route for route in own if route.matches(request.scope)[0] is not Match.NONE]
            if there:
                allowed = ", ".join(sorted({method for route in there for method in route.methods or ()}))
                raise RefusedRequest(405, "This path does not take that method.", headers={"Allow": allowed})
            return await self._forward(request)

        return Route("/{path:path}", forward, methods=_METHODS)

    async def stats(self, request: Request, caller: Caller) -> JSONResponse:
        """Count requests, failures and times."""
        services = {name: _counted(target) for name, target in self.gateway.targets.items()}
        totals = {key: sum(service[key] for service in services.values()) for key in ("requests", "failures", "active")}
        return answer(request, {"services": services, **totals})

    async def health(self, request: Request, caller: Caller) -> JSONResponse:
        """Show the health of every service as of its last check."""
        services = {name: _health(target) for name, target in self.gateway.targets.items()}
        healthy = sum(service["healthy"] for service in services.values())
        summary = {"total": len(services), "healthy": healthy, "unhealthy": len(services) - healthy}
        return answer(request, {"summary": summary, "services": services})

    async def config(self, request: Request, caller: Caller) -> JSONResponse:
        """Show how the gateway is set up."""
        services = [t.service.model_dump(mode="json", by_alias=True) for t in self.gateway.targets.values()]
        settings = {
            "loadBalancing": self.gateway.balancing,
            "healthCheckInterval": round(self.gateway.check_every * 1000),
        }
        return answer(request, {**settings, "services": services})

    async def health_of(self, request: Request, caller: Caller) -> JSONResponse:
        """Show the health of one service as of its last check."""
        return answer(request, _health(self._target(request.path_params["service"])))

    async def check(self, request: Request, caller: Caller) -> JSONResponse:
        """Check one service now."""
        target = self._target(request.path_params["service"])
        await self.gateway.check(target)
        return answer(request, _health(target))

    async def add(self, request: Request, caller: Caller) -> JSONResponse:
        """Add a service and check it."""
        service = _possible(await read_model(request, GatewayService))
        begin(request, partial(self._note, request, caller, "service added", service.name))
        await self.records.keep_gateway_service(service.name, service.model_dump_json(by_alias=True))
        target = self.gateway.add(service)
        await self.gateway.check(target)
        self._note(request, caller, "service added", service.name)
        shown = {"service": service.model_dump(mode="json", by_alias=True), **_health(target)}
        return answer(request, {**shown, "callerKey": caller_key(self.jwt_secret, service.name)}, 201)

    async def remove(self, request: Request, caller: Caller) -> JSONResponse:
        """Remove a service."""
        name = request.path_params["name"]
        self._target(name)
        begin(request, partial(self._note, request, caller, "service removed", name))
        await self.records.keep_gateway_service(name, None)
        self.gateway.remove(name)
        self._note(request, caller, "service removed", name)
        return answer(request, {"message": f"{name} is no longer served."})

    def _note(self, request: Request, caller: Caller, event: str, name: str, outcome: str = "done") -> None:
        known = {"user_id": caller.user_id, "address": address(request), "request_id": request_id(request)}
        self.audit.write(event, **known, outcome=outcome, service=name)

    def _target(self, name: str) -> GatewayTarget:
        target = self.gateway.targets.get(name)
        if target is None:
            known = ", ".join(self.gateway.targets) or "none"
            raise RefusedRequest(404, f"The gateway has no service called {name[:60]}; there is {known}.")
        return target

    async def _forward(self, request: Request) -> Response:
        target, path = self._place(request)
        who, user_id = address(request), None
        if target.service.authentication:
            who = user_id = (await self._caller(request)).user_id
        rule = target.service.rate_limit
        if rule is not None:
            limit = self.store.limit(f"gateway {target.service.name}", rule.max, rule.window_ms / 1000)
            if wait := await limit.admit(who):
                raise RefusedRequest(429, too_many(wait), headers={"Retry-After": str(wait)})
        query = f"?{request.url.query}" if request.url.query else ""
        body = await read_body(request)
        if not target.service.trusted:
            await self._consent.need(request, path + query, body, who)
        note = partial(self._passed, request, target, user_id)
        headers = self._headers(request, target, path + query, user_id)
        try:
            passed = await self.gateway.forward(target, request.method, path + query, headers, body)
        except GatewayError as error:
            note("unknown" if error.status in (502, 504) else "not sent")
            raise RefusedRequest(error.status, str(error)) from None
        note("done", status=passed.status)
        request.scope[PASSED_ON] = True
        return _PassedOn(passed)

    def _place(self, request: Request) -> tuple[GatewayTarget, str]:
        """Return the service of a path, and the path as it was sent. Raises `RefusedRequest` if there is none, or if
        the path leads out of the service.
        """
        path = bytes(request.scope.get("raw_path") or request.url.path.encode()).decode("latin-1")
        target = self.gateway.find(request.scope["path"])
        if target is None:
            raise RefusedRequest(404, f"There is nothing at this path; there is {', '.join(OWN_PATHS)}.")
        try:
            inner = decoded(path)
        except ValueError:
            raise RefusedRequest(400, "The path cannot be decoded.") from None
        if leads_out(inner) or self.gateway.find(inner) is not target:
            raise RefusedRequest(400, "The path must not lead out of the service.")
        return target, path

    def _passed(self, request: Request, target: GatewayTarget, user_id: str | None, outcome: str, **more: Any) -> None:
        """Log a request that may have changed something."""
        if request.method in SAFE_METHODS:
            return
        known = {"address": address(request), "request_id": request_id(request), "service": target.service.name}
        path = printable(request.scope["path"])
        self.audit.write(
            "passed on", user_id=user_id, outcome=outcome, method=request.method, path=path, **known, **more
        )

    def _headers(
        self, request: Request, target: GatewayTarget, path: str, user_id: str | None
    ) -> Sequence[tuple[str, str]]:
        """Return the headers that are passed on, and the caller. A token for this gateway is not passed on."""
        kept = passed_headers(request.headers.items(), login=user_id is not None)
        kept += [("X-Forwarded-For", address(request)), ("X-Forwarded-Proto", request.url.scheme)]
        kept.append(("X-Forwarded-Host", request.headers.get("host", "")))
        if user_id is not None:
            name, method = target.service.name, request.method
            kept.append((CALLER, caller_token(self.jwt_secret, name, user_id, method, path, self.now())))
        return kept


class _PassedOn(StreamingResponse):
    """An instance's answer. Its connection is closed however the caller's connection ends."""

    def __init__(self, passed: InstanceAnswer) -> None:
        super().__init__(passed.body, passed.status)
        self.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in passed.headers]
        self._passed = passed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._passed.close()


def _possible(service: GatewayService) -> GatewayService:
    """Return a service that the gateway can serve. Raises `RefusedRequest` 400."""
    base = service.base_path
    if not service.name or not service.instances:
        raise RefusedRequest(400, "A service needs a name and at least one instance.")
    if not base.startswith("/") or base == "/" or ".." in base or "//" in base:
        raise RefusedRequest(400, "basePath must be a path such as /booking.")
    if any(base == own or base.startswith(f"{own}/") or own.startswith(f"{base}/") for own in OWN_PATHS):
        raise RefusedRequest(400, f"basePath {base} is one of this server's own paths; choose another.")
    if any("/" in one.host or "@" in one.host or not one.host for one in service.instances):
        raise RefusedRequest(400, "host must be a name or an address.")
    return service


def _health(target: GatewayTarget) -> dict[str, Any]:
    instances = [_instance_health(instance) for instance in target.instances]
    return {
        "name": target.service.name,
        "healthy": any(instance["healthy"] for instance in instances),
        "instances": instances,
    }


def _instance_health(instance: Instance) -> dict[str, Any]:
    checked = instance.checked_at
    return {
        "host": instance.where.host,
        "port": instance.where.port,
        "weight": instance.where.weight,
        "healthy": instance.healthy,
        "responseTime": instance.response_time,
        "lastCheck": None if checked is None else datetime.fromtimestamp(checked, UTC).isoformat(),
        "detail": instance.detail,
    }


def _counted(target: GatewayTarget) -> dict[str, Any]:
    times = sorted(target.times)
    slowest = times[min(len(times) - 1, math.ceil(0.95 * len(times)) - 1)] if times else 0.0
    return {
        "requests": sum(instance.requests for instance in target.instances),
        "failures": sum(instance.failures for instance in target.instances),
        "active": sum(instance.active for instance in target.instances),
        "averageResponseTime": round(sum(times) / len(times), 3) if times else 0.0,
        "p95ResponseTime": round(slowest, 3),
    }
