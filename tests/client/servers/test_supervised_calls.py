"""Calls through the one door to a process that crashes, is stopped, or is given up."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from client.call import Sent
from client.clock import SystemClock
from client.servers.mcp.stdio import StdioServer
from client.servers.processes.supervision import ServerStatus, SupervisionRules
from client.servers.processes.supervisor import SupervisedServer
from tests.client.harness import QUICK, consent_to, make_call, tool_client, until
from tests.client.servers.test_supervisor import UNRULY, gone

PATIENT = replace(QUICK, attempt=8.0, patience=0.5)
"""A process takes its time to start."""


def garage(paid: Path, rules: SupervisionRules | None = None) -> SupervisedServer:
    process = StdioServer("town", sys.executable, [str(UNRULY)], {"PAID": str(paid)})
    return SupervisedServer(process, SystemClock(), rules or SupervisionRules(first_pause=0.05))


def kill(server: SupervisedServer) -> None:
    """Kill the process, and let nothing else run until it is dead."""
    pid = server.report().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while not gone(pid):
        time.sleep(0.001)


@pytest.mark.proves("S.dead-before", "P2.unknown")
async def test_a_confirmed_call_to_a_process_that_crashed_while_idle_is_made_once(tmp_path: Path) -> None:
    server = garage(tmp_path / "paid")
    async with tool_client(tmp_path / "records.db", lambda *_: [server], settings=PATIENT) as tools:
        for count in (1, 2, 3):
            kill(server)
            call = make_call("pay")
            outcome = await tools.call(call, consent=consent_to(call))
            assert outcome.kind == "succeeded", outcome
            assert outcome.attempts == 1 or count > 1  # later restarts wait, and the call is tried again meanwhile
            assert (tmp_path / "paid").read_text().splitlines() == ["paid"] * count


@pytest.mark.proves("S.dead-before", "P2.unknown")
async def test_a_call_that_crashes_its_process_is_unknown_and_not_sent_again(tmp_path: Path) -> None:
    server = garage(tmp_path / "paid")
    async with tool_client(tmp_path / "records.db", lambda *_: [server], settings=PATIENT) as tools:
        call = make_call("pay-and-crash")
        outcome = await tools.call(call, consent=consent_to(call))
        assert outcome.kind == "unknown"
        await until(lambda: server.report().status is ServerStatus.HEALTHY)
        assert (tmp_path / "paid").read_text().splitlines() == ["paid"]


@pytest.mark.proves("S.states")
async def test_a_call_to_a_stopped_server_fails_with_the_reason_and_works_once_it_is_started(tmp_path: Path) -> None:
    server = garage(tmp_path / "paid")
    async with tool_client(tmp_path / "records.db", lambda *_: [server], settings=PATIENT) as tools:
        await server.stop()
        call = make_call("pay")
        outcome = await tools.call(call, consent=consent_to(call))
        assert outcome.kind == "failed"
        assert (outcome.error.sent, outcome.error.message) == (Sent.NO, "town is stopped.")
        await until(lambda: not tools.server_states()[0].healthy)
        await server.start()
        again = make_call("pay")
        assert (await tools.call(again, consent=consent_to(again))).kind == "succeeded"


@pytest.mark.proves("S.restart")
async def test_a_call_to_a_server_that_was_given_up_says_how_it_ended(tmp_path: Path) -> None:
    server = garage(tmp_path / "paid", SupervisionRules(restarts=0))
    async with tool_client(tmp_path / "records.db", lambda *_: [server], settings=PATIENT) as tools:
        kill(server)
        call = make_call("pay")
        outcome = await tools.call(call, consent=consent_to(call))
        assert outcome.kind == "failed"
        assert outcome.error.sent is Sent.NO
        assert "town was ended by signal 9" in outcome.error.message
        assert "left alone" in outcome.error.message
