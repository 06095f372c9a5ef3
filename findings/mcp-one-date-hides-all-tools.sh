#!/usr/bin/env bash
# One tool that takes a date (z.coerce.date() of zod 4.4.3) hides all tools of an MCP TypeScript server, with SDK
# 2.4.0 and 1.32.2. The server registers it and starts without a word; then tools/list answers "Date cannot be
# represented in JSON Schema", which names no tool, and no list. A call of another tool by its name still works,
# but the MCP Python client 2.3.0 lists before it calls, so even a gate without any parameter stays shut.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund @modelcontextprotocol/server@2.4.0 \
    @modelcontextprotocol/sdk@1.32.2 zod@4.4.3
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0
cd "$folder"
cat > tools.mjs <<'JS'
import { z } from "zod";

const run = async (given) => ({ content: [{ type: "text", text: `done ${JSON.stringify(given)}` }] });
export const start = async (server, transport) => {
  server.registerTool("open_gate", { inputSchema: z.object({}) }, run);
  server.registerTool("book", { inputSchema: z.object({ day: z.coerce.date() }) }, run);
  await server.connect(transport);
};
JS
for sdk in server sdk; do
  { [ $sdk = server ] && place=server || place=sdk/server/mcp.js
    [ $sdk = server ] && stdio=server/stdio || stdio=sdk/server/stdio.js
    echo "import { McpServer } from '@modelcontextprotocol/$place';"
    echo "import { StdioServerTransport } from '@modelcontextprotocol/$stdio';"
    echo "import { start } from './tools.mjs';"
    echo "await start(new McpServer({ name: 'gate', version: '1.0.0' }), new StdioServerTransport());"
  } > $sdk.mjs
done
cat > ask.py <<'PY'
import asyncio
import json
import logging
import subprocess

import mcp
from mcp.client.stdio import stdio_client

logging.disable(logging.CRITICAL)
hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "probe", "version": "1"}}
calls = [("initialize", hello), ("tools/list", {})]
calls += [("tools/call", {"name": "open_gate", "arguments": {}})]


async def by_client(file: str) -> str:
    async with mcp.Client(stdio_client(mcp.StdioServerParameters(command="node", args=[file]))) as client:
        try:
            return (await client.call_tool("open_gate", {})).content[0].text
        except mcp.MCPError as error:
            return f"error {error}"


for name, file in (("2.4.0", "server.mjs"), ("1.32.2", "sdk.mjs")):
    server = subprocess.Popen(["node", file], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for number, (method, params) in enumerate(calls):
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        server.stdin.write(json.dumps(message) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        result = answer.get("result", {})
        shown = [tool["name"] for tool in result.get("tools", ())] or [part["text"] for part in result.get("content", ())]
        if number:
            print(f"{name} {method}: {answer['error']['message'] if 'error' in answer else shown}")
    server.communicate()
    print(f"{name} by the Python client: {asyncio.run(by_client(file))}")
PY
venv/bin/python ask.py | tee seen
diff - seen <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
2.4.0 tools/list: Date cannot be represented in JSON Schema
2.4.0 tools/call: ['done {}']
2.4.0 by the Python client: error Date cannot be represented in JSON Schema
1.32.2 tools/list: Date cannot be represented in JSON Schema
1.32.2 tools/call: ['done {}']
1.32.2 by the Python client: error Date cannot be represented in JSON Schema
TEXT
