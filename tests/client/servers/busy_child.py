"""A server process that works at one call after the other, each for `BUSY` seconds, and tells its process id.

Speaks just enough MCP, without the SDK, so that a copy starts in little time.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Answer until the pipe closes."""
    for line in sys.stdin:
        message = json.loads(line)
        method, result = message.get("method"), {}
        if method == "initialize":
            version = message["params"]["protocolVersion"]
            result = {
                "protocolVersion": version,
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "busy", "version": "1"},
            }
        elif method == "tools/list":
            told = os.environ.get("TOLD", "")
            if "FIRST" in os.environ:
                told += pid_told_first(os.environ["FIRST"])
            result = {"tools": [{"name": "process", "description": told, "inputSchema": {"type": "object"}}]}
        elif method == "tools/call":
            time.sleep(float(os.environ.get("BUSY", "0.2")))
            result = {"content": [{"type": "text", "text": str(os.getpid())}]}
        if "id" in message:
            print(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}), flush=True)


def pid_told_first(path: str) -> str:
    """Return another word in every process but the first one that asks."""
    try:
        with open(path, "x") as made:
            made.write(str(os.getpid()))
    except FileExistsError:
        with open(path) as found:
            return "" if found.read() == str(os.getpid()) else "another"
    return ""


if __name__ == "__main__":
    main()
