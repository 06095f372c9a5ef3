"""`make engine`: which schemas a real llama.cpp server takes, as tools list them and as we send them.

It installs the engine (pip) into a folder of its own. The model has random weights, so that nothing it says is judged.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx

from assistant.understanding.learning.engine_schemas import for_engines
from client.values import JSON
from tests.client.counting_server import free_port
from tests.peers.calling import failures, told
from tests.peers.stacks import PROGRAMS, Stack, ended, install, started

FOLDER = Path(__file__).parents[2] / "build" / "peers" / "engine"
ENGINE = Stack("xllamacpp", ("xllamacpp==2026.10.11549", "gguf", "numpy"), lambda *_: [])
LOADING_SECONDS = 60.0
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


async def _taken(http: httpx.AsyncClient, url: str, schema: dict[str, JSON]) -> bool:
    shape = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    body = {"messages": [{"role": "user", "content": "hello"}], "response_format": shape, "max_tokens": 1}
    return (await http.post(url, json=body)).status_code == 200


async def main() -> int:
    """Ask for each schema twice."""
    folder = await asyncio.to_thread(install, ENGINE, FOLDER)
    port = free_port()
    process = await started([str(folder / "bin" / "python"), str(PROGRAMS / "tiny_engine.py"), str(port)], port)
    try:
        url = f"http://127.0.0.1:{port}/v1/chat/completions"
        async with httpx.AsyncClient(timeout=120) as http:
            async with asyncio.timeout(LOADING_SECONDS):
                while (await http.get(f"http://127.0.0.1:{port}/health")).status_code != 200:  # noqa: ASYNC110  # no event
                    await asyncio.sleep(0.2)
            for name, schema in SCHEMAS.items():
                before = "takes" if await _taken(http, url, schema) else "refuses"
                sent = await _taken(http, url, for_engines(schema))
                told(ENGINE.name, f"{name}: {before} it as listed", sent, "as sent")
    finally:
        await ended(process)
    print(f"{len(failures)} failed", *failures, sep="\n  ")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
