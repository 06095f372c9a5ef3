"""What was confirmed while offline is delivered once, in order, or reported; whatever happens to the process."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from client.call import Need, NeedsInput, Outcome, ToolCall
from client.notices import DeliveryNotice, Notice
from client.tool_client import ToolClient
from tests.client.clocks import ShiftedClock
from tests.client.counting_server import CountingServer
from tests.client.harness import at, consent_to, make_call, tool_client, until

ROOT = Path(__file__).parents[2]


def deliveries(tools: ToolClient) -> list[tuple[ToolCall, Outcome]]:
    """Collect what the client delivers from now on."""
    seen: list[tuple[ToolCall, Outcome]] = []

    def told(notice: Notice) -> None:
        if isinstance(notice, DeliveryNotice):
            seen.append((notice.call, notice.outcome))

    tools.subscribe(told)
    return seen


async def know_the_tools(path: Path, server: CountingServer) -> None:
    """Let the database learn what the server offers, as an earlier drive would have."""
    async with tool_client(path, at(server.url)) as tools:
        assert len(tools.catalog) == 3


async def start_child(path: Path, url: str, tool: str, *texts: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.client.sending_child", str(path), url, tool, *texts, cwd=ROOT, stdout=PIPE
    )


async def lines_until(child: Process, last: str) -> list[str]:
    assert child.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(20):
        while not lines or lines[-1] != last:
            raw = await child.stdout.readline()
            assert raw, f"the child ended early after {lines}"
            lines.append(raw.decode().strip())
    return lines


def owner_files(folder: Path) -> list[Path]:
    return list(folder.glob("*.owner-*"))


async def kill(child: Process) -> None:
    child.kill()
    await child.communicate()  # reads to the end, so that its pipe is closed


@pytest.mark.proves("P3.deferred")
async def test_confirmed_calls_made_offline_wait_and_are_delivered_in_order(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    async with tool_client(path, at(server.url), deferrable=True) as tools:
        delivered = deliveries(tools)
        made = [make_call("send_message", text=text) for text in ("one", "two", "three")]
        for call in made:
            assert (await tools.call(call, consent=consent_to(call))).kind == "deferred"
        assert [row.call for row in await tools.waiting()] == made
        async with server:
            await until(lambda: len(delivered) == 3)
            assert server.sent == ["one", "two", "three"]
            assert [(call, outcome.kind) for call, outcome in delivered] == [(call, "succeeded") for call in made]
            assert await tools.waiting() == []
            again = await tools.call(made[0])
            assert again.kind == "succeeded"
    assert b"three" not in path.read_bytes()  # what was said is erased once it was delivered


@pytest.mark.proves("P3.deferred")
@pytest.mark.parametrize(("deferrable", "confirmed"), [(False, True), (True, False)])
async def test_only_what_is_deferrable_and_confirmed_waits(tmp_path: Path, deferrable: bool, confirmed: bool) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    async with tool_client(path, at(server.url), deferrable=deferrable) as tools:
        call = make_call("send_message", text="one")
        outcome = await tools.call(call, consent=consent_to(call) if confirmed else None)
        assert outcome.kind == ("failed" if confirmed else "needs_input")
        assert await tools.waiting() == []


@pytest.mark.proves("P3.kill")
@pytest.mark.parametrize("tool", ["send_message", "send_message_once"])
async def test_kill_9_between_storing_and_delivery_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, tool: str
) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    child = await start_child(path, server.url, tool, "one", "two")
    assert await lines_until(child, "waiting") == ["deferred one", "deferred two", "waiting"]
    await kill(child)
    async with server, tool_client(path, at(server.url), deferrable=True) as tools:
        delivered = deliveries(tools)
        await until(lambda: len(delivered) == 2)
        assert server.sent == ["one", "two"]
        assert [outcome.kind for _, outcome in delivered] == ["succeeded", "succeeded"]
    async with server, tool_client(path, at(server.url), deferrable=True) as tools:
        late = deliveries(tools)
        assert await tools.waiting() == []
        assert (server.sent, late) == (["one", "two"], [])


@pytest.mark.proves("P3.kill", "P2.once")
@pytest.mark.parametrize(("tool", "kind"), [("send_message", "unknown"), ("send_message_once", "succeeded")])
async def test_kill_9_in_the_middle_of_a_delivery_never_sends_a_second_time(
    tmp_path: Path, tool: str, kind: str
) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
        await server.stop()
        child = await start_child(path, server.url, tool, "one")
        await lines_until(child, "waiting")
        await kill(child)
        await server.start()
        server.hold = asyncio.Event()
        child = await start_child(path, server.url, tool)
        await until(lambda: server.sent == ["one"], 20)
        await kill(child)
        server.hold.set()
        async with tool_client(path, at(server.url), deferrable=True) as tools:
            delivered = deliveries(tools)
            await until(lambda: len(delivered) == 1)
            assert delivered[0][1].kind == kind
        assert server.sent == ["one"]
        assert server.repeats == (1 if kind == "succeeded" else 0)


@pytest.mark.proves("P3.kill")
async def test_kill_9_in_the_middle_of_a_direct_call_is_unknown_afterwards(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        server.hold = asyncio.Event()
        child = await start_child(path, server.url, "send_message", "one")
        await until(lambda: server.sent == ["one"], 20)
        await kill(child)
        server.hold.set()
        async with tool_client(path, at(server.url)) as tools:
            call = ToolCall("id-one", "town", "send_message", {"text": "one"}, "key-one")
            assert (await tools.call(call, consent=consent_to(call))).kind == "unknown"
        assert server.sent == ["one"]


@pytest.mark.proves("P2.unknown", "P3.kill")
async def test_a_direct_call_whose_program_died_is_told_at_the_next_start_once(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        server.hold = asyncio.Event()
        child = await start_child(path, server.url, "send_message", "one")
        await until(lambda: server.sent == ["one"], 20)
        async with tool_client(path, at(server.url)) as tools:
            early = deliveries(tools)
            await kill(child)  # while it lived it was still its own to tell
            assert early == []
        async with tool_client(path, at(server.url)) as tools:
            told = deliveries(tools)
            await until(lambda: len(told) == 1)
            call, outcome = told[0]
            assert (call.tool, outcome.kind) == ("send_message", "unknown")
        async with tool_client(path, at(server.url)) as tools:
            late = deliveries(tools)
            assert await tools.waiting() == []
            assert late == []
        server.hold.set()
        assert server.sent == ["one"]
    assert owner_files(tmp_path) == []


async def test_only_one_of_two_processes_delivers(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    first = await start_child(path, server.url, "send_message", "one")
    await lines_until(first, "waiting")
    second = await start_child(path, server.url, "send_message", "two")
    await lines_until(second, "waiting")
    async with server:
        # The first owns the outbox while it lives, and delivers what the second stored as well.
        await lines_until(first, "delivered one succeeded")
        await lines_until(first, "delivered two succeeded")
        await kill(first)
        await kill(second)
        async with tool_client(path, at(server.url), deferrable=True) as tools:
            assert await tools.waiting() == []
        assert server.sent == ["one", "two"]


async def test_what_waited_too_long_is_not_sent_but_told(tmp_path: Path) -> None:
    clock, path, server = ShiftedClock(), tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    async with tool_client(path, at(server.url), clock=clock, deferrable=True) as tools:
        delivered = deliveries(tools)
        call = make_call("send_message", text="one")
        assert (await tools.call(call, consent=consent_to(call, clock))).kind == "deferred"
        clock.pass_by(5 * 3600.0)
        async with server:
            await until(lambda: bool(delivered))
            told, outcome = delivered[0]
            assert told == call
            assert isinstance(outcome, NeedsInput)
            assert (outcome.need, outcome.error.code) == (Need.CONSENT, "deferral_expired")
            assert server.sent == []
            # The driver is asked again, and says yes again: the same call is made, once.
            assert (await tools.call(call, consent=consent_to(call, clock))).kind == "succeeded"
            assert server.sent == ["one"]


async def test_a_waiting_call_can_be_taken_back(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    async with tool_client(path, at(server.url), deferrable=True) as tools:
        call = make_call("send_message", text="one")
        await tools.call(call, consent=consent_to(call))
        assert await tools.cancel_waiting(call.call_id)
        assert not await tools.cancel_waiting(call.call_id)
        again = await tools.call(call, consent=consent_to(call))
        assert again.kind == "deferred"
        assert len(await tools.waiting()) == 1


async def test_a_delivery_that_nobody_heard_of_is_told_later(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    async with tool_client(path, at(server.url), deferrable=True) as tools:
        call = make_call("send_message", text="one")
        await tools.call(call, consent=consent_to(call))
        async with server:
            await until(lambda: server.sent == ["one"])
            async with asyncio.timeout(5):
                while await tools.waiting():  # noqa: ASYNC110  # the rows say when it is done
                    await asyncio.sleep(0.005)
    async with tool_client(path, at(server.url)) as tools:
        delivered = deliveries(tools)
        await until(lambda: len(delivered) == 1)
        assert delivered[0][0] == call
    db = sqlite3.connect(path)
    assert db.execute("SELECT arguments FROM outbox").fetchall() == [(None,)]
    db.close()


async def test_a_later_call_does_not_overtake_what_waits(tmp_path: Path) -> None:
    path, server = tmp_path / "records.db", CountingServer()
    async with server:
        await know_the_tools(path, server)
    async with tool_client(path, at(server.url), deferrable=True) as tools:
        first = make_call("send_message", text="one")
        await tools.call(first, consent=consent_to(first))
        async with server:
            second = make_call("send_message", text="two")
            assert (await tools.call(second, consent=consent_to(second))).kind in ("succeeded", "deferred")
            await until(lambda: len(server.sent) == 2)
            assert server.sent == ["one", "two"]
