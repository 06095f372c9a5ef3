#!/usr/bin/env bash
# Four kinds of MCP server answer a name they do not know in four ways. An unknown tool is no protocol
# error in any of them (the 2025-06-18 specification gives -32602), but a result with isError and prose; an
# unknown method is -32602 in the Python SDK 1.30.0 and -32601 elsewhere; an unknown prompt has code 0 in
# both SDK releases. A client can not tell by the code that a tool has gone, or that a feature is absent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for name in old new; do python3 -m venv "$folder/$name"; done
"$folder/old/bin/pip" install -qq --disable-pip-version-check mcp==1.30.0
"$folder/new/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0 fastmcp==4.2.3
npm install --prefix "$folder" --silent --no-audit --no-fund @modelcontextprotocol/server-memory@2026.8.31
cat > "$folder/server.py" <<'PY'
import sys

if sys.argv[1] == "mcp 1.30.0":
    from mcp.server.fastmcp import FastMCP as Server
elif sys.argv[1] == "mcp 2.3.0":
    from mcp.server.mcpserver import MCPServer as Server
else:
    from fastmcp import FastMCP as Server
server = Server("names")


@server.tool()
def known() -> str:
    return "yes"


server.run("stdio")
PY
"$folder/new/bin/python" - "$folder" <<'PY'
import json
import subprocess
import sys

folder = sys.argv[1]
servers = {name: [f"{folder}/{venv}/bin/python", f"{folder}/server.py", name] for name, venv in (
    ("mcp 1.30.0", "old"), ("mcp 2.3.0", "new"), ("fastmcp 4.2.3", "new"))}
servers["server-memory 2026.8.31"] = [f"{folder}/node_modules/.bin/mcp-server-memory"]
requests = {
    "initialize": {"protocolVersion": "2025-06-18", "capabilities": {},
                   "clientInfo": {"name": "probe", "version": "1"}},
    "tools/call": {"name": "gone", "arguments": {}},
    "prompts/get": {"name": "gone"},
    "gone/method": {},
}


def answers(command: list[str]) -> list[str]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True) as process:
        found = []
        for number, (method, params) in enumerate(requests.items()):
            message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            print(json.dumps(message), file=process.stdin, flush=True)
            answer = json.loads(process.stdout.readline())
            if number == 0:
                note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
                print(json.dumps(note), file=process.stdin, flush=True)
            elif "error" in answer:
                found.append(f"error {answer['error']['code']}")
            else:
                found.append(f"isError {answer['result']['isError']}")
                print("   ", answer["result"]["content"][0]["text"])
        process.terminate()
    return found


seen = {}
for name, command in servers.items():
    print(name)
    seen[name] = answers(command)
    print("    unknown tool, prompt, method:", ", ".join(seen[name]))
expected = [["isError True", "error 0", "error -32602"], ["isError True", "error 0", "error -32601"],
            ["isError True", "error -32602", "error -32601"], ["isError True", "error -32601", "error -32601"]]
sys.exit(0 if list(seen.values()) == expected else "The behaviour has changed.")
PY
