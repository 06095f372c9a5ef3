#!/usr/bin/env bash
# A tool of the MCP Python SDK 2.3.0 that returns a float and has no value (NaN) runs to its end, is
# reported as a success with structured content {"result": null}, and then fails the output schema that
# the same SDK made, in the client: RuntimeError, after the effect. Servers written with FastMCP 4.2.3
# answer with a tool error instead. A client must not repeat such a call: it did happen.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0 fastmcp==4.2.3
"$folder/venv/bin/python" - 2>/dev/null <<'PY'
import asyncio
import sys
from importlib.metadata import version

import fastmcp
import mcp
from mcp.server.mcpserver import MCPServer

runs = {"sdk": 0, "fastmcp": 0}
sdk_server = MCPServer("outside")
fast_server = fastmcp.FastMCP("outside")


@sdk_server.tool(name="temperature")
def from_sdk() -> float:
    runs["sdk"] += 1
    return float("nan")


@fast_server.tool(name="temperature")
def from_fastmcp() -> float:
    runs["fastmcp"] += 1
    return float("nan")


async def main() -> list[object]:
    async with mcp.Client(sdk_server) as client:
        try:
            await client.call_tool("temperature", {})
            first = "a result"
        except RuntimeError as error:
            first = "RuntimeError: " + str(error).splitlines()[0]
    async with fastmcp.Client(fast_server) as client:
        answer = await client.call_tool_mcp("temperature", {})
        second = (answer.is_error, answer.content[0].text)
    return [first, second]


print("mcp", version("mcp"), "fastmcp", version("fastmcp"))
first, second = asyncio.run(main())
print(f"SDK server and client: tool ran {runs['sdk']} time, the caller sees: {first}")
print(f"FastMCP:               tool ran {runs['fastmcp']} time, is_error={second[0]}: {second[1]}")
as_before = "None is not of type 'number'" in first and second[0] and set(runs.values()) == {1}
sys.exit(0 if as_before else 1)
PY
