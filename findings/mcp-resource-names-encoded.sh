#!/usr/bin/env bash
# One resource template, notes://{name}, gives a server of the MCP TypeScript SDK 2.4.0 another name than one of
# the Python SDK 2.3.0: asked for notes://Z%C3%BCrich it gets "Z%C3%BCrich", not "Zürich", and finds no such note.
# Its own UriTemplate encodes in expand() and does not decode in match(), so no name with a space or an umlaut
# comes back. It refuses q://find?start=5, which its own expand() made of q://find{?start,end} and start=5, as
# RFC 6570 (named by MCP) has it. FastMCP 4.2.3 reads "+" as a space, the two SDKs do not.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --silent --no-audit --no-fund @modelcontextprotocol/server@2.4.0
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0 fastmcp==4.2.3
cd "$folder"
cat > server.mjs <<'JS'
import { McpServer, ResourceTemplate, UriTemplate } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";

for (const [text, values] of [["notes://{name}", { name: "Zürich West" }], ["q://find{?start,end}", { start: "5" }]]) {
  const made = new UriTemplate(text).expand(values);
  console.error(`expand ${made} match ${JSON.stringify(new UriTemplate(text).match(made))}`);
}
const server = new McpServer({ name: "notes", version: "1.0.0" });
const read = async (uri, parts) => ({ contents: [{ uri: uri.href, text: Object.values(parts).join("|") }] });
server.registerResource("note", new ResourceTemplate("notes://{name}", { list: undefined }), {}, read);
server.registerResource("find", new ResourceTemplate("q://find{?start,end}", { list: undefined }), {}, read);
await server.connect(new StdioServerTransport());
JS
cat > read.py <<'PY'
import asyncio
import logging

import fastmcp
import mcp
from mcp.client.stdio import stdio_client
from mcp.server.mcpserver import MCPServer

logging.disable(logging.CRITICAL)


def note(name: str) -> str:
    return name

def find(start: str = "0", end: str = "9") -> str:
    return f"{start}|{end}"

async def main() -> None:
    servers = {"TypeScript": stdio_client(mcp.StdioServerParameters(command="node", args=["server.mjs"]))}
    for kind, server in (("Python", MCPServer("notes")), ("FastMCP", fastmcp.FastMCP("notes"))):
        server.resource("notes://{name}")(note)
        server.resource("q://find{?start,end}")(find)
        servers[kind] = server
    for kind, server in servers.items():
        async with (fastmcp.Client if kind == "FastMCP" else mcp.Client)(server) as client:
            for uri in ("notes://Z%C3%BCrich", "q://find?start=5", "q://find?start=a+b&end=7"):
                try:
                    answer = await client.read_resource(uri)
                    text = (answer if isinstance(answer, list) else answer.contents)[0].text
                except mcp.MCPError:
                    text = "not found"
                print(f"{kind}: {uri} is {text}")


asyncio.run(main())
PY
venv/bin/python read.py 2> expanded | tee seen
grep expand expanded | tee -a seen
diff - seen <<'TEXT' || { echo "The behaviour has changed."; exit 1; }
TypeScript: notes://Z%C3%BCrich is Z%C3%BCrich
TypeScript: q://find?start=5 is not found
TypeScript: q://find?start=a+b&end=7 is a+b|7
Python: notes://Z%C3%BCrich is Zürich
Python: q://find?start=5 is 5|9
Python: q://find?start=a+b&end=7 is a+b|7
FastMCP: notes://Z%C3%BCrich is Zürich
FastMCP: q://find?start=5 is 5|9
FastMCP: q://find?start=a+b&end=7 is a b|7
expand notes://Z%C3%BCrich%20West match {"name":"Z%C3%BCrich%20West"}
expand q://find?start=5 match null
TEXT
