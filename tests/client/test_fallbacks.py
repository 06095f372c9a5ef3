"""What stands in for a server that cannot be reached, in which order, and what never does."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from client.call import Succeeded, ToolCall
from client.calls.call_settings import CallSettings
from client.calls.fallbacks import Ways
from client.clock import Clock
from client.records import calls
from client.records.storage import Storage
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from tests.client.faulty_server import FaultyServer
from tests.client.harness import QUICK, consent_to, make_call, tool_client

IMPATIENT = replace(QUICK, patience=0.2, patience_with_other_ways=0.1)


def both(one: FaultyServer, other: FaultyServer) -> Callable[[httpx.AsyncClient, Clock], Sequence[ToolServer]]:
    def make(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
        return [StreamableHttpServer(name, at.url, http, clock) for name, at in (("town", one), ("spare", other))]

    return make


@asynccontextmanager
async def two_servers(
    folder: Path, settings: CallSettings = IMPATIENT
) -> AsyncIterator[tuple[FaultyServer, FaultyServer, ToolClient]]:
    async with (
        FaultyServer() as one,
        FaultyServer() as other,
        tool_client(folder / "records.db", both(one, other), settings=settings) as tools,
    ):
        yield one, other, tools


@pytest.mark.proves("R.fallback")
async def test_a_read_is_answered_by_another_server_with_the_same_tool_then_from_earlier(tmp_path: Path) -> None:
    async with two_servers(tmp_path) as (one, other, tools):
        first = await tools.call(make_call("get_weather", place="Ulm"))
        assert isinstance(first, Succeeded)
        assert (first.served_by, first.age) == ("town", None)
        await one.stop()
        second = await tools.call(make_call("get_weather", place="Ulm"))
        assert isinstance(second, Succeeded)
        assert (second.served_by, second.age) == ("spare", None)
        await other.stop()
        third = await tools.call(make_call("get_weather", place="Ulm"))
        assert isinstance(third, Succeeded)
        assert third.result == first.result
        assert third.served_by == "town"
        assert third.age is not None
        refused = await tools.call(make_call("get_weather", place="Bonn"))
        assert refused.kind == "failed"
        assert refused.error.message == "town cannot be reached."


@pytest.mark.proves("R.fallback", "P1.consent")
async def test_a_sensitive_call_goes_only_to_a_server_that_the_read_back_named(tmp_path: Path) -> None:
    async with two_servers(tmp_path) as (one, other, tools):
        await one.stop()
        call = make_call("pay", amount=5)
        assert (await tools.call(call, consent=consent_to(call))).kind == "failed"
        assert other.executed == []
        named = replace(consent_to(call), fallback_servers=("spare",))
        outcome = await tools.call(call, consent=named)
        assert isinstance(outcome, Succeeded)
        assert outcome.served_by == "spare"
        assert other.executed == [{"amount": 5}]
        assert await tools.call(call) == outcome  # the key knows it, whoever did it


@pytest.mark.proves("P2.once", "R.fallback")
@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "portal"])
async def test_a_call_with_effects_that_may_have_been_sent_goes_nowhere_else(tmp_path: Path, fault: str) -> None:
    async with two_servers(tmp_path) as (one, other, tools):
        one.faults.append(fault)
        call = make_call("pay", amount=5)
        named = replace(consent_to(call), fallback_servers=("spare",))
        assert (await tools.call(call, consent=named)).kind == "unknown"
        assert other.executed == []


async def test_settings_say_what_stands_in_and_nothing_else_does(tmp_path: Path) -> None:
    settings = replace(IMPATIENT, fallbacks={"town.get_weather": ()})
    async with two_servers(tmp_path, settings) as (one, other, tools):
        await one.stop()
        assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "failed"
        assert other.executed == []


@pytest.mark.proves("R.fallback")
async def test_a_chain_is_followed_in_its_order_and_the_answer_names_who_gave_it(tmp_path: Path) -> None:
    settings = replace(IMPATIENT, fallbacks={"town.get_weather": ("third", "spare.get_weather")})
    async with FaultyServer() as town, FaultyServer() as spare, FaultyServer() as third:

        def make(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
            places = (("town", town), ("spare", spare), ("third", third))
            return [StreamableHttpServer(name, at.url, http, clock) for name, at in places]

        async with tool_client(tmp_path / "records.db", make, settings=settings) as tools:
            for server, served_by in ((town, "town"), (third, "third"), (spare, "spare")):
                found = await tools.call(make_call("get_weather", place="Ulm"))
                assert isinstance(found, Succeeded)
                assert (found.served_by, found.age) == (served_by, None)
                await server.stop()
            kept = await tools.call(make_call("get_weather", place="Ulm"))
            assert isinstance(kept, Succeeded)
            assert (kept.served_by, kept.age is not None) == ("town", True)


@pytest.mark.proves("P2.once")
async def test_a_call_that_died_on_its_way_to_another_server_is_unknown_even_with_a_key(tmp_path: Path) -> None:
    storage = await Storage.open(tmp_path / "records.db")
    call: ToolCall = make_call("pay_once", amount=5)

    def die_elsewhere(db: sqlite3.Connection) -> None:
        assert calls.begin(db, 1.0, call, consent_to(call), repeatable=True) is None
        calls.elsewhere(db, 1.0, call, "spare", 1)

    await storage.run(die_elsewhere)
    found = await storage.run(lambda db: calls.recorded(db, 2.0, call, repeatable=True))
    assert found is not None
    assert not isinstance(found, calls.Refusal)
    assert found.kind == "unknown"
    await storage.close()


def test_a_way_is_looked_for_only_when_the_one_before_it_is_tried() -> None:
    looked: list[str] = []

    def others() -> Iterator[str]:
        for name in ("second", "third"):
            looked.append(name)
            yield name

    ways = Ways("first", others()).each()
    assert next(ways) == ("first", True)
    assert looked == ["second"]
    assert [*ways] == [("second", True), ("third", False)]
    assert [*Ways("alone").each()] == [("alone", False)]
