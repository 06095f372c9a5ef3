"""One server at several places: calls are shared out, a dead place costs nothing, and nothing is sent twice."""

from __future__ import annotations

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.client_errors import ConfigurationError
from client.clock import Clock, SystemClock
from client.configuration.server_entries import servers_from
from client.resilience.balance import Balance, Balancer
from client.servers.endpoints import MEASURE_AGAIN, EndpointsServer
from client.servers.mcp.streamable_http import StreamableHttpServer
from client.servers.tool_server import ToolServer
from client.tool_client import ToolClient
from tests.client.faulty_server import FaultyServer
from tests.client.harness import consent_to, make_call, tool_client, until


def at_all(*servers: FaultyServer, **options: Any) -> Callable[[httpx.AsyncClient, Clock], list[ToolServer]]:
    def make(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
        places = [StreamableHttpServer("town", server.url, http, clock) for server in servers]
        return [EndpointsServer("town", places, clock, **options)]

    return make


@asynccontextmanager
async def distant(port: int, seconds: float) -> AsyncIterator[int]:
    """Yield a port that leads to the other one and passes on each piece of a request that much later."""

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, wait: float) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                await asyncio.sleep(wait)
                writer.write(piece)
                await writer.drain()
        writer.close()

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(passed_on(reader, back, seconds), passed_on(there, writer, 0.0))

    server = await asyncio.start_server(visit, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


@contextmanager
def silent_port() -> Iterator[int]:
    """Yield a port that answers no attempt to connect: its queue is full, as behind a firewall that drops packets."""
    with socket.socket() as full, ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):
            queued = waiting.enter_context(socket.socket())
            queued.setblocking(False)
            queued.connect_ex(full.getsockname())
        yield full.getsockname()[1]


@pytest.mark.proves("R.endpoints")
async def test_calls_are_shared_out_and_none_is_lost_when_places_go_and_come(tmp_path: Path) -> None:
    async with (
        FaultyServer() as one,
        FaultyServer() as other,
        tool_client(tmp_path / "records.db", at_all(one, other)) as tools,
    ):
        for number in range(10):
            assert (await tools.call(make_call("get_weather", place=str(number)))).kind == "succeeded"
        while one.calls == 0 or other.calls == 0:  # the second place may have connected after the first calls
            await tools.call(make_call("get_weather", place="again"))
        await one.stop()
        for number in range(10):
            call = make_call("pay", amount=number)
            outcome = await tools.call(call, consent=consent_to(call))
            assert (outcome.kind, outcome.attempts) == ("succeeded", 1)
        paid = [arguments["amount"] for arguments in other.executed if "amount" in arguments]
        assert paid == list(range(10))


@pytest.mark.proves("R.endpoints", "P2.once")
@pytest.mark.parametrize("tool", ["pay", "pay_once"])
async def test_a_lost_answer_does_not_go_to_another_place_that_cannot_know_the_key(tmp_path: Path, tool: str) -> None:
    async with FaultyServer() as one, FaultyServer() as other:
        one.faults.append("reset_after")
        other.faults.append("reset_after")
        async with tool_client(tmp_path / "records.db", at_all(one, other)) as tools:
            call = make_call(tool, amount=5)
            assert (await tools.call(call, consent=consent_to(call))).kind == "unknown"
            assert len(one.executed) + len(other.executed) == 1


async def test_places_that_share_what_they_know_of_keys_take_over_from_each_other(tmp_path: Path) -> None:
    async with FaultyServer() as one, FaultyServer() as other:
        other._known = one._known  # as two copies of a program before one database
        one.faults.append("reset_after")
        other.faults.append("reset_after")
        async with tool_client(tmp_path / "records.db", at_all(one, other, share_keys=True)) as tools:
            call = make_call("pay_once", amount=5)
            assert (await tools.call(call, consent=consent_to(call))).kind == "succeeded"
            assert len(one.executed) + len(other.executed) == 1


async def test_nobody_waits_for_a_dead_place_at_the_start(tmp_path: Path) -> None:
    dead = FaultyServer()
    await dead.start()
    await dead.stop()
    async with FaultyServer() as alive:
        began = time.monotonic()
        async with tool_client(tmp_path / "records.db", at_all(dead, alive)) as tools:
            assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"
            assert time.monotonic() - began < 2.0
            await dead.start()
            async with asyncio.timeout(10):
                while dead.calls == 0:
                    await tools.call(make_call("get_weather", place="Ulm"))
        await dead.stop()


async def test_several_urls_of_one_server_are_configured_in_one_entry(tmp_path: Path) -> None:
    async with FaultyServer() as one, FaultyServer() as other:
        entry = {"urls": [one.url, other.url], "balance": "weighted", "weights": [1, 3]}

        def make(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
            return servers_from({"town": entry}, http, clock)

        async with tool_client(tmp_path / "records.db", make) as tools:
            assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"
            with pytest.raises(ConfigurationError, match="2 urls and 1 weights"):
                servers_from({"town": {**entry, "weights": [1]}}, httpx.AsyncClient(), SystemClock(), server="town")


@pytest.mark.proves("R.nearest")
async def test_the_nearest_place_gets_the_calls_again_once_it_is_back(tmp_path: Path) -> None:
    async with FaultyServer() as far, FaultyServer() as near, distant(far.port, 0.1) as far_port:
        places = [f"http://127.0.0.1:{far_port}/mcp", near.url]

        def make(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
            return servers_from({"town": {"urls": places, "balance": "nearest"}}, http, clock)

        async def weather(tools: ToolClient) -> None:
            assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"

        async with tool_client(tmp_path / "records.db", make) as tools:
            async with asyncio.timeout(10):
                while near.calls == 0:  # the far place may have connected first
                    await weather(tools)
            before = far.calls
            for _ in range(5):
                await weather(tools)
            assert far.calls == before
            await near.stop()
            began = time.monotonic()
            await weather(tools)
            assert time.monotonic() - began < 1.0
            assert far.calls == before + 1
            answered = near.calls
            await near.start()
            async with asyncio.timeout(10):
                while near.calls == answered:
                    await weather(tools)


@pytest.mark.proves("R.nearest")
async def test_a_place_that_takes_no_connection_costs_less_than_a_second(tmp_path: Path) -> None:
    async with FaultyServer() as alive:
        with silent_port() as port:
            entry = {"urls": [f"http://127.0.0.1:{port}/mcp", alive.url]}

            def make(http: httpx.AsyncClient, clock: Clock) -> list[ToolServer]:
                return servers_from({"town": entry}, http, clock)

            async with tool_client(tmp_path / "records.db", make) as tools:
                began = time.monotonic()
                assert (await tools.call(make_call("get_weather", place="Ulm"))).kind == "succeeded"
                assert time.monotonic() - began < 1.0


class NotingClock(SystemClock):
    """Notes what it is asked to wait for."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await super().sleep(seconds)


@pytest.mark.proves("R.nearest")
async def test_while_all_places_are_there_nothing_wakes_between_two_measurements() -> None:
    clock = NotingClock()
    async with FaultyServer() as one, FaultyServer() as other, httpx.AsyncClient() as http:
        places = [StreamableHttpServer("town", server.url, http, SystemClock()) for server in (one, other)]
        server = EndpointsServer("town", places, clock, balance=Balance.NEAREST)
        await server.connect()
        await until(lambda: all(server.healthy) and any(seconds > MEASURE_AGAIN - 5 for seconds in clock.slept))
        assert [seconds for seconds in clock.slept[-1:] if seconds < 5] == []
        await one.stop()
        await other.stop()
        await server.call(make_call("get_weather", place="Ulm"), seconds=5, confirmed=False)
        await until(lambda: clock.slept[-1] < 5)  # a place that is gone is looked for soon
        await server.close()


def test_a_place_that_is_hardly_nearer_takes_nothing_over() -> None:
    made = balancer(Balance.NEAREST, [1.0, 1.0])
    made.endpoints[0].seconds, made.endpoints[1].seconds = 0.05, 0.1
    assert made.choose() == 0
    made.endpoints[1].seconds = 0.045
    assert made.choose() == 0
    made.endpoints[1].seconds = 0.03
    assert [made.choose(), made.choose([1]), made.choose()] == [1, 0, 1]


@given(measured=st.lists(st.none() | st.floats(0.001, 2.0), min_size=1, max_size=5))
def test_the_nearest_of_all_measured_places_is_chosen_first(measured: list[float | None]) -> None:
    made = balancer(Balance.NEAREST, [1.0] * len(measured))
    for place, seconds in zip(made.endpoints, measured, strict=True):
        place.seconds = seconds
    chosen = made.choose()
    assert chosen is not None
    known = [seconds for seconds in measured if seconds is not None]
    assert measured[chosen] == (min(known) if known else None)


def balancer(balance: Balance, weights: list[float]) -> Balancer:
    made = Balancer(balance, weights, lambda: 0.0)
    for place in made.endpoints:
        place.up = True
    return made


@given(weights=st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_weighted_shares_follow_the_weights_exactly(weights: list[int]) -> None:
    made = balancer(Balance.WEIGHTED, [float(weight) for weight in weights])
    shares = Counter(made.choose() for _ in range(sum(weights) * 3))
    assert [shares[number] for number in range(len(weights))] == [weight * 3 for weight in weights]


@given(count=st.integers(1, 6), away=st.sets(st.integers(0, 5)))
def test_round_robin_goes_past_whatever_is_away(count: int, away: set[int]) -> None:
    made = balancer(Balance.ROUND_ROBIN, [1.0] * count)
    for number in away & set(range(count)):
        made.endpoints[number].up = False
    healthy = [number for number in range(count) if number not in away]
    chosen = [made.choose() for _ in range(len(healthy) * 2)]
    assert chosen == healthy * 2
    if not healthy:
        assert made.choose() is None


def test_the_least_busy_place_is_chosen() -> None:
    made = balancer(Balance.LEAST_CONNECTIONS, [1.0, 1.0, 1.0])
    made.endpoints[0].busy, made.endpoints[1].busy, made.endpoints[2].busy = 2, 0, 1
    assert made.choose() == 1
    made.endpoints[1].busy = 3
    assert made.choose() == 2


def test_a_place_whose_breaker_is_open_is_left_alone() -> None:
    made = balancer(Balance.ROUND_ROBIN, [1.0, 1.0])
    for _ in range(5):
        made.endpoints[0].circuit.failed()
    assert [made.choose() for _ in range(3)] == [1, 1, 1]
