"""What a call costs the serving process, by the size of the catalog: `python -m benchmarks.catalog_bench`.

Each server runs in a process of its own, and its processor time for a call is counted, which a busy machine does not
change much. Ratios are taken within one run. Beside our faces stands a bare server of the SDK with the same tools, once
as it should be used and once without `get_tool_input_schema`, which lists all tools before each call.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import mcp_types as types
import uvicorn
from mcp import Client
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from starlette.applications import Starlette
from starlette.routing import Route

from assistant.hosting.host import Done
from assistant.serving.state.secret_keys import load_secrets, mint_login_token
from assistant.town.town_host import TownHost
from assistant.town.world import World
from benchmarks.benchmark_rows import row
from benchmarks.served import served
from benchmarks.serving_bench import processor_seconds

SECONDS, WIDTH, ROUNDS = 2.0, 8, 5
SMALL, LARGE = 10, 1000
Call = Callable[[], Awaitable[bool]]


def tools(count: int) -> list[types.Tool]:
    """Return that many tools, each with the schema of an ordinary one."""
    schema = {
        "type": "object",
        "properties": {
            "place": {"type": "string", "description": "Where to look."},
            "day": {"type": "string", "format": "date"},
            "unit": {"type": "string", "enum": ["celsius", "fahrenheit"], "default": "celsius"},
            "days": {"type": "integer", "minimum": 1, "maximum": 14},
        },
        "required": ["place"],
    }
    hints = types.ToolAnnotations(read_only_hint=True)
    return [
        types.Tool(name=f"look_{number}", description=f"Look at {number}.", input_schema=schema, annotations=hints)
        for number in range(count)
    ]


def bare(count: int, kind: str) -> Starlette:
    """Return a server of the SDK alone, with that many tools or, of the kind `town`, with the town's.

    `listing` leaves out what spares it from listing before each call.
    """
    host = TownHost(World(1, now=lambda: datetime.now().astimezone())) if kind.startswith("town") else None
    listing = kind.endswith("listing")
    found = tools(count)
    if host is not None:
        found = [types.Tool.model_validate(entry) for entry in host.definitions.values()]
    schemas = {tool.name: tool.input_schema for tool in found}

    async def listed(context: Any, params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=found)

    async def called(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
        if host is not None:
            done = await host.call(params.name, params.arguments or {})
            assert isinstance(done, Done)
            said = types.TextContent(type="text", text=done.text)
            return types.CallToolResult(content=[said], structured_content=dict(done.result))
        result = {"place": (params.arguments or {})["place"], "degrees": 21}
        text = types.TextContent(type="text", text=json.dumps(result))
        return types.CallToolResult(content=[text], structured_content=result)

    more: dict[str, Any] = {} if listing else {"get_tool_input_schema": schemas.get}
    manager = StreamableHTTPSessionManager(
        Server("bare", on_list_tools=listed, on_call_tool=called, **more), json_response=True, stateless=True
    )
    return Starlette(routes=[Route("/mcp", StreamableHTTPASGIApp(manager))], lifespan=lambda app: manager.run())


async def be_bare(count: int, kind: str) -> None:
    """Be a bare server until killed."""
    config = uvicorn.Config(bare(count, kind), port=0, log_level="critical", lifespan="on")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # a flag is all that uvicorn tells
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"url": f"http://127.0.0.1:{port}/mcp"}) + "\n")
    sys.stdout.flush()
    await running


@asynccontextmanager
async def bare_process(count: int, kind: str) -> AsyncIterator[dict[str, Any]]:
    """Run a bare server in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.catalog_bench", str(count), kind, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield {**json.loads(await process.stdout.readline()), "pid": process.pid}
    finally:
        process.kill()
        await process.wait()


@asynccontextmanager
async def behind(url: str, folder: Path) -> AsyncIterator[dict[str, Any]]:
    """Run `mcqueen serve` in front of a server."""
    config = folder / "XDG_CONFIG_HOME" / "mcqueen"
    config.mkdir(parents=True)
    (config / "mcqueen.toml").write_text(f'[servers.far]\nurl = "{url}"\ntrusted = true\n')
    async with served(folder, "--store", "memory", "--no-metrics") as ready:
        yield ready


async def cost(pid: int, call: Call) -> tuple[float, float]:
    """Return the server's processor milliseconds for a call, and the calls a second with several at once."""
    done = 0
    for _ in range(20):
        assert await call()
    until, spent, began = time.perf_counter() + SECONDS, processor_seconds(pid), time.perf_counter()

    async def one() -> None:
        nonlocal done
        while time.perf_counter() < until:
            assert await call()
            done += 1

    await asyncio.gather(*(one() for _ in range(WIDTH)))
    took = time.perf_counter() - began
    return (processor_seconds(pid) - spent) / done * 1000, done / took


async def over_mcp(stack: AsyncExitStack, url: str, tool: str, arguments: dict[str, Any]) -> Call:
    """Return a call over MCP."""
    client = await stack.enter_async_context(Client(url))
    number = 0

    async def call() -> bool:
        nonlocal number
        number += 1
        return not (await client.call_tool(tool, _varied(arguments, number))).is_error

    return call


async def over_rest(
    stack: AsyncExitStack, ready: dict[str, Any], folder: Path, tool: str, arguments: dict[str, Any]
) -> Call:
    """Return a call over McQueen REST."""
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=ready["faces"]["rest"], trust_env=False))
    secrets = load_secrets(folder / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json", {})
    token = mint_login_token(secrets.jwt_secret, "driver", now=time.time())
    login = await http.post("/auth/login", json={"user_id": "driver", "auth_token": token})
    http.headers["Authorization"] = f"Bearer {login.json()['session']['session_id']}"
    number = 0

    async def call() -> bool:
        nonlocal number
        number += 1
        body = {"parameters": _varied(arguments, number)}
        return bool((await http.post(f"/mcp/tools/{tool}/execute", json=body)).json()["success"])

    return call


def _varied(arguments: dict[str, Any], number: int) -> dict[str, Any]:
    """Return arguments that no earlier call had, so that nothing is answered from a cache."""
    return arguments if "location" in arguments else {**arguments, "place": f"Speyer {number}"}


async def main() -> None:
    """Measure everything in turns, several rounds, and print medians and ratios."""
    async with AsyncExitStack() as stack:
        calls: dict[str, tuple[int, Call]] = {}
        look: dict[str, Any] = {"place": "Speyer"}
        for count in (SMALL, LARGE):
            tool = f"look_{count - 1}"
            for kind in ("bare", "listing"):
                ready = await stack.enter_async_context(bare_process(count, kind))
                calls[f"{kind} {count}"] = ready["pid"], await over_mcp(stack, ready["url"], tool, look)
                if kind == "bare":
                    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                    ours = await stack.enter_async_context(behind(ready["url"], folder))
                    calls[f"MCP {count}"] = ours["pid"], await over_mcp(stack, ours["faces"]["mcp"], tool, look)
                    calls[f"REST {count}"] = ours["pid"], await over_rest(stack, ours, folder, tool, look)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        town = await stack.enter_async_context(served(folder, "--store", "memory", "--no-metrics"))
        weather: dict[str, Any] = {"location": "Speyer"}
        for kind in ("town", "town-listing"):
            ready = await stack.enter_async_context(bare_process(0, kind))
            calls[f"bare {kind}"] = ready["pid"], await over_mcp(stack, ready["url"], "get_weather", weather)
        calls["MCP town"] = town["pid"], await over_mcp(stack, town["faces"]["mcp"], "get_weather", weather)
        calls["REST town"] = town["pid"], await over_rest(stack, town, folder, "get_weather", weather)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        filed = await stack.enter_async_context(served(folder, "--no-metrics"))
        calls["REST town, file"] = filed["pid"], await over_rest(stack, filed, folder, "get_weather", weather)
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
        for _ in range(ROUNDS):
            for name, (pid, call) in calls.items():
                found[name].append(await cost(pid, call))
    spent = {name: statistics.median(ms for ms, _ in each) for name, each in found.items()}
    for name, each in found.items():
        row(name, f"{spent[name]:.2f} ms a call, {statistics.median(rate for _, rate in each):.0f} /s")
    for face in ("MCP", "REST"):
        ratio = spent[f"{face} {LARGE}"] / spent[f"{face} {SMALL}"]
        row(f"{face}: {LARGE} tools beside {SMALL}", f"{ratio:.2f}", "goal <= 1.2")
    row(
        "rate of the town's MCP face beside a bare server",
        f"{spent['bare town'] / spent['MCP town']:.2f}",
        "goal >= 0.9",
    )
    row(
        "beside one that lists before each call", f"{spent['bare town-listing'] / spent['MCP town']:.2f}", "goal >= 2.5"
    )
    row(f"listing before each call, {LARGE} tools", f"{spent[f'listing {LARGE}'] / spent[f'bare {LARGE}']:.1f}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        asyncio.run(be_bare(int(sys.argv[1]), sys.argv[2]))
    else:
        print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores\n")
        asyncio.run(main())
