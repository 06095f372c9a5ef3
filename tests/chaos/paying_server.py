"""A real SDK server in a process of its own that writes each execution to a file: the truth is not the client's.

Arguments: port, file. `pay` cannot tell a repeat, `pay_once` can (also after it was killed: the file is its memory),
`read_balance` changes nothing. One line is one `write`, so that a kill leaves it whole or absent.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp_types import ToolAnnotations


def make_server(file: Path) -> MCPServer:
    server = MCPServer("bank", log_level="CRITICAL")
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    known = {line.split()[2] for line in file.read_text().splitlines() if line.startswith("pay_once ")}

    async def pay(identity: str) -> str:
        os.write(handle, f"pay {identity}\n".encode())
        return f"paid {identity}"

    async def pay_once(identity: str, idempotency_key: str) -> str:
        if idempotency_key not in known:
            known.add(idempotency_key)
            os.write(handle, f"pay_once {identity} {idempotency_key}\n".encode())
        return f"paid {identity}"

    async def read_balance(identity: str) -> str:
        return f"balance for {identity}"

    server.add_tool(pay, description="Pay somebody.")
    server.add_tool(pay_once, description="Pay somebody, once for each key.")
    server.add_tool(read_balance, description="The balance.", annotations=ToolAnnotations(read_only_hint=True))
    return server


if __name__ == "__main__":
    sys.stdin.readline()  # loaded and ready; starts when told, so that a restart takes no longer than a real one
    app = make_server(Path(sys.argv[2])).streamable_http_app()
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", ws="none", access_log=False)
