"""What each fault of the network means for each kind of tool, over real sockets."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from client.call import Sent, Succeeded, Unknown
from tests.client.clocks import VirtualClock
from tests.client.faulty_server import FaultyServer
from tests.client.harness import at, consent_to, make_call, tool_client

LOST_AFTER = ["reset_after", "truncated", "server_error", "hang", "not_json", "huge"]
LOST_BEFORE = ["reset_before", "portal", "redirect"]


async def call_once(path: Path, server: FaultyServer, tool: str, *, deadline: float = 8.0) -> tuple[str, str, int]:
    """Call the tool, confirmed where it must be; return the outcome's kind, its error code and the attempts."""
    async with tool_client(path / "records.db", at(server.url)) as tools:
        call = make_call(tool, **({"place": "Ulm"} if tool == "get_weather" else {"amount": 5}))
        consent = None if tool == "get_weather" else consent_to(call)
        outcome = await tools.call(call, consent=consent, deadline=deadline)
        # Whatever happened, the connection still works for the next call.
        after = await tools.call(make_call("get_weather", place="Bonn"))
        assert after.kind == "succeeded"
        code = "" if outcome.kind == "succeeded" else outcome.error.code
        return outcome.kind, code, outcome.attempts


@pytest.mark.parametrize("fault", [*LOST_AFTER, *LOST_BEFORE])
@pytest.mark.parametrize("handshake", [False, True])
async def test_a_lost_answer_of_a_read_only_tool_is_asked_for_again(
    tmp_path: Path, fault: str, handshake: bool
) -> None:
    async with FaultyServer(handshake=handshake) as server:
        server.faults.append(fault)
        assert await call_once(tmp_path, server, "get_weather") == ("succeeded", "", 2)
        assert server.calls == 3


@pytest.mark.proves("P2.once", "P2.unknown")
@pytest.mark.parametrize("fault", [*LOST_AFTER, *LOST_BEFORE, "rate_limited", "unavailable"])
@pytest.mark.parametrize("handshake", [False, True])
async def test_a_lost_answer_of_a_tool_with_effects_is_unknown_and_never_sent_again(
    tmp_path: Path, fault: str, handshake: bool
) -> None:
    async with FaultyServer(handshake=handshake) as server:
        server.faults.append(fault)
        kind, _, attempts = await call_once(tmp_path, server, "pay", deadline=1.0)
        assert (kind, attempts) == ("unknown", 1)
        payments = [arguments for arguments in server.executed if "amount" in arguments]
        assert len(payments) == (1 if fault in LOST_AFTER else 0)
        assert server.calls == 2


@pytest.mark.proves("P2.key")
@pytest.mark.parametrize("fault", [*LOST_AFTER, *LOST_BEFORE])
async def test_a_lost_answer_is_asked_for_again_with_the_same_key_where_the_server_honours_it(
    tmp_path: Path, fault: str
) -> None:
    async with FaultyServer() as server:
        server.faults.append(fault)
        assert await call_once(tmp_path, server, "pay_once") == ("succeeded", "", 2)
        payments = [arguments for arguments in server.executed if "amount" in arguments]
        assert len(payments) == 1
        assert server.keys[0] == server.keys[1] == payments[0]["idempotency_key"]


@pytest.mark.parametrize("fault", ["rate_limited", "unavailable"])
@pytest.mark.parametrize("tool", ["get_weather", "pay", "pay_once"])
async def test_a_server_that_asks_to_wait_is_given_that_time(tmp_path: Path, fault: str, tool: str) -> None:
    clock = VirtualClock()
    async with FaultyServer() as server:
        server.faults.append(fault)
        refused = frozenset({429, 503})
        async with tool_client(tmp_path / "records.db", at(server.url, refused_statuses=refused), clock=clock) as tools:
            call = make_call(tool, **({"place": "Ulm"} if tool == "get_weather" else {"amount": 5}))
            started = clock.monotonic()
            consent = None if tool == "get_weather" else consent_to(call, clock)
            outcome = await clock.drive(tools.call(call, consent=consent))
            assert (outcome.kind, outcome.attempts) == ("succeeded", 2)
            assert 1.0 <= clock.monotonic() - started < 3.0
            assert len(server.executed) == 1


async def test_a_wait_beyond_the_deadline_is_reported_and_not_waited_for(tmp_path: Path) -> None:
    clock = VirtualClock()
    async with FaultyServer() as server:
        server.faults.append("unavailable_long")
        refused = frozenset({503})
        async with tool_client(tmp_path / "records.db", at(server.url, refused_statuses=refused), clock=clock) as tools:
            call = make_call("pay", amount=5)
            started = clock.monotonic()
            outcome = await clock.drive(tools.call(call, consent=consent_to(call, clock)))
            assert outcome.kind == "failed"
            assert outcome.error.retry_after == 3600.0
            assert clock.monotonic() == started
            assert server.calls == 1


@pytest.mark.parametrize("tool", ["get_weather", "pay"])
async def test_a_forgotten_session_is_renewed_and_the_call_sent_once_more(tmp_path: Path, tool: str) -> None:
    async with FaultyServer(handshake=True) as server:
        server.faults.append("session_lost")
        assert await call_once(tmp_path, server, tool) == ("succeeded", "", 2)
        assert len(server.executed) == 2  # the call itself, and the look that follows it


async def test_a_server_that_refuses_us_asks_for_a_login_after_one_renewal(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.faults.extend(["unauthorized", "unauthorized"])
        kind, code, attempts = await call_once(tmp_path, server, "pay")
        assert (kind, code, attempts) == ("needs_input", "login_required", 2)
        assert server.calls == 3


async def test_a_call_that_cannot_be_sent_fails_without_an_attempt(tmp_path: Path) -> None:
    server = FaultyServer()
    await server.start()
    async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
        await server.stop()
        call = make_call("pay", amount=5)
        first = await tools.call(call, consent=consent_to(call))
        assert first.kind == "failed"
        assert first.error.sent is Sent.NO
        await server.start()
        # Nothing happened, so the same call may be made again, with a new yes.
        again = await tools.call(call, consent=consent_to(call))
        assert again.kind == "succeeded"
        assert server.executed == [{"amount": 5}]
    await server.stop()


async def test_a_cancelled_caller_neither_stops_an_effect_nor_harms_the_connection(tmp_path: Path) -> None:
    async with FaultyServer() as server, tool_client(tmp_path / "records.db", at(server.url)) as tools:
        call = make_call("pay", amount=5)
        waiting = asyncio.create_task(tools.call(call, consent=consent_to(call)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await tools.call(call)).kind == "succeeded"
        assert server.executed == [{"amount": 5}]


async def test_an_unknown_outcome_stays_what_is_answered_for_its_key(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.faults.append("reset_after")
        call = make_call("pay", amount=5)
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            assert isinstance(await tools.call(call, consent=consent_to(call)), Unknown)
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            assert isinstance(await tools.call(call, consent=consent_to(call)), Unknown)
        assert server.calls == 1


@pytest.mark.proves("P2.once", "P2.unknown")
@pytest.mark.parametrize("fault", ["moved", "moved_after"])
@pytest.mark.parametrize("handshake", [False, True])
async def test_a_redirect_never_sends_a_call_with_effects_again(tmp_path: Path, fault: str, handshake: bool) -> None:
    async with FaultyServer(handshake=handshake) as server:
        server.faults.extend([fault] * 6)
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            call = make_call("pay", amount=5)
            outcome = await tools.call(call, consent=consent_to(call), deadline=2.0)
            assert isinstance(outcome, Unknown)
        assert outcome.attempts == 1
        assert server.calls == 1
        assert len(server.executed) == (1 if fault == "moved_after" else 0)


async def test_a_call_that_only_reads_is_asked_for_at_the_place_that_a_redirect_names(tmp_path: Path) -> None:
    async with FaultyServer() as server:
        server.faults.append("moved")
        async with tool_client(tmp_path / "records.db", at(server.url)) as tools:
            outcome = await tools.call(make_call("get_weather", place="Ulm"))
        assert isinstance(outcome, Succeeded)
        assert outcome.attempts == 2
