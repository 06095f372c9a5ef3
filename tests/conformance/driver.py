"""The program that the official conformance suite runs: our MCP client, doing what each scenario is there to watch.

It adds no protocol of its own: it connects, lists, calls what the scenario names (else every tool, with arguments made
from its schema), answers what it is asked, reads what there is to read, and leaves. Run by `make conformance`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from mcp.client.auth import OAuthClientProvider
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientInformationFull
from pydantic import AnyUrl

from client.access.credentials import CredentialStore
from client.access.oauth import OAuthAccess, Visit
from client.call import ToolCall
from client.catalog import Tool
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.mcp_server import McpServer
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import InputWanted, ServerUnavailableError
from client.values import JSON

REDIRECT = "http://localhost:3000/callback"
CLIENT_DOCUMENT = "https://conformance-test.local/client-metadata.json"
ROUNDS = 5


class Visitor:
    """Goes to the login page in the driver's place: the suite's page answers with the way back."""

    def __init__(self) -> None:
        self._result: AuthorizationCodeResult | None = None

    async def open_page(self, url: str) -> None:
        async with httpx.AsyncClient() as http:
            response = await http.get(url, follow_redirects=False)
        query = parse_qs(urlsplit(response.headers["location"]).query)
        first = {name: values[0] for name, values in query.items()}
        self._result = AuthorizationCodeResult(
            code=first.get("code", ""), state=first.get("state"), iss=first.get("iss")
        )

    async def wait_for_code(self) -> AuthorizationCodeResult:
        assert self._result is not None
        return self._result


class Documented(OAuthAccess):
    """With a client metadata document, which the product does not publish and the suite asks for."""

    def _provider(self) -> OAuthClientProvider:
        provider = super()._provider()
        provider.context.client_metadata_url = CLIENT_DOCUMENT
        return provider


async def access(url: str, context: dict[str, Any], folder: Path, http: httpx.AsyncClient) -> OAuthAccess:
    visitor = Visitor()
    store = CredentialStore(folder)
    found = Documented(url, store, SystemClock(), http, visit=Visit(REDIRECT, visitor.open_page, visitor.wait_for_code))
    if "client_id" in context:
        known = OAuthClientInformationFull(
            client_id=context["client_id"],
            client_secret=context.get("client_secret"),
            redirect_uris=[AnyUrl(REDIRECT)],
            token_endpoint_auth_method="client_secret_basic" if "client_secret" in context else "none",
        )
        await found.kept.set_client_info(known)
    return found


def sample(schema: Any) -> Any:
    """Return a JSON value that fits a simple schema."""
    if not isinstance(schema, dict):
        return "x"
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(schema["properties"][name]) for name in schema.get("required", ())}
    return {"integer": 5, "number": 5, "boolean": True, "array": [], "null": None}.get(str(kind), "x")


def arguments_for(tool: Tool) -> dict[str, JSON]:
    return {name: sample(tool.properties.get(name)) for name in tool.properties}


async def call(server: McpServer, tool: str, arguments: dict[str, JSON]) -> None:
    made = ToolCall(str(uuid.uuid4()), server.name, tool, arguments, str(uuid.uuid4()))
    answers: dict[str, JSON] | None = None
    for _ in range(ROUNDS):
        answer = await server.call(made, seconds=20.0, confirmed=True, answers=answers)
        if not isinstance(answer, InputWanted):
            print(tool, answer, file=sys.stderr)
            return
        properties = answer.schema.get("properties")
        fields: dict[str, Any] = properties if isinstance(properties, dict) else {}
        answers = {name: sample(field) for name, field in fields.items() if "default" not in field}


async def drive(server: McpServer, context: dict[str, Any]) -> None:
    await server.connect()
    listing = await server.list_tools()
    wanted = [(one["name"], one["arguments"]) for one in context.get("toolCalls", ())]
    if not wanted:
        wanted = [
            (tool.name, {"a": 5, "b": 3} if tool.name == "add_numbers" else arguments_for(tool))
            for tool in listing.tools
        ]
    for name, arguments in wanted:
        await call(server, name, arguments)
    for resource in await server.list_resources():
        if not resource.template:
            await server.read_resource(resource.uri)
    for prompt in await server.list_prompts():
        await server.get_prompt(prompt.name, {parameter.name: "x" for parameter in prompt.parameters})


async def main(url: str) -> None:
    scenario = os.environ.get("MCP_CONFORMANCE_SCENARIO", "")
    context = json.loads(os.environ.get("MCP_CONFORMANCE_CONTEXT") or "{}")
    with tempfile.TemporaryDirectory() as folder:
        async with open_http_client() as http:
            auth = await access(url, context, Path(folder), http) if scenario.startswith("auth/") else None
            server = StreamableHttpServer("conformance", url, http, SystemClock(), auth=auth, connect_seconds=20.0)
            try:
                await drive(server, context)
            except ServerUnavailableError as error:
                print(error, file=sys.stderr)  # many scenarios are about being refused; the suite judges what it saw
            finally:
                await server.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[-1]))
