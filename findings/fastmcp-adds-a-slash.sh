#!/usr/bin/env bash
# FastMCP 4.2.3's documented RemoteAuthProvider(authorization_servers=[AnyHttpUrl("https://login.example.com")])
# announces "https://login.example.com/": pydantic's URL adds the slash. The MCP Python client 2.3.0, on which
# FastMCP itself stands, compares issuers as plain strings (RFC 8414) and keeps their form with care, so it
# refuses a login server that names itself without the slash. An issuer with a path is not touched. Announced
# with a URL type that keeps an empty path, the same login goes on.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check fastmcp==4.2.3 mcp==2.3.0 httpx2==2.16.2
"$folder/venv/bin/python" - 2>/dev/null <<'PY'
import asyncio
import json
import sys
from importlib.metadata import version
from typing import Annotated

import fastmcp
import httpx2
from fastmcp.server.auth import RemoteAuthProvider
from fastmcp.server.auth.providers.jwt import StaticTokenVerifier
from mcp.client.auth import OAuthClientProvider, OAuthFlowError
from mcp.shared.auth import OAuthClientMetadata
from pydantic import AnyHttpUrl, TypeAdapter, UrlConstraints

print("fastmcp", version("fastmcp"), "mcp", version("mcp"))
KEEPS = TypeAdapter(Annotated[AnyHttpUrl, UrlConstraints(preserve_empty_path=True)])


class Memory:
    async def get_tokens(self) -> None:
        return None

    get_client_info = get_tokens

    async def set_client_info(self, info: object) -> None:
        self.info = info


async def login(announced: AnyHttpUrl, issuer: str) -> str:
    guard = RemoteAuthProvider(StaticTokenVerifier({}), [announced], "https://api.example.com")
    served = httpx2.ASGITransport(app=fastmcp.FastMCP("api", auth=guard).http_app())

    async def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "api.example.com":
            return await served.handle_async_request(request)
        if request.url.path == "/register":
            return httpx2.Response(201, json={**json.loads(request.content), "client_id": "probe"})
        ends = {f"{end}_endpoint": f"https://login.example.com/{end}" for end in ("authorization", "token")}
        ends["registration_endpoint"] = "https://login.example.com/register"
        return httpx2.Response(200, json={"issuer": issuer, "code_challenge_methods_supported": ["S256"], **ends})

    async def shown(url: str) -> None:
        raise EOFError(url.split("?")[0])

    about = OAuthClientMetadata(redirect_uris=["http://localhost:1/back"], client_name="probe")
    client = OAuthClientProvider("https://api.example.com/mcp", about, Memory(), redirect_handler=shown,
                                 callback_handler=shown)
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer), auth=client) as http:
        try:
            await http.post("https://api.example.com/mcp", json={})
        except OAuthFlowError as error:
            return str(error)
        except EOFError as asked:
            return f"the user is sent to {asked}"
    return "no login asked"


root, tenant = "https://login.example.com", "https://login.example.com/tenant"
seen = [asyncio.run(login(AnyHttpUrl(root), root)), asyncio.run(login(AnyHttpUrl(tenant), tenant)),
        asyncio.run(login(KEEPS.validate_python(root), root))]
print(*seen, sep="\n")
sent = "the user is sent to https://login.example.com/authorization"
sys.exit(0 if seen[0].endswith(f"mismatch: {root} != {root}/") and seen[1:] == [sent, sent] else 1)
PY
