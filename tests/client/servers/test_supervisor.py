"""Supervision of server processes: real processes, and a virtual clock where time matters."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from client.call import Sent
from client.clock import Clock, SystemClock
from client.servers.mcp.stdio import StdioServer
from client.servers.processes.counts import CountsFile
from client.servers.processes.log_file import LARGEST_FILE, LogFile, read_log
from client.servers.processes.supervision import ServerStatus, SupervisionRules
from client.servers.processes.supervisor import SupervisedServer
from client.servers.tool_server import Answered, FailureKind, Faulted, ServerUnavailableError
from tests.client.clocks import VirtualClock
from tests.client.harness import make_call, until

UNRULY = Path(__file__).with_name("unruly.py")
ROOT = Path(__file__).parents[3]
QUICK = SupervisionRules(check=60.0, first_pause=0.05)


@asynccontextmanager
async def supervised(
    kind: str = "well",
    rules: SupervisionRules = QUICK,
    *,
    clock: Clock | None = None,
    folder: Path | None = None,
    connect_seconds: float = 20.0,
    command: str = sys.executable,
) -> AsyncIterator[SupervisedServer]:
    clock = clock or SystemClock()
    log = LogFile(folder / "garage.log" if folder else None)
    process = StdioServer("garage", command, [str(UNRULY), kind], clock=clock, connect_seconds=connect_seconds, log=log)
    counts = CountsFile(folder / "counts.json") if folder else None
    server = SupervisedServer(process, clock, rules, counts_file=counts)
    try:
        yield server
    finally:
        await server.close()


async def text_of(server: SupervisedServer, tool: str, seconds: float = 10.0) -> str:
    answer = await server.call(make_call(tool), seconds=seconds, confirmed=False)
    assert isinstance(answer, Answered), answer
    assert isinstance(answer.result, dict)
    return str(answer.result["text"])


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


def gone(pid: int) -> bool:
    """Whether no such process runs; one that ended and waits for its parent counts as gone."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


@pytest.mark.proves("S.states")
async def test_a_server_that_answers_is_healthy_and_tells_its_process_and_uptime() -> None:
    async with supervised() as server:
        assert server.report().status is ServerStatus.STARTING
        await server.connect()
        report = server.report()
        assert report.status is ServerStatus.HEALTHY
        assert str(report.pid) == await text_of(server, "process")
        assert report.uptime > 0
        await server.stop()
        report = server.report()
        assert (report.status, report.pid, report.uptime) == (ServerStatus.STOPPED, None, 0.0)


@pytest.mark.proves("S.dead-before")
async def test_a_call_to_a_process_that_died_before_it_is_sent_to_a_new_one() -> None:
    async with supervised() as server:
        await server.connect()
        first = server.report().pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        while not gone(first):
            time.sleep(0.001)  # noqa: ASYNC251  # the loop must not hear of the death before the call
        assert int(await text_of(server, "process")) != first
        assert server.report().restarts == 1


@pytest.mark.proves("S.dead-before", "P2.unknown")
async def test_a_process_that_dies_after_the_send_began_is_an_answer_lost() -> None:
    async with supervised() as server:
        await server.connect()
        answer = await server.call(make_call("crash"), seconds=10, confirmed=False)
        assert isinstance(answer, Faulted)
        assert (answer.kind, answer.error.sent) == (FailureKind.ANSWER_LOST, Sent.MAYBE)
        await until(lambda: server.report().status is ServerStatus.HEALTHY)


@pytest.mark.proves("S.restart")
async def test_a_crash_of_an_idle_process_is_noticed_and_it_is_started_again() -> None:
    told: list[ServerStatus] = []
    async with supervised() as server:
        server.on_tools_changed = lambda: told.append(server.report().status)
        await server.connect()
        first = server.report().pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: server.report().pid not in (first, None) and server.report().restarts == 1)
        await until(lambda: told == [ServerStatus.UNHEALTHY, ServerStatus.HEALTHY])


@pytest.mark.proves("S.restart")
async def test_after_three_restarts_in_a_row_it_is_left_alone_until_somebody_starts_it() -> None:
    clock = VirtualClock()
    async with supervised("exits", SupervisionRules(), clock=clock) as server:

        async def see_it_given_up() -> None:
            with pytest.raises(ServerUnavailableError, match="no key in the ignition"):
                await server.connect()
            await until(lambda: server.report().status is ServerStatus.ERROR)

        await clock.drive(see_it_given_up())
        assert clock.slept == [1.0, 2.0]  # the first restart comes at once
        assert "4 times in a row" in server.report().detail
        with pytest.raises(ServerUnavailableError, match="left alone"):
            await server.connect()
        with pytest.raises(ServerUnavailableError, match="no key in the ignition"):
            await server.start()


@pytest.mark.proves("S.restart")
async def test_a_server_that_may_not_be_restarted_stays_down_after_a_crash() -> None:
    async with supervised(rules=SupervisionRules(auto_restart=False)) as server:
        await server.connect()
        await server.call(make_call("crash"), seconds=10, confirmed=False)
        await until(lambda: server.report().status is ServerStatus.ERROR)
        assert "not started again by itself" in server.report().detail
        await server.restart()
        assert server.report().status is ServerStatus.HEALTHY


@pytest.mark.proves("S.check")
async def test_it_is_checked_every_30_seconds_and_one_that_hangs_is_started_again() -> None:
    clock = VirtualClock()
    async with supervised("deaf-to-pings", SupervisionRules(patience=0.2), clock=clock) as server:
        await server.connect()
        first, began = server.report().pid, clock.now()
        seen: list[ServerStatus] = []
        replaced: list[float] = []
        server.on_tools_changed = lambda: replaced.append(clock.now() - began) if server.report().restarts else None

        async def see_it_replaced() -> None:
            while not replaced:
                if not seen or seen[-1] is not server.report().status:
                    seen.append(server.report().status)
                await asyncio.sleep(0.001)

        await clock.drive(see_it_replaced())
        assert seen[:2] == [ServerStatus.HEALTHY, ServerStatus.UNHEALTHY]
        assert replaced == [60.0]
        assert server.report().pid != first


@pytest.mark.proves("S.check")
async def test_a_check_that_finds_it_well_forgives_earlier_crashes() -> None:
    clock = VirtualClock()
    async with supervised(rules=SupervisionRules(restarts=1), clock=clock) as server:
        await server.connect()

        async def crash_and_recover(restarts: int) -> None:
            pid = server.report().pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await until(lambda: server.report().restarts >= restarts)
            checked = clock.now()
            await until(lambda: (server.report().last_check or 0.0) > checked)

        for restarts in (1, 2, 3):
            await clock.drive(crash_and_recover(restarts))
        assert server.report().status is ServerStatus.HEALTHY


@pytest.mark.proves("S.counts")
async def test_calls_and_their_time_are_counted_and_kept_over_restarts_of_mcqueen(tmp_path: Path) -> None:
    for _ in range(2):
        async with supervised(folder=tmp_path) as server:
            await server.connect()
            await text_of(server, "process")
            await text_of(server, "process")
            assert server.report().counts.calls == 2
            assert server.report().counts.average == pytest.approx(server.report().counts.seconds / 2)
    total, used = CountsFile(tmp_path / "counts.json").read()
    assert total.calls == 4
    assert 0 < total.seconds < 10
    assert used is not None


@pytest.mark.proves("S.log")
async def test_what_a_process_says_on_stderr_outlives_it_in_a_file_of_bounded_size(tmp_path: Path) -> None:
    async with supervised("floods-stderr", folder=tmp_path) as server:
        await server.connect()
        await text_of(server, "process")
    kept = sum(path.stat().st_size for path in tmp_path.glob("garage.log*"))  # noqa: ASYNC240  # nothing else runs
    assert 0 < kept <= 2 * LARGEST_FILE + 10_000
    assert "this is fine" in read_log(tmp_path / "garage.log", 1)[0]
    assert (tmp_path / "garage.log").stat().st_mode & 0o777 == 0o600


@pytest.mark.proves("S.bad-process")
async def test_junk_on_stdout_is_noted_and_calls_go_on(tmp_path: Path) -> None:
    async with supervised("junk", folder=tmp_path) as server:
        await server.connect()
        assert int(await text_of(server, "process")) == server.report().pid
    assert any("not a message of MCP on stdout: Welcome" in line for line in read_log(tmp_path / "garage.log", 50))


@pytest.mark.proves("S.bad-process")
async def test_a_process_that_writes_nothing_but_junk_is_ended_and_named() -> None:
    async with supervised("floods-stdout", SupervisionRules(restarts=0)) as server:
        with pytest.raises(ServerUnavailableError, match="garage ended before it could be used"):
            await server.connect()


@pytest.mark.proves("S.bad-process")
async def test_an_answer_of_10_mb_is_refused_at_once_and_one_of_5_mb_is_taken() -> None:
    async with supervised() as server:
        await server.connect()
        assert len(await text_of(server, "long")) == 5_000_000
        answer = await server.call(make_call("longer"), seconds=30, confirmed=False)
        assert isinstance(answer, Faulted)
        assert (answer.error.code, answer.kind) == ("answer_too_large", FailureKind.ANSWER_LOST)
        assert int(await text_of(server, "process")) == server.report().pid  # and it goes on


@pytest.mark.proves("S.bad-process")
async def test_a_process_that_hangs_at_start_is_named_and_ended() -> None:
    async with supervised("hangs", SupervisionRules(restarts=0), connect_seconds=0.5) as server:
        with pytest.raises(ServerUnavailableError, match="garage did not answer in time"):
            await server.connect()
        child = server.inner.child
        assert child is not None
        assert child.pid is not None
        assert gone(child.pid)


@pytest.mark.proves("S.bad-process")
async def test_a_process_that_ignores_sigterm_is_killed() -> None:
    async with supervised("ignores-sigterm") as server:
        await server.connect()
        pid = server.report().pid
        assert pid is not None
        began = time.monotonic()
        await server.stop()
        assert gone(pid)
        assert time.monotonic() - began < 6


@pytest.mark.proves("S.bad-process")
async def test_a_command_that_is_not_there_is_named() -> None:
    async with supervised(command="no-such-command-anywhere") as server:
        with pytest.raises(ServerUnavailableError, match="no-such-command-anywhere"):
            await server.connect()


@pytest.mark.proves("S.no-orphans")
async def test_stopping_ends_what_the_process_started_too() -> None:
    async with supervised() as server:
        await server.connect()
        pids = json.loads(await text_of(server, "family"))
        assert not any(gone(pid) for pid in pids)
        await server.stop()
        assert [pid for pid in pids if not gone(pid)] == []


_PARENT = """
import asyncio, sys
from tests.client.servers.test_supervisor import supervised, text_of

async def main():
    async with supervised() as server:
        await server.connect()
        print(await text_of(server, "family"), flush=True)
        await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of the orphans it inherits")
@pytest.mark.proves("S.no-orphans")
async def test_no_process_is_left_when_mcqueen_is_killed_with_9() -> None:
    command = [sys.executable, "-c", _PARENT]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT)  # noqa: ASYNC220  # this loop must not reap it
    try:
        assert parent.stdout is not None
        pids = json.loads(await asyncio.to_thread(parent.stdout.readline))
        assert len(pids) == 3
        assert not any(gone(pid) for pid in pids)
    finally:
        parent.kill()
        parent.wait()
        assert parent.stdout is not None
        parent.stdout.close()
    await until(lambda: all(gone(pid) for pid in pids))


@pytest.mark.proves("S.no-orphans")
async def test_no_process_is_left_when_the_launcher_is_killed_with_9() -> None:
    async with supervised() as server:
        await server.connect()
        pid = server.report().pid
        assert pid is not None
        os.kill(parent_of(pid), signal.SIGKILL)
        await until(lambda: gone(pid))
        assert int(await text_of(server, "process")) != pid


@pytest.mark.proves("S.log")
def test_a_log_keeps_its_newest_lines_and_never_more_than_two_files(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "garage.log")
    for number in range(3000):
        log.note(f"{number} " + "x" * 1000)
    assert {path.name for path in tmp_path.iterdir()} == {"garage.log", "garage.log.1"}
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 2 * LARGEST_FILE + 10_000
    assert "2999 x" in read_log(tmp_path / "garage.log", 1)[0]
    assert len(read_log(tmp_path / "garage.log", 1500)) > 1000
