"""A lease has one holder; it is taken over only after it ran out, and what an old holder still does is refused."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from assistant.serving.platform.leases import LeaseLostError, Leases
from assistant.serving.platform.server_records import MIGRATIONS
from assistant.serving.state.database import Database, Sql
from assistant.serving.state.opening_databases import open_database
from tests.assistant.serving.postgres import Cluster
from tests.assistant.serving.test_stores import postgres

__all__ = ["postgres"]  # a fixture
_numbers = itertools.count()
SHORT = 0.4


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.system)])
async def databases(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Database]]:
    """The same database, opened by two processes."""
    where = str(tmp_path / "platform.sqlite")
    if request.param == "postgres":
        running: Cluster = request.getfixturevalue("postgres")
        where = running.url(f"leases_{next(_numbers)}")
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_database(where, MIGRATIONS, "platform")) for _ in range(2)]


@pytest.mark.proves("G.leases")
async def test_one_of_many_that_want_a_lease_at_once_gets_it(databases: list[Database]) -> None:
    wanting = [Leases(databases[number % 2]) for number in range(12)]
    fences = await asyncio.gather(*(leases.take("server", "http://here", "STARTING") for leases in wanting))
    assert [fence for fence in fences if fence is not None] == [1]
    holder = wanting[[fence is not None for fence in fences].index(True)].holder
    assert {(await leases.all())["server"].holder for leases in wanting} == {holder}


@pytest.mark.proves("G.leases")
async def test_a_lease_that_is_extended_stays_and_one_that_is_not_is_taken_over(databases: list[Database]) -> None:
    one, two = (Leases(database, SHORT) for database in databases)
    assert await one.take("server", "http://one", "STARTING") == 1
    for _ in range(4):
        await asyncio.sleep(SHORT / 2)
        assert await one.extend({"server": "HEALTHY"}) == {"server": 1}
        assert await two.take("server", "http://two", "STARTING") is None
    seen = await two.find("server")
    assert seen is not None
    assert (seen.address, seen.state) == ("http://one", "HEALTHY")
    async with asyncio.timeout(5):
        while (fence := await two.take("server", "http://two", "STARTING")) is None:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(SHORT / 10)
    assert fence == 2
    assert await one.extend({"server": "HEALTHY"}) == {}
    assert await one.take("server", "http://one", "STARTING") is None


@pytest.mark.proves("G.leases")
async def test_what_the_old_holder_still_does_is_refused_in_its_own_transaction(databases: list[Database]) -> None:
    one, two = (Leases(database, SHORT) for database in databases)
    await one.take("server", "http://one", "STARTING")
    await databases[0].run(lambda sql: one.need(sql, "server", 1))
    await asyncio.sleep(SHORT * 1.5)
    with pytest.raises(LeaseLostError):
        await databases[0].run(lambda sql: one.need(sql, "server", 1))
    await two.take("server", "http://two", "STARTING")
    await databases[1].run(lambda sql: two.need(sql, "server", 2))
    for leases, fence in ((one, 1), (one, 2), (two, 1)):
        with pytest.raises(LeaseLostError):
            await databases[0].run(partial(_need, leases, fence))


def _need(leases: Leases, fence: int, sql: Sql) -> None:
    leases.need(sql, "server", fence)


@pytest.mark.proves("G.leases")
async def test_one_that_ran_out_and_that_nobody_took_is_still_held_by_its_holder(databases: list[Database]) -> None:
    one, two = (Leases(database, SHORT) for database in databases)
    await one.take("server", "http://one", "STARTING")
    await asyncio.sleep(SHORT * 1.5)
    assert await two.find("server") is None
    assert await one.extend({"server": "HEALTHY"}) == {"server": 1}
    assert await two.find("server") is not None


async def test_a_lease_that_is_let_go_is_free_at_once_and_that_of_another_is_not(databases: list[Database]) -> None:
    one, two = (Leases(database) for database in databases)
    await one.take("mine", "http://one", "STARTING")
    await two.take("yours", "http://two", "STARTING")
    await one.let_go(["mine", "yours"])
    assert set(await two.all()) == {"yours"}
    assert await two.take("mine", "http://two", "STARTING") == 2
