"""A chain of real servers on loopback: a server, our tool client in front of it, and the faces in front of that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.server.mcpserver import Context, MCPServer
from pydantic import BaseModel

from assistant.policy.sensitivity import is_deferrable
from assistant.serving.server import RunningServer, serve_tools
from assistant.serving.tool_client_host import ToolClientHost
from assistant.tool_opening import needs_consent, open_tools
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.tool_client import ToolClient
from tests.client.counting_server import CountingServer
from tests.client.harness import QUICK


@dataclass(frozen=True)
class Chain:
    """What is served, and the client in the middle."""

    running: RunningServer
    tools: ToolClient


@asynccontextmanager
async def chain(folder: Path, urls: Mapping[str, str], *, deadline: float = 5.0) -> AsyncIterator[Chain]:
    """Serve the MCP servers at these addresses, by name."""
    clock = SystemClock()
    async with open_http_client() as http:
        servers = [StreamableHttpServer(name, url, http, clock, trusted=True) for name, url in urls.items()]
        async with open_tools(servers, folder, clock, QUICK) as tools:
            await tools.ready(10)
            host = ToolClientHost(
                tools, clock=clock, needs_consent=needs_consent, deferrable=is_deferrable, deadline=deadline
            )
            async with serve_tools(host, clock.now) as running:
                yield Chain(running, tools)


@asynccontextmanager
async def local_client(ready: Mapping[str, Any], **options: Any) -> AsyncIterator[Client]:
    """A client of the SDK with the token that `mcqueen serve` says where to find."""
    token = await asyncio.to_thread(Path(ready["mcp_token_file"]).read_text)
    async with (
        httpx2.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as http,
        Client(streamable_http_client(ready["faces"]["mcp"], http_client=http), **options) as client,
    ):
        yield client


@dataclass
class Person:
    """Fills in forms: with these answers in turn, the last one staying, and accepts or not."""

    action: Any = "accept"
    contents: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    asked: list[types.ElicitRequestFormParams] = field(default_factory=list)

    async def __call__(self, context: object, params: types.ElicitRequestParams) -> types.ElicitResult:
        assert isinstance(params, types.ElicitRequestFormParams)
        self.asked.append(params)
        content = self.contents[min(len(self.asked), len(self.contents)) - 1]
        return types.ElicitResult(action=self.action, content=content if self.action == "accept" else None)


def text_of(result: types.CallToolResult) -> str:
    """Return the text of a result."""
    return "\n".join(block.text for block in result.content if isinstance(block, types.TextContent))


def meta_of(result: types.CallToolResult) -> dict[str, Any]:
    """Return what stands beside a result."""
    return dict(result.meta or {})


async def call(client: Client, tool: str, arguments: dict[str, Any], key: str | None = None) -> types.CallToolResult:
    """Call a tool with the SDK's client, with a key beside the arguments where one is given."""
    meta: Any = {"mcqueen/idempotency-key": key} if key else None
    return await client.call_tool(tool, arguments, meta=meta)


class RemoteRest:
    """A program that is logged in to the REST face."""

    def __init__(self, http: httpx.AsyncClient, session_id: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {session_id}"}

    async def execute(
        self, tool: str, /, parameters: dict[str, Any], *, key: str | None = None, **confirmations: Any
    ) -> httpx.Response:
        """Execute a tool with these voice confirmations."""
        headers = {**self._headers, **({"Idempotency-Key": key} if key else {})}
        body = {"parameters": parameters, "voice_confirmations": confirmations}
        return await self._http.post(f"/mcp/tools/{tool}/execute", json=body, headers=headers)

    async def tools(self) -> dict[str, dict[str, Any]]:
        """List the tools by their ids."""
        response = await self._http.get("/mcp/tools", headers=self._headers)
        return {tool["id"]: tool for tool in response.json()["tools"]}


@asynccontextmanager
async def logged_in(running: RunningServer, user_id: str = "driver") -> AsyncIterator[RemoteRest]:
    """Log in to the REST face."""
    async with httpx.AsyncClient(base_url=running.rest_url, trust_env=False) as http:
        body = {"user_id": user_id, "auth_token": running.login_token(user_id)}
        session = (await http.post("/auth/login", json=body)).json()["session"]
        yield RemoteRest(http, session["session_id"])


class Party(BaseModel):
    """What is asked for."""

    size: int


class AskingServer(CountingServer):
    """Asks for the size of the party, and for a plain yes, in the middle of calls (handshake era)."""

    def sdk_server(self) -> MCPServer:
        server = MCPServer("town", log_level="ERROR")

        async def reserve(name: str, context: Context) -> str:
            answer = await context.elicit("For how many?", Party)
            if answer.action != "accept":
                return answer.action
            self.sent.append(f"{name} {answer.data.size}")
            return "reserved"

        async def stop_everything() -> str:
            self.sent.append("stopped")
            return "stopped"

        server.add_tool(reserve, description="Hold a table.")
        server.add_tool(stop_everything, description="Stop everything.")
        return server
