"""An ASGI application on a loopback port for as long as a test needs it, over http or https."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import uvicorn


@asynccontextmanager
async def serve(
    app: Any, *, certificate: tuple[Path, Path] | None = None, lifespan: Literal["on", "off"] = "off"
) -> AsyncIterator[str]:
    """Serve it and yield its root URL; `certificate` is a file with the chain and one with its key."""
    listening = socket.create_server(("127.0.0.1", 0))
    options: dict[str, Any] = {}
    if certificate is not None:
        options = {"ssl_certfile": str(certificate[0]), "ssl_keyfile": str(certificate[1])}
    config = uvicorn.Config(
        app, log_level="error", date_header=False, lifespan=lifespan, timeout_graceful_shutdown=1, **options
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # the test's own process keeps its signals
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        async with asyncio.timeout(10):
            while not server.started:  # noqa: ASYNC110  # uvicorn sets no event of ours
                await asyncio.sleep(0.002)
        scheme = "http" if certificate is None else "https"
        yield f"{scheme}://localhost:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = lifespan == "off"
        await task
        listening.close()
