"""`mcqueen serve` in a process of its own, in front of a configured server."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from assistant.serving.server import RunningTown
from assistant.serving.state.secret_keys import load_secrets
from tests.assistant.serving.chain import Person, call, local_client, text_of
from tests.client.counting_server import free_port

MESSAGE = {"contact": "Anna", "message": "hello"}


async def _serve(tmp_path: Path, url: str, *options: str) -> asyncio.subprocess.Process:
    folders = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "HOME")}
    load_secrets(tmp_path / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json", {})  # as after a first start
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from assistant.cli.main import main; main()",
        "serve",
        *options,
        env={**folders, "MCP_SERVER_URL": url},
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.proves("P1.consent", "B.interrupt")
async def test_the_configured_server_is_served_and_asks_before_it_does_anything(
    tmp_path: Path, town: RunningTown
) -> None:
    process = await _serve(tmp_path, town.mcp_url, "--port", "0")
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    assert (ready["ready"], set(ready["faces"]), ready["servers"]) == (
        True,
        {"mcp", "rest", "platform", "gateway"},
        ["default"],
    )
    async with local_client(ready) as client:
        refused = await call(client, "send_message", MESSAGE)
        assert refused.is_error
        assert "needs a confirmation" in text_of(refused)
        assert not town.world.executed
    async with local_client(ready, mode="legacy", elicitation_callback=Person()) as client:
        assert not (await call(client, "send_message", MESSAGE)).is_error
        assert [name for name, _ in town.world.executed] == ["send_message"]
        process.send_signal(signal.SIGTERM)
        out, err = await process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.proves("B.server-down")
async def test_a_server_that_is_away_at_the_start_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    process = await _serve(tmp_path, f"http://127.0.0.1:{free_port()}/mcp", "--port", "0", "--face", "mcp")
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    async with local_client(ready) as client:
        assert (await client.list_tools()).tools == []
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 0
    assert err.decode().count("\n") == 1
    assert "default is not there yet" in err.decode()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--port", "47001"), "the configured server default is http://localhost:47001/mcp"),
        (("--port", "0", "--seed", "2"), "--seed is for the town"),
    ],
)
async def test_what_cannot_be_served_is_refused_with_the_cure(
    tmp_path: Path, options: tuple[str, ...], words: str
) -> None:
    process = await _serve(tmp_path, "http://localhost:47001/mcp", *options)
    out, err = await process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert words in err.decode()
    assert "Traceback" not in err.decode()
