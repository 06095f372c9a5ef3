"""A sensitive tool runs only with a yes to exactly this call, once, recently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from client.call import NeedsInput
from tests.client.clocks import ShiftedClock
from tests.client.faulty_server import FaultyServer
from tests.client.harness import at, consent_to, make_call, tool_client


def code_of(outcome: object) -> str:
    assert isinstance(outcome, NeedsInput)
    return outcome.error.code


@pytest.mark.proves("P1.consent")
async def test_without_a_yes_nothing_is_sent(tmp_path: Path) -> None:
    async with FaultyServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        assert code_of(await tools.call(make_call("pay", amount=5))) == "consent_missing"
        assert server.calls == 0


@pytest.mark.proves("P1.consent")
@pytest.mark.parametrize("change", [{"amount": 6}, {"amount": 5, "to": "x"}, {}])
async def test_a_yes_for_other_arguments_is_refused(tmp_path: Path, change: dict[str, int]) -> None:
    async with FaultyServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        consent = consent_to(make_call("pay", amount=5))
        assert code_of(await tools.call(make_call("pay", **change), consent=consent)) == "consent_mismatch"
        assert server.calls == 0


@pytest.mark.proves("P1.once")
async def test_a_yes_is_spent_by_its_first_use_and_stays_spent_after_a_restart(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        call = make_call("pay", amount=5)
        consent = consent_to(call)
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            assert (await tools.call(call, consent=consent)).kind == "succeeded"
            second = make_call("pay", amount=5)
            assert code_of(await tools.call(second, consent=consent)) == "consent_spent"
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            third = make_call("pay", amount=5)
            assert code_of(await tools.call(third, consent=consent)) == "consent_spent"
        assert len(server.executed) == 1


@pytest.mark.proves("P1.once")
async def test_two_calls_at_once_cannot_share_a_yes(tmp_path: Path) -> None:
    import asyncio

    async with FaultyServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        first, second = make_call("pay", amount=5), make_call("pay", amount=5)
        consent = consent_to(first)
        outcomes = await asyncio.gather(tools.call(first, consent=consent), tools.call(second, consent=consent))
        assert sorted(outcome.kind for outcome in outcomes) == ["needs_input", "succeeded"]
        assert len(server.executed) == 1


@pytest.mark.proves("P1.recent")
async def test_a_yes_older_than_its_limit_is_refused(tmp_path: Path) -> None:
    clock = ShiftedClock()
    async with FaultyServer() as server, tool_client(tmp_path / "records.db", at(server.url), clock=clock) as tools:
        call = make_call("pay", amount=5)
        consent = consent_to(call, clock)
        clock.shift = 61.0
        assert code_of(await tools.call(call, consent=consent)) == "consent_expired"
        from_the_future = replace(consent, given_at=clock.now() + 60.0)
        assert code_of(await tools.call(call, consent=from_the_future)) == "consent_expired"
        assert server.calls == 0
        assert (await tools.call(call, consent=consent_to(call, clock, age=59.0))).kind == "succeeded"


async def test_the_same_key_gives_back_what_was_recorded_without_a_new_yes(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        call = make_call("pay", amount=5)
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            first = await tools.call(call, consent=consent_to(call))
            assert await tools.call(call) == first
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            assert await tools.call(call, consent=consent_to(call)) == first
            other = replace(call, arguments={"amount": 7})
            reused = await tools.call(other, consent=consent_to(other))
            assert reused.kind == "failed"
            assert reused.error.code == "key_reused"
        assert len(server.executed) == 1


@pytest.mark.parametrize(
    ("arguments", "names"),
    [({}, ("amount",)), ({"amount": "five"}, ("amount",)), ({"amount": float("nan")}, ())],
)
async def test_arguments_that_break_the_schema_are_named_and_not_sent(
    tmp_path: Path, arguments: dict[str, float | str], names: tuple[str, ...]
) -> None:
    async with FaultyServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        call = make_call("pay", **arguments)
        consent = None if "nan" in str(arguments) else consent_to(call)
        outcome = await tools.call(call, consent=consent)
        assert outcome.kind == "failed"
        assert (outcome.error.code, outcome.error.names) == ("invalid_arguments", names)
        assert server.calls == 0
