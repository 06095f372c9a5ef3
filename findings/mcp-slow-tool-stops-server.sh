#!/usr/bin/env bash
# While a plain function of an MCP server on the Python SDK 1.30.0 runs, be it a tool, a resource or a prompt,
# the server answers nobody: it calls the function in its event loop, so a ping and the shortest tool wait for
# it too, and a client with a short limit takes the server for dead. The web frameworks that it resembles use
# a thread for such functions, as the SDK 2.3.0 does: there the ping is answered first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for name in old new; do python3 -m venv "$folder/$name"; done
"$folder/old/bin/pip" install -qq --disable-pip-version-check mcp==1.30.0
"$folder/new/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0
cat > "$folder/server.py" <<'PY'
import time
from importlib.metadata import version

if version("mcp").startswith("1."):
    from mcp.server.fastmcp import FastMCP as Server
else:
    from mcp.server.mcpserver import MCPServer as Server
server = Server("slow")


@server.tool()
def tool() -> str:
    time.sleep(4)
    return "done"


@server.resource("slow://page")
def page() -> str:
    time.sleep(4)
    return "done"


server.run("stdio")
PY
cat > "$folder/client.py" <<'PY'
import asyncio
import sys
from importlib.metadata import version

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

ASKED = {
    "tool": lambda session: session.call_tool("tool", {}),
    "page": lambda session: session.read_resource("slow://page"),
}


async def main() -> None:
    server = StdioServerParameters(command=sys.executable, args=["server.py"])
    async with stdio_client(server) as (reads, writes), ClientSession(reads, writes) as session:
        await session.initialize()
        await session.list_tools()
        for name, asked in ASKED.items():
            finished = []

            async def wait(what: str, request: object) -> None:
                await request
                finished.append(what)

            slow = asyncio.create_task(wait(name, asked(session)))
            await asyncio.sleep(1)
            await wait("ping", session.send_ping())
            await slow
            print(f"mcp {version('mcp')}: {name} and ping asked, answered in the order: {', '.join(finished)}")


asyncio.run(main())
PY
cd "$folder"
old/bin/python client.py 2> log | tee seen
new/bin/python client.py 2>> log | tee -a seen
diff <(sed 's/.*: //' seen) <(printf '%s\n' 'tool, ping' 'page, ping' 'ping, tool' 'ping, page')
