#!/usr/bin/env bash
# The MCP Python SDK (1.30.0 and 2.3.0) reads a text argument as JSON if its type is anything but plain str:
# for a tool with "note: str | None", the text "null" arrives as no note at all, reported as a success, and
# the text "[]" or '{"a": 1}' is refused as "not a string", though the tool's own schema allows any string.
# Of Literal["null", "zero"] the first can not be chosen. FastMCP 4.2.3 hands the same texts on as they are.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for name in old new; do python3 -m venv "$folder/$name"; done
"$folder/old/bin/pip" install -qq --disable-pip-version-check mcp==1.30.0
"$folder/new/bin/pip" install -qq --disable-pip-version-check mcp==2.3.0 fastmcp==4.2.3
cat > "$folder/seen.py" <<'PY'
import asyncio
import json
import logging
import sys
from typing import Literal

kind = sys.argv[1]
if kind == "mcp 1.30.0":
    from mcp.server.fastmcp import FastMCP as Server
    from mcp.shared.memory import create_connected_server_and_client_session
elif kind == "mcp 2.3.0":
    import mcp
    from mcp.server.mcpserver import MCPServer as Server
else:
    import fastmcp
    from fastmcp import FastMCP as Server
logging.disable(logging.CRITICAL)
server = Server("notes")


@server.tool()
def add(note: str | None = None) -> str:
    return f"note {note!r}"


@server.tool()
def choose(word: Literal["null", "zero"]) -> str:
    return f"word {word!r}"


async def main() -> None:
    if kind == "mcp 1.30.0":
        opened = create_connected_server_and_client_session(server._mcp_server)
    else:
        opened = mcp.Client(server) if kind == "mcp 2.3.0" else fastmcp.Client(server)
    answers = []
    async with opened as client:
        call = client.call_tool_mcp if kind.startswith("fastmcp") else client.call_tool
        for note in ("buy milk", "null", "[]", '{"a": 1}'):
            answers.append((await call("add", {"note": note})).content[0].text)
        answers.append((await call("choose", {"word": "null"})).content[0].text)
    print(json.dumps([text if len(text) < 30 else "refused" for text in answers]))


asyncio.run(main())
PY
"$folder/new/bin/python" - "$folder" <<'PY'
import json
import subprocess
import sys

seen = {}
for kind, venv in (("mcp 1.30.0", "old"), ("mcp 2.3.0", "new"), ("fastmcp 4.2.3", "new")):
    command = [f"{sys.argv[1]}/{venv}/bin/python", f"{sys.argv[1]}/seen.py", kind]
    seen[kind] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(kind, seen[kind])
parsed = ["note 'buy milk'", "note None", "refused", "refused", "refused"]
kept = ["note 'buy milk'", "note 'null'", "note '[]'", "note '{\"a\": 1}'", "word 'null'"]
sys.exit(0 if list(seen.values()) == [parsed, parsed, kept] else "The behaviour has changed.")
PY
