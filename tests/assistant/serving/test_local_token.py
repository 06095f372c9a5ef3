"""On loopback the MCP face lets in programs of the same account only: those that can read the token of this start."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from assistant.serving.server import RunningTown, serve_town
from assistant.town.definitions.every_tool import DEFINITIONS
from assistant.town.world import World
from client.access.credentials import CredentialStore
from client.access.local_tokens import LocalTokens
from client.call import ToolCall
from client.clock import SystemClock
from client.configuration.server_entries import SavedServers, ServerEntry, make_server
from client.servers.tool_server import Answered, Faulted, ServerUnavailableError
from tests.assistant.serving.test_mcp_login import ACCEPT, INITIALIZE

CALL = {"jsonrpc": "2.0", "id": 2, "method": "tools/call"}


@pytest.fixture
async def town(world: World, tmp_path: Path) -> AsyncIterator[RunningTown]:
    async with serve_town(world, local_tokens=LocalTokens(tmp_path)) as running:
        yield running


def _token(town: RunningTown) -> str:
    assert town.mcp_token_file is not None
    return town.mcp_token_file.read_text()


async def _status(town: RunningTown, token: str | None) -> int:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.post(town.mcp_url, json=INITIALIZE, headers={**ACCEPT, **headers})).status_code


@pytest.mark.proves("G.local-token")
async def test_no_tool_answers_a_program_that_cannot_read_the_token(town: RunningTown) -> None:
    async with httpx.AsyncClient(trust_env=False, headers=ACCEPT) as http:
        for name in (definition["name"] for definition in DEFINITIONS):
            answer = await http.post(town.mcp_url, json={**CALL, "params": {"name": name, "arguments": {}}})
            assert answer.status_code == 401, name
    assert not town.world.executed


@pytest.mark.proves("G.local-token")
async def test_the_token_of_this_start_and_a_users_own_let_in_and_others_do_not(town: RunningTown) -> None:
    token = _token(town)
    told = {await _status(town, wrong) for wrong in (None, "x", "0" * 64, token[:-1], f"{token}0", token.upper())}
    assert told == {401}
    assert await _status(town, token) == 200
    assert await _status(town, town.login_token("ann")) == 200


@pytest.mark.proves("G.local-token")
async def test_the_file_is_for_its_owner_alone_and_goes_with_the_server(town: RunningTown) -> None:
    file = town.mcp_token_file
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    first = _token(town)
    await town.stop()
    assert list(file.parent.iterdir()) == []
    await town.start_again()
    assert _token(town) != first
    assert await _status(town, first) == 401


@pytest.mark.proves("G.local-token")
async def test_our_client_reads_the_token_also_after_the_server_started_again(
    town: RunningTown, tmp_path: Path
) -> None:
    kept = SavedServers(credentials=CredentialStore(tmp_path))
    async with httpx.AsyncClient(trust_env=False) as http:
        server = make_server("town", ServerEntry(url=town.mcp_url), http, SystemClock(), keep=kept)
        await server.connect()
        try:
            for key in ("first", "second"):
                call = ToolCall(key, "town", "get_weather", {"location": "Hamburg"}, key)
                assert isinstance(await server.call(call, seconds=10.0, confirmed=False), Answered)
                await town.stop()
                await town.start_again()
        finally:
            await server.close()


@pytest.mark.proves("G.local-token")
async def test_our_client_of_another_account_asks_for_a_login(town: RunningTown, tmp_path: Path) -> None:
    kept = SavedServers(credentials=CredentialStore(tmp_path / "of another account"))
    async with httpx.AsyncClient(trust_env=False) as http:
        server = make_server("town", ServerEntry(url=town.mcp_url), http, SystemClock(), keep=kept)
        try:
            await server.connect()
            call = ToolCall("1", "town", "get_weather", {"location": "Hamburg"}, "k")
            answer = await server.call(call, seconds=10.0, confirmed=False)
            assert isinstance(answer, Faulted)
            assert answer.error.code == "login_required"
        except ServerUnavailableError as error:
            assert "login" in str(error)  # noqa: PT017  # both ways to say it are right
        finally:
            await server.close()


@pytest.mark.proves("G.local-token")
@pytest.mark.parametrize(
    ("url", "mode", "content", "given"),
    [
        ("http://127.0.0.1:3001/mcp", 0o600, "a" * 64, True),
        ("http://localhost:3001/mcp", 0o600, "a" * 64, True),
        ("http://[::1]:3001/mcp", 0o600, "a" * 64, True),
        ("http://127.0.0.1:3002/mcp", 0o600, "a" * 64, False),
        ("http://127.0.0.1/mcp", 0o600, "a" * 64, False),
        ("http://192.0.2.7:3001/mcp", 0o600, "a" * 64, False),
        ("http://localhost.evil.example:3001/mcp", 0o600, "a" * 64, False),
        ("http://127.0.0.1:3001/mcp", 0o644, "a" * 64, False),
        ("http://127.0.0.1:3001/mcp", 0o600, "a" * 65, False),
        ("http://127.0.0.1:3001/mcp", 0o600, "a\r\nX-Evil: 1", False),
        ("http://127.0.0.1:3001/mcp", 0o600, "", False),
    ],
)
def test_a_token_is_read_for_its_own_port_of_this_machine_only(
    tmp_path: Path, url: str, mode: int, content: str, given: bool
) -> None:
    tokens = LocalTokens(tmp_path)
    path = tokens.path(3001)
    path.parent.mkdir()
    path.write_text(content, newline="")
    path.chmod(mode)
    assert tokens.read(url) == (content if given else "")
