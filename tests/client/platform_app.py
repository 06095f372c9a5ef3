"""A small AI Platform that follows docs/contracts.md field by field, with refusals that a test asks for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "token-of-anna"
TIME = "2026-11-21T12:00:00Z"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
Tool = Callable[[dict[str, Any]], Any]


class Platform:
    """Servers in memory whose tools are functions; `refusals` are statuses that the next executions end with."""

    def __init__(self, *, tells_tools: bool = True, wraps: bool = False) -> None:
        self.token = TOKEN
        self.servers: dict[str, dict[str, Any]] = {}
        self.tools: dict[str, dict[str, Tool]] = {}
        self.schemas: dict[str, list[dict[str, Any]]] = {}
        self.logs: dict[str, list[dict[str, Any]]] = {}
        self.services: dict[str, dict[str, Any]] = {}
        self.refusals: deque[int] = deque()
        self.executed: list[tuple[str, dict[str, Any], str]] = []
        self.requests: list[tuple[str, str]] = []
        self._tells_tools = tells_tools
        self._wraps = wraps

    def add(self, name: str, tools: dict[str, Tool], **fields: Any) -> str:
        server_id = f"s{len(self.servers) + 1}"
        self.servers[server_id] = {
            "id": server_id, "user_id": "anna", "name": name, "description": "", "command": "python", "args": [],
            "env": {}, "enabled": True, "health_status": "HEALTHY", "total_calls": 0, "last_used_at": None,
            "last_health_check": TIME, "created_at": TIME, "updated_at": TIME, "deleted_at": None, **fields,
        }  # fmt: skip
        self.tools[server_id] = tools
        read_only = {"annotations": {"readOnlyHint": True}}
        self.schemas[server_id] = [
            {"name": n, "description": f"Get the {n}.", "inputSchema": SCHEMA, **read_only} for n in tools
        ]
        self.logs[server_id] = []
        return server_id

    def app(self) -> Starlette:
        def at(path: str, method: str, handle: Callable[[Request], Awaitable[Response]]) -> Route:
            async def checked(request: Request) -> Response:
                self.requests.append((request.method, request.url.path))
                if request.headers.get("authorization") != f"Bearer {self.token}":
                    return JSONResponse({"success": False, "error": "log in first"}, 401)
                return await handle(request)

            return Route(path, checked, methods=[method])

        one = "/api/mcp/{id}"
        return Starlette(
            routes=[
                at("/api/mcp", "GET", self.list), at("/api/mcp", "POST", self.create),
                at("/api/mcp/admin/all", "GET", self.list), at("/api/mcp/admin/statistics", "GET", self.statistics),
                at("/api/mcp/health/check", "GET", self.health), at(one, "GET", self.details),
                at(one, "PUT", self.update), at(one, "DELETE", self.delete), at(f"{one}/start", "POST", self.start),
                at(f"{one}/stop", "POST", self.stop), at(f"{one}/execute", "POST", self.execute),
                at(f"{one}/logs", "GET", self.read_logs), at("/api/gateway/stats", "GET", self.gateway),
                at("/api/gateway/health", "GET", self.gateway), at("/api/gateway/config", "GET", self.gateway),
                at("/api/gateway/health/{service}", "GET", self.gateway),
                at("/api/gateway/health/{service}/check", "POST", self.gateway),
                at("/api/gateway/services", "POST", self.add_service),
                at("/api/gateway/services/{name}", "DELETE", self.remove_service),
            ]
        )  # fmt: skip

    def _answer(self, value: Any, status: int = 200) -> JSONResponse:
        return JSONResponse({"success": True, "data": value} if self._wraps else value, status)

    def _one(self, request: Request) -> dict[str, Any] | None:
        found = self.servers.get(request.path_params["id"])
        return None if found is None or found["deleted_at"] else found

    async def list(self, request: Request) -> Response:
        return self._answer([server for server in self.servers.values() if not server["deleted_at"]])

    async def create(self, request: Request) -> Response:
        body = await request.json()
        if not body.get("command"):
            return JSONResponse({"success": False, "error": "command is missing"}, 400)
        return self._answer(self.servers[self.add(body.pop("name"), {}, **body)], 201)

    async def details(self, request: Request) -> Response:
        server = self._one(request)
        if server is None:
            return JSONResponse({"success": False, "error": "server not found"}, 404)
        stats = {"totalCalls": server["total_calls"], "averageExecutionTime": 1.5, "totalExecutionTime": 3.0}
        running = {"status": server["health_status"], "pid": 42, "uptime": 7.5}
        answer = {"server": server, "stats": stats, "runtimeStatus": running}
        return self._answer({**answer, "tools": self.schemas[server["id"]]} if self._tells_tools else answer)

    async def update(self, request: Request) -> Response:
        server = self._one(request)
        assert server is not None
        server.update(await request.json())
        return self._answer(server)

    async def delete(self, request: Request) -> Response:
        server = self._one(request)
        assert server is not None
        server["deleted_at"] = TIME
        return Response(status_code=204)

    async def start(self, request: Request) -> Response:
        return await self._set_status(request, "HEALTHY")

    async def stop(self, request: Request) -> Response:
        return await self._set_status(request, "STOPPED")

    async def _set_status(self, request: Request, status: str) -> Response:
        server = self._one(request)
        assert server is not None
        if server["command"] == "false":
            return JSONResponse({"success": False, "error": "the process did not start"}, 500)
        server["health_status"] = status
        return self._answer({"status": status})

    async def read_logs(self, request: Request) -> Response:
        return self._answer(self.logs[request.path_params["id"]])

    async def statistics(self, request: Request) -> Response:
        return self._answer({"totalServers": len(self.servers)})

    async def health(self, request: Request) -> Response:
        found = [
            {"id": s["id"], "name": s["name"], "healthy": s["health_status"] == "HEALTHY",
             "status": s["health_status"], "lastCheck": TIME}
            for s in self.servers.values()
        ]  # fmt: skip
        healthy = sum(server["healthy"] for server in found)
        summary = {"total": len(found), "healthy": healthy, "unhealthy": len(found) - healthy}
        return self._answer({"summary": summary, "servers": found})

    async def gateway(self, request: Request) -> Response:
        if (name := request.path_params.get("service")) is not None and name not in self.services:
            return JSONResponse({"success": False, "error": "no such service"}, 404)
        return self._answer({"path": request.url.path, "services": list(self.services)})

    async def add_service(self, request: Request) -> Response:
        body = await request.json()
        self.services[body["name"]] = body
        return self._answer(body, 201)

    async def remove_service(self, request: Request) -> Response:
        del self.services[request.path_params["name"]]
        return self._answer({})

    async def execute(self, request: Request) -> Response:
        server = self._one(request)
        if server is None:
            return JSONResponse({"success": False, "error": "server not found"}, 404)
        body = await request.json()
        tool, parameters = body["tool_name"], body["parameters"]
        if tool == "tools/list":
            return self._answer({"success": True, "response": {"tools": self.schemas[server["id"]]}})
        status = self.refusals.popleft() if self.refusals else 200
        if status != 200:
            headers = {"Retry-After": "1"} if status in (429, 503) else {}
            return JSONResponse({"success": False, "error": f"refused with {status}"}, status, headers)
        self.executed.append((tool, parameters, request.headers.get("idempotency-key", "")))
        server["total_calls"] += 1
        try:
            response = self.tools[server["id"]][tool](parameters)
            if asyncio.iscoroutine(response):
                response = await response
        except ValueError as error:
            self._log(server["id"], tool, parameters, None, str(error))
            return JSONResponse({"success": False, "error_message": str(error), "response": None}, 400)
        self._log(server["id"], tool, parameters, response, None)
        return self._answer({"success": True, "response": response, "error_message": None, "execution_time": 1.0})

    def _log(self, server_id: str, tool: str, parameters: dict[str, Any], response: Any, error: str | None) -> None:
        entries = self.logs[server_id]
        entries.append(
            {"id": str(len(entries)), "server_id": server_id, "tool_name": tool, "parameters": parameters,
             "response": response, "success": error is None, "error_message": error, "execution_time": 1.0,
             "created_at": TIME}
        )  # fmt: skip
