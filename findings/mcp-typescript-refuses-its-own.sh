#!/usr/bin/env bash
# A tool of the MCP TypeScript SDK 2.4.0 whose result has one field more than its zod output schema passes
# the server's own check (zod lets it through and drops it from its copy, but the whole result is sent).
# The schema that the server announces forbids more fields, so the client of the same release refuses the
# result after the tool has run, with -32602, the code for bad parameters. A field with a default that the
# tool leaves out fails alike: the check fills it in, the message does not. The Python client refuses too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund @modelcontextprotocol/server@2.4.0 \
    @modelcontextprotocol/client@2.4.0 zod@4.4.3
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0
cat > "$folder/server.mjs" <<'JS'
import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const server = new McpServer({ name: "tyres", version: "1.0.0" });
const outputSchema = z.object({ bar: z.number(), unit: z.string().default("bar") });
for (const [name, structuredContent] of Object.entries({
  exact: { bar: 2.4, unit: "bar" },
  more: { bar: 2.4, unit: "bar", wheel: "left" },
  less: { bar: 2.4 },
})) {
  server.registerTool(name, { inputSchema: z.object({}), outputSchema }, async () => {
    console.error("ran");
    return { content: [], structuredContent };
  });
}
await server.connect(new StdioServerTransport());
JS
cat > "$folder/client.mjs" <<'JS'
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

const client = new Client({ name: "probe", version: "1.0.0" });
await client.connect(new StdioClientTransport({ command: "node", args: ["server.mjs"] }));
await client.listTools();
for (const name of ["exact", "more", "less"]) {
  try {
    console.log(name, JSON.stringify((await client.callTool({ name, arguments: {} })).structuredContent));
  } catch (error) {
    console.log(name, error.code, error.message);
  }
}
await client.close();
JS
cat > "$folder/client.py" <<'PY'
import asyncio

import mcp
from mcp.client.stdio import stdio_client


async def main() -> None:
    started = stdio_client(mcp.StdioServerParameters(command="node", args=["server.mjs"]))
    async with mcp.Client(started) as client:
        for name in ("exact", "more", "less"):
            try:
                print(name, (await client.call_tool(name, {})).structured_content)
            except RuntimeError as error:
                print(name, "RuntimeError", str(error).splitlines()[0])


asyncio.run(main())
PY
cd "$folder"
node client.mjs 2> ran | tee seen
venv/bin/python client.py 2>> ran | tee -a seen
echo "the tools ran $(grep -c ran ran) times"
test "$(grep -cE '^(more|less) (-32602|RuntimeError)' seen)" = 4 -a "$(grep -c '^exact {' seen)" = 2 -a "$(grep -c ran ran)" = 6
