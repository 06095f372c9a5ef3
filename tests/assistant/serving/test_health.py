"""Whether the service is up and ready is said by what it stands on; what the environment sets is taken."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.cli.serving_log import open_log
from assistant.serving.platform.platform import PlatformSettings
from assistant.serving.server import RunningTown, serve_town
from assistant.town.world import World
from client.client_errors import ConfigurationError
from tests.assistant.serving.test_stores import start_redis


@pytest.mark.proves("G.health")
async def test_a_service_that_is_up_says_so(town: RunningTown) -> None:
    async with httpx.AsyncClient(base_url=town.rest_url, trust_env=False) as http:
        health, ready = await http.get("/health"), await http.get("/ready")
    assert (health.status_code, health.json()["status"]) == (200, "healthy")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")


@pytest.mark.system
@pytest.mark.proves("G.health")
async def test_a_redis_that_dies_makes_it_unhealthy_until_it_is_back(world: World, tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    process = await asyncio.to_thread(start_redis, path)
    async with (
        serve_town(world, store=f"unix://{path}") as town,
        httpx.AsyncClient(base_url=town.rest_url, trust_env=False) as http,
    ):
        assert (await http.get("/health")).status_code == 200
        process.kill()
        process.communicate()
        for name in ("/health", "/ready"):
            away = await http.get(name)
            assert (away.status_code, away.json()["success"]) == (503, False)
        process = await asyncio.to_thread(start_redis, path)
        assert (await http.get("/ready")).status_code == 200
    process.terminate()
    process.communicate()


@pytest.mark.proves("G.health")
async def test_a_database_that_somebody_holds_makes_it_unhealthy_until_it_is_free(world: World, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    async with (
        serve_town(world, store=str(path)) as town,
        httpx.AsyncClient(base_url=town.rest_url, trust_env=False, timeout=30) as http,
    ):
        assert (await http.get("/health")).status_code == 200
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        assert (await http.get("/health")).status_code == 503
        holder.execute("ROLLBACK")
        holder.close()
        assert (await http.get("/ready")).status_code == 200


@pytest.mark.proves("G.health")
def test_intervals_and_balancing_come_from_the_environment(tmp_path: Path) -> None:
    settings = PlatformSettings.from_environment(
        tmp_path,
        {
            "GATEWAY_TIMEOUT_MS": "1500",
            "GATEWAY_HEALTH_CHECK_INTERVAL": "250",
            "GATEWAY_LOAD_BALANCING": "least-connections",
        },
    )
    assert (settings.timeout, settings.gateway_check, settings.balancing) == (1.5, 0.25, "least_connections")
    with pytest.raises(ConfigurationError, match="GATEWAY_HEALTH_CHECK_INTERVAL"):
        PlatformSettings.from_environment(tmp_path, {"GATEWAY_HEALTH_CHECK_INTERVAL": "soon"})


@pytest.fixture
def _log_as_it_was() -> Iterator[None]:
    root, serving = logging.getLogger(), logging.getLogger("assistant.serving")
    before = (root.level, serving.level, list(root.handlers))
    yield
    for handler in [one for one in root.handlers if one not in before[2]]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(before[0])
    serving.setLevel(before[1])


@pytest.mark.usefixtures("_log_as_it_was")
@pytest.mark.proves("G.health")
def test_the_log_goes_where_and_as_far_as_the_environment_says(tmp_path: Path) -> None:
    path = tmp_path / "serve.log"
    open_log({"LOG_LEVEL": "ERROR", "LOG_FILE": str(path)})
    logging.getLogger("assistant.serving.x").warning("not this")
    logging.getLogger("assistant.serving.x").error("but this")
    text = path.read_text(encoding="utf-8")
    assert "but this" in text
    assert "not this" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for wrong in ({"LOG_LEVEL": "loud"}, {"LOG_FILE": str(tmp_path / "nowhere" / "x.log")}):
        with pytest.raises(ConfigurationError, match=next(iter(wrong))):
            open_log(wrong)
