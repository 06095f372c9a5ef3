"""`mcqueen serve`: the town on every face, for other programs. Runs until Ctrl-C or SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from datetime import datetime
from typing import TYPE_CHECKING

import click

from assistant.cli.output import answer_json

if TYPE_CHECKING:
    from assistant.serving.secret_keys import Secrets

FACE_NAMES = ("mcp", "rest")


@click.command()
@click.option(
    "--port",
    default=3001,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 takes any free one.",
)
@click.option("--face", "faces", multiple=True, type=click.Choice(FACE_NAMES), help="Serve only this face; repeatable.")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; others can reach any but loopback."
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same town.")
@click.option("--token-for", metavar="USER", help="Print a login token of the REST face for this user, and end.")
def command(port: int, faces: tuple[str, ...], host: str, seed: int, token_for: str | None) -> None:
    """Serve the town, or the configured servers, to other programs."""
    import platformdirs

    from assistant.serving.secret_keys import load_secrets, mint_login_token

    secrets = load_secrets(platformdirs.user_config_path("mcqueen") / "serving-secrets.json", os.environ)
    if token_for is not None:
        answer_json(
            {"user_id": token_for, "auth_token": mint_login_token(secrets.jwt_secret, token_for, now=time.time())}
        )
        return
    asyncio.run(_serve(secrets, host=host, port=port, faces=faces or FACE_NAMES, seed=seed))


async def _serve(secrets: Secrets, *, host: str, port: int, faces: tuple[str, ...], seed: int) -> None:
    """Serve until SIGINT or SIGTERM, then finish what runs."""
    import platformdirs

    from assistant.serving.rest_face import RestSettings
    from assistant.serving.server import serve_town
    from assistant.town.world import World

    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    world = World(seed, now=lambda: datetime.now().astimezone())
    async with serve_town(
        world,
        host=host,
        port=port,
        faces=faces,
        secrets=secrets,
        settings=RestSettings.from_environment(os.environ),
        audit_path=platformdirs.user_state_path("mcqueen") / "audit.jsonl",
    ) as running:
        answer_json({"ready": True, "url": running.url, "faces": dict(running.faces)})
        await told.wait()
