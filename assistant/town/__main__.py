"""`python -m assistant.town`: the town as an MCP server on stdio, with the machine's clock."""

from __future__ import annotations

import argparse
import asyncio
from datetime import datetime

from mcp.server.stdio import stdio_server

from assistant.town.town_server import town_server
from assistant.town.world import World


def local_now() -> datetime:
    """Return the machine's local time with its offset."""
    return datetime.now().astimezone()


async def _serve(seed: int) -> None:
    server = town_server(World(seed, now=local_now))
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def main() -> None:
    """Serve until the other side closes the pipe."""
    parser = argparse.ArgumentParser(prog="python -m assistant.town", description="The town as an MCP server on stdio.")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same town")
    try:
        asyncio.run(_serve(parser.parse_args().seed))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
