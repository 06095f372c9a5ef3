"""A small stdio server that tests start: tells its environment, crashes on demand, and speaks on stderr."""

from __future__ import annotations

import os
import sys

from mcp.server.mcpserver import MCPServer

server = MCPServer("child", log_level="ERROR")


@server.tool()
def environment() -> list[str]:
    """Tell which variables are set."""
    return sorted(os.environ)


@server.tool()
def crash() -> str:
    """End the process in the middle of the call."""
    print("last words", file=sys.stderr, flush=True)
    os._exit(3)


@server.tool()
def process() -> int:
    """Tell the process id."""
    return os.getpid()


if __name__ == "__main__":
    print("starting", file=sys.stderr, flush=True)
    server.run("stdio")
