"""Sessions and limits keep the same promises in memory, a file and Redis; several processes share the last two."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest

from assistant.serving.rest.rest_settings import RestSettings
from assistant.serving.server import serve_town
from assistant.serving.serving_errors import ServingError
from assistant.serving.state.opening_databases import open_database
from assistant.serving.state.stores import Store, open_store
from assistant.town.world import World
from client.client_errors import RecordsError
from tests.assistant.serving.postgres import Cluster, cluster
from tests.assistant.town.clock import SetClock

_numbers = itertools.count()
EIGHT_HOURS = 8 * 3600


def start_redis(path: Path) -> subprocess.Popen[str]:
    """Start a Redis that listens on a socket file only."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("redis-server is missing; it comes with: apt install redis-server")
    options = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(path.parent)]
    process = subprocess.Popen([program, *options], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if "ready to accept connections" in line.lower():
            break
    return process


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("redis") / "redis.sock"
    process = start_redis(path)
    yield f"unix://{path}"
    process.terminate()
    process.communicate()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    with cluster() as running:
        yield running


SYSTEM = [pytest.param(name, marks=pytest.mark.system) for name in ("redis", "postgres")]


@pytest.fixture(params=["memory", "file", *SYSTEM])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("postgres")
        return running.url(f"store_{next(_numbers)}")
    if request.param == "redis":
        return str(request.getfixturevalue("redis_url"))
    return "memory" if request.param == "memory" else str(tmp_path / "store.sqlite")


@pytest.fixture
async def store(where: str, clock: SetClock) -> AsyncIterator[Store]:
    async with open_store(where, lambda: clock().timestamp()) as opened:
        yield opened


@pytest.mark.proves("G.stores")
async def test_a_session_is_found_by_its_id_and_ends_with_logout(store: Store) -> None:
    session = await store.sessions.create("driver")
    used = await store.sessions.use(session.session_id)
    assert used is not None
    assert (used.user_id, used.created_at) == ("driver", session.created_at)
    assert await store.sessions.use("0" * 64) is None
    await store.sessions.remove(session.session_id)
    assert await store.sessions.use(session.session_id) is None


@pytest.mark.proves("G.stores")
async def test_a_session_slides_with_each_use(store: Store, clock: SetClock) -> None:
    session = await store.sessions.create("driver")
    assert session.expires_at - session.created_at == EIGHT_HOURS
    clock.forward(hours=7)
    used = await store.sessions.use(session.session_id)
    assert used is not None
    assert used.expires_at == pytest.approx(session.created_at + 15 * 3600)


async def test_a_session_in_a_file_expires_and_its_id_is_not_in_the_file(tmp_path: Path, clock: SetClock) -> None:
    path = tmp_path / "store.sqlite"
    async with open_store(str(path), lambda: clock().timestamp()) as store:
        session = await store.sessions.create("driver")
        clock.forward(hours=8)
        assert await store.sessions.use(session.session_id) is None
        again = await store.sessions.create("driver")
    assert again.session_id.encode() not in await asyncio.to_thread(path.read_bytes)
    assert path.stat().st_mode & 0o077 == 0
    async with open_store(str(path), lambda: clock().timestamp()) as store:
        assert await store.sessions.use(again.session_id) is not None


@pytest.mark.proves("G.stores")
async def test_a_limit_admits_so_many_in_its_window_and_says_how_long_to_wait(store: Store, clock: SetClock) -> None:
    limit = store.limit("address", 3, 60)
    assert [await limit.admit("one") for _ in range(4)] == [0, 0, 0, 60]
    assert await limit.admit("another") == 0
    clock.forward(seconds=59.5)
    assert await limit.admit("one") == 1
    clock.forward(seconds=1)
    assert await limit.admit("one") == 0


async def test_who_does_not_come_again_is_forgotten_and_the_count_stays_right(
    tmp_path: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.serving.state.sql_store._CLEAN_EVERY", 3)
    path = tmp_path / "store.sqlite"
    async with open_store(str(path), lambda: clock().timestamp()) as store:
        limit = store.limit("address", 2, 60)
        assert [await limit.admit("gone") for _ in range(2)] == [0, 0]
        clock.forward(seconds=61)
        assert [await limit.admit("one") for _ in range(4)] == [0, 0, 60, 60]
        clock.forward(seconds=61)
        assert [await limit.admit("one") for _ in range(3)] == [0, 0, 60]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name, requests FROM request_counts").fetchall() == [("one", 2)]
        assert connection.execute("SELECT DISTINCT name FROM requests").fetchall() == [("one",)]


async def test_the_last_place_is_taken_once_by_requests_at_the_same_time(store: Store) -> None:
    limit = store.limit("at once", 10, 60)
    waits = await asyncio.gather(*(limit.admit("one") for _ in range(40)))
    assert waits.count(0) == 10


@pytest.mark.proves("G.stores")
@pytest.mark.parametrize("where", ["file", *SYSTEM], indirect=True)
async def test_two_servers_behind_one_store_share_logins_and_limits(where: str, world: World) -> None:
    settings = RestSettings(rate_max=6)
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(serve_town(world, store=where, settings=settings))
        two = await stack.enter_async_context(serve_town(world, store=where, settings=settings, secrets=one.secrets))
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        login = {"user_id": "driver", "auth_token": one.login_token("driver")}
        session = (await http.post(f"{one.rest_url}/auth/login", json=login)).json()["session"]
        headers = {"Authorization": f"Bearer {session['session_id']}"}
        urls = [one.rest_url, two.rest_url]
        answers = [await http.get(f"{urls[turn % 2]}/mcp/tools", headers=headers) for turn in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[-1].headers["retry-after"]) > 0


async def test_a_store_that_cannot_be_opened_is_named_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ServingError, match="is no store"):
        async with open_store("mysql://here", lambda: 0.0):
            pass
    with pytest.raises(ServingError, match=r"Redis at redis://127\.0\.0\.1:1 does not answer|Redis at"):
        async with open_store("redis://:secret@127.0.0.1:1", lambda: 0.0):
            pass
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordsError, match="cannot be opened"):
        async with open_store(str(tmp_path / "file" / "store.sqlite"), lambda: 0.0):
            pass


@pytest.mark.parametrize("url", ["redis://:hidden-word@127.0.0.1:1", "postgresql://anna:hidden-word@127.0.0.1:1/x"])
async def test_a_password_in_the_address_of_a_store_is_not_told(url: str) -> None:
    with pytest.raises(ServingError) as caught:
        async with open_store(url, lambda: 0.0):
            pass
    assert "hidden-word" not in str(caught.value)


@pytest.mark.system
@pytest.mark.proves("G.stores")
async def test_more_requests_at_once_than_redis_has_connections_wait_their_turn(redis_url: str) -> None:
    async with open_store(redis_url, lambda: 0.0) as store:
        sessions = await asyncio.gather(*(store.sessions.create(f"user {number}") for number in range(300)))
    assert len({session.session_id for session in sessions}) == 300


@pytest.mark.system
@pytest.mark.proves("G.stores")
async def test_a_postgresql_that_crashes_and_returns_is_a_503_meanwhile(world: World) -> None:
    with cluster() as running:
        url = await asyncio.to_thread(running.url, "mcqueen")
        async with serve_town(world, store=url) as town, httpx.AsyncClient(trust_env=False, timeout=30) as http:
            login = {"user_id": "driver", "auth_token": town.login_token("driver")}
            session = (await http.post(f"{town.rest_url}/auth/login", json=login)).json()["session"]
            headers = {"Authorization": f"Bearer {session['session_id']}"}
            await asyncio.to_thread(running.stop)
            away = await http.get(f"{town.rest_url}/mcp/tools", headers=headers)
            assert away.status_code == 503
            assert "try again" in away.json()["error"]
            assert (await http.get(f"{town.rest_url}/health")).status_code == 503
            await asyncio.to_thread(running.start)
            assert (await http.get(f"{town.rest_url}/mcp/tools", headers=headers)).status_code == 200


@pytest.mark.system
@pytest.mark.proves("G.stores")
async def test_a_postgresql_that_stands_still_is_a_503_in_time_and_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.serving.state.postgres_database._ANSWER_SECONDS", 0.5)
    with cluster() as running:
        url = await asyncio.to_thread(running.url, "mcqueen")
        async with serve_town(world, store=url) as town, httpx.AsyncClient(trust_env=False, timeout=30) as http:
            login = {"user_id": "driver", "auth_token": town.login_token("driver")}
            assert (await http.post(f"{town.rest_url}/auth/login", json=login)).status_code == 200
            running.freeze(still=True)
            try:
                assert (await http.post(f"{town.rest_url}/auth/login", json=login)).status_code == 503
            finally:
                running.freeze(still=False)
            assert (await http.post(f"{town.rest_url}/auth/login", json=login)).status_code == 200


@pytest.mark.system
async def test_tables_of_a_newer_mcqueen_are_left_alone(postgres: Cluster) -> None:
    url = await asyncio.to_thread(postgres.url, f"newer_{next(_numbers)}")
    async with open_store(url, lambda: 0.0):
        pass
    async with open_database(url, (), "store") as database:
        await database.run(lambda sql: sql.execute("UPDATE steps SET done = 99"))
    with pytest.raises(ServingError, match="newer McQueen"):
        async with open_store(url, lambda: 0.0):
            pass


@pytest.mark.system
async def test_a_store_that_goes_away_is_a_503_and_nothing_was_done(world: World, tmp_path: Path) -> None:
    path = tmp_path / "redis.sock"
    process = await asyncio.to_thread(start_redis, path)
    async with serve_town(world, store=f"unix://{path}") as town, httpx.AsyncClient(trust_env=False) as http:
        process.kill()
        process.communicate()
        response = await http.get(f"{town.rest_url}/mcp/tools", headers={"Authorization": "Bearer " + "0" * 64})
        assert response.status_code == 503
        assert "try again" in response.json()["error"]
