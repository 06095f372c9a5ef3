"""Managing an AI Platform: its servers, their logs and statistics, and the gateway (docs/contracts.md).

Each method is one request, typed. Refusals are `ServerUnavailableError` with a `code`: `login_required`, `forbidden`,
`not_found`, `rate_limited`, `unavailable`, `timed_out`, `server_error`, `refused`. Nothing here is called by voice.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from client.servers.rest.ai_platform import AiPlatformServer
from client.servers.rest.platform_records import (
    CallLogEntry,
    GatewayService,
    NewServer,
    PlatformHealth,
    PlatformServer,
    ServerDetails,
)
from client.servers.rest.rest import segment
from client.servers.tool_server import FailureKind, ServerUnavailableError
from client.values import JSON

T = TypeVar("T")
_LOGS: TypeAdapter[list[CallLogEntry]] = TypeAdapter(list[CallLogEntry])
_SERVERS: TypeAdapter[list[PlatformServer]] = TypeAdapter(list[PlatformServer])
_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class PlatformManagement:
    """What an operator may do; the token needs mcp:read, mcp:write, mcp:execute or mcp:manage for it."""

    def __init__(self, platform: AiPlatformServer) -> None:
        self._platform = platform

    async def servers(self) -> list[PlatformServer]:
        """Return the user's own servers."""
        return await self._platform.servers()

    async def all_servers(self) -> list[PlatformServer]:
        """Return the servers of all users (mcp:manage)."""
        found = await self._platform.ask("GET", "/mcp/admin/all")
        return self._read(_SERVERS, found.get("servers") if isinstance(found, dict) else found)

    async def create(self, server: NewServer) -> PlatformServer:
        """Make a server; at most 5 in 5 minutes."""
        return self._server(await self._platform.ask("POST", "/mcp", server.model_dump(mode="json")))

    async def details(self, server_id: str) -> ServerDetails:
        """Return a server with its statistics and its process."""
        found = await self._platform.ask("GET", f"/mcp/{segment(server_id)}")
        return self._read(TypeAdapter(ServerDetails), found)

    async def update(self, server_id: str, **changes: JSON) -> PlatformServer:
        """Change fields of a server: any of `NewServer`."""
        if unknown := set(changes) - set(NewServer.model_fields):
            raise ValueError(f"a server has no field {sorted(unknown)[0]}")
        return self._server(await self._platform.ask("PUT", f"/mcp/{segment(server_id)}", changes))

    async def delete(self, server_id: str) -> None:
        """Delete it, softly: the platform keeps it with `deleted_at`."""
        await self._platform.ask("DELETE", f"/mcp/{segment(server_id)}")

    async def start(self, server_id: str) -> None:
        """Start its process."""
        await self._platform.ask("POST", f"/mcp/{segment(server_id)}/start", {})

    async def stop(self, server_id: str) -> None:
        """Stop its process."""
        await self._platform.ask("POST", f"/mcp/{segment(server_id)}/stop", {})

    async def logs(self, server_id: str) -> list[CallLogEntry]:
        """Return its calls as the platform logged them."""
        found = await self._platform.ask("GET", f"/mcp/{segment(server_id)}/logs")
        return self._read(_LOGS, found.get("logs") if isinstance(found, dict) else found)

    async def statistics(self) -> dict[str, Any]:
        """Return the platform's statistics (mcp:manage), as it has them."""
        return await self._object("GET", "/mcp/admin/statistics")

    async def health(self) -> PlatformHealth:
        """Have every server looked at."""
        return self._read(TypeAdapter(PlatformHealth), await self._platform.ask("GET", "/mcp/health/check"))

    async def gateway_statistics(self) -> dict[str, Any]:
        """Return what the gateway counted."""
        return await self._object("GET", "/gateway/stats")

    async def gateway_health(self, service: str = "") -> dict[str, Any]:
        """Return the health of the gateway's services, or of one of them."""
        return await self._object("GET", f"/gateway/health/{segment(service)}" if service else "/gateway/health")

    async def gateway_check(self, service: str) -> dict[str, Any]:
        """Have one service looked at now."""
        return await self._object("POST", f"/gateway/health/{segment(service)}/check", {})

    async def gateway_configuration(self) -> dict[str, Any]:
        """Return how the gateway is set up."""
        return await self._object("GET", "/gateway/config")

    async def add_service(self, service: GatewayService) -> None:
        """Put a service behind the gateway."""
        body = service.model_dump(mode="json", by_alias=True, exclude_none=True)
        await self._platform.ask("POST", "/gateway/services", body)

    async def remove_service(self, name: str) -> None:
        """Take a service away."""
        await self._platform.ask("DELETE", f"/gateway/services/{segment(name)}")

    async def _object(self, method: str, path: str, body: dict[str, JSON] | None = None) -> dict[str, Any]:
        return self._read(_OBJECT, await self._platform.ask(method, path, body))

    def _server(self, found: JSON) -> PlatformServer:
        inner = found.get("server", found) if isinstance(found, dict) else found
        return self._read(TypeAdapter(PlatformServer), inner)

    def _read(self, shape: TypeAdapter[T], found: JSON) -> T:
        try:
            return shape.validate_python(found)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "its top"
            message = f"{self._platform.name} sent an answer that breaks the contract at {where}."
            raise ServerUnavailableError(
                self._platform.name, FailureKind.TOOL_ERROR, message, "answer_unreadable"
            ) from None
