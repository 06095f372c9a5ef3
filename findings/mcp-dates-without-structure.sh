#!/usr/bin/env bash
# In the MCP Python SDK 2.3.0 a tool with the return type int, list or tuple has an output schema and
# structured content; with dict, datetime, timedelta or Decimal it has neither, and the text of a date
# is a JSON string with its quotation marks. FastMCP 4.2.3 gives all of them structure and bare text.
# A client that reads answers aloud must know both forms, and can not tell the value's kind by schema.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0 fastmcp==4.2.3
"$folder/venv/bin/python" - <<'PY'
import asyncio
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from importlib.metadata import version

import fastmcp
import mcp
from mcp.server.mcpserver import MCPServer

values = {
    "count": (int, 5),
    "pair": (tuple[int, str], (1, "a")),
    "plain_dict": (dict, {"a": 1}),
    "moment": (datetime, datetime(2026, 1, 1, 10)),
    "length": (timedelta, timedelta(minutes=90)),
    "price": (Decimal, Decimal("1.10")),
}
sdk_server = MCPServer("outside")
fast_server = fastmcp.FastMCP("outside")
for name, (kind, value) in values.items():
    def make(kind=kind, value=value):
        def tool():
            return value
        tool.__annotations__ = {"return": kind}
        return tool
    sdk_server.tool(name=name)(make())
    fast_server.tool(name=name)(make())


async def main() -> tuple[dict, dict]:
    async with mcp.Client(sdk_server) as client:
        sdk = {name: await client.call_tool(name, {}) for name in values}
    async with fastmcp.Client(fast_server) as client:
        fast = {name: await client.call_tool_mcp(name, {}) for name in values}
    return sdk, fast


print("mcp", version("mcp"), "fastmcp", version("fastmcp"))
sdk, fast = asyncio.run(main())
for name in values:
    for who, answer in (("sdk", sdk[name]), ("fastmcp", fast[name])):
        texts = [block.text for block in answer.content]
        print(f"{name:11} {who:8} structured {answer.structured_content!s:36} text {texts}")
without = [name for name in values if sdk[name].structured_content is None]
same = without == ["plain_dict", "moment", "length", "price"]
same = same and sdk["moment"].content[0].text == '"2026-01-01T10:00:00"'
same = same and all(answer.structured_content is not None for answer in fast.values())
print("No structured content from the SDK for:", ", ".join(without))
sys.exit(0 if same else "The behaviour has changed.")
PY
