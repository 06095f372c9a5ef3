"""`mcqueen login` and `logout` as a person or a script runs them, against a real server, without a keyring."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import webbrowser
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

import httpx
import keyring
import pytest
from click.testing import CliRunner
from keyring.backends import fail

from assistant.cli import call_command, login_command, logout_command, tools_command
from assistant.serving.server import RunningTown, serve_town
from assistant.town.world import World
from client.client_errors import ConfigurationError, LoginError
from tests.client.authorization_server import GuardedServer
from tests.client.service_authorization import CLIENT_ID, CLIENT_SECRET, ServiceAuthorization
from tests.client.serving import serve


@pytest.fixture
async def town() -> AsyncIterator[RunningTown]:
    now = datetime.fromisoformat("2026-11-21T12:00:00+01:00")
    async with serve_town(World(now=lambda: now)) as running:
        yield running


@pytest.fixture(autouse=True)
def no_ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MCQUEEN_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring ships few types
    yield
    keyring.set_keyring(before)


async def inside(*words: str, given: str = "") -> tuple[str, BaseException | None]:
    """Run the command in this process, which is quicker; return its answers and the error it ended with."""
    commands = {"call": call_command, "login": login_command, "logout": logout_command, "tools": tools_command}
    command = commands[words[0]].command
    result = await asyncio.to_thread(CliRunner().invoke, command, list(words[1:]), input=given)
    return result.stdout, result.exception


async def mcqueen(*words: str, folder: Path, given: str = "") -> tuple[int, str, str]:
    """Run the command with its secrets on standard input; return exit code, answers and complaints."""
    environment = {
        **os.environ,
        "MCQUEEN_DATA_FOLDER": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "assistant.cli", *words, cwd=folder, env=environment,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(given.encode()), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@pytest.mark.proves("C.login-command")
async def test_a_login_is_asked_for_kept_used_and_forgotten(tmp_path: Path, town: RunningTown) -> None:
    url, token = town.rest_url, town.login_token("anna")

    out, error = await inside("call", "get_weather", "location=Speyer", "--server", url, "--json")
    answer = json.loads(out)
    assert isinstance(error, SystemExit)
    assert (error.code, answer["outcome"], answer["need"]) == (1, "needs_input", "login")
    assert "mcqueen login" in answer["error"]["message"]

    code, out, err = await mcqueen("login", url, folder=tmp_path, given=f"{token}\n")
    assert (code, out) == (0, "logged in to 127.0.0.1 as anna\n"), err
    assert "no keyring" in err
    kept = [path for path in (tmp_path / "data").iterdir() if token.encode() in path.read_bytes()]
    assert kept == []

    out, error = await inside("login", url, "--service", "gmail", given="mail-secret\n")
    assert (out, error) == ("127.0.0.1 can use gmail for you now\n", None)
    out, error = await inside("tools", "--server", url, "--json")
    assert error is None
    assert {json.loads(line)["name"]: json.loads(line)["tier"] for line in out.splitlines()}["email_personal"] == (
        "user_specific"
    )

    out, error = await inside("logout", url)
    assert (out, error) == ("anna is logged out of 127.0.0.1\n", None)
    _, error = await inside("logout", url)
    assert str(error) == "nobody is logged in to 127.0.0.1"


@pytest.mark.proves("C.secret")
async def test_a_login_that_is_refused_or_impossible_is_one_sentence_without_the_secret(
    tmp_path: Path, town: RunningTown
) -> None:
    wrong, right = f"{town.login_token('anna')}x", town.login_token("anna")
    code, out, err = await mcqueen("login", town.rest_url, folder=tmp_path, given=f"{wrong}\n")
    assert (code, out, err) == (1, "", "mcqueen: 127.0.0.1 does not accept the login of anna\n")
    for words, given, kind, told in (
        (("login", town.rest_url, "--account", "ben"), right, LoginError, "the token is for anna, not for ben"),
        (("login", "http://192.0.2.1/api/v1"), right, LoginError, "use https"),
        (("login", "nowhere"), "", ConfigurationError, "there is no configured server nowhere"),
        (("login", "ftp://x"), "", ConfigurationError, "is not an http or https URL"),
        (("login", "http://127.0.0.1:9/mcp", "--dialect", "smoke"), "", ConfigurationError, "no dialect 'smoke'"),
        (("login", "http://127.0.0.1:9/mcp", "--no-browser"), "", LoginError, "cannot be reached"),
        (("logout", "http://127.0.0.1:9/api/mcp"), "", LoginError, "nobody is logged in"),
    ):
        out, error = await inside(*words, given=f"{given}\n")
        assert isinstance(error, kind)
        assert out == ""
        assert told in str(error)
        assert not given or given not in str(error)
    assert not (tmp_path / "data" / "credentials.encrypted").exists()


@pytest.mark.proves("C.tool-settings")
async def test_a_tool_is_switched_off_and_preferred_from_the_command_line(tmp_path: Path, town: RunningTown) -> None:
    await inside("login", town.rest_url, given=town.login_token("anna"))
    server = ("--server", town.rest_url)
    for words, told in (
        (("enabled=no", "units=metric"), 'get_weather: off, priority 5, {"units": "metric"}'),
        (("enabled=yes", "priority=9"), 'get_weather: on, priority 9, {"units": "metric"}'),
    ):
        out, error = await inside("tools", *server, "--set", "get_weather", *words)
        assert error is None
        assert told in out
        listed, _ = await inside("tools", *server, "--json")
        priorities = {json.loads(line)["name"]: json.loads(line)["priority"] for line in listed.splitlines()}
        assert priorities.get("get_weather") == (9 if "on," in told else None)
    for wrong in (("--set", "get_weather", "enabled=maybe"), ("--set", "x", "priority=101"), ("--set", "x"), ("on=1",)):
        _, error = await inside("tools", *wrong)
        assert isinstance(error, SystemExit)
        assert error.code == 2


@pytest.mark.proves("C.login-command", "C.oauth")
async def test_a_login_in_the_browser_opens_the_page_names_it_and_makes_the_calls_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pages: list[str] = []

    def browse(page: str) -> bool:
        pages.append(page)
        return httpx.get(page, follow_redirects=True, trust_env=False).is_success

    monkeypatch.setattr(webbrowser, "open", browse)
    guarded = GuardedServer()
    async with serve(guarded.app(), lifespan="on") as url:
        guarded.url = url.replace("localhost", "127.0.0.1")
        address = f"{guarded.url}/mcp"
        wanted = ("call", "read_quickly", "--server", address, "--json")
        out, _ = await inside(*wanted)
        assert json.loads(out)["need"] == "login"
        out, error = await inside("login", address)
        assert (out, error) == ("logged in to 127.0.0.1\n", None)
        assert pages[0].startswith(f"{guarded.url}/authorize?")
        out, error = await inside(*wanted)
        assert json.loads(out)["outcome"] == "succeeded", out
        out, error = await inside("logout", address)
        assert (out, error) == ("logged out of 127.0.0.1\n", None)
        out, _ = await inside(*wanted)
        assert json.loads(out)["need"] == "login"


@pytest.mark.proves("G.services.oauth")
async def test_a_service_is_logged_in_to_in_the_browser_and_out_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def browse(page: str) -> bool:
        return httpx.get(page, follow_redirects=True, trust_env=False).is_success

    monkeypatch.setattr(webbrowser, "open", browse)
    authorization = ServiceAuthorization()
    async with serve(authorization.app()) as url:
        authorization.url = url.replace("localhost", "127.0.0.1")
        whose = ("--service", "post", "--account", "ben@family.example")
        how = ("--client-id", CLIENT_ID, "--issuer", authorization.url, "--scope", "mail")
        out, error = await inside("login", *whose, *how, given=f"{CLIENT_SECRET}\n")
        assert (out, error) == ("logged in to post as ben@family.example\n", None)
        out, error = await inside("logout", *whose)
        assert (out, error) == ("ben@family.example is logged out of post\n", None)
        assert len(authorization.revoked) == 1
        out, error = await inside("logout", *whose)
        assert "is not logged in" in str(error)


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("--service", "gmail", "--client-id", "x"), "--account"),
        (("--service", "gmail", "--account", "b@x.example"), "--client-id"),
        (
            ("--service", "gmail", "--account", "b", "--client-id", "x", "--issuer", "https://a.example"),
            "leave --issuer",
        ),
        (("--service", "post", "--account", "b", "--client-id", "x"), "gmail, google_calendar, outlook"),
    ],
)
async def test_what_is_missing_for_a_service_is_named(words: tuple[str, ...], cure: str) -> None:
    _, error = await inside("login", *words)
    assert isinstance(error, ConfigurationError)
    assert cure in str(error)


async def test_nothing_to_log_in_to_is_a_wrong_command_line() -> None:
    for command in ("login", "logout"):
        _, error = await inside(command)
        assert isinstance(error, SystemExit)
        assert error.code == 2
