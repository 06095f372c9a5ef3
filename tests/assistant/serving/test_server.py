"""A served town can be stopped and started again; a taken port and damaged secrets get a sentence with the cure."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import stat
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import keyring
import pytest
from cryptography.fernet import Fernet
from keyring.backends import null
from mcp import Client

from assistant.serving.server import RunningTown, serve_town
from assistant.serving.serving_errors import AddressError, SecretsError
from assistant.serving.state.secret_keys import load_secrets, open_secrets
from assistant.town.town_host import TownHost
from assistant.town.world import World
from client.access.credentials import CredentialStore
from tests.assistant.serving.chain import local_client
from tests.assistant.serving.conftest import Rest
from tests.client.test_credentials import MemoryKeyring

MESSAGE = {"contact": "Anna", "message": "hello"}


async def test_a_stopped_town_refuses_connections_and_returns_with_its_world(rest: Rest, town: RunningTown) -> None:
    async with Client(town.mcp_url) as client:
        await client.call_tool("send_message", MESSAGE)
    port = town.port
    await town.stop()
    assert not town.running
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{town.rest_url}/health")
    await town.stop()
    await town.start_again()
    assert town.port == port
    async with Client(town.mcp_url) as client:
        result = await client.call_tool("read_messages", {"contact": "Anna"})
    assert [m["message"] for m in result.structured_content["messages"] if m["direction"] == "sent"] == ["hello"]
    assert (await rest.get("/mcp/tools")).status_code == 401
    await rest.log_in()
    assert (await rest.get("/mcp/tools")).status_code == 200


async def test_stopping_does_not_wait_for_a_client_that_stays_connected(town: RunningTown) -> None:
    async with Client(town.mcp_url, mode="legacy") as client:
        await client.list_tools()
        async with asyncio.timeout(5):
            await town.stop()
        await town.start_again()


async def test_starting_twice_changes_nothing(town: RunningTown) -> None:
    url = town.url
    await town.start_again()
    assert town.url == url


async def test_only_the_faces_asked_for_are_served(world: World) -> None:
    async with serve_town(world, faces=("rest",)) as town, httpx.AsyncClient(trust_env=False) as http:
        assert dict(town.faces) == {"rest": town.rest_url}
        assert (await http.get(f"{town.rest_url}/health")).status_code == 200
        missing = await http.post(town.mcp_url, json={})
        assert missing.status_code == 404
        assert "/api/v1" in missing.json()["error"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_call_does_not_list_the_tools(town: RunningTown, monkeypatch: pytest.MonkeyPatch, mode: Any) -> None:
    listings = 0
    list_all = TownHost.list_tools

    async def counted(host: TownHost) -> Sequence[Mapping[str, Any]]:
        nonlocal listings
        listings += 1
        return await list_all(host)

    monkeypatch.setattr(TownHost, "list_tools", counted)
    async with Client(town.mcp_url, mode=mode) as client:
        await client.list_tools()
        listed = listings
        for _ in range(3):
            await client.call_tool("send_message", MESSAGE)
    assert (listed, listings) == (1, 1)


@pytest.mark.proves("B.port")
async def test_a_taken_port_is_named_with_the_cure(town: RunningTown, world: World) -> None:
    with pytest.raises(AddressError, match=rf"port {town.port} is taken.*--port"):
        async with serve_town(world, port=town.port):
            pass


async def test_an_address_of_another_machine_is_refused(world: World) -> None:
    with pytest.raises(AddressError, match=r"cannot listen on 192\.0\.2\.1"):
        async with serve_town(world, address="192.0.2.1", plain_http=True, faces=("rest",)):
            pass


def test_secrets_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "secrets.json"
    made = load_secrets(path, {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_secrets(path, {}) == made
    assert [entry.name for entry in path.parent.iterdir()] == ["secrets.json"]
    assert load_secrets(path, {"JWT_SECRET": "mine"}).jwt_secret == "mine"
    path.chmod(0o644)
    with pytest.raises(SecretsError, match="chmod 600"):
        load_secrets(path, {})


def test_secrets_from_the_environment_need_no_file(tmp_path: Path) -> None:
    environment = {"JWT_SECRET": "mine", "ENCRYPTION_KEY": Fernet.generate_key().decode()}
    assert load_secrets(tmp_path / "secrets.json", environment).jwt_secret == "mine"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("environment", "words"),
    [({"JWT_SECRET": ""}, "JWT_SECRET is empty"), ({"ENCRYPTION_KEY": "short"}, "ENCRYPTION_KEY is not a Fernet key")],
)
def test_secrets_that_cannot_be_used_are_named(tmp_path: Path, environment: dict[str, str], words: str) -> None:
    with pytest.raises(SecretsError, match=words):
        load_secrets(tmp_path / "secrets.json", environment)


@pytest.mark.parametrize("content", ["", "{}", "[]", "{"])
def test_damaged_secrets_are_named_with_the_cure(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(SecretsError, match="damaged; remove the file"):
        load_secrets(path, {})


async def _serve(tmp_path: Path, *options: str) -> asyncio.subprocess.Process:
    folders = {name: str(tmp_path / name) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME")}
    load_secrets(tmp_path / "XDG_CONFIG_HOME" / "mcqueen" / "serving-secrets.json", {})  # as after a first start
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from assistant.cli.main import main; main()",
        "serve",
        *options,
        env=folders,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


@pytest.mark.proves("B.interrupt")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_serve_says_when_it_is_ready_and_ends_cleanly_when_told(tmp_path: Path, number: signal.Signals) -> None:
    process = await _serve(tmp_path, "--port", "0")
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    assert ready["ready"] is True
    assert set(ready["faces"]) == {"mcp", "rest", "platform", "gateway"}
    async with local_client(ready) as client:
        assert (await client.call_tool("get_weather", {"location": "Speyer"})).structured_content[
            "location"
        ] == "Speyer"
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(f"{ready['faces']['rest']}/health")).status_code == 200
    process.send_signal(number)
    out, err = await process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")


@pytest.mark.proves("B.port")
async def test_serve_on_a_taken_port_ends_with_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = await _serve(tmp_path, "--port", str(port))
        out, err = await process.communicate()
    assert process.returncode == 1
    assert out == b""
    assert err.decode().count("\n") == 1
    assert f"port {port} is taken" in err.decode()


async def test_serve_mints_a_login_token_that_its_rest_face_takes(tmp_path: Path) -> None:
    process = await _serve(tmp_path, "--port", "0", "--face", "rest")
    assert process.stdout is not None
    ready = json.loads(await process.stdout.readline())
    minting = await _serve(tmp_path, "--token-for", "driver")
    minted = json.loads((await minting.communicate())[0])
    async with httpx.AsyncClient(trust_env=False) as http:
        response = await http.post(f"{ready['faces']['rest']}/auth/login", json=minted)
    assert response.status_code == 200
    process.terminate()
    await process.communicate()
    assert process.returncode == 0
    audit = tmp_path / "XDG_STATE_HOME" / "mcqueen" / "audit.jsonl"
    assert stat.S_IMODE(audit.stat().st_mode) == 0o600
    assert json.loads(audit.read_text().splitlines()[0])["event"] == "login"


@pytest.mark.proves("G.secrets")
async def test_secrets_go_into_the_keyring_and_only_without_one_into_a_file_which_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = MemoryKeyring()
    monkeypatch.setattr(keyring, "get_keyring", lambda: ours)
    path = tmp_path / "serving-secrets.json"
    made, told = await open_secrets(path, {}, CredentialStore(tmp_path))
    assert (told, path.exists()) == ("", False)
    assert made.jwt_secret in next(iter(ours.kept.values()))
    again, _ = await open_secrets(path, {"JWT_SECRET": "mine"}, CredentialStore(tmp_path))
    assert (again.jwt_secret, again.encryption_key) == ("mine", made.encryption_key)
    ours.locked = True
    with pytest.raises(SecretsError, match="unlock it"):
        await open_secrets(path, {}, CredentialStore(tmp_path))

    monkeypatch.setattr(keyring, "get_keyring", null.Keyring)
    filed, told = await open_secrets(path, {}, CredentialStore(tmp_path))
    assert str(path) in told
    assert path.stat().st_mode & 0o777 == 0o600
    # A file that is there goes on counting, so that nobody is logged out when a keyring comes.
    ours.locked = False
    monkeypatch.setattr(keyring, "get_keyring", lambda: ours)
    assert await open_secrets(path, {}, CredentialStore(tmp_path)) == (filed, "")
