"""The stacks that servers are written with: each is started, listed, called, made to fail, and started again.

One small server on each (`programs/`), over stdio and over HTTP with and without sessions, and with plain JSON answers.
Writes the table in docs/servers.md.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from client.call import Failed, Succeeded, Unknown
from client.clock import SystemClock
from client.http import open_http_client
from client.servers.mcp.stdio import StdioServer
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import ToolServer
from client.values import JSON
from tests.client.counting_server import free_port
from tests.peers.calling import call, opened, told

PROGRAMS = Path(__file__).parent / "programs"
PAGE = Path(__file__).parents[2] / "docs" / "servers.md"
BEGIN, END = "<!-- stacks -->", "<!-- /stacks -->"
WAYS = {"stdio": "stdio", "stateful": "HTTP, sessions", "stateless": "HTTP, no sessions", "json": "HTTP, JSON answers"}
STARTING_SECONDS = 30.0


@dataclass(frozen=True)
class Stack:
    """One stack: what is installed, and how its small server is started for a way and a port."""

    name: str
    packages: Sequence[str]
    command: Callable[[Path, str, int], list[str]]
    ways: Sequence[str] = tuple(WAYS)
    node: bool = False


def _python(folder: Path, way: str, port: int) -> list[str]:
    return [str(folder / "bin" / "python"), str(PROGRAMS / "one_server.py"), way, str(port)]


def _node(program: str) -> Callable[[Path, str, int], list[str]]:
    return lambda folder, way, port: ["node", str(folder / program), way, str(port)]


def _proxied(folder: Path, way: str, port: int) -> list[str]:
    stateless = ["--stateless"] if way == "stateless" else []
    return [
        str(folder / "bin" / "mcp-proxy"),
        *("--port", str(port), *stateless, "--"),
        *_python(folder, "stdio", 0),
    ]


def _everything(folder: Path, way: str, port: int) -> list[str]:
    transport = "stdio" if way == "stdio" else "streamableHttp"
    return ["env", f"PORT={port}", str(folder / "node_modules" / ".bin" / "mcp-server-everything"), transport]


_TS_1 = ("express@5", "zod@3")
STACKS = (
    Stack("mcp 1.12.4 (Python)", ("mcp==1.12.4", "pydantic==2.11.7"), _python),
    Stack("mcp 1.30.0 (Python)", ("mcp==1.30.0",), _python),
    Stack("mcp 2.3.0 (Python)", ("mcp==2.3.0",), _python),
    Stack("fastmcp 3.4.11", ("fastmcp==3.4.11",), _python),
    Stack("fastmcp 4.2.3", ("fastmcp==4.2.3",), _python),
    Stack("mcp-proxy 0.13.0", ("mcp-proxy==0.13.0", "mcp==1.30.0"), _proxied, ("stateful", "stateless")),
    Stack(
        "TypeScript SDK 1.20.2",
        ("@modelcontextprotocol/sdk@1.20.2", *_TS_1),
        _node("one_server_v1.mjs"),
        node=True,
    ),
    Stack(
        "TypeScript SDK 1.32.2",
        ("@modelcontextprotocol/sdk@1.32.2", *_TS_1),
        _node("one_server_v1.mjs"),
        node=True,
    ),
    Stack(
        "TypeScript SDK 2.4.0",
        ("@modelcontextprotocol/server@2.4.0", "@modelcontextprotocol/node@2.1.2", "zod@4"),
        _node("one_server_v2.mjs"),
        node=True,
    ),
    Stack(
        "server-everything 2026.8.31",
        ("@modelcontextprotocol/server-everything@2026.8.31",),
        _everything,
        ("stdio", "stateful"),
        node=True,
    ),
)


def install(stack: Stack, parent: Path, python: str = sys.executable) -> Path:
    """Install a stack into a folder of its own, once, and return the folder; `python` makes its environment."""
    folder = parent / stack.name.replace(" ", "-").replace("(", "").replace(")", "")
    if (folder / "installed").exists():
        return _with_programs(stack, folder)
    shutil.rmtree(folder, ignore_errors=True)
    if stack.node:
        folder.mkdir(parents=True)
        (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
        subprocess.run(
            ["npm", "install", "--silent", "--no-fund", "--no-audit", *stack.packages], cwd=folder, check=True
        )
    else:
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *stack.packages], check=True, stderr=subprocess.DEVNULL)
    (folder / "installed").touch()
    return _with_programs(stack, folder)


def _with_programs(stack: Stack, folder: Path) -> Path:
    for program in PROGRAMS.glob("*.mjs") if stack.node else ():
        shutil.copy(program, folder)  # modules are looked for beside the program
    return folder


async def started(command: list[str], port: int, **environment: str) -> asyncio.subprocess.Process:
    """Start a server and wait until its port is open."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **environment},
    )
    async with asyncio.timeout(STARTING_SECONDS):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                break
    return process


async def ended(process: asyncio.subprocess.Process) -> None:
    """Kill it with everything that it started."""
    with suppress(ProcessLookupError):  # it has ended by itself
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def exercise(peer: str, server: ToolServer, folder: Path, restart: Callable[[], Awaitable[None]]) -> str:
    """List, call, fail, restart, call; return the session in words, or what did not hold."""
    numbers: dict[str, JSON] = {"a": 2, "b": 3}
    impossible: dict[str, JSON] = {"resourceType": "Text", "resourceId": -5}
    wrong: list[str] = []

    def held(what: str, good: bool, detail: object = "") -> None:
        told(peer, what, good, detail)
        if not good:
            wrong.append(what)

    async with opened(server, folder) as tools:
        state = tools.server_states()[0]
        everything = tools.catalog.find("get-sum") is not None
        add, fail = ("get-sum", "get-resource-reference") if everything else ("add", "fail")
        held("connects and lists", len(tools.catalog) >= 2, f"{len(tools.catalog)} tools {state.detail}")
        first = await call(tools, add, None, **numbers)
        held("calls", isinstance(first, Succeeded) and "5" in str(first.result), getattr(first, "result", first))
        failed = await call(tools, fail, None, **(impossible if everything else {}))
        held("reports an error", isinstance(failed, Failed | Unknown), getattr(failed, "error", failed))
        await restart()
        again = await call(tools, add, None, **numbers)
        held("survives a restart", isinstance(again, Succeeded), getattr(again, "error", again.kind))
        session = tools.server_states()[0].session
    return "fails: " + ", ".join(wrong) if wrong else session.removeprefix("MCP ")


async def _one(stack: Stack, way: str, installed: Path, folder: Path) -> str:
    port = free_port()
    command = stack.command(installed, way, port)
    peer = f"{stack.name}, {WAYS[way]}"
    async with AsyncExitStack() as left:
        if way == "stdio":
            server = StdioServer("stack", command[0], command[1:], {"PATH": os.environ["PATH"]}, None, SystemClock())

            async def kill() -> None:
                assert server.child is not None
                assert server.child.pid is not None
                with suppress(ProcessLookupError):
                    os.kill(server.child.pid, signal.SIGKILL)
                await server.child.ended.wait()

            return await exercise(peer, server, folder, kill)
        process = await started(command, port)
        left.push_async_callback(lambda: ended(process))
        http = await left.enter_async_context(open_http_client())

        async def restart() -> None:
            nonlocal process
            await ended(process)
            process = await started(command, port)

        url = f"http://127.0.0.1:{port}/mcp"
        return await exercise(peer, StreamableHttpServer("stack", url, http, SystemClock()), folder, restart)


async def stacks(parent: Path, folder: Path, *, node: bool) -> None:
    """Run all stacks that can be installed here, and write the table where all of them were."""
    rows: dict[str, dict[str, str]] = {}
    for stack in STACKS:
        if stack.node and not node:
            continue
        installed = await asyncio.to_thread(install, stack, parent)
        rows[stack.name] = {way: await _one(stack, way, installed, folder) for way in stack.ways}
    if len(rows) == len(STACKS):
        write(rows)


def write(rows: dict[str, dict[str, str]]) -> None:
    """Write the table into the page, between its marks."""
    table = ["| written with | " + " | ".join(WAYS.values()) + " |", "|---|" + "---|" * len(WAYS)]
    table += [f"| {name} | " + " | ".join(found.get(way, "") for way in WAYS) + " |" for name, found in rows.items()]
    page = PAGE.read_text()
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(before + BEGIN + "\n" + "\n".join(table) + "\n" + END + rest.partition(END)[2])
