"""`make known`: starts each server of the catalog (`servers catalog`) as it would be added, and counts its tools.

The official SDK is the client. What a server needs from its user is made up, a file or a folder is a real one, and no
tool is called. Each has a home of its own, and the folders in which npx and uvx keep packages are those of the user.
`python -m tests.peers.known [NAME...]`; it fails if one that is marked as tried does not list as many tools.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from assistant.settings.known_servers import KnownServer, known_servers, prepared

SECONDS = 150.0
"""For fetching, starting and listing, all together."""


def made_up(server: KnownServer, home: Path) -> dict[str, str]:
    """Return a value for everything that the server needs."""
    values = {}
    for name, what in server.needs.items():
        if name in server.paths and "folder" in what:
            values[name] = str(home)
        elif name in server.paths:
            values[name] = str(home / "file")
        elif "address" in what and "mail" not in what:
            values[name] = "https://example.atlassian.net"
        else:
            values[name] = "made-up"
    return values


def version_of(program: str) -> str:
    """Return what a program says of its version."""
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()


def start_of(server: KnownServer, home: Path) -> StdioServerParameters:
    """Return how it is started."""
    entry = prepared(server, made_up(server, home)).entry
    caches = {"npm_config_cache": os.path.expanduser("~/.npm"), "UV_CACHE_DIR": os.path.expanduser("~/.cache/uv")}
    environment = {**os.environ, "HOME": str(home), **caches, **entry.get("env", {})}
    return StdioServerParameters(command=entry["command"], args=entry["args"], env=environment, cwd=home)


def last_complaint(home: Path) -> str:
    """Return the last line that it wrote to stderr."""
    return " ".join((home / "stderr").read_text(errors="replace").strip().splitlines()[-1:])[:110]


async def listed(server: KnownServer, home: Path) -> int:
    """Start it and return how many tools it lists."""
    how = start_of(server, home)
    with (home / "stderr").open("w") as log:
        async with stdio_client(how, errlog=log) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return len((await session.list_tools()).tools)


async def tried(name: str, server: KnownServer) -> bool:
    """Try one server, print a row, and return whether it is as the catalog says."""
    with tempfile.TemporaryDirectory(prefix="known-", ignore_cleanup_errors=True) as home:
        try:
            tools = await asyncio.wait_for(listed(server, Path(home)), SECONDS)
            outcome = f"{tools} tools"
        except Exception as error:  # noqa: BLE001  # a program of others may fail in any way; the row says how
            tools = -1
            outcome = f"{type(error).__name__}: {last_complaint(Path(home))}"
    good = server.tried is None or tools == server.tools
    print(f"{name:<20} {server.package}@{server.version}: {outcome}{'' if good else ' NOT AS WRITTEN'}", flush=True)
    return good


async def main(names: Sequence[str]) -> int:
    """Try the servers named, or all."""
    print(f"node {version_of('node')}, {version_of('uvx')}", flush=True)
    return (
        0 if all([await tried(name, one) for name, one in known_servers().items() if not names or name in names]) else 1
    )


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
