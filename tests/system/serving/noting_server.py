"""An MCP server that writes what it does into a file: that it starts, each note it takes, and that it ends.

The file is the judge of the tests: it says which processes ran when, and how often each note was taken.
"""

from __future__ import annotations

import os
import sys
import time

from mcp.server.mcpserver import MCPServer

server = MCPServer("noting")


def write(what: str) -> None:
    line = f"{time.monotonic():.6f} {os.environ['NOTING']} {os.getpid()} {what}\n"
    descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, line.encode())
    os.close(descriptor)


@server.tool()
def note(word: str) -> str:
    """Take a note."""
    write(f"note {word}")
    return f"{word} is noted"


if __name__ == "__main__":
    write("start")
    server.run("stdio")
    write("end")
