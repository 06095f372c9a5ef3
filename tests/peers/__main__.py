"""`make peers`: our client against MCP servers that others wrote: list, call, be asked, and a restart under load.

Installs them into an ignored folder (npm, and a Python environment of their own). What is missing is skipped, visibly.
Exits with 1 where anything does not do what it should.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path

from client.call import NeedsInput, Outcome, Succeeded
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.stdio import StdioServer
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from client.values import JSON
from tests.client.counting_server import free_port
from tests.peers.calling import call, failures, opened, told
from tests.peers.stacks import stacks

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "build" / "peers"
NODE = [
    "@modelcontextprotocol/server-everything@2026.8.31",
    "@modelcontextprotocol/server-filesystem",
    "@modelcontextprotocol/server-memory",
]
PYTHON = ["mcp-server-time", "mcp-server-git"]
NODE_BIN = FOLDER / "node_modules" / ".bin"
PYTHON_BIN = FOLDER / "venv" / "bin"
LOAD = 40


def install() -> bool:
    """Install what is missing; say whether npm is here."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not (PYTHON_BIN / "mcp-server-git").exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER / "venv"], check=True)
        subprocess.run([PYTHON_BIN / "pip", "install", "--quiet", *PYTHON], check=True)
    if shutil.which("npm") is None:
        return False
    if not (NODE_BIN / "mcp-server-memory").exists():
        (FOLDER / "package.json").write_text('{"private": true}\n')
        subprocess.run(["npm", "install", "--no-fund", "--no-audit", *NODE], cwd=FOLDER, check=True)
    return True


def stdio(name: str, command: Path, *args: str, **env: str) -> StdioServer:
    """Return a server that is started as a child."""
    return StdioServer(name, str(command), args, {"PATH": os.environ["PATH"], **env}, None, SystemClock(), trusted=True)


async def listed(peer: str, tools: ToolClient, least: int) -> None:
    """Check that it lists its tools."""
    state = tools.server_states()[0]
    told(peer, "connects and lists", len(tools.catalog) >= least, f"{len(tools.catalog)} tools {state.detail}")


async def succeeds(peer: str, tools: ToolClient, tool: str, **arguments: JSON) -> None:
    """Check one call."""
    outcome = await call(tools, tool, None, **arguments)
    told(peer, f"calls {tool}", isinstance(outcome, Succeeded), getattr(outcome, "result", outcome))


async def everything(peer: str, server: ToolServer, folder: Path) -> None:
    """Exercise the reference server: results of all kinds, progress, and a question in the middle of a call."""
    async with opened(server, folder) as tools:
        await listed(peer, tools, 8)
        await succeeds(peer, tools, "echo", message="hello")
        await succeeds(peer, tools, "get-sum", a=2, b=3)
        await succeeds(peer, tools, "get-structured-content", location="New York")
        heard: list[object] = []
        tools.subscribe(heard.append)
        await succeeds(peer, tools, "trigger-long-running-operation", duration=1, steps=3)
        progress = [one for one in heard if type(one).__name__ == "CallProgress"]
        told(peer, "tells of progress", len(progress) >= 2, f"{len(progress)} notices")
        if tools.catalog.find("trigger-elicitation-request") is not None:
            asked = await call(tools, "trigger-elicitation-request")
            told(peer, "asks in the middle of a call", isinstance(asked, NeedsInput), getattr(asked, "error", ""))
            answered = await call(tools, "trigger-elicitation-request", answers={"name": "Anna", "check": True})
            told(
                peer, "goes on with the answer", isinstance(answered, Succeeded), getattr(answered, "result", answered)
            )


async def under_load(
    peer: str,
    tools: ToolClient,
    kill: Callable[[], Awaitable[None]],
    work: Callable[[], Coroutine[None, None, Outcome]],
) -> None:
    """End the server in the middle of many calls: each ends one way or another, and the next ones succeed."""
    waiting = [asyncio.create_task(work()) for _ in range(LOAD)]
    await asyncio.sleep(0.05)
    await kill()
    outcomes = await asyncio.wait_for(asyncio.gather(*waiting), 60)
    after = await work()
    counts = {kind: sum(one.kind == kind for one in outcomes) for kind in sorted({one.kind for one in outcomes})}
    told(
        peer,
        "restart under load",
        isinstance(after, Succeeded) and len(outcomes) == LOAD,
        f"{counts}, then {after.kind}",
    )


async def http_peers(folder: Path) -> None:
    """The reference server over Streamable HTTP."""
    peer, port = "everything, HTTP", free_port()
    environment = {**os.environ, "PORT": str(port)}

    async def start() -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            NODE_BIN / "mcp-server-everything",
            "streamableHttp",
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                await asyncio.sleep(0.05)
        return process

    process = await start()
    try:
        async with open_http_client() as http:

            def server() -> StreamableHttpServer:
                return StreamableHttpServer(peer, f"http://127.0.0.1:{port}/mcp", http, SystemClock(), trusted=True)

            await everything(peer, server(), folder)
            async with opened(server(), folder) as tools:

                async def restart() -> None:
                    nonlocal process
                    process.send_signal(signal.SIGKILL)
                    await process.wait()
                    process = await start()

                await under_load(peer, tools, restart, lambda: call(tools, "echo", message="x"))
    finally:
        process.kill()
        await process.wait()


async def stdio_restart(
    peer: str, server: StdioServer, folder: Path, pattern: str, tool: str, **arguments: JSON
) -> None:
    """Kill the child in the middle of many calls."""
    async with opened(server, folder) as tools:

        async def kill() -> None:
            for child in children(os.getpid()):
                if pattern in command_line(child):
                    os.kill(child, signal.SIGKILL)

        await under_load(peer, tools, kill, lambda: call(tools, tool, None, **arguments))


def command_line(process: int) -> str:
    """Return what a process was started with (Linux)."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""  # it has ended


def children(parent: int) -> Sequence[int]:
    """Return all descendants of a process (Linux)."""
    found: list[int] = []
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in path.read_text().split():
            found += [int(child), *children(int(child))]
    return found


async def node_peers(folder: Path) -> None:
    """The servers that come from npm."""
    await everything("everything, stdio", stdio("everything", NODE_BIN / "mcp-server-everything", "stdio"), folder)
    room = folder / "room"
    room.mkdir()
    (room / "note.txt").write_text("hello")
    async with opened(stdio("filesystem", NODE_BIN / "mcp-server-filesystem", str(room)), folder) as tools:
        await listed("filesystem", tools, 10)
        await succeeds("filesystem", tools, "read_text_file", path=str(room / "note.txt"))
        await succeeds("filesystem", tools, "write_file", path=str(room / "new.txt"), content="new")
        told("filesystem", "the file is there", (room / "new.txt").read_text() == "new")
    memory = stdio("memory", NODE_BIN / "mcp-server-memory", MEMORY_FILE_PATH=str(folder / "memory.json"))
    async with opened(memory, folder) as tools:
        await listed("memory", tools, 8)
        entity: JSON = {"name": "Anna", "entityType": "person", "observations": ["likes trains"]}
        await succeeds("memory", tools, "create_entities", entities=[entity])
        await succeeds("memory", tools, "read_graph")
    restarted = stdio("everything", NODE_BIN / "mcp-server-everything", "stdio")
    await stdio_restart("everything, stdio", restarted, folder, "mcp-server-everything", "echo", message="x")
    await http_peers(folder)


async def python_peers(folder: Path) -> None:
    """The servers that come from pip."""
    berlin = "Europe/Berlin"
    clock = stdio("time", PYTHON_BIN / "mcp-server-time", "--local-timezone", berlin)
    async with opened(clock, folder) as tools:
        await listed("time", tools, 2)
        await succeeds("time", tools, "get_current_time", timezone=berlin)
    again = stdio("time", PYTHON_BIN / "mcp-server-time", "--local-timezone", berlin)
    await stdio_restart("time", again, folder, "mcp-server-time", "get_current_time", timezone=berlin)
    repository = folder / "repository"
    await (await asyncio.create_subprocess_exec("git", "init", "--quiet", repository)).wait()
    async with opened(stdio("git", PYTHON_BIN / "mcp-server-git", "--repository", str(repository)), folder) as tools:
        await listed("git", tools, 10)
        await succeeds("git", tools, "git_status", repo_path=str(repository))


async def main() -> int:
    """Run all that is here."""
    node = install()
    with tempfile.TemporaryDirectory() as folder:
        await python_peers(Path(folder))
        if node:
            await node_peers(Path(folder))
        else:
            print("SKIPPED: the TypeScript stacks, everything, filesystem and memory need npm, which is not here.")
        await stacks(FOLDER / "stacks", Path(folder), node=node)
    print(f"{len(failures)} failed", *failures, sep="\n  ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
