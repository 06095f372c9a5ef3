# mypy: ignore-errors
# One of its imports exists in each stack, and ours is one of them.
"""One small server on whichever Python stack is installed beside it: python one_server.py WAY PORT.

WAY is stdio, stateful, stateless or json (stateless, answers without a stream). It runs in an environment of its own,
never in ours.
"""

import sys

try:
    from fastmcp import FastMCP as Server

    kind = "fastmcp"
except ImportError:
    try:
        from mcp.server.mcpserver import MCPServer as Server

        kind = "mcp 2"
    except ImportError:
        from mcp.server.fastmcp import FastMCP as Server

        kind = "mcp 1"

way, port = sys.argv[1], int(sys.argv[2])
how = {"stateless_http": way in ("stateless", "json"), "json_response": way == "json"}
server = Server("stack", port=port, **how) if kind == "mcp 1" else Server("stack")


@server.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
def fail() -> str:
    """Fail on purpose."""
    raise ValueError("the pump is dry")


if way == "stdio":
    server.run(**({"show_banner": False} if kind == "fastmcp" else {}))
elif kind == "mcp 1":
    server.run("streamable-http")
elif kind == "mcp 2":
    server.run("streamable-http", port=port, **how)
else:
    server.run(transport="http", port=port, show_banner=False, **how)
