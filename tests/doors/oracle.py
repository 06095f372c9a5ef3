"""A server of the tests that knows which of its tools are grave and counts what they did: it judges, not the product.

Its tools are data and can be changed while it runs. It asks in the middle of calls what a test tells it to ask.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.client.serving import serve

NUMBER = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
PAY: dict[str, Any] = {
    "name": "pay_bill",
    "description": "Pay a bill.",
    "inputSchema": NUMBER,
    "annotations": {"destructiveHint": True},
    "_meta": {
        "mcqueen/examples": ["pay the bill of [5](amount) euros"],
        "mcqueen/inverse": {"tool": "refund_bill", "arguments": {"amount": "$arguments.amount"}},
    },
}
REFUND: dict[str, Any] = {
    "name": "refund_bill",
    "description": "Refund a bill.",
    "inputSchema": NUMBER,
    "annotations": {"destructiveHint": True},
}
SEND: dict[str, Any] = {
    "name": "send_message",
    "description": "Send a message.",
    "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "annotations": {"destructiveHint": True},
}
METER: dict[str, Any] = {
    "name": "get_meter",
    "description": "Get the state of the meter.",
    "inputSchema": {"type": "object", "properties": {}},
    "annotations": {"readOnlyHint": True},
}
TOOLS = (PAY, REFUND, SEND, METER)
GRAVE = frozenset({"pay_bill", "refund_bill", "send_message"})


class Oracle:
    """The server. `effects` holds what its grave tools did: name and every value that arrived."""

    def __init__(self, *tools: Mapping[str, Any]) -> None:
        self.tools: list[dict[str, Any]] = [dict(tool) for tool in tools or TOOLS]
        self.grave = frozenset(tool["name"] for tool in self.tools if tool["name"] in GRAVE or tool.get("grave"))
        self.effects: list[tuple[str, dict[str, Any]]] = []
        self.reads = 0
        self.asks: dict[str, dict[str, Any]] = {}
        """By tool: form message and schema that are asked for in the middle of the call, and a mark."""
        self.refused: list[str] = []
        self.locked = False
        """Whether every request gets 401."""
        self.locks_calls = False
        """Whether calls get 401 and listings do not."""
        self.locks_tool = ""
        """A tool whose calls get 401."""
        self.finds: dict[str, dict[str, Any]] = {}
        """What tools that look return, by name."""
        self.fails: frozenset[str] = frozenset()
        """Tools that answer with an error."""
        self.down = False
        """Whether every request gets 503 before anything happens."""
        self.breaks = False
        """Whether a call gets 500, after which nobody knows whether it happened."""
        self.url = ""

    def change(self, name: str, **fields: Any) -> None:
        """Change a tool; whoever lists again sees it."""
        for tool in self.tools:
            if tool["name"] == name:
                tool.update(fields)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Oracle]:
        """Serve it over HTTP on loopback."""
        manager = StreamableHTTPSessionManager(self._server(), json_response=True, stateless=True)

        @asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            async with manager.run():
                yield

        app = Starlette(
            routes=[Route("/mcp", StreamableHTTPASGIApp(manager))],
            lifespan=lifespan,
            middleware=[Middleware(_Lock, oracle=self)],
        )
        async with serve(app, lifespan="on") as url:
            self.url = f"{url.replace('localhost', '127.0.0.1')}/mcp"
            yield self

    def _server(self) -> Server[dict[str, Any]]:
        async def listed(context: ServerRequestContext[dict[str, Any]], params: object) -> types.ListToolsResult:
            shown = [{key: value for key, value in tool.items() if key != "grave"} for tool in self.tools]
            return types.ListToolsResult(tools=[types.Tool.model_validate(tool) for tool in shown])

        async def called(
            context: ServerRequestContext[dict[str, Any]], params: types.CallToolRequestParams
        ) -> types.CallToolResult | types.InputRequiredResult:
            given = dict(params.arguments or {})
            ask = self.asks.get(params.name)
            if ask is not None and not params.input_responses:
                return _asked(ask, params)
            for name, response in (params.input_responses or {}).items():
                assert isinstance(response, types.ElicitResult)
                if response.action != "accept":
                    self.refused.append(name)
                    return _said("Nothing was done.")
                given |= response.content or {}
            if params.name not in self.grave:
                self.reads += 1
                if params.name in self.fails:
                    return types.CallToolResult(
                        content=[types.TextContent(type="text", text="Not known.")], is_error=True
                    )
                if params.name in self.finds:
                    found = self.finds[params.name]
                    text = types.TextContent(type="text", text=str(found))
                    return types.CallToolResult(content=[text], structured_content=found)
                return _said(f"It stands at {self.reads}.")
            self.effects.append((params.name, given))
            return _said("It is done.")

        return Server("oracle", on_list_tools=listed, on_call_tool=called)


def _asked(ask: Mapping[str, Any], params: types.CallToolRequestParams) -> types.InputRequiredResult:
    forms = ask.get("forms", [ask])
    requests = {
        f"q{number}": types.ElicitRequest(
            params=types.ElicitRequestFormParams(message=form["message"], requested_schema=form["schema"])
        )
        for number, form in enumerate(forms)
    }
    mark = {"mcqueen/confirms": {"tool": params.name, "arguments": params.arguments}} if ask.get("mark") else None
    return types.InputRequiredResult(input_requests=requests, request_state="state", _meta=mark)


def _said(text: str, *, failed: bool = False) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=failed)


class _Lock:
    """Answers 401 while the oracle wants a login, and breaks off while it is down."""

    def __init__(self, app: ASGIApp, oracle: Oracle) -> None:
        self._app = app
        self._oracle = oracle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        oracle = self._oracle
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        calls = headers.get("mcp-method") == "tools/call"
        closed = oracle.locks_calls or headers.get("mcp-name") == oracle.locks_tool
        if oracle.locked or (calls and closed):
            await PlainTextResponse("log in", 401)(scope, receive, send)
        elif oracle.down:
            await PlainTextResponse("away", 503, {"Retry-After": "3600"})(scope, receive, send)
        elif oracle.breaks and calls:
            await PlainTextResponse("broken", 500)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
