"""What a user may have started on the machine that serves: what the operator listed, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.serving.platform.allowed_commands import AllowedCommands
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.town.world import World
from client.client_errors import ConfigurationError
from tests.assistant.serving.test_platform import CHILD, Platform

LIST = (f"{sys.executable} -m {CHILD}", "KEY=* weather-server --city *", '"with space"')


@pytest.fixture
async def served(world: World, tmp_path: Path) -> AsyncIterator[RunningTown]:
    settings = PlatformSettings(tmp_path / "platform", commands=LIST)
    async with serve_town(world, faces=("rest", "platform"), platform=settings) as running:
        yield running


@pytest.fixture
async def http(served: RunningTown) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=served.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.mark.proves("G.commands")
@pytest.mark.parametrize(
    ("command", "args", "env", "allowed"),
    [
        (sys.executable, ["-m", CHILD], {}, True),
        (sys.executable, ["-m", CHILD], {"PYTHONPATH": "/tmp/mine"}, False),
        (sys.executable, ["-m", CHILD], {"LD_PRELOAD": "/tmp/mine.so"}, False),
        (sys.executable, ["-m", CHILD, "more"], {}, False),
        (sys.executable, ["-c", "import os"], {}, False),
        (sys.executable, [], {}, False),
        ("weather-server", ["--city"], {"KEY": "x"}, True),
        ("weather-server", ["--city", "Bonn", "--fast"], {}, True),
        ("weather-server", ["--town", "Bonn"], {}, False),
        ("weather-server", ["--city", "Bonn"], {"KEY": "x", "PATH": "/tmp"}, False),
        ("/tmp/weather-server", ["--city"], {}, False),
        ("with space", [], {}, True),
        ("with", ["space"], {}, False),
        ("sh", ["-c", "cat ~/.config/mcqueen/serving-secrets.json"], {}, False),
    ],
)
async def test_a_user_registers_what_is_listed_and_nothing_else(
    served: RunningTown, http: httpx.AsyncClient, command: str, args: list[str], env: dict[str, str], allowed: bool
) -> None:
    body = {"name": "one", "command": command, "args": args, "env": env, "enabled": False}
    anna = Platform(http, served, "anna")
    made = await anna.send("POST", "/mcp", body)
    assert made.status_code == (201 if allowed else 403), made.text
    assert (await anna.send("GET", "/mcp")).json()["total"] == int(allowed)
    if not allowed:
        assert "serving.commands" in made.json()["error"]
        refused = served.audit.entries[-1]
        assert (refused["user_id"], refused["outcome"]) == ("anna", "refused")
    boss = Platform(http, served, "boss", manage=True)
    assert (await boss.send("POST", "/mcp", body)).status_code == 201


@pytest.mark.proves("G.commands")
async def test_an_allowed_server_cannot_be_changed_into_another(served: RunningTown, http: httpx.AsyncClient) -> None:
    anna = Platform(http, served, "anna")
    made = await anna.create(command=sys.executable, args=["-m", CHILD], env={}, enabled=False)
    changes: list[dict[str, Any]] = [
        {"command": "sh", "args": ["-c", "true"]},
        {"args": ["-c", "import os"]},
        {"env": {"PYTHONSTARTUP": "/tmp/mine.py"}},
    ]
    for change in changes:
        assert (await anna.send("PUT", f"/mcp/{made['id']}", change)).status_code == 403
    assert (await anna.send("PUT", f"/mcp/{made['id']}", {"description": "mine"})).status_code == 200
    kept = (await anna.send("GET", f"/mcp/{made['id']}")).json()["server"]
    assert (kept["command"], kept["args"], kept["env"]) == (sys.executable, ["-m", CHILD], {})


@pytest.mark.proves("G.commands")
async def test_a_started_server_has_none_of_our_secrets_in_its_environment(
    served: RunningTown, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("JWT_SECRET", "ENCRYPTION_KEY", "DATABASE_URL", "REDIS_URL", "ANYTHING_ELSE"):
        monkeypatch.setenv(name, "a secret of the server")
    anna = Platform(http, served, "anna")
    server_id = await anna.healthy(env={})
    names = (await anna.execute(server_id, "environment")).json()["response"]["structuredContent"]["result"]
    assert "PATH" in names
    assert set(names) <= {"PATH", "HOME", "LANG", "TZ", "LC_CTYPE"}


async def test_without_a_list_a_user_has_nothing_started(world: World, tmp_path: Path) -> None:
    settings = PlatformSettings(tmp_path / "platform")
    async with (
        serve_town(world, faces=("platform",), platform=settings) as town,
        httpx.AsyncClient(base_url=town.url, trust_env=False) as http,
    ):
        refused = await Platform(http, town, "anna").send("POST", "/mcp", {"name": "x", "command": "true"})
        assert refused.status_code == 403


@pytest.mark.parametrize("entry", ["", "A=*", "'open"])
def test_an_entry_that_names_no_command_is_said_at_the_start(entry: str) -> None:
    with pytest.raises(ConfigurationError, match=r"serving\.commands"):
        AllowedCommands([entry])
