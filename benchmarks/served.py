"""What the benchmarks of serving share: `mcqueen serve` in a process of its own.

The limit of 100 requests in 15 minutes is set aside for them with RATE_LIMIT_MAX.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

HEAVY = {"RATE_LIMIT_MAX": "100000000"}
NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
"""So that its secrets are in the file where we read them, whatever this machine has."""


@asynccontextmanager
async def served(folder: Path, *options: str) -> AsyncIterator[dict[str, Any]]:
    """Run `mcqueen serve` in a process of its own; yield what it says when it is ready."""
    places = {name: str(folder / name) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    program = (
        "-c",
        "from assistant.cli.main import main; main()",
        "serve",
        "--port",
        "0",
        "--metrics-port",
        "0",
        "--open-mcp",
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *options,
        env={**os.environ, **places, **HEAVY, **NO_KEYRING},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        yield {**json.loads(await process.stdout.readline()), "pid": process.pid}
    finally:
        process.terminate()
        await process.wait()
