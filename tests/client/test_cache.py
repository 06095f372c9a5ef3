"""Answers that are kept: fresh for as long as settings say, void after a change, given with their age while offline."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from client.call import Succeeded
from client.calls.answer_cache import AnswerCache
from client.calls.warming import warm
from client.client_errors import ConfigurationError
from client.clock import Clock
from client.records.storage import Storage
from client.servers.tool_server import ToolServer
from tests.client.clocks import ShiftedClock
from tests.client.counting_server import CountingServer
from tests.client.faulty_server import FaultyServer
from tests.client.harness import QUICK, at, consent_to, make_call, tool_client

KEEPING = replace(QUICK, fresh_for={"town.get_weather": 60.0, "town.count_messages": 60.0}, patience=0.2)


@pytest.mark.proves("R.cache")
async def test_an_answer_counts_as_fresh_for_its_time_and_is_then_asked_for_again(tmp_path: Path) -> None:
    clock = ShiftedClock()
    async with (
        FaultyServer() as server,
        tool_client(tmp_path / "records.db", at(server.url), clock=clock, settings=KEEPING) as tools,
    ):
        for _ in range(3):
            assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"
        assert server.calls == 1
        clock.shift = 61.0
        assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"
        assert server.calls == 2


@pytest.mark.proves("R.cache")
async def test_a_change_makes_answers_void_also_where_one_was_on_its_way(tmp_path: Path) -> None:
    server = CountingServer()
    options = {"settings": KEEPING, "deferrable": True}
    async with server, tool_client(tmp_path / "records.db", at(server.url), **options) as tools:  # type: ignore[arg-type]  # a plain dictionary
        assert await count(tools.call(make_call("count_messages"))) == 0
        call = make_call("send_message", text="one")
        assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"
        assert await count(tools.call(make_call("count_messages"))) == 1
        await server.stop()
        waiting = make_call("send_message", text="two")
        assert (await tools.call(waiting, consent=consent_to(waiting))).kind == "deferred"
        await server.start()
        async with asyncio.timeout(10):
            while len(server.sent) < 2 or await tools.waiting():  # noqa: ASYNC110  # the rows say when it is done
                await asyncio.sleep(0.005)
        assert await count(tools.call(make_call("count_messages"))) == 2


async def count(called: object) -> object:
    outcome = await called  # type: ignore[misc]  # any awaitable call
    assert isinstance(outcome, Succeeded)
    assert isinstance(outcome.result, dict)
    return outcome.result["result"]


@pytest.mark.proves("R.cache")
async def test_what_was_asked_ahead_is_answered_offline_with_its_age(tmp_path: Path) -> None:
    clock = ShiftedClock()
    async with (
        FaultyServer() as server,
        tool_client(
            tmp_path / "records.db", at(server.url), clock=clock, settings=replace(KEEPING, fresh_for={})
        ) as tools,
    ):
        ahead = [make_call("get_weather", place=place) for place in ("Ulm", "Bonn")]
        outcomes = await warm(tools, [*ahead, make_call("pay", amount=1)])
        assert [outcome.kind for outcome in outcomes] == ["succeeded", "succeeded", "failed"]
        assert server.calls == 2
        await server.stop()
        clock.shift = 3600.0
        kept = await tools.call(make_call("get_weather", place="Bonn"))
        assert isinstance(kept, Succeeded)
        assert kept.age is not None
        assert 3600.0 <= kept.age < 3700.0
        assert (await tools.call(make_call("get_weather", place="Köln"))).kind == "failed"


@pytest.mark.proves("R.cache", "C.asked-ahead")
async def test_asking_ahead_fetches_an_answer_anew_although_the_earlier_one_is_fresh(tmp_path: Path) -> None:
    clock = ShiftedClock()
    async with (
        FaultyServer() as server,
        tool_client(tmp_path / "records.db", at(server.url), clock=clock, settings=KEEPING) as tools,
    ):
        await tools.call(make_call("get_weather", place="Ulm"))
        clock.shift = 50.0
        await warm(tools, [make_call("get_weather", place="Ulm")])
        assert server.calls == 2
        clock.shift = 70.0
        kept = await tools.call(make_call("get_weather", place="Ulm"))
        assert isinstance(kept, Succeeded)
        assert (server.calls, kept.age is not None and kept.age < 30.0) == (2, True)


@pytest.mark.proves("R.cache")
async def test_an_answer_too_old_to_be_given_shortens_no_patience(tmp_path: Path) -> None:
    settings = replace(QUICK, stale_for=0.0, patience=8.0, patience_with_other_ways=0.0)
    server = CountingServer()
    async with server, tool_client(tmp_path / "records.db", at(server.url), settings=settings) as tools:
        assert await count(tools.call(make_call("count_messages"))) == 0
        await server.stop()
        waiting = asyncio.create_task(count(tools.call(make_call("count_messages"))))
        async with asyncio.timeout(10):
            while tools.server_states()[0].healthy:  # noqa: ASYNC110  # its first try has failed
                await asyncio.sleep(0.005)
        await server.start()
        assert await waiting == 0


@pytest.mark.proves("R.cache")
async def test_an_answer_of_one_account_is_no_answer_for_another(tmp_path: Path) -> None:
    clock = ShiftedClock()
    storage = await Storage.open(tmp_path / "records.db")
    try:
        owner = "anna"
        kept = AnswerCache(storage, clock, KEEPING, lambda _: owner)
        call = make_call("count_messages")
        kept.keep(call, {"result": 3}, kept.changes(call.server))
        assert await kept.stale(call) is not None
        asked_by_anna = kept.changes(call.server)
        owner = "ben"
        assert await kept.stale(call) is None
        kept.keep(call, {"result": 3}, asked_by_anna)  # it was on its way when the account changed
        assert await kept.stale(call) is None
    finally:
        await storage.close()


@pytest.mark.proves("R.cache")
async def test_two_servers_of_one_name_are_refused_with_a_sentence(tmp_path: Path) -> None:
    def two(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
        return [*at("http://127.0.0.1:9")(http, clock), *at("http://127.0.0.1:8")(http, clock)]

    with pytest.raises(ConfigurationError, match="Two servers are called town"):
        async with tool_client(tmp_path / "records.db", two):
            pass
