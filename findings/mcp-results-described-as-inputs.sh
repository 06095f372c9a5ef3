#!/usr/bin/env bash
# The MCP Python SDK 2.3.0 makes the output schema of a tool from what pydantic would read, not from what it
# writes. Three ordinary models (a field kept back with exclude=True, a computed field in a model that
# forbids others, a field with another name when written) therefore break their own schema: the tool runs,
# and the client of the same SDK raises RuntimeError in place of the result. FastMCP 4.2.3 returns all three.
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
from pydantic import BaseModel, ConfigDict, Field, computed_field


class Door(BaseModel):
    name: str
    code: str = Field(exclude=True)


class Trip(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kilometres: int

    @computed_field
    @property
    def metres(self) -> int:
        return self.kilometres * 1000


class Ride(BaseModel):
    start: str = Field(serialization_alias="from")


ran = []
made = {"door": Door(name="front", code="1234"), "trip": Trip(kilometres=5), "ride": Ride(start="Bonn")}


async def answers(server: MCPServer | fastmcp.FastMCP, client: mcp.Client | fastmcp.Client) -> list[str]:
    def door() -> Door:
        return ran.append("door") or made["door"]

    def trip() -> Trip:
        return ran.append("trip") or made["trip"]

    def ride() -> Ride:
        return ran.append("ride") or made["ride"]

    for tool in (door, trip, ride):
        server.tool()(tool)
    found = []
    async with client as opened:
        for name in made:
            try:
                found.append(str((await opened.call_tool(name, {})).structured_content))
            except RuntimeError as error:
                found.append("RuntimeError: " + str(error).splitlines()[0].split(": ", 1)[1])
    return found


async def main() -> list[list[str]]:
    sdk, fast = MCPServer("sdk"), fastmcp.FastMCP("fast")
    return [await answers(sdk, mcp.Client(sdk)), await answers(fast, fastmcp.Client(fast))]


found = asyncio.run(main())
for name, texts in zip(("mcp", "fastmcp"), found, strict=True):
    print(name, version(name), *texts, sep="\n    ")
print("the tools ran", len(ran), "times")
failed = [text.startswith("RuntimeError") for texts in found for text in texts]
sys.exit(0 if failed == [True] * 3 + [False] * 3 and len(ran) == 6 else 1)
PY
